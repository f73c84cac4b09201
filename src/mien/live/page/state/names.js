/** Names that the person gives to faces; only in this page, and gone when it closes. */

/** Longest name that fits beside a face, in characters. */
export const LONGEST_NAME = 40;

/** @type {Map<number, string>} */
const names = new Map();

/**
 * @param {number} number of the face
 * @returns {string} its name; "" if it has none
 */
export function nameOf(number) {
  return names.get(number) ?? "";
}

/**
 * @param {number} number of the face
 * @param {string} name the name; "" removes it
 */
export function setName(number, name) {
  const kept = [...name.trim().replace(/\s+/g, " ")].slice(0, LONGEST_NAME).join("");
  if (kept) names.set(number, kept);
  else names.delete(number);
}

/** Return all names given, each once, to choose from when somebody comes back. */
export function allNames() {
  return [...new Set(names.values())];
}

export function clearNames() {
  names.clear();
}
