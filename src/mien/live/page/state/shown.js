/** What is shown of the faces, now: held still, in a lasting order, without what is hidden. */

import { withoutHidden } from "./hidden.js";
import { pictureOrder, SteadyOrder } from "./order.js";
import { Steady } from "./steady.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {import("./faces.js").Face} Face */

/** Words, figures and colours change at most so often, in milliseconds; boxes move with every reading. */
export const CALM_MS = 200;

export class Shown {
  /** What cards, colours and labels tell, by face number, in the order of the picture. @type {Map<number, Reading>} */
  readings = new Map();
  /** The same as it is at this moment, of all faces. @type {Map<number, Reading>} */
  exact = new Map();
  #steady = new Steady();
  #order = new SteadyOrder();
  #shownAt = 0;

  /**
   * Take in the faces, unless that would change what is shown oftener than people can follow.
   * @param {number} now milliseconds
   * @param {readonly Face[]} faces
   * @param {{hidden: readonly string[], isHeld: boolean, isCovered: boolean}} how answers that are not
   *   to be seen; whether somebody points at a face; whether no answer is to be seen
   * @returns {boolean} whether it did
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

  /** Show no answer. */
  cover() {
    this.readings = new Map();
  }

  /** What was held is held no longer: answers that are hidden are others. */
  release() {
    this.#steady.clear();
  }

  clear() {
    this.cover();
    this.release();
    this.#order.clear();
  }
}
