/** What the page looks at, be it a camera, a shared window or a file. */

/**
 * @typedef {object} Title What the picker calls it.
 * @property {"camera" | "browser" | "window" | "monitor" | "shared" | "file"} kind
 * @property {string} name of a file; else empty
 */

/**
 * @typedef {object} Source
 * @property {Title} title
 * @property {MediaStream | null} stream what to show; null for a video file
 * @property {string} url of a video file; else empty
 * @property {string} ended the problem, if it ends by itself; empty where it does not
 * @property {() => void} close
 */

/** Why a source cannot be had, in a word; the texts have the sentence. */
export class SourceError extends Error {
  /**
   * @param {string} problem a key of `problems` in the texts, or "off": the person thought better
   * @param {unknown} cause
   */
  constructor(problem, cause) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/**
 * @param {MediaStream} stream
 * @param {Title} title
 * @param {string} ended
 * @param {() => void} [close] what else is to be done at the end
 * @returns {Source}
 */
export function sourceOf(stream, title, ended, close) {
  return {
    title,
    stream,
    url: "",
    ended,
    close() {
      for (const track of stream.getTracks()) track.stop();
      close?.();
    },
  };
}

/**
 * What is kept of it beside what was read.
 * @param {Source} source
 * @returns {import("../state/session.js").Origin}
 */
export function originOf({ title, url }) {
  if (title.kind === "file") return { kind: url ? "film" : "picture", name: title.name };
  return { kind: title.kind === "camera" ? "camera" : "window", name: "" };
}
