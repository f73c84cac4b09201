/**
 * The faces on the page. The server follows each (`Reading.track`); here each gets a small number,
 * and keeps it and its card while it is missed for a moment.
 */

/** @typedef {import("./protocol.js").Reading} Reading */

/**
 * @typedef {object} Face
 * @property {number} number from 1; the smallest that was free when the face came
 * @property {Reading} reading the newest
 * @property {number} seen when that was, in milliseconds
 */

/** A face that is missed keeps its number and card for so long, as long as the server remembers it. */
const KEEP_MS = 1000;

export class Faces {
  /** @type {Face[]} */
  #faces = [];

  /**
   * Take in the readings of a frame.
   * @param {Reading[]} readings
   * @param {number} now milliseconds
   */
  update(readings, now) {
    const fresh = [];
    for (const reading of readings) {
      const face = this.#faces.find((face) => face.reading.track === reading.track);
      if (face) {
        face.reading = reading;
        face.seen = now;
      } else {
        fresh.push(reading);
      }
    }
    const known = this.#faces.filter((face) => now - face.seen <= KEEP_MS);
    // New faces are numbered from left to right.
    fresh.sort((a, b) => a.box[0] - b.box[0]);
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

/** @param {Face[]} faces */
function firstFree(faces) {
  let number = 1;
  while (faces.some((face) => face.number === number)) number += 1;
  return number;
}
