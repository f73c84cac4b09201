/** Cameras: list them, open one, and name its problem in a word. */

import { SourceError, sourceOf } from "./source.js";

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/**
 * Open a camera.
 * @param {string} deviceId an id from `listCameras`; empty for the browser's choice
 * @returns {Promise<import("./source.js").Source>}
 * @throws {SourceError}
 */
export async function openCamera(deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new SourceError("unsupported", null);
  const chosen = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...chosen } });
    return sourceOf(stream, { kind: "camera", name: "" }, "unplugged");
  } catch (error) {
    throw new SourceError(problemOf(error), error);
  }
}

/**
 * Return the word for an error of `getUserMedia`.
 * @param {unknown} error
 */
export function problemOf(error) {
  switch (error instanceof Error || error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError": // the chosen camera is gone
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "taken";
    default:
      return "failed";
  }
}

/**
 * List all cameras. Until the person allows one, browsers hide their names, and most browsers their
 * number.
 * @returns {Promise<{id: string, label: string}[]>}
 */
export async function listCameras() {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}
