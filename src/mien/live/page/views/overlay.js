/** Boxes and labels over the video. What must be read stands in the cards as well. */

import { colourOf } from "../state/emotions.js";
import { answersOf } from "../state/votes.js";
import { boxLabel } from "../texts/wording.js";

/** @typedef {import("../state/faces.js").Face} Face */
/** @typedef {import("../network/protocol.js").Reading} Reading */

const UNCLEAR_COLOUR = "#C9CED6";
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** Narrower views get smaller labels. */
const NARROW = 480;

/**
 * Where a picture lies in an element that shows it whole (`object-fit: contain`).
 * @param {number} width of the picture
 * @param {number} height of the picture
 * @param {number} outerWidth of the element
 * @param {number} outerHeight of the element
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
  /** Without words the labels are numbers alone. */
  words = true;
  /** What is drawn, to draw it again. @type {Parameters<Overlay["draw"]> | null} */
  #drawn = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    // A still picture sends no further frame that would bring the boxes back.
    new ResizeObserver(() => this.#drawn && this.draw(...this.#drawn)).observe(canvas);
  }

  /**
   * Draw the boxes of one frame.
   * @param {Face[]} faces
   * @param {Map<number, Reading>} shown by face number, what colour and label tell of; they change
   *   less often than the boxes move
   * @param {number} width of the frame that was read
   * @param {number} height of that frame
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
    for (const box of boxes) drawBox(context, box, box.reading);
    /** @type {Rectangle[]} */
    const labels = [];
    for (const box of boxes) {
      const label = this.words
        ? boxLabel(box.number, box.reading)
        : { before: "", word: String(box.number) };
      labels.push(drawLabel(context, box, label, outer, labels));
    }
  }

  clear() {
    this.#drawn = null;
    this.#fit();
  }

  /** Give the canvas one pixel a screen pixel, and wipe it. */
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

/** @typedef {{x: number, y: number, width: number, height: number}} Rectangle */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {Reading} reading
 */
function drawBox(context, box, reading) {
  const radius = Math.min(12, box.width / 6);
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, radius);
  context.setLineDash([]);
  context.lineWidth = 5; // a dark rim, so that the colour shows on any picture
  context.strokeStyle = "rgb(16 21 29 / 35%)";
  context.stroke();
  context.lineWidth = 3;
  const [answer, other] = answersOf(reading);
  if (answer !== undefined) {
    context.strokeStyle = colourOf(answer);
  } else {
    context.strokeStyle = UNCLEAR_COLOUR;
    context.setLineDash([6, 5]);
  }
  context.stroke();
  if (other !== undefined) {
    context.strokeStyle = colourOf(other); // of two answers, both colours in turn
    context.setLineDash([18, 18]);
    context.stroke();
  }
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {{before: string, word: string}} text
 * @param {{width: number, height: number}} outer
 * @param {Rectangle[]} others labels that are there already
 * @returns {Rectangle} where the label is
 */
function drawLabel(context, box, { before, word }, outer, others) {
  const narrow = outer.width < NARROW;
  const padding = narrow ? 7 : 10;
  const font = `${narrow ? 12 : 14}px ${FAMILY}`;
  context.font = font;
  const beforeWidth = context.measureText(before).width;
  context.font = `600 ${font}`;
  const width = beforeWidth + context.measureText(word).width + 2 * padding;
  const label = labelPlace(box, { width, height: narrow ? 22 : 28 }, outer, others);
  const middle = label.y + label.height / 2 + 0.5;
  context.beginPath();
  context.roundRect(label.x, label.y, label.width, label.height, 8);
  context.fillStyle = "rgb(255 255 255 / 92%)";
  context.fill();
  context.fillStyle = "#1a2233";
  context.textBaseline = "middle";
  context.fillText(word, label.x + padding + beforeWidth, middle);
  context.font = font;
  context.fillText(before, label.x + padding, middle);
  return label;
}

/**
 * Below the box, else above, else inside, wherever there is room; inside where there is none.
 * @param {Rectangle} box
 * @param {{width: number, height: number}} size of the label
 * @param {{width: number, height: number}} outer
 * @param {Rectangle[]} others
 * @returns {Rectangle}
 */
export function labelPlace(box, { width, height }, outer, others) {
  const edge = 4;
  const x = Math.max(edge, Math.min(box.x, outer.width - width - edge));
  const inside = Math.max(edge, Math.min(box.y + box.height, outer.height) - height - edge);
  const places = [box.y + box.height + 5, box.y - height - 5, inside].map((y) => {
    return { x, y, width, height };
  });
  const free = places.find(
    (place) =>
      place.y >= edge &&
      place.y + height <= outer.height - edge &&
      !others.some((other) => overlap(place, other)),
  );
  return free ?? { x, y: inside, width, height };
}

/**
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
