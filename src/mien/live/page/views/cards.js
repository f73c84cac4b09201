/** The faces beside the picture, in its order: one or two large cards, from three on a row each. */

import { shared } from "../state/faces.js";
import { FaceView } from "./face.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** From so many faces on there is a row for each. */
const ROWS = 3;
/** The row of a face that is missed keeps its place for so long, in milliseconds: nothing moves up. */
const GONE_MS = 5000;
/** Somebody new takes that row at once where they share so much of both boxes together. */
const IN_PLACE = 0.3;
/** Cards come back only when there were fewer for so long, in milliseconds. */
const FEWER_MS = 4000;

export class Cards {
  #container;
  #listener;
  /** @type {Map<number, FaceView>} */
  #views = new Map();
  /** When and where each face was seen last. @type {Map<number, {seen: number, box: Reading["box"]}>} */
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

  /** Whether somebody points at a face, types there, or reads what it means: none may move then. */
  get isHeld() {
    return this.#container.contains(document.activeElement) || this.#container.matches(":hover");
  }

  /**
   * @param {ReadonlyMap<number, Reading>} readings by face number, in the order of the picture
   * @param {number} now milliseconds
   */
  show(readings, now = performance.now()) {
    if (readings.size >= ROWS) this.#manyAt = now;
    const asRows = readings.size > 0 && now - this.#manyAt < FEWER_MS;
    const numbers = this.#withGone(readings, asRows, now);
    this.#container.classList.toggle("rows", asRows);
    document.documentElement.classList.toggle("several", asRows);
    // Rows share the height; from three to nine of them it is theirs.
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
   * The faces to show, in order: those that are read, and among rows those that were until just now.
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
        asRows &&
        last !== undefined &&
        now - last.seen < GONE_MS &&
        !fresh.some(([, { box }]) => shared(box, last.box) > IN_PLACE);
      if (isKept) {
        // Behind whom it stood, as far as they are there.
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
   * Mark a face's card, because it is pointed at in the picture.
   * @param {number | null} marked
   */
  mark(marked) {
    for (const [number, { element }] of this.#views) {
      element.classList.toggle("marked", number === marked);
    }
  }

  /** Open what a face's answer means, and show it. @param {number} number */
  open(number) {
    const view = this.#views.get(number);
    view?.toggle(true);
    view?.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * Say whether a usual face was taken.
   * @param {number} number
   * @param {boolean} taken
   */
  answerUsual(number, taken) {
    this.#views.get(number)?.answerUsual(taken);
  }

  /** @param {number} number of a face */
  pictureOf(number) {
    return this.#views.get(number)?.picture;
  }

  /** Make all anew when they are shown next: words or symbols are others. */
  forget() {
    for (const { element } of this.#views.values()) element.remove();
    this.#views.clear();
    this.#last.clear();
  }
}
