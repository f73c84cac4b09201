/**
 * The faces on the page. The server follows each (`Reading.track`). Here each gets a small number that no
 * other face gets on this page, and keeps it and its card while it is missed for a moment.
 */

import { pictureOrder } from "./order.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} Face
 * @property {number} number number from 1, in order of arrival
 * @property {Reading} reading the newest reading
 * @property {number} seen time of that reading, in milliseconds
 * @property {number} missed number of answers since then
 */

/** Milliseconds for which a missed face keeps its number and card, ... */
const KEEP_MS = 1000;
/** ... or number of answers, if that is longer: as long as the server remembers it, ... */
const KEEP_ANSWERS = 3;
/** ... unless a new face takes its place: it shares more than this of both boxes together. */
const IN_PLACE = 0.3;

export class Faces {
  /** @type {Face[]} */
  #faces = [];
  #last = 0;

  /**
   * Take in the readings of a frame.
   * @param {Reading[]} readings
   * @param {number} now milliseconds
   */
  update(readings, now) {
    /** @type {Reading[]} */
    const fresh = [];
    for (const reading of readings) {
      const face = this.#faces.find((face) => face.reading.track === reading.track);
      if (face) {
        face.reading = reading;
        face.seen = now;
        face.missed = -1;
      } else {
        fresh.push(reading);
      }
    }
    for (const face of this.#faces) face.missed += 1;
    const known = this.#faces.filter(
      (face) =>
        face.missed === 0 ||
        ((now - face.seen <= KEEP_MS || face.missed < KEEP_ANSWERS) &&
          !fresh.some(({ box }) => shared(box, face.reading.box) > IN_PLACE)),
    );
    // New faces get their numbers in reading order.
    const placed = fresh.map(({ box }, number) => ({ number, box }));
    for (const reading of pictureOrder(placed).flatMap((index) => fresh[index] ?? [])) {
      this.#last += 1;
      known.push({ number: this.#last, reading, seen: now, missed: 0 });
    }
    this.#faces = known.sort((a, b) => a.number - b.number);
  }

  /**
   * All faces by number, including those missed just now.
   * @returns {readonly Face[]}
   */
  get all() {
    return this.#faces;
  }

  /**
   * The faces of the newest frame.
   * @param {number} now time of that frame's update
   */
  seenAt(now) {
    return this.#faces.filter((face) => face.seen === now);
  }

  clear() {
    this.#faces = [];
  }
}

/**
 * Return the share of two boxes' joint area that both cover.
 * @param {Reading["box"]} a
 * @param {Reading["box"]} b
 */
export function shared([ax1, ay1, ax2, ay2], [bx1, by1, bx2, by2]) {
  const width = Math.max(0, Math.min(ax2, bx2) - Math.max(ax1, bx1));
  const height = Math.max(0, Math.min(ay2, by2) - Math.max(ay1, by1));
  const both = width * height;
  return both / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both || 1);
}
