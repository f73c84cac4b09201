/** Which one message the page shows: what stops the person most comes first. */

import { CAMERA_PROBLEMS, STATUS } from "./wording.js";

/** @typedef {"off" | "starting" | "on" | keyof typeof CAMERA_PROBLEMS} CameraState */
/** @typedef {"connecting" | "loading" | "ready" | "failed" | "away" | "back"} ServerState */

/**
 * @param {string} camera a `CameraState`
 * @param {ServerState} server
 * @param {string} message the server's own words, where it failed
 * @returns {{kind: "none" | "info" | "good" | "problem", text: string}}
 */
export function statusOf(camera, server, message = "") {
  const problem = CAMERA_PROBLEMS[camera];
  if (server === "failed") return { kind: "problem", text: STATUS.failed(message) };
  if (server === "away") return { kind: "problem", text: STATUS.away };
  if (problem) return { kind: "problem", text: problem };
  if (camera === "starting") return { kind: "info", text: STATUS.starting };
  if (server === "back") return { kind: "good", text: STATUS.back };
  if (camera === "on" && server === "connecting") return { kind: "info", text: STATUS.connecting };
  if (camera === "on" && server === "loading") return { kind: "info", text: STATUS.loading };
  return { kind: "none", text: "" };
}
