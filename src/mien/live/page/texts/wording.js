/** What the page says, in the person's language and with the person's own words. */

import { moving } from "../state/movements.js";
import { answersOf } from "../state/votes.js";
import german from "./de.js";
import english from "./en.js";

/** @typedef {typeof english} Texts */
/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Every language of the page, by its code. @type {Readonly<Record<string, Texts>>} */
export const LANGUAGES = { en: english, de: german };

/** Why a face is unclear that can be seen well: then what people would say is worth showing. */
export const DISAGREE = "people would disagree";

/** The language's code, for `Intl` and the page. */
export let language = "en";
let texts = english;
/** Another computer, to which pictures go; "" where they stay on this one. */
let server = "";
/** @type {Readonly<Record<string, string>>} */
let ownWords = {};

/**
 * @param {string} code of `LANGUAGES`; "auto" for the first of the browser's that there is
 * @param {readonly string[]} preferred the browser's, best first
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
 * Say where pictures go; from the next language set on.
 * @param {string} host that the page comes from
 */
export function setServer(host) {
  const isThisComputer = /^(localhost|127\.[\d.]+|\[::1\])$/.test(host);
  server = isThisComputer ? "" : host;
}

/** @param {Readonly<Record<string, string>>} words by answer; mien's own where there is none */
export function setOwnWords(words) {
  ownWords = words;
}

/** The texts of the language. */
export function say() {
  return texts;
}

/**
 * A text with what stands in braces filled in.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The form of a text that a number asks for.
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
 * mien's own word, in the language.
 * @param {string} answer
 */
export function mienWord(answer) {
  return /** @type {Record<string, string>} */ (texts.answers)[answer] ?? answer;
}

/** @param {number} number */
export function faceName(number) {
  return fill(texts.face, { number });
}

/**
 * "8 of 10 people would say happy", in the parts that the card sets apart.
 * @param {number} count
 * @param {string} answer
 */
export function verdict(count, answer) {
  return { count: fill(texts.count, { count }), say: texts.say, answer: answerWord(answer) };
}

/**
 * Two answers that are about as frequent, in a card's title: "About half happy, half neutral".
 * @param {string[]} answers
 */
export function halvesTitle([one = "", other = ""]) {
  return fill(texts.mixedTitle, { one: answerWord(one), other: answerWord(other) });
}

/**
 * The same elsewhere: "about half happy, half neutral".
 * @param {string[]} answers
 */
export function halves([one = "", other = ""]) {
  return fill(texts.mixed, { one: answerWord(one), other: answerWord(other) });
}

/**
 * What a stretch of time showed: "happy", or "half happy, half neutral".
 * @param {string[]} answers
 */
export function answersWord(answers) {
  if (answers.length < 2) return answerWord(answers[0] ?? "");
  const [one = "", other = ""] = answers;
  return fill(texts.mixedShort, { one: answerWord(one), other: answerWord(other) });
}

/** @param {string | null} why */
export function unclear(why) {
  const reasons = /** @type {Record<string, string>} */ (texts.reasons);
  return { title: texts.unclear, why: reasons[why ?? ""] ?? why ?? texts.nobody };
}

/** @param {string | null} why */
export function hint(why) {
  return /** @type {Record<string, string>} */ (texts.hints)[why ?? ""] ?? "";
}

/**
 * What moves in a face: "corners of the mouth up, eyes narrowed". Empty where nothing does, and where
 * the face cannot be seen well.
 * @param {Reading} reading
 */
export function movementsText({ movements, clear, why }) {
  if (!movements || !(clear || why === DISAGREE)) return "";
  const words = /** @type {Record<string, string>} */ (texts.movements);
  return moving(movements)
    .map((name) => words[name] ?? name)
    .join(texts.and);
}

/**
 * The label beside a box.
 * @param {number} number
 * @param {Reading} reading
 */
export function boxLabel(number, reading) {
  const answers = answersOf(reading);
  const [answer] = answers;
  if (!answer) return { before: fill(texts.unclearBox, { number }), word: texts.unclearWord };
  if (answers.length > 1) {
    return { before: fill(texts.unclearBox, { number }), word: halves(answers) };
  }
  const before = answer === "other" ? texts.looksLike : texts.looks;
  return { before: fill(before, { number }), word: answerWord(answer) };
}

/**
 * What a face shows, in a sentence: "Face 1 looks happy".
 * @param {number} number
 * @param {string[]} answers one, two that are about as frequent, or none where it is unclear
 * @param {string | null} why
 */
export function sentence(number, answers, why) {
  const face = faceName(number);
  const [answer] = answers;
  if (answer === undefined) return fill(texts.saysUnclear, { face, why: unclear(why).why });
  if (answers.length > 1) return fill(texts.saysMixed, { face, halves: halves(answers) });
  return fill(texts.saysLooks, { face, answer: answerWord(answer) });
}

/**
 * Ten figures in words: "8 happy, 2 neutral".
 * @param {Map<string, number>} counts
 */
export function figuresText(counts) {
  return [...counts]
    .map(([answer, count]) => fill(texts.figure, { count, answer: answerWord(answer) }))
    .join(texts.and);
}

/** @param {number} share */
export function percent(share) {
  return new Intl.NumberFormat(language, { style: "percent" }).format(share);
}

/**
 * The line under the picture.
 * @param {number} rate readings a second
 * @param {number} delay milliseconds
 */
export function rateText(rate, delay) {
  const rounded = Math.round(rate);
  return fill(plural(texts.rate, rounded), { rate: rounded, delay: Math.round(delay) });
}

/**
 * "1 min 5 s".
 * @param {number} length seconds
 */
export function lengthText(length) {
  const whole = Math.round(length);
  const seconds = whole % 60;
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  if (hours) return fill(texts.lengthHours, { hours, minutes });
  if (minutes) return fill(texts.lengthMinutes, { minutes, seconds });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(length);
  return fill(texts.lengthSeconds, { seconds: length < 9.95 ? exact : seconds });
}

/**
 * The time in a film: "1:05".
 * @param {number} seconds
 */
export function filmTime(seconds) {
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ number) => String(number % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/**
 * The time of day, with seconds.
 * @param {Date} date
 */
export function clockText(date) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(date);
}

/**
 * The date and the time of day.
 * @param {Date} date
 */
export function dateText(date) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(date);
}

/** The browser's own kind of the page's language: its clock has 12 or 24 hours. */
function locale() {
  const own = globalThis.navigator?.languages ?? [];
  return own.find((tag) => tag.split("-")[0]?.toLowerCase() === language) ?? language;
}
