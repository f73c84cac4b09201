/** Answers that the person does not want to see count as "something else". */

/** @typedef {import("./protocol.js").Reading} Reading */
/** @typedef {import("./protocol.js").Share} Share */

/**
 * @param {Reading} reading
 * @param {readonly string[]} hidden answers
 * @returns {Reading}
 */
export function withoutHidden(reading, hidden) {
  if (hidden.length === 0) return reading;
  const votes = { ...reading.votes };
  let moved = 0;
  for (const answer of hidden) {
    moved += votes[answer] ?? 0;
    delete votes[answer];
  }
  votes["other"] = (votes["other"] ?? 0) + moved;
  // The server's first answer stays first: it is the steady one.
  const first = reading.top[0]?.[0] ?? "";
  const shown = hidden.includes(first) ? "other" : first;
  const top = /** @type {Share[]} */ (Object.entries(votes))
    .sort((a, b) => Number(b[0] === shown) - Number(a[0] === shown) || b[1] - a[1])
    .slice(0, reading.top.length);
  return { ...reading, votes, top };
}
