/**
 * The page's half of the protocol. Its twin, protocol.py, explains the fields.
 * tests/live/messages.json tests both with the same messages.
 */

export const VERSION = 1;
export const MAX_SIDE = 640;
const HEADER_BYTES = 20;

/** @typedef {[string, number]} Share An answer, and the share of people who give it. */

/**
 * @typedef {object} Reading What people would say about one face.
 * @property {[number, number, number, number]} box x1, y1, x2, y2 in pixels of the frame
 * @property {Record<string, number>} votes share of each answer; they sum to 1
 * @property {Share[]} top the most frequent answers, most frequent first
 * @property {Record<string, number>} [movements] what moves in the face, 0 to 1 by name; empty or
 *   missing if the network predicts none
 * @property {"clear" | "mixed" | "unclear"} [state] whether to show one answer, two, or none
 * @property {boolean} clear whether people could tell, and would not disagree
 * @property {string | null} why the reason if it is not clear
 * @property {number} track the face's number over time
 * @property {Change | null} [change] how the face differs from the person's usual one; null if it
 *   does not, missing while the usual face is unknown
 * @property {boolean | null} [talking] whether the person talks; null if that cannot be known
 * @property {"nod" | "shake" | null} [gesture] for a moment after a nod or a shake of the head
 * @property {boolean} [just_now] whether what is shown changed some seconds ago, and has stayed
 * @property {{votes: Record<string, number>, top: Share[]}} [now] only on the page: the exact values at
 *   this moment, while `votes` and `top` are held still
 */

/**
 * @typedef {object} Change
 * @property {string} emotion the emotion that people would say more often than usual
 * @property {number} by size of the change in nats
 * @property {boolean} [more] whether the usual face shows some of that emotion, too
 */

/**
 * @typedef {object} StateAnswer
 * @property {"state"} type
 * @property {number} version
 * @property {"loading" | "ready" | "full" | "failed"} state
 * @property {string | null} message
 * @property {number} credits
 */

/**
 * @typedef {object} ReadingsAnswer
 * @property {"readings"} type
 * @property {number} sequence
 * @property {number} capture_time
 * @property {number} width
 * @property {number} height
 * @property {Reading[]} readings
 * @property {Record<string, number>} timings milliseconds
 * @property {number} replaced
 * @property {number} credits
 */

/**
 * @typedef {object} ErrorAnswer
 * @property {"error"} type
 * @property {string} error
 * @property {string} message
 * @property {number | null} sequence
 * @property {number} credits
 */

/**
 * @typedef {object} UsualAnswer
 * @property {"usual"} type
 * @property {number} track
 * @property {boolean} taken false if the face was not seen well just now
 * @property {number} credits
 */

/** @typedef {StateAnswer | ReadingsAnswer | ErrorAnswer | UsualAnswer} Answer */

/**
 * @typedef {object} Frame
 * @property {number} sequence
 * @property {number} captureTime milliseconds, by `performance.now()`
 * @property {number} width
 * @property {number} height
 * @property {ArrayBuffer | Uint8Array} jpeg
 */

/**
 * Encode a frame as a binary message.
 * @param {Frame} frame
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeFrame({ sequence, captureTime, width, height, jpeg }) {
  const body = new Uint8Array(jpeg);
  const message = new Uint8Array(HEADER_BYTES + body.length);
  const header = new DataView(message.buffer);
  header.setUint32(0, VERSION, true);
  header.setUint32(4, sequence, true);
  header.setFloat64(8, captureTime, true);
  header.setUint16(16, width, true);
  header.setUint16(18, height, true);
  message.set(body, HEADER_BYTES);
  return message;
}

/**
 * Return the text message that says: this face looks as the person usually does.
 * @param {number} track
 */
export function usualMessage(track) {
  return JSON.stringify({ type: "usual", track });
}

/**
 * Parse an answer of the server.
 * @param {string} text
 * @returns {Answer}
 * @throws {Error} if it is none
 */
export function parseAnswer(text) {
  const answer = JSON.parse(text);
  if (!["state", "readings", "error", "usual"].includes(answer?.type)) {
    throw new Error(`Expected a state, readings, error or usual, got ${text.slice(0, 80)}`);
  }
  if (answer.type === "state" && answer.version !== VERSION) {
    throw new Error(`Expected protocol version ${VERSION}, got ${answer.version}`);
  }
  return answer;
}

/**
 * Return the largest size of the same shape with no side above `MAX_SIDE`; small pictures keep theirs.
 * @param {number} width
 * @param {number} height
 */
export function frameSize(width, height) {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}
