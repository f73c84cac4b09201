/** Symbols of answers, beside their colours: faces of a few strokes, or the person's own symbols. */

import { colourOf } from "../state/emotions.js";
import { svg } from "./elements.js";

const DOTS = "M7 8h.01M13 8h.01";

/** Faces of a few strokes in a box of 20 × 20. @type {Readonly<Record<string, string>>} */
const STROKES = {
  angry: "M5 5.5l3.2 1.9M15 5.5l-3.2 1.9M7 9.2h.01M13 9.2h.01M6.8 14.2q3.2-2 6.4 0",
  disgust: "M5.6 8h2.8M11.6 8h2.8M5.8 13.6q1.4-2 2.8 0t2.8 0t2.8 0",
  fear: "M5.2 6.4l2.9-1.7M14.8 6.4l-2.9-1.7M7 9h.01M13 9h.01M6.8 14.6q3.2-4 6.4 0z",
  happy: `${DOTS}M5.8 11.4q4.2 4.8 8.4 0`,
  sad: `${DOTS}M6.4 14.4q3.6-3.8 7.2 0`,
  surprise: "M7 7.4h.01M13 7.4h.01M10 11a2 2.2 0 1 0 .01 0z",
  neutral: `${DOTS}M6.6 13h6.8`,
  other: "M6 10h.01M10 10h.01M14 10h.01",
};

/** @type {Readonly<Record<string, string>>} */
let ownSymbols = {};

/** @param {Readonly<Record<string, string>>} symbols symbols by answer; a missing one is mien's own */
export function setOwnSymbols(symbols) {
  ownSymbols = symbols;
}

/**
 * Return an answer's symbol, a face of a few strokes or the person's own symbol, in a box of 20 × 20.
 * @param {string} answer
 */
export function markOf(answer) {
  const own = ownSymbols[answer];
  if (!own) return svg("path", { class: "mark", d: STROKES[answer] ?? STROKES.other ?? "" });
  const text = svg("text", { class: "mark", x: 10, y: 10, dy: "0.36em" });
  text.textContent = own;
  return text;
}

/**
 * Make the answer's symbol on its colour. It is decoration; the word is beside it.
 * @param {string} answer
 */
export function symbolOf(answer) {
  return svg("svg", { class: "symbol", viewBox: "0 0 20 20", "aria-hidden": "true" }, [
    svg("circle", { cx: 10, cy: 10, r: 9.5, fill: colourOf(answer) }),
    markOf(answer),
  ]);
}
