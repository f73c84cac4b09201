/**
 * Which face of this frame is which of the frame before, so that numbers and cards stay in place.
 *
 * Faces are matched by nearest box. Where the server follows faces (`Reading.track`), its numbers
 * are taken instead.
 */

/** @typedef {import("./protocol.js").Reading} Reading */

/**
 * @typedef {object} Face
 * @property {number} number from 1; the smallest that was free when the face came
 * @property {Reading} reading the newest
 * @property {number} seen when that was, in milliseconds
 */

/** A face that is missed for a moment keeps its number and card for so long. */
const KEEP_MS = 700;

/** Boxes whose centres are further apart than this share of the larger width are other faces. */
const FARTHEST = 0.75;

export class Faces {
  /** @type {Face[]} */
  #faces = [];

  /**
   * Take in the readings of a frame.
   * @param {Reading[]} readings
   * @param {number} now milliseconds
   */
  update(readings, now) {
    const pairs = this.#faces
      .flatMap((face) => readings.map((reading) => ({ face, reading, far: far(face, reading) })))
      .filter(({ far }) => far <= FARTHEST)
      .sort((a, b) => a.far - b.far);
    /** @type {Set<Reading>} */
    const placed = new Set();
    /** @type {Set<Face>} */
    const found = new Set();
    for (const { face, reading } of pairs) {
      if (found.has(face) || placed.has(reading)) continue;
      face.reading = reading;
      face.seen = now;
      found.add(face);
      placed.add(reading);
    }
    const known = this.#faces.filter((face) => now - face.seen <= KEEP_MS);
    // New faces are numbered from left to right.
    const fresh = readings.filter((reading) => !placed.has(reading));
    fresh.sort((a, b) => centre(a.box).x - centre(b.box).x);
    for (const reading of fresh) {
      known.push({ number: firstFree(known), reading, seen: now });
    }
    this.#faces = known.sort((a, b) => a.number - b.number);
  }

  /**
   * All faces by number, those that were missed just now too.
   * @returns {readonly Face[]}
   */
  get all() {
    return this.#faces;
  }

  /**
   * The faces of the newest frame.
   * @param {number} now the time of its update
   */
  seenAt(now) {
    return this.#faces.filter((face) => face.seen === now);
  }

  clear() {
    this.#faces = [];
  }
}

/**
 * Distance of two boxes in widths of the larger; 0 for the same track, infinite for another.
 * @param {Face} face
 * @param {Reading} reading
 */
function far(face, reading) {
  if (reading.track !== undefined && face.reading.track !== undefined) {
    return reading.track === face.reading.track ? 0 : Infinity;
  }
  const a = centre(face.reading.box);
  const b = centre(reading.box);
  return Math.hypot(a.x - b.x, a.y - b.y) / Math.max(a.width, b.width, 1);
}

/** @param {Reading["box"]} box */
function centre([x1, y1, x2, y2]) {
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: x2 - x1 };
}

/** @param {Face[]} faces */
function firstFree(faces) {
  let number = 1;
  while (faces.some((face) => face.number === number)) number += 1;
  return number;
}
