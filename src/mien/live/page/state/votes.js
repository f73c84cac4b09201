/**
 * From shares to answers and ten people. A test checks that it agrees with its twin, mien/answers.py.
 * Both count in ten-thousandths, the precision of the server's shares, so that they never differ.
 */

import { ANSWERS } from "./emotions.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Largest lead of one of two emotions for which a face may be "mixed". */
export const MIXED_LEAD = 0.1;
/** Least joint share of two emotions for which a face may be "mixed". */
export const MIXED_TOGETHER = 0.8;
/** Number of parts in which shares are compared. */
const WHOLE = 10_000;

/**
 * Return what each of ten people would say: the largest share's answer first, equal answers side by side.
 *
 * Shares are rounded by largest remainder, so that there are always exactly as many people, and a
 * larger share never has fewer of them than a smaller one.
 *
 * @param {Record<string, number>} votes share of each answer
 * @param {string} [first] the largest share's answer, in case two are equal after rounding
 * @param {number} people
 * @returns {string[]} one answer a person
 */
export function tenPeople(votes, first, people = 10) {
  const parts = ANSWERS.map((answer, order) => ({ answer, order, part: partOf(votes, answer) }));
  const total = parts.reduce((sum, { part }) => sum + part, 0) || 1;
  const leader = leaderOf(votes, first);
  const shared = parts.map(({ answer, order, part }) => ({
    answer,
    order,
    part,
    count: Math.floor((part * people) / total),
    rest: (part * people) % total,
    isFirst: answer === leader,
  }));
  let missing = people - shared.reduce((sum, { count }) => sum + count, 0);
  const byRest = [...shared].sort(
    (a, b) =>
      b.rest - a.rest ||
      Number(b.isFirst) - Number(a.isFirst) ||
      b.part - a.part ||
      a.order - b.order,
  );
  for (const share of byRest) {
    if (missing-- > 0) share.count += 1;
  }
  return shared
    .sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.part - a.part || a.order - b.order)
    .flatMap(({ answer, count }) => Array.from({ length: count }, () => answer));
}

/**
 * Return the largest share's answer: `first`, unless another share is larger.
 * @param {Record<string, number>} votes
 * @param {string} [first]
 */
function leaderOf(votes, first) {
  const largest = Math.max(...ANSWERS.map((answer) => partOf(votes, answer)));
  if (first !== undefined && partOf(votes, first) === largest) return first;
  return ANSWERS.find((answer) => partOf(votes, answer) === largest);
}

/**
 * Return whether the two largest of the seven emotions are about as frequent, and nearly all.
 * @param {Record<string, number>} votes
 */
export function isMixed(votes) {
  const seven = ANSWERS.filter((answer) => answer !== "other");
  const [first = 0, second = 0] = seven.map((name) => partOf(votes, name)).sort((a, b) => b - a);
  return (
    first - second <= Math.round(MIXED_LEAD * WHOLE) &&
    first + second >= Math.round(MIXED_TOGETHER * WHOLE)
  );
}

/**
 * Return the answers to show: one if a face is clear, two if it is mixed, none if it is unclear.
 * @param {Reading} reading
 * @returns {string[]}
 */
export function answersOf({ state, clear, top }) {
  const count = !clear ? 0 : state === "mixed" ? 2 : 1;
  return top.slice(0, count).map(([answer]) => answer);
}

/**
 * @param {Record<string, number>} votes
 * @param {string} answer
 */
function partOf(votes, answer) {
  return Math.round((votes[answer] ?? 0) * WHOLE);
}

/**
 * Count the people for each answer, in the order of `people`.
 * @param {string[]} people
 * @returns {Map<string, number>}
 */
export function countAnswers(people) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const answer of people) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}
