/** Readings a second, and their age when they were shown. */

const WINDOW_MS = 2000;

export class Rates {
  /** @type {{at: number, delay: number}[]} */
  #shown = [];

  /**
   * @param {number} at time at which a reading was shown, in milliseconds
   * @param {number} delay time since its frame was captured, in milliseconds
   */
  add(at, delay) {
    this.#shown.push({ at, delay });
    while (this.#shown[0] && this.#shown[0].at < at - WINDOW_MS) this.#shown.shift();
  }

  /**
   * Return readings a second and median delay over the last two seconds; null before the second reading.
   * @param {number} now milliseconds
   */
  summary(now) {
    const recent = this.#shown.filter(({ at }) => at >= now - WINDOW_MS);
    const first = recent[0];
    if (!first || recent.length < 2) return null;
    const delays = recent.map(({ delay }) => delay).sort((a, b) => a - b);
    return {
      rate: (1000 * (recent.length - 1)) / Math.max(now - first.at, 1),
      delay: delays[delays.length >> 1] ?? 0,
    };
  }

  clear() {
    this.#shown = [];
  }
}
