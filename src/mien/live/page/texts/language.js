/** The language of the page, its texts, and the person's own words for answers. */

import german from "./de.js";
import english from "./en.js";

/** @typedef {typeof english} Texts */

/** Every language of the page, by its code. @type {Readonly<Record<string, Texts>>} */
export const LANGUAGES = { en: english, de: german };

/** The language's code, for `Intl` and the page. */
export let language = "en";
let texts = english;
/** Another computer, to which pictures go; "" if they stay on this one. */
let server = "";
/** @type {Readonly<Record<string, string>>} */
let ownWords = {};

/**
 * @param {string} code a key of `LANGUAGES`; "auto" for the first known language of the browser
 * @param {readonly string[]} preferred the browser's languages, best first
 */
export function setLanguage(code, preferred = []) {
  const wanted = code === "auto" ? preferred.map((name) => name.split("-")[0] ?? "") : [code];
  language = wanted.find((name) => name in LANGUAGES) ?? "en";
  texts = LANGUAGES[language] ?? english;
  if (server === "") return;
  const { elsewhere } = texts;
  const filled = Object.entries(elsewhere).map(([key, text]) => [
    key,
    fill(text, { host: server }),
  ]);
  texts = { ...texts, ...Object.fromEntries(filled) };
}

/**
 * Set where pictures go; the next `setLanguage` applies it.
 * @param {string} host host that the page comes from
 */
export function setServer(host) {
  const isThisComputer = /^(localhost|127\.[\d.]+|\[::1\])$/.test(host);
  server = isThisComputer ? "" : host;
}

/** @param {Readonly<Record<string, string>>} words words by answer; a missing one is mien's own */
export function setOwnWords(words) {
  ownWords = words;
}

/** Return the texts of the language. */
export function say() {
  return texts;
}

/**
 * Fill in the names in braces in a text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Return the form of a text for a number.
 * @param {{one: string, other: string}} forms
 * @param {number} number
 */
export function plural(forms, number) {
  const rule = new Intl.PluralRules(language).select(number);
  return /** @type {Record<string, string>} */ (forms)[rule] ?? forms.other;
}

/** @param {string} answer */
export function answerWord(answer) {
  return ownWords[answer] || mienWord(answer);
}

/**
 * Return mien's own word, in the language.
 * @param {string} answer
 */
export function mienWord(answer) {
  return /** @type {Record<string, string>} */ (texts.answers)[answer] ?? answer;
}
