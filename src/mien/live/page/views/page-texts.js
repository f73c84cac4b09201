/** Write the texts of the language into index.html, and the state into the tab's title. */

import { fill, language, plural, say } from "../texts/wording.js";
import { setText } from "./elements.js";

/** Fill every element that names a text (`data-text`), a label (`data-label`) or a title (`data-title`). */
export function showTexts() {
  document.documentElement.lang = language;
  const texts = /** @type {Record<string, unknown>} */ (say());
  for (const place of document.querySelectorAll("[data-text]")) {
    setText(place, String(texts[place.getAttribute("data-text") ?? ""] ?? ""));
  }
  for (const place of document.querySelectorAll("[data-label]")) {
    const label = String(texts[place.getAttribute("data-label") ?? ""] ?? "");
    place.ariaLabel = label;
    if (place instanceof HTMLInputElement) place.placeholder = label;
  }
  for (const place of document.querySelectorAll("[data-title]")) {
    if (!(place instanceof HTMLElement)) continue;
    place.title = String(texts[place.getAttribute("data-title") ?? ""] ?? "");
  }
}

/**
 * Return the tab's title: whether mien reads, and how many faces; never what they show.
 * @param {string} state state of the source
 * @param {string} server state of the server
 * @param {number} faces number of faces
 */
export function titleOf(state, server, faces) {
  const { titles } = say();
  const stopped = state in say().problems;
  if (server === "signed-out") return titles.signedOut;
  if (server === "failed" || stopped) return titles.problem;
  if (state === "off") return "mien";
  if (server === "away") return titles.away;
  if (state === "paused") return titles.paused;
  // Nobody has looked for faces yet.
  const isWaiting = ["connecting", "loading", "full"].includes(server);
  if (state === "starting" || isWaiting) return titles.starting;
  return faces ? fill(plural(titles.on, faces), { count: faces }) : titles.nobody;
}
