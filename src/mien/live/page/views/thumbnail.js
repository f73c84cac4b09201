/** A small picture of a face, in memory alone. */

import { create } from "./elements.js";

const SIDE = 96;
/** Size of what is shown, in sizes of the face's box. */
const AROUND = 1.35;

/**
 * @param {HTMLVideoElement} video
 * @param {[number, number, number, number]} box in pixels of the frame that was read
 * @param {number} width of that frame
 * @returns {HTMLCanvasElement | null} null where there is no picture now
 */
export function thumbnail(video, [x1, y1, x2, y2], width) {
  if (!video.videoWidth || !width) return null;
  const scale = video.videoWidth / width;
  const side = AROUND * scale * Math.max(x2 - x1, y2 - y1);
  const canvas = create("canvas", { width: SIDE, height: SIDE, className: "face-picture" });
  const [x, y] = [(scale * (x1 + x2) - side) / 2, (scale * (y1 + y2) - side) / 2];
  canvas.getContext("2d")?.drawImage(video, x, y, side, side, 0, 0, SIDE, SIDE);
  return canvas;
}
