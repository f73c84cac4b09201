/** Order of the faces in the picture, row by row from left to right; it rarely changes. */

/** @typedef {{number: number, box: readonly [number, number, number, number]}} Placed */

/** Part of a face's height; faces whose middles are closer than this share a row. */
const ONE_ROW = 0.6;
/** Milliseconds for which a new order must last before it is taken. */
const LASTING_MS = 1500;

/**
 * Return the numbers of the faces in reading order.
 * @param {readonly Placed[]} faces
 * @returns {number[]}
 */
export function pictureOrder(faces) {
  const placed = faces.map(({ number, box: [x1, y1, x2, y2] }) => {
    return { number, x: (x1 + x2) / 2, y: (y1 + y2) / 2, height: y2 - y1 };
  });
  placed.sort((a, b) => a.y - b.y || a.x - b.x);
  const heights = placed.map(({ height }) => height).sort((a, b) => a - b);
  const apart = ONE_ROW * (heights[heights.length >> 1] ?? 0);
  /** @type {(typeof placed)[]} */
  const rows = [];
  for (const face of placed) {
    const row = rows.at(-1);
    const mean = row ? row.reduce((sum, { y }) => sum + y, 0) / row.length : -Infinity;
    if (row && face.y - mean <= apart) row.push(face);
    else rows.push([face]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x).map(({ number }) => number));
}

/**
 * Return the numbers of the faces, the largest first; faces of about one size by number.
 * @param {readonly Placed[]} faces
 * @returns {number[]}
 */
export function sizeOrder(faces) {
  const sized = faces.map(({ number, box: [x1, y1, x2, y2] }) => {
    return { number, size: Math.round(2 * Math.log2(Math.max(1, (x2 - x1) * (y2 - y1)))) };
  });
  return sized.sort((a, b) => b.size - a.size || a.number - b.number).map(({ number }) => number);
}

/** A steady order: a new face takes its place at once, all others rarely move. */
export class SteadyOrder {
  /** @type {number[]} */
  #order = [];
  /** @type {number[]} */
  #wanted = [];
  #since = 0;

  /**
   * @param {readonly number[]} fresh the order at this moment
   * @param {number} now milliseconds
   * @param {boolean} isHeld whether the person points at a face or types: then none may move
   * @returns {number[]} the order to show
   */
  update(fresh, now, isHeld = false) {
    const order = this.#order.filter((number) => fresh.includes(number));
    for (const [index, number] of fresh.entries()) {
      if (order.includes(number)) continue;
      const before = fresh.slice(0, index).findLast((other) => order.includes(other));
      order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, number);
    }
    if (fresh.join() !== this.#wanted.join() || isHeld) this.#since = now;
    this.#wanted = [...fresh];
    this.#order = now - this.#since >= LASTING_MS ? [...fresh] : order;
    return this.#order;
  }

  clear() {
    this.#order = [];
    this.#wanted = [];
  }
}
