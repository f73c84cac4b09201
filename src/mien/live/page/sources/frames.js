/** From the playing video to JPEGs: only the newest picture, and only when one is wanted. */

import { frameSize } from "../network/protocol.js";

const QUALITY = 0.8;
/** Milliseconds without a new picture of a playing video after which its callbacks are not trusted. */
const DEAF_MS = 500;

/** @typedef {{captureTime: number, width: number, height: number, jpeg: ArrayBuffer}} Picture */

export class FrameGrabber {
  #video;
  #isWanted;
  #deliver;
  #canvas = document.createElement("canvas");
  // Without this hint the browser reads every frame back from the graphics processor.
  #context = this.#canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  #running = false;
  /** Number of starts; work from before the last one must end. */
  #run = 0;
  #encoding = false;
  /** Whether the video tells new pictures itself, by `requestVideoFrameCallback`. */
  #tells = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
  /** The video's progress at the newest picture. */
  #progress = -1;
  /** Capture time of the newest picture, until it is delivered. @type {number | null} */
  #fresh = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {() => boolean} isWanted whether a picture may be sent now
   * @param {(picture: Picture) => void} deliver
   */
  constructor(video, isWanted, deliver) {
    this.#video = video;
    this.#isWanted = isWanted;
    this.#deliver = deliver;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#run += 1;
    this.#schedule(this.#run);
    if (this.#tells) this.#watch(this.#run);
  }

  stop() {
    this.#running = false;
    this.#fresh = null;
  }

  /** Take the newest picture, if one is wanted and it has not been taken. */
  poke() {
    if (!this.#running || this.#fresh === null || this.#encoding || !this.#isWanted()) return;
    const captureTime = this.#fresh;
    this.#fresh = null;
    this.#encode(captureTime);
  }

  /** @param {number} run */
  #schedule(run) {
    const video = this.#video;
    const view = video.ownerDocument.defaultView ?? window;
    const next = (/** @type {number} */ captureTime) => {
      if (!this.#isCurrent(run)) return;
      if (this.#tells || progressOf(video) !== this.#progress) {
        this.#progress = progressOf(video);
        // The small window's clock began when that opened.
        this.#fresh = captureTime + view.performance.timeOrigin - performance.timeOrigin;
        this.poke();
      }
      this.#schedule(run);
    };
    if (this.#tells) {
      video.requestVideoFrameCallback((now, frame) => next(frame.captureTime ?? now));
    } else {
      view.requestAnimationFrame(next);
    }
  }

  /**
   * Look at the video at each drawing of the page instead, if it plays and does not tell its pictures.
   * Chromium's videos never tell them again after their window closed at a bad moment.
   * @param {number} run
   */
  #watch(run) {
    const video = this.#video;
    const progress = this.#progress;
    const before = progressOf(video);
    setTimeout(() => {
      if (!this.#isCurrent(run)) return;
      const isStill = progressOf(video) === before || video.ownerDocument.hidden;
      if (isStill || progress !== this.#progress) {
        this.#watch(run);
      } else {
        this.#tells = false;
        this.#schedule(run);
      }
    }, DEAF_MS);
  }

  /** @param {number} run */
  #isCurrent(run) {
    return this.#running && run === this.#run;
  }

  /** @param {number} captureTime */
  #encode(captureTime) {
    const { videoWidth, videoHeight } = this.#video;
    if (!videoWidth || !videoHeight || !this.#context) return;
    const { width, height } = frameSize(videoWidth, videoHeight);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(this.#video, 0, 0, width, height);
    this.#encoding = true;
    const run = this.#run;
    this.#canvas.toBlob(
      async (blob) => {
        // Without memory or disk it cannot be read: the next picture follows.
        const jpeg = await blob?.arrayBuffer().catch(() => undefined);
        this.#encoding = false;
        if (jpeg && this.#isCurrent(run)) this.#deliver({ captureTime, width, height, jpeg });
        this.poke();
      },
      "image/jpeg",
      QUALITY,
    );
  }
}

/**
 * Return a number that changes with each picture of a video: how many it had, if the browser counts them.
 * The time of a camera or a shared window goes on without pictures, too.
 * @param {HTMLVideoElement} video
 */
function progressOf(video) {
  return video.getVideoPlaybackQuality().totalVideoFrames || video.currentTime;
}
