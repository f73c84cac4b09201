/** What the page says, in the person's language and with the person's own words. */

import RELIABILITY from "../reliability.js";
import { moving } from "../state/movements.js";
import { nameOf } from "../state/names.js";
import { leadersOf, levelOf } from "../state/steady.js";
import { answersOf, countAnswers, tenPeople } from "../state/votes.js";
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

/**
 * The name that the person gave a face, or "Person 3".
 * @param {number} number
 */
export function faceName(number) {
  return nameOf(number) || plainName(number);
}

/**
 * What a face without a name is called.
 * @param {number} number
 */
export function plainName(number) {
  return fill(texts.face, { number });
}

/**
 * The words for a face, in parts that are set apart: "Nearly all", "would say", "happy"; of two
 * answers also what stands before the second.
 * @param {Reading} reading
 * @returns {{amount: string, say: string, answers: string[], between: string}}
 */
export function verdict(reading) {
  const answers = answersOf(reading);
  if (answers.length > 1) {
    const { amount, say, other } = texts.mixedTitle;
    return { amount, say, answers: answers.map(answerWord), between: `, ${other} ` };
  }
  const amounts = texts.amounts[levelOf(leadersOf(reading))];
  return { ...amounts, answers: answers.map(answerWord), between: "" };
}

/** @param {number} count of ten people */
export function countText(count) {
  return fill(texts.count, { count });
}

/**
 * The same in little room: "9/10".
 * @param {number} count of ten people
 */
export function fractionText(count) {
  return fill(texts.fraction, { count });
}

/**
 * Two answers that are about as frequent, in a sentence: "about half happy, half neutral".
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
 * What mends the reason for which a face is unclear, or between which answers people are split.
 * @param {Reading} reading
 */
export function mend({ why, votes, top }) {
  const text = /** @type {Record<string, string>} */ (texts.mends)[why ?? ""] ?? "";
  const counts = [...countAnswers(tenPeople(votes, top[0]?.[0]))];
  const [[first, one] = ["", 0], [second, other] = ["", 0]] = counts;
  const words = { first: answerWord(first), second: answerWord(second) };
  return fill(text, { one, other, ...words });
}

/**
 * How a face differs from the person's usual one: "smiling, unlike usual"; "" where it does not, or
 * where that is not known.
 * @param {Reading} reading
 */
export function changeText({ change, clear, why }) {
  if (!change || !(clear || why === DISAGREE)) return "";
  const words = /** @type {Record<string, {unlike: string, more: string}>} */ (texts.changes);
  const said = words[change.emotion];
  return (change.more ? said?.more : said?.unlike) ?? "";
}

/**
 * The same in the details, which say it in any case: "as usual", "not known yet".
 * @param {Reading} reading
 */
export function usualText(reading) {
  const none = reading.change === undefined ? texts.usualUnknown : texts.asUsual;
  return reading.change ? changeText(reading) : none;
}

/**
 * The line beside a face: a nod or a shake of the head, that the person talks, that the answer is new,
 * what differs from usual; or what would help.
 * @param {Reading} reading
 */
export function noteText(reading) {
  if (!reading.clear && reading.why !== DISAGREE) return hint(reading.why);
  const { gesture, talking, just_now: isNew } = reading;
  const parts = [
    gesture ? texts.gestures[gesture] : "", // first: it is there for a moment alone
    talking ? texts.talking : "",
    isNew ? texts.justNow : "",
    changeText(reading),
  ];
  return parts.filter(Boolean).join(" · ");
}

/**
 * How often mien is right about an answer: "Of 10 faces that mien calls happy, people agree on 9. …"
 * @param {string} answer
 */
export function reliabilityText(answer) {
  const measured = RELIABILITY.answers[answer];
  if (!measured) return texts.reliabilityUnknown;
  const { precision, recall } = measured;
  const missed = Math.round(10 * (1 - recall)) || texts.fewerThanOne;
  const values = { answer: answerWord(answer), right: Math.round(10 * precision), missed };
  return fill(texts.reliability, values);
}

/**
 * The same of all answers of a face.
 * @param {string[]} answers
 */
export function sureText(answers) {
  return answers.map(reliabilityText).join(" ");
}

/**
 * What one may do about what a face shows.
 * @param {string[]} answers one, or two about as frequent
 */
export function youCan(answers) {
  const key = answers.length > 1 ? "mixed" : (answers[0] ?? "other");
  return /** @type {Record<string, string>} */ (texts.youCan)[key] ?? texts.youCan.other;
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
 * The same in the details, where "nothing" is said, too.
 * @param {Reading} reading
 */
export function movesText(reading) {
  return movementsText(reading) || texts.nothingMoves;
}

/**
 * The label beside a box: "Ana · happy, 9 of 10", in parts.
 * @param {number} number
 * @param {Reading} reading
 */
export function boxLabel(number, reading) {
  const answers = answersOf(reading);
  const before = fill(texts.boxName, { face: faceName(number) });
  if (answers.length === 0) return { before, word: texts.unclearWord, after: "" };
  if (answers.length > 1) return { before, word: answersWord(answers), after: "" };
  const after = fill(texts.boxCount, { count: leadersOf(reading) });
  return { before, word: answersWord(answers), after };
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

/**
 * The browser's own kind of the page's language; where it has none, the page's language with the clock
 * of 12 or 24 hours that the browser's first language has.
 */
function locale() {
  const own = globalThis.navigator?.languages ?? [];
  const tag = own.find((tag) => tag.split("-")[0]?.toLowerCase() === language);
  if (tag) return tag;
  const { hourCycle } = new Intl.DateTimeFormat(own[0], { hour: "numeric" }).resolvedOptions();
  return new Intl.Locale(language, hourCycle ? { hourCycle } : {});
}
