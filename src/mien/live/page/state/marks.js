/** Sum of what the person marked as wrong. */

/** @typedef {import("./session.js").Session} Session */

/**
 * @typedef {object} Mark
 * @property {string} shown what was shown, as in a remark's text
 * @property {string | null} right what the person would say; "" if nobody could tell, null if they did
 *   not say
 * @property {number} count
 */

/**
 * Return what the person marked as wrong and would say instead, the most frequent first.
 * @param {readonly Session[]} sessions
 * @returns {Mark[]}
 */
export function marksOf(sessions) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const { kind, text: shown, right = null } of sessions.flatMap(({ remarks }) => remarks)) {
    if (kind !== "wrong") continue;
    const key = JSON.stringify([shown, right]);
    const mark = marks.get(key) ?? { shown, right, count: 0 };
    marks.set(key, { ...mark, count: mark.count + 1 });
  }
  return [...marks.values()].sort((a, b) => b.count - a.count);
}
