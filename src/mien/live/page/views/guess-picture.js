/** The face in question: a still of it, and a calm mark around it in the picture. */

import { create } from "./elements.js";
import { placement } from "./overlay.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Margin around a face in parts of its longer side, for hair, ears and chin. */
const AROUND = 0.45;
/** Longest side of a still, in pixels. */
const MAX_SIDE = 480;

/**
 * Return the part of the video around a face, as it is now; only in memory.
 * @param {HTMLVideoElement} video
 * @param {Reading["box"]} box box in the frame that was read
 * @param {{width: number, height: number}} frame size of that frame
 * @param {string} label
 */
export function stillOf(video, [x1, y1, x2, y2], frame, label) {
  const scale = video.videoWidth / frame.width;
  const side = Math.max(x2 - x1, y2 - y1) * (1 + 2 * AROUND);
  const left = Math.max(0, (x1 + x2 - side) / 2);
  const top = Math.max(0, (y1 + y2 - side) / 2);
  const width = Math.min(frame.width, left + side) - left;
  const height = Math.min(frame.height, top + side) - top;
  const size = Math.min(1, MAX_SIDE / (side * scale)) * scale;
  const still = create("canvas", { className: "guess-still", role: "img", ariaLabel: label });
  still.width = Math.max(1, Math.round(width * size));
  still.height = Math.max(1, Math.round(height * size));
  const context = still.getContext("2d");
  const from = /** @type {const} */ ([left * scale, top * scale, width * scale, height * scale]);
  context?.drawImage(video, ...from, 0, 0, still.width, still.height);
  return still;
}

/** A frame around a face in the picture, without colour or words. */
export class Mark {
  #stage;
  #element = create("div", { className: "guess-mark", ariaHidden: "true", hidden: true });
  /** @type {{box: Reading["box"], frame: {width: number, height: number}} | null} */
  #shown = null;

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.#stage = stage;
    stage.append(this.#element);
    new ResizeObserver(() => this.#place()).observe(stage);
  }

  /**
   * @param {Reading["box"] | null} box null if the face is not in the picture
   * @param {{width: number, height: number}} frame size of the frame that was read
   */
  show(box, frame) {
    this.#shown = box && { box, frame };
    this.#element.hidden = box === null;
    this.#place();
  }

  #place() {
    if (!this.#shown) return;
    const { box, frame } = this.#shown;
    const { clientWidth, clientHeight } = this.#stage;
    const { scale, left, top } = placement(frame.width, frame.height, clientWidth, clientHeight);
    const [x1, y1, x2, y2] = box;
    Object.assign(this.#element.style, {
      left: `${left + x1 * scale}px`,
      top: `${top + y1 * scale}px`,
      width: `${(x2 - x1) * scale}px`,
      height: `${(y2 - y1) * scale}px`,
    });
  }
}
