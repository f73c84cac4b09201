/** The person's own pictures to practise with: in random order, each once. */

/** Number of answers without a clear face after which a picture is skipped. */
const MOST_ANSWERS = 8;

export class Deck {
  #files;
  #next = 0;
  #answers = 0;
  /** Number of pictures without a clear face, or that the browser cannot show. */
  skipped = 0;

  /**
   * @param {Iterable<File>} files the chosen files; only pictures are taken
   * @param {() => number} random returns 0 to 1
   */
  constructor(files, random = Math.random) {
    const pictures = [...files].filter(({ type }) => type.startsWith("image/"));
    for (let last = pictures.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      const moved = /** @type {File} */ (pictures[last]);
      pictures[last] = /** @type {File} */ (pictures[other]);
      pictures[other] = moved;
    }
    this.#files = pictures;
  }

  get size() {
    return this.#files.length;
  }

  /** Position of the picture shown, from 1. */
  get position() {
    return this.#next;
  }

  /** Draw the next picture; null after the last. */
  draw() {
    const file = this.#files[this.#next] ?? null;
    if (file) this.#next += 1;
    this.#answers = 0;
    return file;
  }

  /** Count an answer with nothing to ask about. @returns {boolean} whether there were enough of them */
  sawNothing() {
    this.#answers += 1;
    return this.#answers >= MOST_ANSWERS;
  }
}
