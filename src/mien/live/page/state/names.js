/** Names that the person gives to faces; they live in this page alone, and are gone when it closes. */

/** A longer name would not fit beside a face, in characters. */
export const LONGEST_NAME = 40;

/** @type {Map<number, string>} */
const names = new Map();

/**
 * @param {number} number of the face
 * @returns {string} "" where it has no name
 */
export function nameOf(number) {
  return names.get(number) ?? "";
}

/**
 * @param {number} number of the face
 * @param {string} name "" takes it away
 */
export function setName(number, name) {
  const kept = [...name.trim().replace(/\s+/g, " ")].slice(0, LONGEST_NAME).join("");
  if (kept) names.set(number, kept);
  else names.delete(number);
}

/** All names that were given, each once: whoever left and comes back can be named by a choice. */
export function allNames() {
  return [...new Set(names.values())];
}

export function clearNames() {
  names.clear();
}
