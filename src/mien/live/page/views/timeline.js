/**
 * The timeline on the page: the picture, read by mouse or arrow keys, and its twin as a table.
 *
 * The keys go from stretch to stretch, the moments of change; up and down to another face.
 */

import { svg } from "./elements.js";
import { momentText, tableOf } from "./recount.js";
import { timelinePicture } from "./timeline-picture.js";

/** @typedef {import("../state/session.js").Session} Session */
/** @typedef {import("./timeline-picture.js").Block} Block */

export class Timeline {
  #session;
  #place;
  #line;
  #table;
  /** @type {Block[]} */
  #blocks = [];
  /** What is read, by its face's key and number in that row. @type {{key: string, index: number} | null} */
  #cursor = null;
  #frame = svg("rect", { fill: "none", stroke: "currentColor", "stroke-width": 2.5, rx: 4 });

  /**
   * @param {Session} session
   * @param {{place: HTMLElement, line: HTMLElement, table: HTMLElement}} parts where the picture, the
   *   line that is read, and the table go
   */
  constructor(session, { place, line, table }) {
    this.#session = session;
    this.#place = place;
    this.#line = line;
    this.#table = table;
    place.addEventListener("keydown", (event) => this.#press(event));
    place.addEventListener("pointermove", (event) => this.#point(event));
    place.addEventListener("pointerdown", (event) => this.#point(event));
  }

  /** Draw it anew; the table too, where it is open. */
  show() {
    const width = Math.max(280, Math.floor(this.#place.clientWidth));
    const { picture, blocks } = timelinePicture(this.#session, width);
    picture.setAttribute("aria-hidden", "true"); // the element around it speaks
    this.#blocks = blocks;
    picture.append(this.#frame);
    this.#place.replaceChildren(picture);
    this.#read();
    if (this.#table.parentElement instanceof HTMLDetailsElement && this.#table.parentElement.open) {
      this.showTable();
    }
  }

  showTable() {
    this.#table.replaceChildren(tableOf(this.#session));
  }

  clear() {
    this.#cursor = null;
    this.#blocks = [];
    this.#place.replaceChildren();
    this.#table.replaceChildren();
    this.#read();
  }

  get #current() {
    const cursor = this.#cursor;
    if (!cursor) return undefined;
    return this.#blocks.filter(({ row }) => row.key === cursor.key)[cursor.index];
  }

  /** @param {Block | undefined} block */
  #moveTo(block) {
    if (!block) return;
    this.#cursor = { key: block.row.key, index: block.row.stretches.indexOf(block.stretch) };
    this.#read();
  }

  #read() {
    const block = this.#current;
    this.#frame.toggleAttribute("hidden", !block);
    const text = block ? momentText(this.#session, block.row, block.stretch) : "";
    if (this.#line.textContent !== text) this.#line.textContent = text;
    this.#place.setAttribute("aria-valuetext", text);
    this.#place.setAttribute("aria-valuemax", String(Math.max(0, this.#blocks.length - 1)));
    this.#place.setAttribute("aria-valuenow", String(block ? this.#blocks.indexOf(block) : 0));
    if (!block) return;
    for (const [name, value] of Object.entries({
      x: block.x - 2,
      y: block.y - 2,
      width: block.width + 4,
      height: 28,
    })) {
      this.#frame.setAttribute(name, String(value));
    }
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const block = this.#current ?? this.#blocks.at(-1);
    if (!block) return;
    const lane = this.#blocks.filter(({ y }) => y === block.y);
    const index = lane.indexOf(block);
    /** @param {number} step lanes */
    const beside = (step) => {
      const others = this.#blocks.filter(({ y }) => Math.sign(y - block.y) === step);
      const nearest = Math.min(...others.map(({ y }) => Math.abs(y - block.y)));
      const time = block.stretch.start;
      return others
        .filter(({ y }) => Math.abs(y - block.y) === nearest)
        .sort((a, b) => Math.abs(a.stretch.start - time) - Math.abs(b.stretch.start - time))[0];
    };
    const steps = /** @type {Record<string, () => Block | undefined>} */ ({
      ArrowLeft: () => (this.#current ? lane[index - 1] : block),
      ArrowRight: () => (this.#current ? lane[index + 1] : block),
      ArrowUp: () => beside(-1),
      ArrowDown: () => beside(1),
      Home: () => lane[0],
      End: () => lane.at(-1),
    });
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.#moveTo(step());
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { left, top } = this.#place.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    this.#moveTo(
      this.#blocks.find(
        (block) =>
          y >= block.y - 4 && y <= block.y + 28 && x >= block.x && x <= block.x + block.width,
      ),
    );
  }
}
