/** Boxes and labels over the video. The cards repeat everything that must be read. */

import { colourOf } from "../state/emotions.js";
import { leadersOf, levelOf } from "../state/steady.js";
import { answersOf } from "../state/votes.js";
import { boxLabel } from "../texts/wording.js";

/** @typedef {import("../state/faces.js").Face} Face */
/** @typedef {import("../network/protocol.js").Reading} Reading */

const UNCLEAR_COLOUR = "#C9CED6";
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** Width of the view in pixels below which labels are smaller. */
const NARROW = 480;
/** Width of a face in pixels below which its label is smaller. */
const SMALL = 100;
/** Width of the view in pixels from which labels grow, up to a limit. */
const WIDE = { from: 1200, most: 1.7 };

/**
 * Return where a picture lies in an element that shows it whole (`object-fit: contain`).
 * @param {number} width width of the picture
 * @param {number} height height of the picture
 * @param {number} outerWidth width of the element
 * @param {number} outerHeight height of the element
 * @returns {{scale: number, left: number, top: number}}
 */
export function placement(width, height, outerWidth, outerHeight) {
  const scale = Math.min(outerWidth / width, outerHeight / height);
  return {
    scale,
    left: (outerWidth - width * scale) / 2,
    top: (outerHeight - height * scale) / 2,
  };
}

export class Overlay {
  #canvas;
  #context;
  /** Whether labels have words; without, they are only numbers. */
  words = true;
  /** Number of the face pointed at. @type {number | null} */
  #marked = null;
  /** Drawn faces. @type {(Rectangle & {number: number})[]} */
  #boxes = [];
  /** Arguments of the last `draw`, to draw it again. @type {Parameters<Overlay["draw"]> | null} */
  #drawn = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    // A still picture sends no further frame, which would bring the boxes back.
    new ResizeObserver(() => this.#drawn && this.draw(...this.#drawn)).observe(canvas);
  }

  /**
   * Draw the boxes of one frame.
   * @param {Face[]} faces
   * @param {Map<number, Reading>} shown readings for colour and label, by face number; they change less
   *   often than the boxes move
   * @param {number} width width of the frame that was read
   * @param {number} height height of that frame
   */
  draw(faces, shown, width, height) {
    this.#drawn = [faces, shown, width, height];
    const context = this.#fit();
    if (!context) return;
    const outer = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    const { scale, left, top } = placement(width, height, outer.width, outer.height);
    const boxes = faces.map((face) => {
      const [x1, y1, x2, y2] = face.reading.box;
      return {
        x: left + x1 * scale,
        y: top + y1 * scale,
        width: (x2 - x1) * scale,
        height: (y2 - y1) * scale,
        number: face.number,
        reading: shown.get(face.number) ?? face.reading,
      };
    });
    this.#boxes = boxes;
    for (const box of boxes) drawBox(context, box, box.reading, box.number === this.#marked);
    /** @type {Rectangle[]} */
    const labels = [];
    for (const box of boxes) {
      const text = this.words
        ? boxLabel(box.number, box.reading)
        : { before: "", word: String(box.number), after: "" };
      const label = drawLabel(context, box, text, outer, boxes, labels);
      if (label) labels.push(label);
    }
  }

  /**
   * Mark the face of the card pointed at.
   * @param {number | null} number
   */
  mark(number) {
    if (number === this.#marked) return;
    this.#marked = number;
    this.redraw();
  }

  /**
   * Return the number of the face at a point of the screen.
   * @param {{clientX: number, clientY: number}} point
   */
  faceAt({ clientX, clientY }) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const point = { x: clientX - left, y: clientY - top, width: 0, height: 0 };
    return this.#boxes.find((box) => overlap(point, box))?.number ?? null;
  }

  /** Draw the same again, after names changed. */
  redraw() {
    if (this.#drawn) this.draw(...this.#drawn);
  }

  clear() {
    this.#drawn = null;
    this.#boxes = [];
    this.#fit();
  }

  /** Give the canvas one pixel for each screen pixel, and wipe it. */
  #fit() {
    const density = window.devicePixelRatio || 1;
    const width = Math.round(this.#canvas.clientWidth * density);
    const height = Math.round(this.#canvas.clientHeight * density);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context?.setTransform(density, 0, 0, density, 0, 0);
    this.#context?.clearRect(0, 0, width, height);
    return this.#context;
  }
}

/** @typedef {{width: number, height: number}} Size */
/** @typedef {Size & {x: number, y: number}} Rectangle */

/** Width of the line around a face in pixels, by how many of ten agree. */
const LINES = { nearlyAll: 4, most: 3.5, half: 2.5, some: 2 };

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {Reading} reading
 * @param {boolean} isMarked
 */
function drawBox(context, box, reading, isMarked) {
  const radius = Math.min(12, box.width / 6);
  const [answer, other] = answersOf(reading);
  const line = other ? LINES.half : LINES[levelOf(leadersOf(reading))];
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.setLineDash([]);
  context.lineWidth = line + (isMarked ? 7 : 2); // a rim shows the colour on any picture
  context.strokeStyle = isMarked ? "#FFFFFF" : "rgb(16 21 29 / 35%)";
  context.stroke();
  context.lineWidth = line;
  if (answer !== undefined) {
    context.strokeStyle = colourOf(answer);
  } else {
    context.strokeStyle = isMarked ? "#596274" : UNCLEAR_COLOUR;
    context.setLineDash([6, 5]);
  }
  context.stroke();
  if (other !== undefined) {
    context.strokeStyle = colourOf(other); // two answers: both colours in turn
    context.setLineDash([18, 18]);
    context.stroke();
  }
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {{before: string, word: string, after: string}} text
 * @param {Size} outer
 * @param {readonly Rectangle[]} faces all faces
 * @param {readonly Rectangle[]} others labels drawn already
 * @returns {Rectangle | null} place of the label; null if there is no room for it
 */
function drawLabel(context, box, { before, word, after }, outer, faces, others) {
  // As much as fits: name, answer and count; the same smaller; only the answer; nothing.
  for (const { parts, small } of [
    { parts: [before, word, after], small: outer.width < NARROW || box.width < SMALL },
    { parts: [before, word, ""], small: outer.width < NARROW || box.width < SMALL },
    { parts: [before, word, ""], small: true },
    { parts: ["", word, ""], small: true },
  ]) {
    const size = Math.max(1, Math.min(outer.width / WIDE.from, WIDE.most));
    const padding = size * (small ? 6 : 9);
    const font = `${size * (small ? 12 : 14)}px ${FAMILY}`;
    const height = size * (small ? 20 : 26);
    const widths = parts.map((part, index) => {
      context.font = index === 1 ? `600 ${font}` : font;
      return context.measureText(part).width;
    });
    const width = widths.reduce((sum, part) => sum + part, 2 * padding);
    const label = labelPlace(box, { width, height }, outer, faces, others);
    if (!label) continue;
    context.beginPath();
    context.roundRect(label.x, label.y, label.width, label.height, 7);
    context.fillStyle = "rgb(255 255 255 / 94%)";
    context.fill();
    context.fillStyle = "#1a2233";
    context.textBaseline = "middle";
    let x = label.x + padding;
    for (const [index, part] of parts.entries()) {
      context.font = index === 1 ? `600 ${font}` : font;
      context.fillText(part, x, label.y + label.height / 2 + 0.5);
      x += widths[index] ?? 0;
    }
    return label;
  }
  return null;
}

/** Parts of a face's box by which the head reaches beyond it: hair, ears, chin. */
const HEAD = { side: 0.08, above: 0.2, below: 0.06 };
/** Part of a box that a label on the forehead may cover without hiding the brows. */
const FOREHEAD = 0.2;

/**
 * Return a place for a label: beside its own face, never on a face, another person's head or a label.
 * @param {Rectangle} box
 * @param {Size} size size of the label
 * @param {Size} outer
 * @param {readonly Rectangle[]} faces all faces, including this one
 * @param {readonly Rectangle[]} others labels drawn already
 * @returns {Rectangle | null} null if there is no room
 */
export function labelPlace(box, { width, height }, outer, faces, others) {
  const edge = 4;
  const gap = 6;
  const middle = box.x + (box.width - width) / 2;
  const x = Math.max(edge, Math.min(middle, outer.width - width - edge));
  const below = box.y + box.height + gap;
  const above = box.y - height - gap;
  const places = [
    { x, y: below },
    { x, y: above - HEAD.above * box.height },
    { x, y: above },
    { x: box.x + box.width + gap, y: box.y + (box.height - height) / 2 },
    { x: box.x - width - gap, y: box.y + (box.height - height) / 2 },
    ...(height < FOREHEAD * box.height ? [{ x, y: box.y + 2 }] : []),
  ].map((place) => ({ ...place, width, height }));
  const heads = faces.filter((face) => !isSame(face, box)).map(headOf);
  return (
    places.find(
      (place) =>
        place.x >= edge &&
        place.y >= edge &&
        place.x + width <= outer.width - edge &&
        place.y + height <= outer.height - edge &&
        !overlap(place, { ...box, y: box.y + box.height / 3, height: (2 * box.height) / 3 }) &&
        ![...heads, ...others].some((other) => overlap(place, other)),
    ) ?? null
  );
}

/** @param {Rectangle} face */
function headOf({ x, y, width, height }) {
  return {
    x: x - HEAD.side * width,
    y: y - HEAD.above * height,
    width: width * (1 + 2 * HEAD.side),
    height: height * (1 + HEAD.above + HEAD.below),
  };
}

/**
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function isSame(a, b) {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/**
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
