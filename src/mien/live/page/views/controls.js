/** The buttons to start, pause and stop, in the bar and in the small window, and the media keys. */

import * as wording from "../texts/wording.js";
import { button, part, setText } from "./elements.js";
import { canFloat } from "./panel.js";

/**
 * @typedef {object} Actions
 * @property {() => void} onStart
 * @property {() => void} onStop
 * @property {() => void} onPause
 * @property {() => void} onGoOn
 * @property {() => void} onFloat opens the small window
 * @property {() => void} onAllOff stops reading and closes the small window
 */

export class Controls {
  #toggle = part("toggle", HTMLButtonElement);
  #pause = part("pause", HTMLButtonElement);
  #float = part("float", HTMLButtonElement);
  /** Buttons of the small window. */
  #pauseInside = button({}, () => this.#pauseOrGoOn());
  #stopInside;
  #state = "off";
  #actions;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#stopInside = button({}, () => actions.onAllOff());
    this.#toggle.addEventListener("click", () => {
      if (isBusy(this.#state)) actions.onStop();
      else actions.onStart();
    });
    this.#pause.addEventListener("click", () => this.#pauseOrGoOn());
    this.#float.addEventListener("click", () => actions.onFloat());
    // Some browsers give media keys to a page without sound. Each key has its own action.
    navigator.mediaSession?.setActionHandler("pause", () => actions.onPause());
    navigator.mediaSession?.setActionHandler("play", () => actions.onGoOn());
  }

  /** Make the buttons of the small window. */
  get inside() {
    return [this.#pauseInside, this.#stopInside];
  }

  #pauseOrGoOn() {
    if (this.#state === "paused") this.#actions.onGoOn();
    else this.#actions.onPause();
  }

  /**
   * @param {string} state state of live.js
   * @param {boolean} isSignedOut whether nothing can be read until the page is opened with a token
   */
  show(state, isSignedOut) {
    this.#state = state;
    const { start, stop, pause, goOn } = wording.say();
    const isRunning = ["on", "paused"].includes(state);
    setText(this.#toggle, isBusy(state) ? stop : start);
    this.#toggle.classList.toggle("primary", !isBusy(state));
    this.#toggle.disabled = isSignedOut;
    for (const each of [this.#pause, this.#pauseInside]) {
      setText(each, state === "paused" ? goOn : pause);
    }
    this.#pauseInside.disabled = !isRunning; // the small window stays open after Stop
    setText(this.#stopInside, stop);
    // Visible from the click on: later they would push the others aside.
    this.#pause.hidden = !isBusy(state);
    this.#pause.disabled = !isRunning;
    this.#float.hidden = !canFloat || !isBusy(state);
    this.#float.disabled = !isRunning;
    if ("mediaSession" in navigator) {
      const now = isRunning ? "paused" : "none";
      navigator.mediaSession.playbackState = state === "on" ? "playing" : now;
    }
  }
}

/**
 * Return whether a source is open or opening.
 * @param {string} state state of live.js
 */
export function isBusy(state) {
  return ["on", "starting", "paused"].includes(state);
}
