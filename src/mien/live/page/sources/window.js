/** A window, tab or screen that the person chooses to share, such as a video call. */

import { SourceError, sourceOf } from "./source.js";

/** Faces in a call move little: more frames a second would only take processor time from the call. */
const VIDEO = { frameRate: { ideal: 15, max: 30 } };

/** Kinds of shared surface that browsers report; they hide the window's title. */
const SURFACES = /** @type {const} */ (["browser", "window", "monitor"]);

export const canShareWindow = "getDisplayMedia" in (globalThis.navigator?.mediaDevices ?? {});

/**
 * Let the person choose; pictures only, no sound.
 * @returns {Promise<import("./source.js").Source>}
 * @throws {SourceError}
 */
export async function openWindow() {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: VIDEO, audio: false });
    const { displaySurface } = stream.getVideoTracks()[0]?.getSettings() ?? {};
    const kind = SURFACES.find((surface) => surface === displaySurface) ?? "shared";
    return sourceOf(stream, { kind, name: "" }, "windowEnded");
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new SourceError(name === "NotAllowedError" ? "windowDenied" : "windowFailed", error);
  }
}
