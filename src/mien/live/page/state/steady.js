/**
 * Hold still what is shown of a face, so that symbols, colours, words and counts change together, and
 * only as often as the words. Boxes, movements and exact shares follow every reading.
 */

import { answersOf, countAnswers, tenPeople } from "./votes.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {"nearlyAll" | "most" | "half" | "some"} Level How many of ten agree. */

/** Share by which an answer must pass the border of a level before the words change. */
const MARGIN = 0.05;

/**
 * @param {number} count of ten people
 * @returns {Level}
 */
export function levelOf(count) {
  if (count >= 9) return "nearlyAll";
  if (count >= 7) return "most";
  return count >= 5 ? "half" : "some";
}

/**
 * Return how many of ten people give the most frequent answer.
 * @param {Reading} reading
 */
export function leadersOf({ votes, top }) {
  const [count = 0] = countAnswers(tenPeople(votes, top[0]?.[0])).values();
  return count;
}

export class Steady {
  /** @type {Map<number, Reading>} */
  #held = new Map();

  /**
   * Return the reading to show: the newest one, with the votes from the last change of its words. `now`
   * has the exact values.
   * @param {number} number number of the face
   * @param {Reading} reading the newest reading
   * @returns {Reading}
   */
  hold(number, reading) {
    const before = this.#held.get(number);
    const now = { votes: reading.votes, top: reading.top };
    const held =
      before && saysTheSame(before, reading)
        ? { ...reading, votes: before.votes, top: before.top, now }
        : { ...reading, now };
    this.#held.set(number, held);
    return held;
  }

  /** @param {Iterable<number>} numbers numbers of the present faces; all others are forgotten */
  keepOnly(numbers) {
    const here = new Set(numbers);
    for (const number of this.#held.keys()) {
      if (!here.has(number)) this.#held.delete(number);
    }
  }

  clear() {
    this.#held.clear();
  }
}

/**
 * Return whether the words for a reading are the same as those shown.
 * @param {Reading} shown
 * @param {Reading} reading
 */
function saysTheSame(shown, reading) {
  if (shown.clear !== reading.clear || shown.why !== reading.why) return false;
  const [before, after] = [answersOf(shown), answersOf(reading)];
  if (before.length !== after.length) return false;
  if (after.length !== 1) {
    const two = (/** @type {Reading} */ { top }) => top.slice(0, 2).map(([answer]) => answer);
    return two(shown).sort().join() === two(reading).sort().join();
  }
  if (before[0] !== after[0]) return false;
  const old = leadersOf(shown);
  const level = levelOf(old);
  const count = leadersOf(reading);
  if (levelOf(count) === level) return true;
  const share = (reading.votes[after[0] ?? ""] ?? 0) + (count < old ? MARGIN : -MARGIN);
  return levelOf(Math.round(10 * share)) === level;
}
