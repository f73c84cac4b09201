/** Cameras: which there are, opening one, and what went wrong in a word. */

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** What a camera problem is called; wording.js has the sentence. */
export class CameraError extends Error {
  /**
   * @param {string} problem "denied", "missing", "taken", "unsupported" or "failed"
   * @param {unknown} cause
   */
  constructor(problem, cause) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/**
 * Open a camera.
 * @param {string} deviceId of `listCameras`; empty for the browser's choice
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera(deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("unsupported", null);
  const chosen = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...chosen } });
  } catch (error) {
    throw new CameraError(problemOf(error), error);
  }
}

/**
 * The word for an error of `getUserMedia`.
 * @param {unknown} error
 */
export function problemOf(error) {
  switch (error instanceof Error || error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError": // the camera chosen is gone
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "taken";
    default:
      return "failed";
  }
}

/** @param {MediaStream} stream */
export function closeCamera(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * All cameras. Before the person has allowed one, browsers hide their names, and most their number.
 * @returns {Promise<{id: string, label: string}[]>}
 */
export async function listCameras() {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}
