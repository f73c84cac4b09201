/** A video or picture file. The browser opens it, and it goes nowhere. */

import { SourceError, sourceOf } from "./source.js";

/** @typedef {import("./source.js").Source} Source */

/** Longest side of a picture in pixels; reading faces needs less. */
const MAX_SIDE = 1920;
/** Pause between repeats of a still picture: repeated, it survives a lost connection. */
const REPEAT_MS = 250;

/**
 * @param {File} file
 * @returns {Promise<Source>}
 * @throws {SourceError}
 */
export function openFile(file) {
  return file.type.startsWith("image/") ? openPicture(file) : openVideo(file);
}

/**
 * Let the person choose a file.
 * @returns {Promise<Source>}
 * @throws {SourceError}
 */
export async function chooseFile() {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "video/*,image/*";
  const file = await new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
  if (!file) throw new SourceError("off", null);
  return openFile(file);
}

/**
 * @param {File} file
 * @returns {Promise<Source>}
 */
async function openVideo(file) {
  const url = URL.createObjectURL(file);
  const close = () => URL.revokeObjectURL(url);
  const probe = document.createElement("video");
  probe.preload = "metadata";
  const problem = await new Promise((resolve) => {
    probe.addEventListener("loadedmetadata", () => resolve(probe.videoWidth ? null : "no picture"));
    probe.addEventListener("error", () => resolve(probe.error?.message || "error"));
    probe.src = url;
  });
  probe.removeAttribute("src");
  if (problem) {
    close();
    throw new SourceError("unreadable", problem);
  }
  const title = /** @type {const} */ ({ kind: "file", name: file.name });
  return { title, stream: null, url, ended: "", close };
}

/**
 * @param {File} file
 * @returns {Promise<Source>}
 */
async function openPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch (error) {
    throw new SourceError("unreadable", error);
  }
  const { width, height } = picture;
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  const draw = () => context?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  draw();
  const timer = setInterval(draw, REPEAT_MS);
  return sourceOf(canvas.captureStream(), { kind: "file", name: file.name }, "", () => {
    clearInterval(timer);
    picture.close();
  });
}
