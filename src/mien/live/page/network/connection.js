/**
 * Connection to the server: it sends frames while there is credit, and reconnects by itself.
 *
 * The session survives a lost connection: sequence numbers continue, and the page forgets nothing.
 */

import { encodeFrame, parseAnswer, usualMessage } from "./protocol.js";

/** @typedef {import("./protocol.js").ReadingsAnswer} ReadingsAnswer */
/** @typedef {import("../sources/frames.js").Picture} Picture */

/**
 * @typedef {object} Listener
 * @property {(state: "connecting" | "loading" | "ready" | "full" | "failed" | "away" | "signed-out",
 *   message: string) => void} onState
 * @property {(answer: ReadingsAnswer) => void} onReadings
 * @property {(answer: import("./protocol.js").UsualAnswer) => void} onUsual
 * @property {() => void} onCredit called when a frame may be sent again
 */

/** Pauses between attempts to connect, in milliseconds; the last one repeats. */
export const PAUSES_MS = [250, 500, 1000, 2000];
/** Close code of a server that refuses this page; an earlier message gave the reason. */
const REFUSED = 1008;
/** Close reason if the sign-in session of this page has ended. */
const SIGNED_OUT = "signed out";
const REFUSED_PAUSE_MS = 10_000;

export class Connection {
  #url;
  #listener;
  /** @type {WebSocket | null} */
  #socket = null;
  #credits = 0;
  #sequence = 0;
  #attempts = 0;
  /** Whether it has ended for good. */
  #isEnded = false;

  /**
   * @param {string} url
   * @param {Listener} listener
   */
  constructor(url, listener) {
    this.#url = url;
    this.#listener = listener;
  }

  open() {
    if (this.#isEnded) return;
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#lost(code, reason);
    this.#socket = socket;
  }

  /** Give up a silent connection, and open another. */
  renew() {
    if (!this.#socket) return;
    this.#drop();
    this.#lost(0);
  }

  /** Close it for good: a signed-out page is not let in again. */
  end() {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#drop();
    this.#listener.onState("signed-out", "");
  }

  get hasCredit() {
    return this.#credits > 0;
  }

  /**
   * Send a picture. Without credit it is dropped, since a newer one will come.
   * @param {Picture} picture
   * @returns {number | null} its sequence number; null if it was dropped
   */
  send(picture) {
    if (!this.#socket || this.#credits <= 0) return null;
    this.#credits -= 1;
    this.#sequence += 1;
    this.#socket.send(encodeFrame({ sequence: this.#sequence, ...picture }));
    return this.#sequence;
  }

  /**
   * Say that a face looks as the person usually does; the server answers with `onUsual`.
   * @param {number} track
   */
  takeUsual(track) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(usualMessage(track));
  }

  /** @param {string} text */
  #receive(text) {
    let answer;
    try {
      answer = parseAnswer(text);
    } catch (error) {
      this.#listener.onState("failed", error instanceof Error ? error.message : String(error));
      return;
    }
    this.#credits += answer.credits;
    if (answer.type === "state") {
      this.#attempts = 0;
      this.#listener.onState(answer.state, answer.message ?? "");
    } else if (answer.type === "readings") {
      this.#listener.onReadings(answer);
    } else if (answer.type === "usual") {
      this.#listener.onUsual(answer);
    } else {
      console.warn(`mien refused a frame: ${answer.error}: ${answer.message}`);
    }
    if (this.#credits > 0) this.#listener.onCredit();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#credits = 0;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  /**
   * @param {number} code
   * @param {string} [reason]
   */
  #lost(code, reason) {
    this.#socket = null;
    this.#credits = 0;
    if (code === REFUSED && reason === SIGNED_OUT) {
      this.end();
      return;
    }
    if (code === REFUSED) {
      setTimeout(() => this.open(), REFUSED_PAUSE_MS);
      return;
    }
    const pause = PAUSES_MS[Math.min(this.#attempts, PAUSES_MS.length - 1)];
    this.#attempts += 1;
    this.#listener.onState("away", "");
    setTimeout(() => this.open(), pause);
  }
}
