/**
 * Guess first: whom to ask about, when, and how often the person said what most people would say.
 *
 * A question is about one moment of one face, and keeps its reading from then.
 */

import { ANSWERS } from "./emotions.js";
import { answersOf } from "./votes.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Possible answers, in the order of the keys 1 to 7. */
export const EMOTIONS = Object.freeze(ANSWERS.filter((answer) => answer !== "other"));
/** Value of the answer "cannot tell". */
export const CANNOT_TELL = "";
/** Milliseconds for which an answer must have lasted before its face is asked about: then the picture
 * of this moment and the smoothed votes agree. */
export const STEADY_MS = 800;
/** Share of votes that must have moved to other answers before a face is asked about again. */
const MOVED = 0.15;

/**
 * @typedef {object} Question
 * @property {number} number number of the face
 * @property {Reading} reading its reading at the moment in question
 */

/** @typedef {"nobody" | "unclear" | "soon" | "same"} Waiting Reason why nothing is asked now. */

/**
 * Return whether people could tell what a face shows, and a button has that answer.
 * @param {Reading} reading
 */
export function isAskable(reading) {
  const answers = answersOf(reading);
  return answers.length > 0 && answers.every((answer) => EMOTIONS.includes(answer));
}

export class Questions {
  /** @type {Map<number, {reading: Reading, key: string, since: number}>} */
  #faces = new Map();
  /** Last question about each face; the oldest comes first. @type {Map<number, Reading>} */
  #asked = new Map();
  /** @type {Question | null} */
  question = null;
  /** Answer of the person; null before they answer. @type {string | null} */
  said = null;

  /**
   * Take in the faces of a frame.
   * @param {number} now milliseconds
   * @param {Iterable<{number: number, reading: Reading}>} faces
   */
  see(now, faces) {
    const before = this.#faces;
    this.#faces = new Map();
    for (const { number, reading } of faces) {
      const key = isAskable(reading) ? answersOf(reading).sort().join("+") : "";
      const known = before.get(number);
      const since = known?.key === key ? known.since : now;
      this.#faces.set(number, { reading, key, since });
    }
  }

  /** Forget all faces. An open question stays. */
  forgetFaces() {
    this.#faces.clear();
    this.#asked.clear();
  }

  clear() {
    this.forgetFaces();
    this.close();
  }

  /**
   * Ask about the next face, if there is one and no question is open.
   * @param {number} now milliseconds
   * @param {boolean} [again] whether to include faces that look the same as at their last question
   * @returns {Question | null} the new question
   */
  ask(now, again = false) {
    if (this.question) return null;
    const fit = this.#ready(now).filter(([number, { reading }]) => {
      const last = this.#asked.get(number);
      return again || !last || moved(last.votes, reading.votes) >= MOVED;
    });
    const turns = [...this.#asked.keys()];
    fit.sort(([one], [other]) => turns.indexOf(one) - turns.indexOf(other));
    const [next] = fit;
    if (!next) return null;
    const [number, { reading }] = next;
    this.#asked.delete(number); // move it to the end
    this.#asked.set(number, reading);
    this.question = { number, reading };
    this.said = null;
    return this.question;
  }

  /**
   * Take the person's answer; only the first counts.
   * @param {string} said one of `EMOTIONS`, or `CANNOT_TELL`
   * @returns {boolean} whether it was the first
   */
  answer(said) {
    if (!this.question || this.said !== null) return false;
    this.said = said;
    return true;
  }

  /** Close the question, answered or not. */
  close() {
    this.question = null;
    this.said = null;
  }

  /**
   * Return the reason why nothing is asked.
   * @param {number} now milliseconds
   * @returns {Waiting}
   */
  waiting(now) {
    if (this.#faces.size === 0) return "nobody";
    if (this.#ready(now).length > 0) return "same";
    return [...this.#faces.values()].some(({ key }) => key) ? "soon" : "unclear";
  }

  /** Clear faces whose answer has lasted. @param {number} now */
  #ready(now) {
    return [...this.#faces].filter(([, { key, since }]) => key && now - since >= STEADY_MS);
  }
}

/**
 * Return the share of people who would now answer differently.
 * @param {Record<string, number>} before
 * @param {Record<string, number>} after
 */
function moved(before, after) {
  const apart = ANSWERS.map((answer) => Math.abs((before[answer] ?? 0) - (after[answer] ?? 0)));
  return apart.reduce((sum, part) => sum + part, 0) / 2;
}

/**
 * Compare the person's answer with most people's, for the words of the result.
 * @param {string} said
 * @param {string[]} answers answers of most people: one, or two about as frequent
 * @returns {"cannot" | "same" | "different"}
 */
export function outcomeOf(said, answers) {
  if (said === CANNOT_TELL) return "cannot";
  return answers.includes(said) ? "same" : "different";
}

/**
 * @typedef {object} ScoreRow
 * @property {string} answer answer of most people
 * @property {number} asked number of questions
 * @property {number} same how often the person gave the same answer
 * @property {string | null} instead the person's most frequent other answer; null if there is none
 */

/** Counts of the person's answers, by the answer of most people. */
export class Score {
  /** @type {Record<string, Record<string, number>>} */
  #counts = {};

  /** @param {unknown} [kept] result of `toJSON`; invalid parts are left out */
  constructor(kept) {
    for (const answer of EMOTIONS) {
      const row = property(kept, answer);
      for (const said of [...EMOTIONS, CANNOT_TELL]) {
        const count = property(row, said);
        if (Number.isSafeInteger(count) && Number(count) > 0)
          this.#set(answer, said, Number(count));
      }
    }
  }

  /**
   * @param {string} said
   * @param {string[]} answers answers of most people; of two, the one that the person said counts
   */
  add(said, answers) {
    const answer = answers.includes(said) ? said : answers[0];
    if (answer === undefined || !EMOTIONS.includes(answer)) return;
    this.#set(answer, said, (this.#counts[answer]?.[said] ?? 0) + 1);
  }

  /** @returns {ScoreRow[]} emotions asked about, in the order of the keys */
  get rows() {
    return EMOTIONS.flatMap((answer) => {
      const row = Object.entries(this.#counts[answer] ?? {});
      if (row.length === 0) return [];
      const others = row.filter(([said]) => said !== answer).sort((a, b) => b[1] - a[1]);
      return {
        answer,
        asked: row.reduce((sum, [, count]) => sum + count, 0),
        same: this.#counts[answer]?.[answer] ?? 0,
        instead: others[0]?.[0] ?? null,
      };
    });
  }

  get isEmpty() {
    return this.rows.length === 0;
  }

  toJSON() {
    return this.#counts;
  }

  /**
   * @param {string} answer
   * @param {string} said
   * @param {number} count
   */
  #set(answer, said, count) {
    this.#counts[answer] = { ...this.#counts[answer], [said]: count };
  }
}

const KEY = "mien.guesses";

/** @typedef {{isWanted: boolean, score: Score}} KeptScore */

/** @returns {KeptScore} score that this browser keeps; by default none is wanted */
export function loadScore() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return {
      isWanted: property(kept, "isWanted") === true,
      score: new Score(property(kept, "score")),
    };
  } catch {
    return { isWanted: false, score: new Score() }; // invalid, or the browser keeps nothing
  }
}

/** @param {KeptScore} kept removed from the browser if it is neither wanted nor filled */
export function keepScore({ isWanted, score }) {
  try {
    if (!isWanted && score.isEmpty) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ isWanted, score }));
  } catch {
    // The browser keeps nothing: the score lasts until the page is closed.
  }
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function property(value, name) {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}
