/** Boxes and labels over the video. What must be read stands in the cards as well. */

import { colourOf } from "./emotions.js";
import { boxLabel } from "./wording.js";

/** @typedef {import("./faces.js").Face} Face */
/** @typedef {import("./protocol.js").Reading} Reading */

const UNCLEAR_COLOUR = "#C9CED6";
const FONT = '14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const BOLD = `600 ${FONT}`;

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

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
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
    const context = this.#fit();
    if (!context) return;
    const outer = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    const { scale, left, top } = placement(width, height, outer.width, outer.height);
    for (const face of faces) {
      const [x1, y1, x2, y2] = face.reading.box;
      const box = {
        x: left + x1 * scale,
        y: top + y1 * scale,
        width: (x2 - x1) * scale,
        height: (y2 - y1) * scale,
      };
      const reading = shown.get(face.number) ?? face.reading;
      drawBox(context, box, reading);
      drawLabel(context, box, boxLabel(face.number, reading), outer);
    }
  }

  clear() {
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
  if (reading.clear) {
    context.strokeStyle = colourOf(reading.top[0]?.[0] ?? "");
  } else {
    context.strokeStyle = UNCLEAR_COLOUR;
    context.setLineDash([6, 5]);
  }
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Rectangle} box
 * @param {{before: string, word: string}} label
 * @param {{width: number, height: number}} outer
 */
function drawLabel(context, box, { before, word }, outer) {
  const padding = 10;
  const height = 28;
  context.font = FONT;
  const beforeWidth = context.measureText(before).width;
  context.font = BOLD;
  const width = beforeWidth + context.measureText(word).width + 2 * padding;
  const x = Math.max(4, Math.min(box.x, outer.width - width - 4));
  let y = box.y + box.height + 5;
  if (y + height > outer.height - 4) y = box.y - height - 5; // no room below: above
  if (y < 4) y = Math.max(4, outer.height - height - 4); // nor above: inside
  context.beginPath();
  context.roundRect(x, y, width, height, 8);
  context.fillStyle = "rgb(255 255 255 / 92%)";
  context.fill();
  context.fillStyle = "#1a2233";
  context.textBaseline = "middle";
  context.font = FONT;
  context.fillText(before, x + padding, y + height / 2 + 0.5);
  context.font = BOLD;
  context.fillText(word, x + padding + beforeWidth, y + height / 2 + 0.5);
}
