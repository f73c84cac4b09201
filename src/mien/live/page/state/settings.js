/** The person's settings; they stay in this browser. */

import { ANSWERS } from "./emotions.js";

/** @typedef {"full" | "compact" | "text" | "symbols"} Mode */

/**
 * @typedef {object} Settings
 * @property {string} language "auto", or a code of wording.js
 * @property {Mode} mode how much is shown
 * @property {boolean} shares whether exact shares are shown
 * @property {boolean} boxes whether faces are boxed in the picture
 * @property {boolean} record whether a timeline is kept
 * @property {boolean} pictures whether the timeline has a small picture of each face
 * @property {boolean} announce whether screen readers announce changes
 * @property {Record<string, string>} words the person's own words, by answer
 * @property {Record<string, string>} symbols the person's own symbols, by answer
 * @property {string[]} hidden answers that count as "something else"
 */

const KEY = "mien.settings";
export const MODES = Object.freeze(["full", "compact", "text", "symbols"]);
/** Longest word that fits beside a figure, in characters. */
const LONGEST_WORD = 24;
const LONGEST_SYMBOL = 2;

/** @returns {Settings} */
export function defaults() {
  return {
    language: "auto",
    mode: "full",
    shares: true,
    boxes: true,
    record: true,
    pictures: false,
    announce: false,
    words: {},
    symbols: {},
    hidden: [],
  };
}

/**
 * Make settings from kept ones; invalid parts get their defaults.
 * @param {unknown} kept
 * @returns {Settings}
 */
export function checked(kept) {
  const settings = defaults();
  if (typeof kept !== "object" || kept === null) return settings;
  const given = /** @type {Record<string, unknown>} */ (kept);
  if (typeof given.language === "string") settings.language = given.language;
  const mode = MODES.find((name) => name === given.mode);
  if (mode) settings.mode = /** @type {Mode} */ (mode);
  for (const name of /** @type {const} */ (["shares", "boxes", "record", "pictures", "announce"])) {
    if (typeof given[name] === "boolean") settings[name] = given[name];
  }
  settings.words = texts(given.words, LONGEST_WORD);
  settings.symbols = texts(given.symbols, LONGEST_SYMBOL);
  const hidden = given.hidden;
  if (Array.isArray(hidden)) {
    settings.hidden = ANSWERS.filter((answer) => answer !== "other" && hidden.includes(answer));
  }
  return settings;
}

/**
 * Return the texts of answers, trimmed and cut to so many characters.
 * @param {unknown} given
 * @param {number} longest
 */
function texts(given, longest) {
  /** @type {Record<string, string>} */
  const kept = {};
  if (typeof given !== "object" || given === null) return kept;
  for (const answer of ANSWERS) {
    const text = /** @type {Record<string, unknown>} */ (given)[answer];
    if (typeof text !== "string") continue;
    const short = [...text.trim()].slice(0, longest).join("");
    if (short) kept[answer] = short;
  }
  return kept;
}

/** @returns {Settings} settings that this browser keeps */
export function load() {
  try {
    return checked(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return defaults(); // invalid, or the browser keeps nothing
  }
}

/** @param {Settings} settings */
export function keep(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // The browser keeps nothing: the settings last until the page is closed.
  }
}
