/** Small live pictures of faces, drawn from the video; only in memory, never kept or sent. */

import { create } from "./elements.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** Side in pixels; shown smaller, so that dense screens are sharp. */
const SIDE = 112;
/** Margin around a face, in parts of its longer side. */
const AROUND = 1.45;
/** Milliseconds between pictures. */
const EVERY_MS = 250;

/** Make an empty picture. @param {string} className */
export function createThumbnail(className = "thumb") {
  return create("canvas", { className, width: SIDE, height: SIDE, "aria-hidden": "true" });
}

/**
 * Return the square of a picture that shows a face, as large as fits.
 * @param {Reading["box"]} box
 * @param {number} width width of the picture
 * @param {number} height height of the picture
 * @returns {{x: number, y: number, side: number}}
 */
export function thumbnailPlace([x1, y1, x2, y2], width, height) {
  const side = Math.min(AROUND * Math.max(x2 - x1, y2 - y1), width, height);
  const x = Math.max(0, Math.min((x1 + x2 - side) / 2, width - side));
  const y = Math.max(0, Math.min((y1 + y2 - side) / 2, height - side));
  return { x, y, side };
}

export class Thumbnails {
  #video;
  #drawnAt = -Infinity;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
  }

  /**
   * Draw the faces of a frame into their pictures, unless they were drawn just now.
   * @param {number} now milliseconds
   * @param {Iterable<{number: number, reading: Reading}>} faces
   * @param {{width: number, height: number}} frame size of the frame of their boxes
   * @param {(number: number) => Iterable<HTMLCanvasElement>} picturesOf returns a face's pictures
   */
  draw(now, faces, frame, picturesOf) {
    const { videoWidth, videoHeight } = this.#video;
    if (now - this.#drawnAt < EVERY_MS || !videoWidth) return;
    this.#drawnAt = now;
    const [right, down] = [videoWidth / frame.width, videoHeight / frame.height];
    for (const { number, reading } of faces) {
      const { x, y, side } = thumbnailPlace(reading.box, frame.width, frame.height);
      for (const picture of picturesOf(number)) {
        const context = picture.getContext("2d", { alpha: false });
        const from = [x * right, y * down, side * right, side * down];
        context?.drawImage(
          this.#video,
          .../** @type {[number, number, number, number]} */ (from),
          0,
          0,
          SIDE,
          SIDE,
        );
      }
    }
  }
}

/**
 * Return a picture of a face as it is now.
 * @param {HTMLVideoElement} video
 * @param {Reading["box"]} box
 * @param {{width: number, height: number}} frame size of the frame of the box
 * @returns {HTMLCanvasElement | null} null if there is no picture now
 */
export function faceThumbnail(video, box, { width, height }) {
  if (!video.videoWidth || !width) return null;
  const canvas = createThumbnail("face-picture");
  const scale = video.videoWidth / width;
  const { x, y, side } = thumbnailPlace(box, width, height);
  const context = canvas.getContext("2d");
  context?.drawImage(video, scale * x, scale * y, scale * side, scale * side, 0, 0, SIDE, SIDE);
  return canvas;
}
