/** Everything read since the page was opened, each source apart. */

import { lastingChanges, Session } from "./session.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {import("./session.js").Origin} Origin */

/** Seconds; a film that jumps back by more is watched again, and recorded apart. */
const BACK = 0.5;

export class Recording {
  /** One session for each source, in order of start. @type {Session[]} */
  #sessions = [];
  /** @type {Session | null} */
  #current = null;
  /** Last position in the film, in seconds. */
  #position = -1;

  /**
   * Begin a source; everything added from now on belongs to it. A camera or window that was read before
   * continues its session. A film begins a new one.
   * @param {Origin} origin
   */
  begin(origin) {
    const known = this.#sessions.find(
      (session) =>
        !session.isFilm &&
        session.origin.kind === origin.kind &&
        session.origin.name === origin.name,
    );
    this.#current = known ?? new Session(origin);
    if (!known) this.#sessions.push(this.#current);
    this.#position = -1;
  }

  /**
   * @param {number} now milliseconds since 1970
   * @param {Iterable<{key: string, number: number, reading: Reading}>} faces
   * @param {{position?: number, pictureOf?: ((reading: Reading) => HTMLCanvasElement | null) | null}}
   *   [more] film's position in seconds, and how to get a face's picture
   */
  add(now, faces, { position = 0, pictureOf = null } = {}) {
    if (this.current.isFilm && position < this.#position - BACK) this.begin(this.current.origin);
    this.#position = position;
    this.current.add(this.current.isFilm ? 1000 * position : now, faces, pictureOf);
  }

  /** @param {number} now milliseconds since 1970 @param {string} text */
  addNote(now, text) {
    this.current.addNote(this.#nowOf(now), text);
  }

  /** @param {number} now milliseconds since 1970 */
  bookmark(now) {
    return this.current.bookmark(this.#nowOf(now));
  }

  /**
   * @param {number} now milliseconds since 1970
   * @param {number} face
   * @param {string} shown
   * @param {string | null} [right] what the person would say; "" if nobody could tell
   */
  markWrong(now, face, shown, right = null) {
    this.current.markWrong(this.#nowOf(now), face, shown, right);
  }

  /** Whether there are unsaved notes, bookmarks or marks. */
  get hasUnsaved() {
    return this.#sessions.some((session) => session.hasUnsaved);
  }

  /** Note that everything is saved. */
  saved() {
    for (const session of this.#sessions) session.hasUnsaved = false;
  }

  /** The current or last session. */
  get current() {
    if (!this.#current) this.begin({ kind: "camera", name: "" });
    return /** @type {Session} */ (this.#current);
  }

  /** Sessions in which anything was seen or noted. */
  get sessions() {
    return this.#sessions.filter((session) => !session.isEmpty);
  }

  get isEmpty() {
    return this.sessions.length === 0;
  }

  /** Start of the first of them, in milliseconds since 1970. */
  get began() {
    return this.sessions[0]?.began ?? 0;
  }

  /** Seconds recorded, and number of lasting changes. */
  get soFar() {
    const rows = this.sessions.flatMap((session) => session.rows);
    const seconds = this.sessions.reduce((sum, { length }) => sum + length, 0);
    return { seconds, changes: rows.reduce((sum, row) => sum + lastingChanges(row).length, 0) };
  }

  clear() {
    const origin = this.#current?.origin;
    this.#sessions = [];
    this.#current = null;
    if (origin) this.begin(origin);
  }

  /** @param {number} now */
  #nowOf(now) {
    return this.current.isFilm ? 1000 * Math.max(0, this.#position) : now;
  }
}
