/**
 * The session as a picture: a lane for each face number, time from left to right, a block for each
 * stretch in the colour, pattern and, where there is room, the word of what people would say.
 *
 * Every attribute is in the SVG itself, so that the picture is whole in a saved report as well.
 */

import { ANSWERS, colourOf } from "../state/emotions.js";
import { shownIn } from "../state/session.js";
import * as wording from "../texts/wording.js";
import { svg } from "./elements.js";
import { clock } from "./recount.js";

/** @typedef {import("../state/session.js").Session} Session */
/** @typedef {import("../state/session.js").Row} Row */
/** @typedef {import("../state/session.js").Stretch} Stretch */

/** @typedef {{row: Row, stretch: Stretch, x: number, y: number, width: number}} Block */

const LANE = 34;
const BLOCK = 24;
const NAME = 84;
const AXIS = 26;
/** Pixels for a letter of a word inside its block. */
const LETTER = 7.8;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const INK = "#10151d";

/** Strokes of a tile of 8 × 8 that tell answers apart without colour. */
const PATTERNS = /** @type {Readonly<Record<string, string>>} */ ({
  angry: "M-1 9L9 -1",
  disgust: "M2 2h.01M6 6h.01",
  fear: "M4 0v8",
  sad: "M0 4h8",
  surprise: "M0 4h8M4 0v8",
  other: "M-1 9L9 -1M-1 -1L9 9",
});

/**
 * @param {Session} session
 * @param {number} width pixels
 * @returns {{picture: SVGElement, blocks: Block[], height: number}}
 */
export function timelinePicture(session, width) {
  const rows = session.rows;
  const numbers = [...new Set(rows.map(({ number }) => number))].sort((a, b) => a - b);
  const height = numbers.length * LANE + AXIS;
  const scale = (width - NAME - 8) / Math.max(session.length, 1);
  /** @param {number} time seconds */
  const across = (time) => NAME + time * scale;
  /** @type {Block[]} */
  const blocks = [];
  const lanes = numbers.map((number, lane) => {
    const y = lane * LANE + (LANE - BLOCK) / 2;
    const parts = [label(wording.faceName(number), 0, y + BLOCK / 2, { "font-weight": 600 })];
    for (const row of rows.filter((row) => row.number === number)) {
      for (const stretch of row.stretches) {
        const x = across(stretch.start);
        const block = { row, stretch, x, y, width: Math.max(1, across(stretch.end) - x) };
        blocks.push(block);
        parts.push(...drawn(block));
      }
    }
    return svg("g", {}, parts);
  });
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": wording.say().timeline,
    "font-family": FONT,
    "font-size": 13,
  });
  picture.append(
    patterns(),
    ...lanes,
    remarks(session, across, height),
    axis(session, across, height),
  );
  return { picture, blocks, height };
}

/** @param {Block} block */
function drawn({ stretch, x, y, width }) {
  const { answer } = stretch;
  const place = { x, y, width, height: BLOCK, rx: Math.min(3, width / 2) };
  if (answer === null) {
    const dashes = { fill: "none", stroke: "#A9B1BF", "stroke-dasharray": "3 3" };
    const parts = [svg("rect", { ...place, ...dashes })];
    const word = wording.say().unclearWord;
    if (word.length * LETTER + 16 < width) parts.push(label(word, x + 6, y + BLOCK / 2));
    return parts;
  }
  const shown = shownIn(answer);
  const parts = shown.flatMap((name, index) => {
    const height = BLOCK / shown.length; // of two answers, one above the other
    const band = { ...place, y: y + index * height, height };
    const made = [svg("rect", { ...band, fill: colourOf(name) })];
    if (name in PATTERNS) made.push(svg("rect", { ...band, fill: `url(#pattern-${name})` }));
    return made;
  });
  const word = wording.answersWord(shown);
  if (word.length * LETTER + 16 < width) {
    const [left, middle, long] = [x + 6, y + BLOCK / 2, word.length * LETTER + 4];
    const ground = { x: left - 2, y: middle - 9, width: long, height: 18, rx: 4 };
    parts.push(svg("rect", { ...ground, fill: "#FFFFFF", "fill-opacity": 0.86 }));
    parts.push(label(word, left, middle, { fill: INK }));
  }
  return parts;
}

function patterns() {
  const made = ANSWERS.filter((answer) => answer in PATTERNS).map((answer) =>
    svg(
      "pattern",
      { id: `pattern-${answer}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      [
        svg("path", {
          d: PATTERNS[answer] ?? "",
          stroke: INK,
          "stroke-opacity": 0.45,
          "stroke-width": 1.6,
          "stroke-linecap": "round",
          fill: "none",
        }),
      ],
    ),
  );
  return svg("defs", {}, made);
}

/**
 * Notes and marks: a small flag above the axis.
 * @param {Session} session
 * @param {(time: number) => number} across
 * @param {number} height
 */
function remarks(session, across, height) {
  const flags = session.remarks.map(({ time, kind, text }) => {
    const x = across(Math.min(time, session.length));
    const colour = kind === "wrong" ? "#B3400C" : "#2B5A8A";
    const title = svg("title");
    title.textContent = kind === "wrong" ? wording.say().markedWrong : text;
    const line = { x1: x, x2: x, y1: 0, y2: height - AXIS + 4, stroke: colour, "stroke-width": 2 };
    const shape = kind === "wrong" ? "m-5 -5l10 10m0 -10l-10 10" : "m0 -5l5 5l-5 5l-5 -5z";
    const sign = { d: `M${x} ${height - AXIS + 6}${shape}`, stroke: colour, "stroke-width": 2 };
    return svg("g", { class: `remark ${kind}` }, [
      title,
      svg("line", line),
      svg("path", { ...sign, fill: kind === "wrong" ? "none" : colour }),
    ]);
  });
  return svg("g", {}, flags);
}

/**
 * @param {Session} session
 * @param {(time: number) => number} across
 * @param {number} height
 */
function axis(session, across, height) {
  const y = height - AXIS / 2 + 4;
  const ends = [label(clock(session, 0), NAME, y, { class: "time" })];
  if (across(session.length) > NAME + 150) {
    const right = { "text-anchor": "end", class: "time" };
    ends.push(label(clock(session, session.length), across(session.length), y, right));
  }
  return svg("g", {}, ends);
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y of its middle
 * @param {Record<string, string | number>} attributes
 */
function label(text, x, y, attributes = {}) {
  const made = svg("text", { x, y, dy: "0.36em", fill: "currentColor", ...attributes });
  made.textContent = text;
  return made;
}
