/** What the page says about faces, in the person's language and with the person's own words. */

import RELIABILITY from "../reliability.js";
import { moving } from "../state/movements.js";
import { nameOf } from "../state/names.js";
import { leadersOf, levelOf } from "../state/steady.js";
import { answersOf, countAnswers, tenPeople } from "../state/votes.js";
import { answerWord, fill, say } from "./language.js";

export * from "./language.js";
export * from "./times.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {import("./language.js").Texts} Texts */

/** Reason for which a well-seen face is unclear: its votes are still worth showing. */
const DISAGREE = "people would disagree";

/**
 * Return whether a face can be seen well, so that its votes are worth showing.
 * @param {{clear: boolean, why: string | null}} reading
 */
export function isReadable({ clear, why }) {
  return clear || why === DISAGREE;
}

/**
 * Return the name that the person gave a face, or "Person 3".
 * @param {number} number
 */
export function faceName(number) {
  return nameOf(number) || plainName(number);
}

/**
 * Return the name of a face that has no given name.
 * @param {number} number
 */
export function plainName(number) {
  return fill(say().face, { number });
}

/**
 * Return the words for a face in parts: "Nearly all", "would say", "happy"; for two answers also the
 * words before the second.
 * @param {Reading} reading
 * @returns {{amount: string, say: string, answers: string[], between: string}}
 */
export function verdict(reading) {
  const answers = answersOf(reading);
  if (answers.length > 1) {
    const { amount, say: before, other } = say().mixedTitle;
    return { amount, say: before, answers: answers.map(answerWord), between: `, ${other} ` };
  }
  const amounts = say().amounts[levelOf(leadersOf(reading))];
  return { ...amounts, answers: answers.map(answerWord), between: "" };
}

/** @param {number} count of ten people */
export function countText(count) {
  return fill(say().count, { count });
}

/**
 * Return the same for little room: "9/10".
 * @param {number} count of ten people
 */
export function fractionText(count) {
  return fill(say().fraction, { count });
}

/**
 * Return two answers that are about as frequent in a sentence: "about half happy, half neutral".
 * @param {string[]} answers
 */
export function halves([one = "", other = ""]) {
  return fill(say().mixed, { one: answerWord(one), other: answerWord(other) });
}

/**
 * Return what a stretch of time showed: "happy", or "half happy, half neutral".
 * @param {string[]} answers
 */
export function answersWord(answers) {
  if (answers.length < 2) return answerWord(answers[0] ?? "");
  const [one = "", other = ""] = answers;
  return fill(say().mixedShort, { one: answerWord(one), other: answerWord(other) });
}

/** @param {string | null} why */
export function unclear(why) {
  const reasons = /** @type {Record<string, string>} */ (say().reasons);
  return { title: say().unclear, why: reasons[why ?? ""] ?? why ?? say().nobody };
}

/** @param {string | null} why */
export function hint(why) {
  return /** @type {Record<string, string>} */ (say().hints)[why ?? ""] ?? "";
}

/**
 * Return what would help an unclear face, or between which answers people are split.
 * @param {Reading} reading
 */
export function mend({ why, votes, top }) {
  const text = /** @type {Record<string, string>} */ (say().mends)[why ?? ""] ?? "";
  const counts = [...countAnswers(tenPeople(votes, top[0]?.[0]))];
  const [[first, one] = ["", 0], [second, other] = ["", 0]] = counts;
  const words = { first: answerWord(first), second: answerWord(second) };
  return fill(text, { one, other, ...words });
}

/**
 * Return how a face differs from the person's usual one: "smiling, unlike usual"; "" if it does not,
 * or if that is unknown.
 * @param {Reading} reading
 */
export function changeText({ change, clear, why }) {
  if (!change || !isReadable({ clear, why })) return "";
  const words = /** @type {Record<string, {unlike: string, more: string}>} */ (say().changes);
  const said = words[change.emotion];
  return (change.more ? said?.more : said?.unlike) ?? "";
}

/**
 * Return the same for the details, also without a change: "as usual", "not known yet".
 * @param {Reading} reading
 */
export function usualText(reading) {
  const none = reading.change === undefined ? say().usualUnknown : say().asUsual;
  return reading.change ? changeText(reading) : none;
}

/**
 * Return the line beside a face: nod or shake of the head, "just changed", the change from usual,
 * "talking"; or what would help.
 * @param {Reading} reading
 */
export function noteText(reading) {
  if (!isReadable(reading)) return hint(reading.why);
  const { gesture, talking, just_now: isNew } = reading;
  const parts = [
    // Brief events come first, because a long line is cut at its end.
    gesture ? say().gestures[gesture] : "",
    isNew ? say().justNow : "",
    changeText(reading),
    talking ? say().talking : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

/**
 * Return how often mien is right about an answer: "Of 10 faces that mien calls happy, people agree on
 * 9. …"
 * @param {string} answer
 */
export function reliabilityText(answer) {
  const measured = RELIABILITY.answers[answer];
  if (!measured) return say().reliabilityUnknown;
  const { precision, recall } = measured;
  const missed = Math.round(10 * (1 - recall)) || say().fewerThanOne;
  const values = { answer: answerWord(answer), right: Math.round(10 * precision), missed };
  return fill(say().reliability, values);
}

/**
 * Return the same for all answers of a face.
 * @param {string[]} answers
 */
export function sureText(answers) {
  return answers.map(reliabilityText).join(" ");
}

/**
 * Return what the person can do about what a face shows.
 * @param {string[]} answers one, or two about as frequent
 */
export function youCan(answers) {
  const key = answers.length > 1 ? "mixed" : (answers[0] ?? "other");
  return /** @type {Record<string, string>} */ (say().youCan)[key] ?? say().youCan.other;
}

/**
 * Return what moves in a face: "corners of the mouth up, eyes narrowed". Empty if nothing does, or if
 * the face cannot be seen well.
 * @param {Reading} reading
 */
export function movementsText({ movements, clear, why }) {
  if (!movements || !isReadable({ clear, why })) return "";
  const words = /** @type {Record<string, string>} */ (say().movements);
  return moving(movements)
    .map((name) => words[name] ?? name)
    .join(say().and);
}

/**
 * Return the same for the details, which also say that nothing moves.
 * @param {Reading} reading
 */
export function movesText(reading) {
  return movementsText(reading) || say().nothingMoves;
}

/**
 * Return the label beside a box in parts: "Ana · happy, 9 of 10".
 * @param {number} number
 * @param {Reading} reading
 */
export function boxLabel(number, reading) {
  const answers = answersOf(reading);
  const before = fill(say().boxName, { face: faceName(number) });
  if (answers.length === 0) return { before, word: say().unclearWord, after: "" };
  if (answers.length > 1) return { before, word: answersWord(answers), after: "" };
  const after = fill(say().boxCount, { count: leadersOf(reading) });
  return { before, word: answersWord(answers), after };
}

/**
 * Return what a face shows in a sentence: "Face 1 looks happy".
 * @param {number} number
 * @param {string[]} answers one, two about as frequent, or none if it is unclear
 * @param {string | null} why
 */
export function sentence(number, answers, why) {
  const face = faceName(number);
  const [answer] = answers;
  if (answer === undefined) return fill(say().saysUnclear, { face, why: unclear(why).why });
  if (answers.length > 1) return fill(say().saysMixed, { face, halves: halves(answers) });
  return fill(say().saysLooks, { face, answer: answerWord(answer) });
}

/**
 * Return ten figures in words: "8 happy, 2 neutral".
 * @param {Map<string, number>} counts
 */
export function figuresText(counts) {
  return [...counts]
    .map(([answer, count]) => fill(say().figure, { count, answer: answerWord(answer) }))
    .join(say().and);
}
