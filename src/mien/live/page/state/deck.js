/** The person's own pictures, to practise with: in an order of chance, each once. */

/** A picture is left out when no clear face was found in so many answers about it. */
const MOST_ANSWERS = 8;

export class Deck {
  #files;
  #next = 0;
  #answers = 0;
  /** Pictures in which no clear face was found, or which the browser cannot show. */
  skipped = 0;

  /**
   * @param {Iterable<File>} files whatever was chosen; only pictures are taken
   * @param {() => number} random 0 to 1
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

  /** Of the picture that is shown, from 1. */
  get position() {
    return this.#next;
  }

  /** The next picture; null after the last. */
  draw() {
    const file = this.#files[this.#next] ?? null;
    if (file) this.#next += 1;
    this.#answers = 0;
    return file;
  }

  /** Count an answer about the picture in which there was nothing to ask. @returns {boolean} enough */
  sawNothing() {
    this.#answers += 1;
    return this.#answers >= MOST_ANSWERS;
  }
}
