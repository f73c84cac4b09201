/**
 * A session as a picture: a lane for each face number, time from left to right, in the colour, pattern
 * and, if it fits, the word of what people would say.
 *
 * It is drawn once and then only appended to. A lane has one path for each answer, with runs as fine as
 * its pixels (timeline-runs.js). Its length is a round time beyond the session, so nothing moves until
 * that is full. The SVG has every attribute itself, so the picture is complete in a saved report, too.
 */

import { ANSWERS, colourOf } from "../state/emotions.js";
import { shownIn } from "../state/session.js";
import * as wording from "../texts/wording.js";
import { svg } from "./elements.js";
import { clock } from "./recount.js";
import { RunMerger } from "./timeline-runs.js";

/** @typedef {import("../state/session.js").Session} Session */
/** @typedef {import("../state/session.js").Lane} Lane */
/** @typedef {import("../state/session.js").Stretch} Stretch */
/** @typedef {import("./timeline-runs.js").Run} Run */

/** Height of a lane in pixels. */
export const LANE = 34;
/** Height of the drawing in a lane, in pixels. */
export const BLOCK = 24;
const NAME = 84;
const AXIS = 26;
const MARGIN = 8;
/** Pixels for a letter of a word inside its block: most, narrow and wide letters. */
const LETTER = { most: 8.1, narrow: 4.8, wide: 12.6 };
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const INK = "#10151d";
const UNCLEAR = "unclear";
/** Possible lengths of a picture in seconds. */
const SPANS = [60, 120, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 21_600];
/** Possible seconds between two marks of the axis. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
const TICK_ROOM = 96;

/** Strokes in a tile of 8 × 8, which distinguish answers without colour. */
const PATTERNS = /** @type {Readonly<Record<string, string>>} */ ({
  angry: "M-1 9L9 -1",
  disgust: "M2 2h.01M6 6h.01",
  fear: "M4 0v8",
  sad: "M0 4h8",
  surprise: "M0 4h8M4 0v8",
  other: "M-1 9L9 -1M-1 -1L9 9",
  [UNCLEAR]: "M-1 9L9 -1",
});

/** Number of pictures so far; each has its own patterns, found by name. */
let pictures = 0;

export class TimelinePicture {
  #number = ++pictures;
  #lanes = /** @type {DrawnLane[]} */ ([]);
  #drawn = "";
  #scale = 1;
  #names = svg("g", { "font-weight": 600 });
  #blocks = svg("g");
  #flags = svg("g");
  #axis = svg("g", { class: "axis" });
  element = svg("svg", { role: "img", "font-family": FONT, "font-size": 13 }, [
    this.#patterns(),
    this.#axis,
    this.#names,
    this.#blocks,
    this.#flags,
  ]);

  /**
   * Draw what is new, or everything if the width, the time, the faces or the words changed.
   * @param {Session} session
   * @param {number} width pixels
   * @param {boolean} [whole] whether the session has ended and fills the width
   */
  draw(session, width, whole = false) {
    const { lanes, length } = session;
    const span = whole ? Math.max(length, 1) : spanOf(length);
    const height = lanes.length * LANE + AXIS;
    const words = [...ANSWERS.map(wording.answerWord), wording.say().unclearWord];
    const numbers = lanes.map(({ number, rows }) => [number, rows.length]);
    const drawn = [session.began, width, span, numbers, wording.language, words].join("|");
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#scale = (width - NAME - MARGIN) / span;
      this.#begin(session, width, height, span);
    }
    for (const [index, lane] of lanes.entries()) this.#lanes[index]?.append(lane);
    this.#flags.replaceChildren(...this.#remarks(session, height));
  }

  /** @param {number} time seconds */
  across(time) {
    return NAME + time * this.#scale;
  }

  /**
   * Return the time at a place, in seconds.
   * @param {number} x pixels
   */
  timeAt(x) {
    return (x - NAME) / this.#scale;
  }

  /**
   * @param {Session} session
   * @param {number} width
   * @param {number} height
   * @param {number} span
   */
  #begin(session, width, height, span) {
    const { lanes } = session;
    for (const [name, value] of Object.entries({
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      "aria-label": wording.say().timeline,
    })) {
      this.element.setAttribute(name, String(value));
    }
    this.#names.replaceChildren(
      ...lanes.map(({ number }, index) =>
        label(wording.faceName(number), 0, index * LANE + LANE / 2),
      ),
    );
    this.#lanes = lanes.map((_, index) => new DrawnLane(index, this.#scale, this.#number));
    this.#blocks.replaceChildren(...this.#lanes.map(({ element }) => element));
    this.#axis.replaceChildren(...this.#ticks(session, height, span));
  }

  #patterns() {
    const made = Object.entries(PATTERNS).map(([answer, d]) => {
      const tile = { width: 8, height: 8, patternUnits: "userSpaceOnUse" };
      const faint = answer === UNCLEAR ? 0.3 : 0.45;
      const ink = answer === UNCLEAR ? "#7b8595" : INK;
      const strokes = { fill: "none", stroke: ink, "stroke-opacity": faint, "stroke-width": 1.6 };
      return svg("pattern", { id: `${answer}-${this.#number}`, ...tile }, [
        ...(answer === UNCLEAR
          ? []
          : [svg("rect", { width: 8, height: 8, fill: colourOf(answer) })]),
        svg("path", { d, ...strokes, "stroke-linecap": "round" }),
      ]);
    });
    return svg("defs", {}, made);
  }

  /**
   * Draw notes and marks as small flags above the axis.
   * @param {Session} session
   * @param {number} height
   */
  #remarks({ remarks, length }, height) {
    return remarks.map(({ time, kind, text }) => {
      const x = this.across(Math.min(time, length));
      const y = height - AXIS;
      const colour = kind === "wrong" ? "#B3400C" : "#4A7DB0";
      const title = svg("title");
      title.textContent =
        kind === "wrong" ? wording.say().markedWrong : text || wording.say().bookmarked;
      const line = { x1: x, x2: x, y1: 0, y2: y + 4, stroke: colour, "stroke-width": 2 };
      const shape = kind === "wrong" ? "m-5 -5l10 10m0 -10l-10 10" : "m0 -5l5 5l-5 5l-5 -5z";
      const sign = { d: `M${x} ${y + 6}${shape}`, stroke: colour, "stroke-width": 2 };
      return svg("g", { class: `remark ${kind}` }, [
        title,
        svg("line", line),
        svg("path", { ...sign, fill: kind === "wrong" ? "none" : colour }),
      ]);
    });
  }

  /**
   * @param {Session} session
   * @param {number} height
   * @param {number} span
   */
  #ticks(session, height, span) {
    const step = STEPS.find((step) => step * this.#scale >= TICK_ROOM) ?? span;
    const began = new Date(session.began);
    const since = session.isFilm
      ? 0
      : began.getHours() * 3600 + began.getMinutes() * 60 + began.getSeconds();
    const ticks = [];
    for (let time = (step - (since % step)) % step; time <= span; time += step) {
      const x = Math.round(this.across(time)) + 0.5;
      const line = { x1: x, x2: x, y1: 0, y2: height - AXIS + 4, stroke: "#8A919D" };
      const middle = { "text-anchor": "middle", class: "time" };
      ticks.push(svg("line", { ...line, "stroke-opacity": 0.35 }));
      const text = label(clock(session, time), x, height - AXIS / 2 + 4, middle);
      if (this.across(time) + TICK_ROOM / 2 <= this.across(span) + MARGIN) ticks.push(text);
    }
    return ticks;
  }
}

/** Return the shortest round time that holds a session, in seconds. @param {number} length seconds */
export function spanOf(length) {
  const last = SPANS.at(-1) ?? 1;
  return SPANS.find((span) => length <= span) ?? Math.ceil(length / last) * last;
}

/** One lane, which grows while its face is seen. */
class DrawnLane {
  element = svg("g");
  #words = svg("g");
  #newest = svg("g");
  #top;
  #picture;
  #merger;
  /** Number of finished stretches of each of the lane's rows. @type {number[]} */
  #done = [];
  /** Each answer's path, and its finished part. @type {Map<string, {path: Element, d: string}>} */
  #paths = new Map();

  /**
   * @param {number} index number of the lane from the top
   * @param {number} scale pixels a second
   * @param {number} picture number of the picture
   */
  constructor(index, scale, picture) {
    this.#top = index * LANE + (LANE - BLOCK) / 2;
    this.#picture = picture;
    this.#merger = new RunMerger(scale);
    this.element.append(this.#words, this.#newest);
  }

  /** @param {Lane} lane */
  append({ rows }) {
    rows.forEach(({ stretches }, index) => {
      // A face's newest stretch may grow, unless another row follows it.
      const until = stretches.length - (index === rows.length - 1 ? 1 : 0);
      for (let next = this.#done[index] ?? 0; next < until; next += 1) {
        const stretch = stretches[next];
        if (stretch) this.#merger.add(stretch);
      }
      this.#done[index] = until;
    });
    for (const run of this.#merger.takeClosed()) {
      for (const [kind, d] of pieces(run, this.#top)) this.#pathOf(kind).d += d;
      this.#words.append(...word(run, this.#top));
    }
    const rest = this.#merger.rest(rows.at(-1)?.stretches.at(-1));
    /** @type {Map<string, string>} */
    const more = new Map();
    for (const [kind, d] of rest.flatMap((run) => pieces(run, this.#top))) {
      this.#pathOf(kind);
      more.set(kind, (more.get(kind) ?? "") + d);
    }
    for (const [kind, { path, d }] of this.#paths) {
      path.setAttribute("d", d + (more.get(kind) ?? ""));
    }
    this.#newest.replaceChildren(...rest.flatMap((run) => word(run, this.#top)));
  }

  /** @param {string} kind an answer, or unclear */
  #pathOf(kind) {
    let known = this.#paths.get(kind);
    if (!known) {
      const fill = kind in PATTERNS ? `url(#${kind}-${this.#picture})` : colourOf(kind);
      known = { path: svg("path", { fill, "data-answer": kind }), d: "" };
      this.#paths.set(kind, known);
      this.element.prepend(known.path);
    }
    return known;
  }
}

/**
 * Return the shape of a run: a box for each answer; two boxes are one above the other.
 * @param {Run} run
 * @param {number} top
 * @returns {[string, string][]} the kind, and a closed path
 */
function pieces({ from, to, answer }, top) {
  const kinds = answer === null ? [UNCLEAR] : shownIn(answer);
  const height = BLOCK / kinds.length;
  const width = to - from > 4 ? to - from - 1 : to - from; // a little ground between long runs
  return kinds.map((kind, index) => [
    kind,
    `M${NAME + from} ${top + index * height}h${width}v${height}h${-width}z`,
  ]);
}

/**
 * Return the word of a run, if it fits.
 * @param {Run} run
 * @param {number} top
 */
function word({ from, to, answer }, top) {
  const text = answer === null ? wording.say().unclearWord : wording.answersWord(shownIn(answer));
  const wide = widthOf(text);
  if (wide + 16 >= to - from) return [];
  const [left, middle, long] = [NAME + from + 6, top + BLOCK / 2, wide + 5];
  if (answer === null) return [label(text, left, middle)];
  const ground = { x: left - 2, y: middle - 9, width: long, height: 18, rx: 4 };
  return [
    svg("rect", { ...ground, fill: "#FFFFFF", "fill-opacity": 0.86 }),
    label(text, left, middle, { fill: INK }),
  ];
}

/** Estimate the width of a text in pixels, because nothing can measure it. @param {string} text */
function widthOf(text) {
  const { most, narrow, wide } = LETTER;
  return [...text].reduce((sum, letter) => {
    if (/[fijlrt.,:’ ]/.test(letter)) return sum + narrow;
    return sum + (/[mwMW]/.test(letter) ? wide : most);
  }, 0);
}

/**
 * @param {string} text
 * @param {number} x
 * @param {number} y position of its middle
 * @param {Record<string, string | number>} attributes
 */
function label(text, x, y, attributes = {}) {
  const made = svg("text", { x, y, dy: "0.36em", fill: "currentColor", ...attributes });
  made.textContent = text;
  return made;
}
