/** What the page looks at: a camera, a shared window or a file. */

/**
 * @typedef {object} Title Its name in the picker.
 * @property {"camera" | "browser" | "window" | "monitor" | "shared" | "file"} kind
 * @property {string} name name of a file; otherwise empty
 */

/**
 * @typedef {object} Source
 * @property {Title} title
 * @property {MediaStream | null} stream stream to show; null for a video file
 * @property {string} url address of a video file; otherwise empty
 * @property {string} ended the problem if it ends by itself; empty if that is none
 * @property {() => void} close
 */

/** Why a source cannot be opened, in a word; the texts have the sentence. */
export class SourceError extends Error {
  /**
   * @param {string} problem a key of `problems` in the texts, or "off" if the person changed their mind
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
 * @param {() => void} [close] further work at the end
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
 * Return what a recording keeps about a source.
 * @param {Source} source
 * @returns {import("../state/session.js").Origin}
 */
export function originOf({ title, url }) {
  if (title.kind === "file") return { kind: url ? "film" : "picture", name: title.name };
  return { kind: title.kind === "camera" ? "camera" : "window", name: "" };
}
