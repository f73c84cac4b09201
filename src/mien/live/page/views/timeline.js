/**
 * A timeline on the page: the picture, read by mouse or arrow keys.
 *
 * Left and right go from stretch to stretch, up and down to another face.
 */

import { svg } from "./elements.js";
import { momentText } from "./recount.js";
import { BLOCK, LANE, TimelinePicture } from "./timeline-picture.js";

/** @typedef {import("../state/session.js").Session} Session */
/** @typedef {import("../state/session.js").Row} Row */

export class Timeline {
  #session;
  #place;
  #line;
  #picture = new TimelinePicture();
  /** The stretch of a row of a lane that is read. @type {Cursor | null} */
  #cursor = null;
  #frame = svg("rect", { fill: "none", stroke: "currentColor", "stroke-width": 2.5, rx: 4 });

  /**
   * @param {Session} session
   * @param {{place: HTMLElement, line: HTMLElement}} parts places of the picture and of its line of text
   */
  constructor(session, { place, line }) {
    this.#session = session;
    this.#place = place;
    this.#line = line;
    this.#picture.element.setAttribute("aria-hidden", "true"); // the element around it has the label
    this.#picture.element.append(this.#frame);
    place.addEventListener("keydown", (event) => this.#press(event));
    place.addEventListener("pointermove", (event) => this.#point(event));
    place.addEventListener("pointerdown", (event) => this.#point(event));
  }

  /**
   * Draw what is new.
   * @param {boolean} [whole] whether the session has ended
   */
  show(whole = false) {
    this.#picture.draw(this.#session, Math.max(240, Math.floor(this.#place.clientWidth)), whole);
    if (!this.#picture.element.parentNode) this.#place.append(this.#picture.element);
    this.#read();
  }

  /** @param {Cursor | null} cursor */
  #moveTo(cursor) {
    this.#cursor = cursor ?? this.#cursor;
    this.#read();
  }

  #read() {
    const { lanes } = this.#session;
    const cursor = this.#cursor;
    const row = cursor && lanes[cursor.lane]?.rows[cursor.row];
    const stretch = row?.stretches[cursor?.index ?? -1];
    this.#frame.toggleAttribute("hidden", !stretch);
    const text = row && stretch ? momentText(this.#session, row, stretch) : "";
    if (this.#line.textContent !== text) this.#line.textContent = text;
    this.#place.setAttribute("aria-valuetext", text);
    const counts = lanes.map(({ rows }) => rows.map(({ stretches }) => stretches.length));
    this.#place.setAttribute("aria-valuemax", String(Math.max(0, sum(counts.flat()) - 1)));
    this.#place.setAttribute("aria-valuenow", String(cursor ? numberOf(cursor, counts) : 0));
    if (!cursor || !stretch) return;
    const x = this.#picture.across(stretch.start);
    for (const [name, value] of Object.entries({
      x: x - 2,
      y: cursor.lane * LANE + (LANE - BLOCK) / 2 - 2,
      width: Math.max(1, this.#picture.across(stretch.end) - x) + 4,
      height: BLOCK + 4,
    })) {
      this.#frame.setAttribute(name, String(value));
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { lanes } = this.#session;
    const last = lanes.length - 1;
    const now = this.#cursor;
    const at = now ?? ends(lanes[last]?.rows ?? [], last).at(-1);
    if (!at) return;
    const { rows } = lanes[at.lane] ?? { rows: [] };
    const time = rows[at.row]?.stretches[at.index]?.start ?? 0;
    /** @param {number} lane */
    const beside = (lane) => nearest(lanes[lane]?.rows ?? [], lane, time);
    const steps = /** @type {Record<string, () => Cursor | null | undefined>} */ ({
      ArrowLeft: () => (now ? stepped(rows, at, -1) : at),
      ArrowRight: () => (now ? stepped(rows, at, 1) : at),
      ArrowUp: () => beside(at.lane - 1),
      ArrowDown: () => beside(at.lane + 1),
      Home: () => ends(rows, at.lane)[0],
      End: () => ends(rows, at.lane).at(-1),
    });
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.#moveTo(step() ?? null);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { left, top } = this.#place.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const lane = Math.floor(y / LANE);
    const time = this.#picture.timeAt(x);
    const found = nearest(this.#session.lanes[lane]?.rows ?? [], lane, time);
    if (!found) return;
    const stretch = this.#session.lanes[lane]?.rows[found.row]?.stretches[found.index];
    // One pixel beside it counts, too, because a short stretch is no wider.
    if (!stretch || x < this.#picture.across(stretch.start) - 1) return;
    if (x <= this.#picture.across(stretch.end) + 1) this.#moveTo(found);
  }
}

/** @typedef {{lane: number, row: number, index: number}} Cursor */

/**
 * Return the first and the last stretch of a lane.
 * @param {Row[]} rows
 * @param {number} lane
 * @returns {Cursor[]}
 */
function ends(rows, lane) {
  const row = rows.length - 1;
  const last = rows[row];
  return last
    ? [
        { lane, row: 0, index: 0 },
        { lane, row, index: last.stretches.length - 1 },
      ]
    : [];
}

/**
 * Return the stretch before or after one, within its lane.
 * @param {Row[]} rows
 * @param {Cursor} at
 * @param {1 | -1} step
 * @returns {Cursor | null}
 */
function stepped(rows, { lane, row, index }, step) {
  if (rows[row]?.stretches[index + step]) return { lane, row, index: index + step };
  const next = rows[row + step];
  if (!next) return null;
  return { lane, row: row + step, index: step > 0 ? 0 : next.stretches.length - 1 };
}

/**
 * Return the last stretch of a lane that began before a time, or its first one.
 * @param {Row[]} rows
 * @param {number} lane
 * @param {number} time seconds
 * @returns {Cursor | null}
 */
function nearest(rows, lane, time) {
  if (rows.length === 0) return null;
  const row = Math.max(
    0,
    before(rows, time, (row) => row.stretches[0]?.start ?? 0),
  );
  const { stretches } = rows[row] ?? { stretches: [] };
  return {
    lane,
    row,
    index: Math.max(
      0,
      before(stretches, time, ({ start }) => start),
    ),
  };
}

/**
 * Return the last index in an ordered list that is not after a time; -1 if all are.
 * @template T
 * @param {T[]} items
 * @param {number} time
 * @param {(item: T) => number} startOf
 */
function before(items, time, startOf) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(/** @type {T} */ (items[middle])) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Return the index of a cursor among all stretches, lane by lane.
 * @param {Cursor} cursor
 * @param {number[][]} counts numbers of stretches by lane and row
 */
function numberOf({ lane, row, index }, counts) {
  return sum(counts.slice(0, lane).flat()) + sum(counts[lane]?.slice(0, row) ?? []) + index;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
