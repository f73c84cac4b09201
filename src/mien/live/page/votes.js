/** From shares to ten people. */

import { ANSWERS } from "./emotions.js";

/**
 * What each of ten people would say: one answer first, then the most frequent, the same answers
 * side by side.
 *
 * Shares are rounded by largest remainder, so that there are always exactly as many people.
 *
 * @param {Record<string, number>} votes share of each answer
 * @param {string} [first] the answer to begin with
 * @param {number} people
 * @returns {string[]} one answer a person
 */
export function tenPeople(votes, first, people = 10) {
  const total = ANSWERS.reduce((sum, answer) => sum + (votes[answer] ?? 0), 0) || 1;
  const parts = ANSWERS.map((answer, order) => {
    const exact = ((votes[answer] ?? 0) / total) * people;
    const count = Math.floor(exact);
    return { answer, order, exact, count, rest: exact - count };
  });
  let missing = people - parts.reduce((sum, part) => sum + part.count, 0);
  for (const part of [...parts].sort((a, b) => b.rest - a.rest || b.exact - a.exact)) {
    if (missing-- > 0) part.count += 1;
  }
  return parts
    .sort((a, b) => Number(b.answer === first) - Number(a.answer === first)
      || b.count - a.count || b.exact - a.exact || a.order - b.order)
    .flatMap(({ answer, count }) => Array.from({ length: count }, () => answer));
}

/**
 * How many people say what, in the order of `people`.
 * @param {string[]} people
 * @returns {Map<string, number>}
 */
export function countAnswers(people) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const answer of people) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}
