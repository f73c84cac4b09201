/**
 * The content of a timeline's lane, pixel by pixel.
 *
 * A column of pixels shows what the face showed for the longest part of it. Neighbouring columns that
 * show the same are one run. So a lane never has more runs than pixels, however long the recording, and
 * finished runs are never looked at again.
 */

/** @typedef {import("../state/session.js").Stretch} Stretch */

/**
 * @typedef {object} Run
 * @property {number} from first column
 * @property {number} to column after the last
 * @property {string | null} answer answer of the stretches; null is unclear
 */

/** What a stretch of a single reading, without length, counts. */
const INSTANT = 1e-6;

export class RunMerger {
  #scale;
  #column = -1;
  /** Pixels of the current column by answer. @type {Map<string | null, number>} */
  #shares = new Map();
  /** @type {Run | null} */
  #open = null;
  /** @type {Run[]} */
  #closed = [];

  /** @param {number} scale pixels a second */
  constructor(scale) {
    this.#scale = scale;
  }

  /**
   * Append a finished stretch; it begins where the last one ended, or later.
   * @param {Pick<Stretch, "start" | "end" | "answer">} stretch
   */
  add({ start, end, answer }) {
    const from = start * this.#scale;
    const to = Math.max(end * this.#scale, from);
    const first = Math.max(Math.floor(from), this.#column);
    const last = Math.max(Math.ceil(to) - 1, first);
    for (let column = first; column <= last; column += 1) {
      if (column !== this.#column) {
        this.#closeColumn();
        this.#column = column;
      }
      const share = Math.min(to, column + 1) - Math.max(from, column);
      this.#shares.set(answer, (this.#shares.get(answer) ?? 0) + Math.max(share, INSTANT));
    }
  }

  /** Take the finished runs; each is given once. */
  takeClosed() {
    return this.#closed.splice(0);
  }

  /**
   * Return the unfinished runs, with a stretch that may grow.
   * @param {Pick<Stretch, "start" | "end" | "answer">} [stretch]
   * @returns {Run[]}
   */
  rest(stretch) {
    const copy = new RunMerger(this.#scale);
    copy.#column = this.#column;
    copy.#shares = new Map(this.#shares);
    copy.#open = this.#open && { ...this.#open };
    if (stretch) copy.add(stretch);
    copy.#closeColumn();
    return copy.#open ? [...copy.#closed, copy.#open] : [];
  }

  #closeColumn() {
    if (this.#shares.size === 0) return;
    let [answer, most] = /** @type {[string | null, number]} */ ([null, -1]);
    for (const [name, share] of this.#shares) {
      if (share > most) [answer, most] = [name, share];
    }
    this.#shares.clear();
    const column = this.#column;
    if (this.#open?.to === column && this.#open.answer === answer) {
      this.#open.to = column + 1;
      return;
    }
    if (this.#open) this.#closed.push(this.#open);
    this.#open = { from: column, to: column + 1, answer };
  }
}
