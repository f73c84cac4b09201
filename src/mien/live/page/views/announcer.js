/** Announce changes to screen readers, if the person wants that, and not faster than they can hear. */

import { answersOf } from "../state/votes.js";
import * as wording from "../texts/wording.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Least pause between two announcements, in milliseconds. */
export const PAUSE_MS = 3000;

export class Announcer {
  #region;
  #saidAt = -Infinity;
  /** Last announcement, by face number. @type {Map<number, string>} */
  #announced = new Map();
  enabled = false;

  /** @param {{textContent: string | null}} region an element with `aria-live` */
  constructor(region) {
    this.#region = region;
  }

  /**
   * @param {number} now milliseconds
   * @param {Map<number, Reading>} shown by face number
   */
  tell(now, shown) {
    if (!this.enabled || now - this.#saidAt < PAUSE_MS) return;
    const sentences = new Map(
      [...shown].map(([number, reading]) => {
        return [number, wording.sentence(number, answersOf(reading), reading.why)];
      }),
    );
    const fresh = [...sentences].filter(([number, text]) => this.#announced.get(number) !== text);
    this.#announced = sentences;
    if (fresh.length === 0) return;
    this.#saidAt = now;
    this.#region.textContent = `${fresh.map(([, text]) => text).join(". ")}.`;
  }

  clear() {
    this.#announced.clear();
    this.#region.textContent = "";
  }
}
