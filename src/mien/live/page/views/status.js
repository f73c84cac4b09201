/** The one message that the page shows: the most serious problem comes first. */

import { fill, say } from "../texts/wording.js";

/** @typedef {"off" | "starting" | "on" | "paused" | keyof import("../texts/wording.js").Texts["problems"]} SourceState */
/**
 * @typedef {"connecting" | "loading" | "ready" | "full" | "failed" | "away" | "back" | "delayed" |
 *   "signed-out"} ServerState
 */

/**
 * @param {string} source a `SourceState`
 * @param {ServerState} server
 * @param {string} message the server's own words, if it failed
 * @returns {{kind: "none" | "info" | "good" | "problem", text: string}}
 */
export function statusOf(source, server, message = "") {
  const { problems, status, paused } = say();
  const problem = /** @type {Record<string, string>} */ (problems)[source];
  if (server === "signed-out") return { kind: "info", text: status.signedOut };
  if (server === "failed") return { kind: "problem", text: fill(status.failed, { message }) };
  if (server === "away") return { kind: "problem", text: status.away };
  if (problem) return { kind: "problem", text: problem };
  if (server === "full" && source === "on") return { kind: "info", text: status.full };
  if (source === "starting") return { kind: "info", text: status.starting };
  if (server === "back") return { kind: "good", text: status.back };
  if (source === "paused") return { kind: "info", text: paused };
  if (source === "on" && server === "delayed") return { kind: "info", text: status.delayed };
  if (source === "on" && server === "connecting") return { kind: "info", text: status.connecting };
  if (source === "on" && server === "loading") return { kind: "info", text: status.loading };
  return { kind: "none", text: "" };
}
