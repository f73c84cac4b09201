/** How many readings a second came, and how old they were when they were shown. */

const WINDOW_MS = 2000;

export class Rates {
  /** @type {{at: number, delay: number}[]} */
  #shown = [];

  /**
   * @param {number} at when a reading was shown, in milliseconds
   * @param {number} delay since its frame was captured, in milliseconds
   */
  add(at, delay) {
    this.#shown.push({ at, delay });
    while (this.#shown[0] && this.#shown[0].at < at - WINDOW_MS) this.#shown.shift();
  }

  /**
   * Readings a second and median delay of the last two seconds; null before the second reading.
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
