/** One card a face, in the order of their numbers. Elements are kept, only what changed is set. */

import { colourOf, symbolOf } from "./emotions.js";
import { createFigures, updateFigures } from "./figures.js";
import { answersOf, countAnswers, tenPeople } from "./votes.js";
import * as wording from "./wording.js";

/** @typedef {import("./protocol.js").Reading} Reading */

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
  element = create("article", "card");
  #title = create("p", "verdict");
  #symbol = create("span", "verdict-symbol");
  #people = create("p", "people");
  #figures = createFigures();
  #shares = create("ul", "shares");
  #details = create("div", "details");
  #movements = create("p", "movements");
  #hint = create("p", "hint");
  #rows = [new ShareRow(), new ShareRow(), new ShareRow()];
  #answers = "";

  /**
   * @param {number} number
   * @param {((number: number) => void) | undefined} onWrong
   */
  constructor(number, onWrong) {
    const name = create("h3", "face-name");
    name.textContent = wording.faceName(number);
    this.#shares.append(...this.#rows.map((row) => row.element));
    this.#details.append(this.#shares, this.#movements, this.#hint);
    this.element.dataset["face"] = String(number);
    this.element.setAttribute("aria-label", wording.faceName(number));
    const top = create("div", "card-top");
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
      fill(this.#title, [["strong", wording.halvesTitle(answers)]]);
    } else if (reading.clear) {
      const [answer = "", count = 0] = [...counts][0] ?? [];
      const words = wording.verdict(count, answer);
      fill(this.#title, [["b", words.count], ["", ` ${words.say} `], ["strong", words.answer]]);
    } else {
      const words = wording.unclear(reading.why);
      fill(this.#title, [["b", words.title], ["", ": "], ["strong", words.why]]);
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
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet wrong";
  button.textContent = wording.say().wrong;
  button.title = wording.fill(wording.say().wrongMore, { face: wording.faceName(number) });
  button.addEventListener("click", () => {
    onWrong(number);
    button.textContent = wording.say().marked;
    setTimeout(() => (button.textContent = wording.say().wrong), SAID_MS);
  });
  return button;
}

class ShareRow {
  element = create("li", "share");
  #symbol = create("span", "share-symbol");
  #word = create("span", "share-word");
  #bar = create("span", "share-bar");
  #percent = create("span", "share-percent");
  #answer = "";

  constructor() {
    this.#bar.append(create("span", "share-length"));
    this.element.append(this.#symbol, this.#word, this.#bar, this.#percent);
  }

  /** @param {import("./protocol.js").Share | undefined} share */
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

/**
 * @param {string} name
 * @param {string} className
 */
function create(name, className) {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

/**
 * @param {Element} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set a line of [element name or "", text] parts, unless it reads so already.
 * @param {Element} element
 * @param {[string, string][]} parts
 */
function fill(element, parts) {
  if (element.textContent === parts.map(([, text]) => text).join("")) return;
  element.replaceChildren(
    ...parts.map(([name, text]) => {
      if (!name) return text;
      const child = document.createElement(name);
      child.textContent = text;
      return child;
    }),
  );
}
