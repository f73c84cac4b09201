/** What is shown of the faces now: held still, in a steady order, without hidden answers. */

import { withoutHidden } from "./hidden.js";
import { pictureOrder, SteadyOrder } from "./order.js";
import { Steady } from "./steady.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {import("./faces.js").Face} Face */

/** Least milliseconds between changes of words, figures and colours; boxes move with every reading. */
export const CALM_MS = 200;

export class Shown {
  /** Readings for cards, colours and labels, by face number, in picture order. @type {Map<number, Reading>} */
  readings = new Map();
  /** The exact readings of this moment, for all faces. @type {Map<number, Reading>} */
  exact = new Map();
  #steady = new Steady();
  #order = new SteadyOrder();
  #shownAt = 0;

  /**
   * Take the faces, unless the display would then change faster than people can follow.
   * @param {number} now milliseconds
   * @param {readonly Face[]} faces
   * @param {{hidden: readonly string[], isHeld: boolean, isCovered: boolean}} how hidden answers; whether
   *   the person points at a face; whether all answers are covered
   * @returns {boolean} whether it took them
   */
  update(now, faces, { hidden, isHeld, isCovered }) {
    if (now - this.#shownAt < CALM_MS && this.readings.size > 0) return false;
    this.#shownAt = now;
    this.exact = new Map(
      faces.map(({ number, reading }) => [number, withoutHidden(reading, hidden)]),
    );
    const placed = faces.map(({ number, reading }) => ({ number, box: reading.box }));
    this.readings = new Map();
    for (const number of this.#order.update(pictureOrder(placed), now, isHeld)) {
      const reading = isCovered ? undefined : this.exact.get(number);
      if (reading) this.readings.set(number, this.#steady.hold(number, reading));
    }
    this.#steady.keepOnly(this.readings.keys());
    return true;
  }

  /** Hide all answers. */
  cover() {
    this.readings = new Map();
  }

  /** Hold nothing any longer, after the hidden answers changed. */
  release() {
    this.#steady.clear();
  }

  clear() {
    this.cover();
    this.release();
    this.#order.clear();
  }
}
