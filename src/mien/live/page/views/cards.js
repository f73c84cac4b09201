/** One card a face, in the order of their numbers. Elements are kept, only what changed is set. */

import { colourOf } from "../state/emotions.js";
import { answersOf, countAnswers, tenPeople } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { button, create, setParts, setText } from "./elements.js";
import { createFigures, updateFigures } from "./figures.js";
import { symbolOf } from "./symbols.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/** From so many faces on, cards are smaller. */
const MANY = 3;
/** How long a button says that it has done its work, in milliseconds. */
const SAID_MS = 2000;

export class Cards {
  #container;
  #onWrong;
  /** @type {Map<number, Card>} */
  #cards = new Map();

  /**
   * @param {HTMLElement} container
   * @param {(number: number) => void} [onWrong] the person marks a face's reading as wrong; without
   *   it the cards have no button for that
   */
  constructor(container, onWrong) {
    this.#container = container;
    this.#onWrong = onWrong;
  }

  /** @param {Map<number, Reading>} readings by face number, in the order of the numbers */
  show(readings) {
    for (const [number, card] of this.#cards) {
      if (readings.has(number)) continue;
      card.element.remove();
      this.#cards.delete(number);
    }
    this.#container.classList.toggle("many", readings.size >= MANY);
    /** @type {Element | null} */
    let before = null;
    for (const [number, reading] of readings) {
      let card = this.#cards.get(number);
      if (!card) {
        card = new Card(number, this.#onWrong);
        this.#cards.set(number, card);
        if (before) before.after(card.element);
        else this.#container.prepend(card.element);
      }
      card.show(reading);
      before = card.element;
    }
  }

  /** Make all cards anew when they are shown next: words or symbols are others. */
  forget() {
    for (const { element } of this.#cards.values()) element.remove();
    this.#cards.clear();
  }
}

class Card {
  element = create("article", { className: "card" });
  #title = create("p", { className: "verdict" });
  #symbol = create("span", { className: "verdict-symbol" });
  #people = create("p", { className: "people" });
  #figures = createFigures();
  #shares = create("ul", { className: "shares" });
  #details = create("div", { className: "details" });
  #movements = create("p", { className: "movements" });
  #hint = create("p", { className: "hint" });
  #rows = [new ShareRow(), new ShareRow(), new ShareRow()];
  #answers = "";

  /**
   * @param {number} number
   * @param {((number: number) => void) | undefined} onWrong
   */
  constructor(number, onWrong) {
    const name = create("h3", { className: "face-name", textContent: wording.faceName(number) });
    this.#shares.append(...this.#rows.map((row) => row.element));
    this.#details.append(this.#shares, this.#movements, this.#hint);
    this.element.dataset.face = String(number);
    this.element.setAttribute("aria-label", wording.faceName(number));
    const top = create("div", { className: "card-top" });
    top.append(name, ...(onWrong ? [wrongButton(number, onWrong)] : []));
    this.element.append(top, this.#symbol, this.#title, this.#figures, this.#people, this.#details);
  }

  /** @param {Reading} reading */
  show(reading) {
    const people = tenPeople(reading.votes, reading.top[0]?.[0]);
    const counts = countAnswers(people);
    const told = reading.clear || reading.why === wording.DISAGREE;
    this.element.classList.toggle("unclear", !reading.clear);
    const answers = answersOf(reading);
    if (answers.length > 1) {
      setParts(this.#title, [["strong", wording.halvesTitle(answers)]]);
    } else if (reading.clear) {
      const [answer = "", count = 0] = [...counts][0] ?? [];
      const words = wording.verdict(count, answer);
      setParts(this.#title, [
        ["b", words.count],
        ["", ` ${words.say} `],
        ["strong", words.answer],
      ]);
    } else {
      const words = wording.unclear(reading.why);
      setParts(this.#title, [
        ["b", words.title],
        ["", ": "],
        ["strong", words.why],
      ]);
    }
    this.#showSymbols(answers);
    const text = told ? wording.figuresText(counts) : wording.unclear(reading.why).why;
    updateFigures(this.#figures, told ? people : null, text);
    setText(this.#people, told ? text : wording.hint(reading.why));
    this.#shares.hidden = !told;
    // Its place is kept while nothing is said, so that the cards below stay where they are.
    const { length } = Object.keys(reading.movements ?? {});
    this.#details.classList.toggle("with-movements", length > 0);
    this.#movements.hidden = !told || length === 0;
    setText(this.#movements, wording.movementsText(reading));
    this.#hint.hidden = told;
    setText(this.#hint, told ? "" : wording.hint(reading.why));
    for (const [index, row] of this.#rows.entries()) row.show(reading.top[index]);
  }

  /** @param {string[]} answers none where it is unclear */
  #showSymbols(answers) {
    const key = answers.join();
    if (key === this.#answers) return;
    this.#answers = key;
    this.#symbol.replaceChildren(...answers.map(symbolOf));
  }
}

/**
 * @param {number} number
 * @param {(number: number) => void} onWrong
 */
function wrongButton(number, onWrong) {
  const { wrong, wrongMore, marked } = wording.say();
  const title = wording.fill(wrongMore, { face: wording.faceName(number) });
  const made = button({ className: "quiet wrong", textContent: wrong, title }, () => {
    onWrong(number);
    made.textContent = marked;
    setTimeout(() => (made.textContent = wrong), SAID_MS);
  });
  return made;
}

class ShareRow {
  element = create("li", { className: "share" });
  #symbol = create("span", { className: "share-symbol" });
  #word = create("span", { className: "share-word" });
  #bar = create("span", { className: "share-bar" });
  #percent = create("span", { className: "share-percent" });
  #answer = "";

  constructor() {
    this.#bar.append(create("span", { className: "share-length" }));
    this.element.append(this.#symbol, this.#word, this.#bar, this.#percent);
  }

  /** @param {import("../network/protocol.js").Share | undefined} share */
  show(share) {
    const [answer, part] = share ?? ["", 0];
    if (answer !== this.#answer) {
      this.#answer = answer;
      this.#symbol.replaceChildren(symbolOf(answer));
      setText(this.#word, wording.answerWord(answer));
      this.element.style.setProperty("--answer", colourOf(answer));
    }
    setText(this.#percent, wording.percent(part));
    this.element.style.setProperty("--share", part.toFixed(3));
  }
}
