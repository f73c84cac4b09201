/** Answers that the person hides count as "something else". */

/** @typedef {import("../network/protocol.js").Reading} Reading */
/** @typedef {import("../network/protocol.js").Share} Share */

/**
 * @param {Reading} reading
 * @param {readonly string[]} hidden hidden answers
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
  votes.other = (votes.other ?? 0) + moved;
  // The largest share comes first, as everywhere; of two equal ones, the server's first.
  const leader = reading.top[0]?.[0] ?? "";
  const first = hidden.includes(leader) ? "other" : leader;
  const top = /** @type {Share[]} */ (Object.entries(votes))
    .sort((a, b) => b[1] - a[1] || Number(b[0] === first) - Number(a[0] === first))
    .slice(0, reading.top.length);
  if (!reading.clear) return { ...reading, votes, top };
  const isMixed = reading.state === "mixed" && top.slice(0, 2).every(([name]) => name !== "other");
  return { ...reading, votes, top, state: isMixed ? "mixed" : "clear" };
}
