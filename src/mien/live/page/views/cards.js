/** The faces beside the picture, in its order: one or two large cards, or rows for three and more. */

import { shared } from "../state/faces.js";
import { FaceView } from "./face.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Number of faces from which each has a row. */
const ROWS = 3;
/** Milliseconds for which a missed face keeps its row, so that nothing moves up. */
const GONE_MS = 5000;
/** Share of both boxes together from which a new face takes that row at once. */
const IN_PLACE = 0.3;
/** Milliseconds of fewer faces after which cards come back. */
const FEWER_MS = 4000;

export class Cards {
  #container;
  #listener;
  /** @type {Map<number, FaceView>} */
  #views = new Map();
  /** Time and place at which each face was last seen. @type {Map<number, {seen: number, box: Reading["box"]}>} */
  #last = new Map();
  #manyAt = -Infinity;

  /**
   * @param {HTMLElement} container
   * @param {import("./face.js").Listener} listener
   */
  constructor(container, listener) {
    this.#container = container;
    this.#listener = listener;
  }

  /** Whether the person points at a face, types there, or reads what it means: then none may move. */
  get isHeld() {
    return this.#container.contains(document.activeElement) || this.#container.matches(":hover");
  }

  /**
   * @param {ReadonlyMap<number, Reading>} readings readings by face number, in picture order
   * @param {number} now milliseconds
   */
  show(readings, now = performance.now()) {
    if (readings.size >= ROWS) this.#manyAt = now;
    const asRows = readings.size > 0 && now - this.#manyAt < FEWER_MS;
    const numbers = this.#withGone(readings, asRows, now);
    this.#container.classList.toggle("rows", asRows);
    document.documentElement.classList.toggle("several", asRows);
    // Three to nine rows share the whole height.
    this.#container.style.setProperty("--count", String(Math.max(ROWS, numbers.length)));
    for (const [index, number] of numbers.entries()) {
      let view = this.#views.get(number);
      if (!view) {
        view = new FaceView(number, this.#listener);
        this.#views.set(number, view);
      }
      const there = this.#container.children[index] ?? null;
      if (there !== view.element) this.#container.insertBefore(view.element, there);
      const reading = readings.get(number);
      if (reading) {
        view.show(reading);
        this.#last.set(number, { seen: now, box: reading.box });
      } else {
        view.showGone();
      }
    }
  }

  /**
   * Return the faces to show, in order: those that are read, and for rows also those missed just now.
   * @param {ReadonlyMap<number, Reading>} readings
   * @param {boolean} asRows
   * @param {number} now milliseconds
   * @returns {number[]}
   */
  #withGone(readings, asRows, now) {
    const fresh = [...readings].filter(([number]) => !this.#views.has(number));
    const before = [...this.#container.children].map((it) =>
      Number(/** @type {HTMLElement} */ (it).dataset.face),
    );
    const numbers = [...readings.keys()];
    for (const [number, view] of this.#views) {
      if (readings.has(number)) continue;
      const last = this.#last.get(number);
      const isKept =
        view.isNamed || // or the rest of the name would be commands
        (asRows &&
          last !== undefined &&
          now - last.seen < GONE_MS &&
          !fresh.some(([, { box }]) => shared(box, last.box) > IN_PLACE));
      if (isKept) {
        // After the faces that were before it, if they are there.
        const ahead = before.slice(0, before.indexOf(number)).findLast((n) => numbers.includes(n));
        numbers.splice(ahead === undefined ? 0 : numbers.indexOf(ahead) + 1, 0, number);
      } else {
        view.element.remove();
        this.#views.delete(number);
        this.#last.delete(number);
      }
    }
    return numbers;
  }

  /**
   * Mark the card of a face pointed at in the picture.
   * @param {number | null} marked
   */
  mark(marked) {
    for (const [number, { element }] of this.#views) {
      element.classList.toggle("marked", number === marked);
    }
  }

  /** Open the meaning of a face's answer, and scroll to it. @param {number} number */
  open(number) {
    const view = this.#views.get(number);
    view?.toggle(true);
    view?.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * Show whether a usual face was taken.
   * @param {number} number
   * @param {boolean} taken
   */
  answerUsual(number, taken) {
    this.#views.get(number)?.answerUsual(taken);
  }

  /** @param {number} number number of a face */
  pictureOf(number) {
    return this.#views.get(number)?.picture;
  }

  /** Make all cards again at the next update, after words or symbols changed. */
  forget() {
    for (const { element } of this.#views.values()) element.remove();
    this.#views.clear();
    this.#last.clear();
  }
}
