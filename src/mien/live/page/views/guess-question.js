/** A question about one face: its still, the possible answers, and then what people would say. */

import { CANNOT_TELL, EMOTIONS } from "../state/guess.js";
import * as wording from "../texts/wording.js";
import { button, create } from "./elements.js";
import { createResult } from "./guess-result.js";
import { symbolOf } from "./symbols.js";

/** @typedef {import("../state/guess.js").Question} Question */

/**
 * @typedef {object} Actions
 * @property {(said: string) => void} onAnswer called with one of `EMOTIONS`, or `CANNOT_TELL`
 * @property {() => void} onNext called when the person has seen the result
 */

/**
 * @typedef {object} Place Context of the question.
 * @property {HTMLCanvasElement} still still of the face
 * @property {boolean} isOneOfMany whether other faces are in the picture
 * @property {boolean} isPicture whether it is one of the person's own pictures
 * @property {readonly string[]} hidden answers not offered
 */

export class QuestionView {
  element = create("div", { className: "guess-ask" });
  #actions;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  clear() {
    this.element.classList.remove("answered");
    this.element.replaceChildren();
  }

  /**
   * @param {Question} question
   * @param {string | null} said answer of the person; null before they answer
   * @param {Place} place
   */
  show(question, said, { still, isOneOfMany, isPicture, hidden }) {
    const { guess } = wording.say();
    this.element.classList.toggle("answered", said !== null);
    still.ariaLabel = stillText(question);
    if (said !== null) {
      const textContent = isPicture ? guess.nextPicture : guess.next;
      const next = button({ className: "primary guess-next", textContent }, this.#actions.onNext);
      this.element.replaceChildren(still, createResult(question.reading, said), next);
      return;
    }
    const choices = [...EMOTIONS, CANNOT_TELL].map((answer) => this.#choice(answer, hidden));
    const group = create("div", { className: "guess-answers", role: "group" }, ...choices);
    group.ariaLabel = guess.answers;
    const marked = wording.fill(guess.marked, { face: wording.faceName(question.number) });
    this.element.replaceChildren(
      still,
      create("p", { className: "guess-words" }, guess.ask),
      ...(isOneOfMany ? [create("p", { className: "hint" }, marked)] : []),
      group,
      create("p", { className: "hint guess-keys" }, guess.keys),
    );
  }

  /** Move the focus to the next button. */
  focusNext() {
    focus(this.element.querySelector(".guess-next"));
  }

  /** Move the focus to the question, unless it is elsewhere. */
  focusFirst() {
    if (document.activeElement && document.activeElement !== document.body) return;
    focus(this.element.querySelector("button:not([hidden])"));
  }

  /**
   * @param {string} answer
   * @param {readonly string[]} hidden
   */
  #choice(answer, hidden) {
    const key = String(EMOTIONS.indexOf(answer) + 1); // the key of "cannot tell" is 0
    const word = answer === CANNOT_TELL ? wording.say().guess.cannot : wording.answerWord(answer);
    const made = button({ className: "guess-choice", "aria-keyshortcuts": key }, () => {
      this.#actions.onAnswer(answer);
    });
    made.dataset.answer = answer;
    made.hidden = hidden.includes(answer);
    made.append(create("span", { className: "guess-key", ariaHidden: "true" }, key));
    if (answer !== CANNOT_TELL) {
      const symbol = create("span", { className: "guess-symbol", ariaHidden: "true" });
      symbol.append(symbolOf(answer));
      made.append(symbol);
    }
    made.append(create("span", { className: "guess-word" }, word));
    return made;
  }
}

/**
 * Return the answer of a key; null if it has none.
 * @param {KeyboardEvent} event
 * @returns {string | null}
 */
export function answerOf({ key }) {
  if (!/^[0-7]$/.test(key)) return null;
  return key === "0" ? CANNOT_TELL : (EMOTIONS[Number(key) - 1] ?? null);
}

/** @param {Question} question */
export function stillText({ number }) {
  return wording.fill(wording.say().guess.still, { face: wording.faceName(number) });
}

/** @param {Element | null} element */
function focus(element) {
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
