/**
 * Session: what was read from one source. For each face it has stretches of time in which it showed one
 * thing, with the mean votes of each; also bookmarks, notes, and what the person marked as wrong. It
 * holds a small picture of each face if the person wants that. It exists only in this page.
 */

import { ANSWERS } from "./emotions.js";
import { answersOf, countAnswers, tenPeople } from "./votes.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} Stretch Time in which a face showed one thing.
 * @property {number} start seconds since the session began
 * @property {number} end seconds
 * @property {string | null} answer what most people would say; two such as "happy+neutral" if about half
 *   would say each; null while it was unclear
 * @property {string | null} why reason why it was unclear
 * @property {Record<string, number>} votes mean share of each answer
 * @property {number} readings number of readings in the mean
 */

/**
 * @typedef {object} Row One face, from its arrival until it went.
 * @property {string} key
 * @property {number} number number of the face on the page
 * @property {Stretch[]} stretches in the order of time
 * @property {number} seen seconds for which it was seen
 * @property {HTMLCanvasElement | null} picture picture at its clearest moment, if pictures are wanted
 * @property {number} share share of the answer at that moment
 */

/** @typedef {{kind: "camera" | "window" | "film" | "picture", name: string}} Origin */

/**
 * @typedef {object} Change A change from one lasting answer to another.
 * @property {number} time seconds
 * @property {Row} row
 * @property {string} from
 * @property {string} to
 * @property {number} length seconds
 */

/**
 * @typedef {object} Lane Everything about one face number.
 * @property {number} number
 * @property {Row[]} rows rows in order of arrival
 */

/**
 * @typedef {object} Remark A bookmark, a note, or a mark that something was wrong.
 * @property {number} time seconds
 * @property {"bookmark" | "note" | "wrong"} kind
 * @property {string} text text of the note or bookmark; for a mark, what was shown: "happy",
 *   "happy+neutral", or "" if it was unclear
 * @property {string | null} [right] for a mark, what the person would say; "" if nobody could tell
 * @property {number | null} face number of the face; null for a note
 */

/** Seconds; a face that is missed for longer leaves a gap. */
const GAP = 1.5;
/** Seconds; a face that was seen for less is not listed. */
const BRIEF = 1;
/** Seconds for which a lasting answer must be shown ... */
const LASTING = 4;
/** ... and seconds that interruptions may take. */
const INTERRUPTION = 1;
/** Seconds for which a bookmark takes a note. */
const NOTE_WITHIN = 60;

export class Session {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Remark[]} */
  remarks = [];
  /** Start of the session, in milliseconds since 1970; 0 before it. */
  began = 0;
  /** Whether there are unsaved notes or marks. */
  hasUnsaved = false;
  /** The source. @type {Origin} */
  origin;
  /** Time of the newest reading, in seconds since then. */
  length = 0;
  /** Time of the last call of `add`, in seconds since the session began. */
  #newest = 0;
  /** Seconds by which the computer's clock was set back since then. */
  #setBack = 0;

  /** @param {Origin} [origin] */
  constructor(origin = { kind: "camera", name: "" }) {
    this.origin = origin;
  }

  /** Whether times count within a film, not by the clock. */
  get isFilm() {
    return this.origin.kind === "film";
  }

  /**
   * Add what is shown now.
   * @param {number} now milliseconds since 1970
   * @param {Iterable<{key: string, number: number, reading: Reading}>} faces faces; a key names a face
   *   for as long as it is followed
   * @param {((reading: Reading) => HTMLCanvasElement | null) | null} [pictureOf] a face's picture
   */
  add(now, faces, pictureOf = null) {
    let time = this.#timeAt(now);
    // A clock that is set back must not reverse the order. One that is set forward leaves a gap, like
    // a sleeping computer.
    if (this.#newest - time > GAP) {
      this.#setBack += this.#newest - time;
      time = this.#newest;
    }
    this.#newest = time;
    for (const { key, number, reading } of faces) {
      let row = this.#rows.get(key);
      if (!row) {
        row = { key, number, stretches: [], seen: 0, picture: null, share: 0 };
        this.#rows.set(key, row);
      }
      extend(row, time, reading);
      const share = reading.clear ? (reading.top[0]?.[1] ?? 0) : 0;
      if (pictureOf && share > row.share + (row.picture ? 0.05 : 0)) {
        row.picture = pictureOf(reading) ?? row.picture;
        row.share = share;
      }
      this.length = Math.max(this.length, time);
    }
  }

  /**
   * @param {number} now milliseconds since 1970
   * @param {string} text
   */
  addNote(now, text) {
    this.hasUnsaved = true;
    const time = this.#timeAt(now);
    const bookmark = this.remarks.filter(({ kind }) => kind === "bookmark").at(-1);
    if (bookmark && !bookmark.text && time - bookmark.time <= NOTE_WITHIN) bookmark.text = text;
    else this.remarks.push({ time, kind: "note", text, face: null });
  }

  /** Bookmark a moment; a note soon afterwards belongs to it. @param {number} now milliseconds */
  bookmark(now) {
    const remark = /** @type {Remark} */ ({ kind: "bookmark", text: "", face: null });
    remark.time = this.#timeAt(now);
    this.remarks.push(remark);
    this.hasUnsaved = true;
    return remark;
  }

  /**
   * Mark what a face shows as wrong.
   * @param {number} now milliseconds since 1970
   * @param {number} face number of the face
   * @param {string} shown
   * @param {string | null} right what the person would say; "" if nobody could tell
   */
  markWrong(now, face, shown, right = null) {
    this.remarks.push({ time: this.#timeAt(now), kind: "wrong", text: shown, face, right });
    this.hasUnsaved = true;
  }

  /** Faces that were seen for some time, in order of arrival. @returns {Row[]} */
  get rows() {
    return [...this.#rows.values()].filter(({ seen }) => seen >= BRIEF);
  }

  /** The same by face number. @returns {Lane[]} */
  get lanes() {
    /** @type {Map<number, Lane>} */
    const lanes = new Map();
    for (const row of this.rows) {
      const lane = lanes.get(row.number);
      if (lane) lane.rows.push(row);
      else lanes.set(row.number, { number: row.number, rows: [row] });
    }
    return [...lanes.values()].sort((a, b) => a.number - b.number);
  }

  get isEmpty() {
    return this.rows.length === 0 && this.remarks.length === 0;
  }

  clear() {
    this.#rows.clear();
    this.remarks = [];
    this.hasUnsaved = false;
    this.began = 0;
    this.length = 0;
    this.#newest = 0;
    this.#setBack = 0;
  }

  /** @param {number} now milliseconds since 1970 */
  #timeAt(now) {
    if (this.began === 0) this.began = this.isFilm ? Date.now() : now;
    if (this.isFilm) return now / 1000;
    return (now - this.began) / 1000 + this.#setBack;
  }
}

/**
 * @param {Row} row
 * @param {number} time seconds
 * @param {Reading} reading
 */
function extend(row, time, reading) {
  const { stretches } = row;
  const shown = answersOf(reading).sort((a, b) => ANSWERS.indexOf(a) - ANSWERS.indexOf(b));
  const answer = shown.join("+") || null;
  const why = reading.clear ? null : reading.why;
  const last = stretches.at(-1);
  const follows = last !== undefined && time - last.end <= GAP;
  if (follows) {
    row.seen += time - last.end;
    last.end = time; // up to the change
  }
  if (follows && last.answer === answer && last.why === why) {
    last.readings += 1;
    for (const name of ANSWERS) {
      const mean = last.votes[name] ?? 0;
      last.votes[name] = mean + ((reading.votes[name] ?? 0) - mean) / last.readings;
    }
  } else {
    const votes = Object.fromEntries(ANSWERS.map((name) => [name, reading.votes[name] ?? 0]));
    stretches.push({ start: time, end: time, answer, why, votes, readings: 1 });
  }
}

/**
 * @typedef {object} Summary
 * @property {Row} row
 * @property {number} seen seconds
 * @property {[string | null, number][]} parts seconds of each answer, longest first; null is unclear
 * @property {number} changes number of changes from one clear answer to another
 */

/**
 * Return how long a face showed each answer.
 * @param {Row} row
 * @returns {Summary}
 */
export function summaryOf(row) {
  /** @type {Map<string | null, number>} */
  const seconds = new Map();
  for (const { start, end, answer } of row.stretches) {
    seconds.set(answer, (seconds.get(answer) ?? 0) + end - start);
  }
  const answers = row.stretches.map(({ answer }) => answer).filter((answer) => answer !== null);
  return {
    row,
    seen: row.seen,
    parts: [...seconds].filter(([, length]) => length > 0).sort((a, b) => b[1] - a[1]),
    changes: answers.filter((answer, index) => index > 0 && answer !== answers[index - 1]).length,
  };
}

/**
 * Return a face's changes from one lasting answer to another.
 * @param {Row} row
 * @returns {Change[]}
 */
export function lastingChanges(row) {
  /** @type {{answer: string, start: number, end: number}[]} */
  const kept = [];
  for (const { answer, start, end } of row.stretches) {
    const last = kept.at(-1);
    if (answer === null) continue;
    if (last && last.answer === answer && start - last.end <= INTERRUPTION) last.end = end;
    else if (last && end - start <= INTERRUPTION && last.end - last.start >= LASTING) continue;
    else kept.push({ answer, start, end });
  }
  const lasting = kept.filter(({ start, end }) => end - start >= LASTING);
  return lasting.flatMap(({ answer, start, end }, index) => {
    const from = lasting[index - 1]?.answer;
    if (from === undefined || from === answer) return [];
    return [{ time: start, row, from, to: answer, length: end - start }];
  });
}

/**
 * Return the answers that a stretch showed: one, two, or none.
 * @param {string | null} answer
 * @returns {string[]}
 */
export function shownIn(answer) {
  return answer ? answer.split("+") : [];
}

/**
 * Count what ten people would have said in a stretch.
 * @param {Stretch} stretch
 */
export function peopleOf(stretch) {
  return countAnswers(tenPeople(stretch.votes, shownIn(stretch.answer)[0]));
}
