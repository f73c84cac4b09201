/** What a face's answer means and what the person can do: the part of a card or row that opens. */

import { ANSWERS, colourOf } from "../state/emotions.js";
import { answersOf } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { button, create, setText } from "./elements.js";
import { symbolOf } from "./symbols.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} Actions Called for what the person does with a face.
 * @property {(number: number, right: string) => void} onWrong what it shows instead: an answer, or "" if
 *   nobody could tell
 * @property {(number: number) => void} onUsual it looks as usual now
 */

/** Milliseconds for which a button says that it is done. */
const SAID_MS = 2500;

export class Meaning {
  element = create("div", { className: "meaning" });
  #movements = create("p", { className: "movements" });
  #change = create("p", { className: "change" });
  #sure = create("p");
  #can = create("p");
  #canTitle = create("h4");
  #shares = [new ShareRow(), new ShareRow(), new ShareRow()];
  #sections;
  #usual;

  /**
   * @param {number} number number of the face
   * @param {Actions} actions
   */
  constructor(number, actions) {
    const texts = wording.say();
    const face = wording.faceName(number);
    const rows = this.#shares.map(({ element }) => element);
    this.#sections = {
      shares: section("exact", texts.exactly, create("ul", { className: "shares" }, ...rows)),
      moves: section("moves", texts.whatMoves, this.#movements),
      usual: section("compared", texts.fromUsual, this.#change),
      sure: section("sure", texts.howSure, this.#sure),
      can: create("section", { className: "can" }, this.#canTitle, this.#can),
    };
    const title = wording.fill(texts.usualMore, { face });
    this.#usual = button({ className: "usual", title, textContent: texts.usual }, () => {
      actions.onUsual(number);
    });
    const tools = create("div", { className: "tools" }, this.#usual, ...wrong(number, actions));
    this.element.append(...Object.values(this.#sections), tools);
  }

  /** @param {Reading} reading */
  show(reading) {
    const { shares, moves, usual, sure } = this.#sections;
    const texts = wording.say();
    const answers = answersOf(reading);
    const readable = wording.isReadable(reading);
    shares.hidden = !readable;
    const { top } = reading.now ?? reading;
    for (const [index, row] of this.#shares.entries()) row.show(top[index]);
    moves.hidden = !readable || Object.keys(reading.movements ?? {}).length === 0;
    setText(this.#movements, wording.movesText(reading));
    usual.hidden = !readable;
    setText(this.#change, wording.usualText(reading));
    sure.hidden = answers.length === 0;
    setText(this.#sure, wording.sureText(answers));
    setText(this.#canTitle, readable ? texts.whatToDo : texts.whatHelps);
    setText(this.#can, reading.clear ? wording.youCan(answers) : wording.mend(reading));
    this.#usual.hidden = !readable;
  }

  /**
   * Show whether the usual face was taken.
   * @param {boolean} taken
   */
  answerUsual(taken) {
    const { usual, usualTaken, usualFailed } = wording.say();
    setText(this.#usual, taken ? usualTaken : usualFailed);
    setTimeout(() => setText(this.#usual, usual), SAID_MS);
  }
}

/**
 * @param {string} className
 * @param {string} title
 * @param {Node} content
 */
function section(className, title, content) {
  return create("section", { className }, create("h4", {}, title), content);
}

/**
 * Make "Wrong?" and the answers that it offers.
 * @param {number} number
 * @param {Actions} actions
 */
function wrong(number, { onWrong }) {
  const texts = wording.say();
  const title = wording.fill(texts.wrongMore, { face: wording.faceName(number) });
  const asked = create("div", { className: "right-answers", role: "group", hidden: true });
  asked.ariaLabel = texts.wrongAsk;
  const open = button({ className: "wrong", title, textContent: texts.wrong }, () => {
    asked.hidden = !asked.hidden;
    open.ariaExpanded = String(!asked.hidden);
  });
  open.ariaExpanded = "false";
  const answers = [...ANSWERS.filter((answer) => answer !== "other"), ""].map((answer) => {
    const word = answer ? wording.answerWord(answer) : texts.cannotTell;
    const made = button({ "data-answer": answer }, () => {
      onWrong(number, answer);
      asked.hidden = true;
      open.ariaExpanded = "false";
      setText(open, wording.fill(texts.marked, { answer: word }));
      open.focus();
      setTimeout(() => setText(open, texts.wrong), SAID_MS);
    });
    if (answer) made.append(symbolOf(answer));
    made.append(word);
    return made;
  });
  asked.append(create("p", {}, texts.wrongAsk), ...answers);
  return [open, asked];
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
