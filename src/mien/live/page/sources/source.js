/** What the page looks at, be it a camera, a shared window or a file. */

/**
 * @typedef {object} Source
 * @property {MediaStream | null} stream what to show; null for a video file
 * @property {string} url of a video file; else empty
 * @property {string} ended the problem, if it ends by itself; empty where it does not
 * @property {() => void} close
 * @property {string} [name] of a file
 */

/** Why a source cannot be had, in a word; wording.js has the sentence. */
export class SourceError extends Error {
  /**
   * @param {string} problem a key of `PROBLEMS` in wording.js, or "off": the person thought better
   * @param {unknown} cause
   */
  constructor(problem, cause) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/**
 * @param {MediaStream} stream
 * @param {string} ended
 * @param {() => void} [close] what else is to be done at the end
 * @returns {Source}
 */
export function sourceOf(stream, ended, close) {
  return {
    stream,
    url: "",
    ended,
    close() {
      for (const track of stream.getTracks()) track.stop();
      close?.();
    },
  };
}
