/**
 * The answers that people give: their order and colours.
 *
 * Colour-blind people can tell Okabe and Ito's colours apart. A word or a symbol is always beside
 * them.
 */

/** @type {Readonly<Record<string, string>>} */
export const COLOURS = {
  angry: "#D55E00",
  disgust: "#009E73",
  fear: "#B5609A",
  happy: "#E69F00",
  sad: "#0072B2",
  surprise: "#56B4E9",
  neutral: "#8A919D",
  other: "#C9CED6",
};

/** All answers, in the server's order. */
export const ANSWERS = Object.keys(COLOURS);

/** @param {string} answer */
export function colourOf(answer) {
  return COLOURS[answer] ?? "#C9CED6";
}
