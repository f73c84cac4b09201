/** Which one message the page shows: what stops the person most comes first. */

import { PROBLEMS, STATUS } from "./wording.js";

/** @typedef {"off" | "starting" | "on" | keyof typeof PROBLEMS} SourceState */
/** @typedef {"connecting" | "loading" | "ready" | "failed" | "away" | "back" | "delayed"} ServerState */

/**
 * @param {string} source a `SourceState`
 * @param {ServerState} server
 * @param {string} message the server's own words, where it failed
 * @returns {{kind: "none" | "info" | "good" | "problem", text: string}}
 */
export function statusOf(source, server, message = "") {
  const problem = PROBLEMS[source];
  if (server === "failed") return { kind: "problem", text: STATUS.failed(message) };
  if (server === "away") return { kind: "problem", text: STATUS.away };
  if (problem) return { kind: "problem", text: problem };
  if (source === "starting") return { kind: "info", text: STATUS.starting };
  if (server === "back") return { kind: "good", text: STATUS.back };
  if (source === "on" && server === "delayed") return { kind: "info", text: STATUS.delayed };
  if (source === "on" && server === "connecting") return { kind: "info", text: STATUS.connecting };
  if (source === "on" && server === "loading") return { kind: "info", text: STATUS.loading };
  return { kind: "none", text: "" };
}
