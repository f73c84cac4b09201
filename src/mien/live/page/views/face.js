/**
 * One face: a large card while there are one or two, a row from three on. Both are the same elements,
 * laid out by styles/face.css. The elements stay, and only changes are set.
 */

import { allNames, LONGEST_NAME, nameOf, setName } from "../state/names.js";
import { leadersOf, levelOf } from "../state/steady.js";
import { answersOf, countAnswers, tenPeople } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { button, create, setParts, setText, svg } from "./elements.js";
import { createFigures, updateFigures } from "./figures.js";
import { Meaning } from "./meaning.js";
import { symbolOf } from "./symbols.js";
import { createThumbnail } from "./thumbnail.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} Listener Called for what the person does with a face.
 * @property {(number: number, right: string) => void} onWrong
 * @property {(number: number) => void} onUsual
 * @property {() => void} onName a name was given or removed
 * @property {(number: number | null) => void} onPoint the person points at a face, or at none
 */

export class FaceView {
  element = create("article", { className: "face card" });
  picture = createThumbnail();
  #heading = create("h3", { className: "visually-hidden" });
  #name;
  #note = create("p", { className: "note" });
  #symbols = create("span", { className: "verdict-symbol", "aria-hidden": "true" });
  #words = create("span", { className: "verdict-words" });
  /** Shorter words for little room, hidden from screen readers. */
  #short = create("span", { className: "verdict-short", ariaHidden: "true" });
  #figures = createFigures();
  #count = create("p", { className: "count" });
  #people = create("p", { className: "people" });
  #open;
  #meaning;
  #shownSymbols = "";

  /**
   * @param {number} number
   * @param {Listener} listener
   */
  constructor(number, listener) {
    this.#meaning = new Meaning(number, listener);
    this.#name = nameField(number, () => {
      this.#showName(number);
      listener.onName();
    });
    this.#open = button({ className: "open icon", ariaExpanded: "false" }, () => this.toggle());
    this.#open.append(
      create("span", { className: "open-word" }, wording.say().more),
      svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, [
        svg("path", { d: "M5 7.5l5 5 5-5" }),
      ]),
    );
    this.element.dataset.face = String(number);
    const badge = create("span", { className: "badge", "aria-hidden": "true" }, String(number));
    const head = create(
      "div",
      { className: "face-head" },
      create("span", { className: "thumb-place" }, this.picture, badge),
      this.#name,
      this.#note,
      create("p", { className: "verdict" }, this.#symbols, this.#words, this.#short),
      create("div", { className: "ten" }, this.#figures, this.#count),
      this.#open,
    );
    this.element.append(this.#heading, head, this.#people, this.#meaning.element);
    this.#showName(number);
    head.addEventListener("click", ({ target }) => {
      if (target instanceof Element && !target.closest("button, input")) this.toggle();
    });
    for (const type of ["pointerenter", "focusin"]) {
      this.element.addEventListener(type, () => listener.onPoint(number));
    }
    for (const type of ["pointerleave", "focusout"]) {
      this.element.addEventListener(type, () => listener.onPoint(null));
    }
  }

  /** Open or close the meaning. @param {boolean} [wanted] */
  toggle(wanted = !this.isOpen) {
    this.element.classList.toggle("opened", wanted);
    this.#open.ariaExpanded = String(wanted);
  }

  get isOpen() {
    return this.element.classList.contains("opened");
  }

  /** Whether the person is typing its name. */
  get isNamed() {
    return document.activeElement === this.#name;
  }

  /** @param {boolean} taken */
  answerUsual(taken) {
    this.#meaning.answerUsual(taken);
  }

  /** Show that the face is missed; its row keeps the place for a while. */
  showGone() {
    if (this.element.classList.contains("gone")) return;
    this.element.classList.add("gone", "unclear");
    this.element.dataset.level = "unclear";
    this.#showSymbols([]);
    const { notThere } = wording.say();
    for (const words of [this.#words, this.#short]) setParts(words, [["", notThere]]);
    updateFigures(this.#figures, null, notThere);
    for (const place of [this.#count, this.#people, this.#note]) setText(place, "");
    this.#note.title = "";
  }

  /** @param {Reading} reading */
  show(reading) {
    this.element.classList.remove("gone");
    const people = tenPeople(reading.votes, reading.top[0]?.[0]);
    const readable = wording.isReadable(reading);
    const answers = answersOf(reading);
    const count = leadersOf(reading);
    this.element.classList.toggle("unclear", !reading.clear);
    const level = answers.length > 1 ? "mixed" : levelOf(count);
    this.element.dataset.level = reading.clear ? level : "unclear";
    this.#showSymbols(answers);
    setParts(this.#words, verdictParts(reading));
    setParts(this.#short, shortParts(reading));
    const counts = countAnswers(people);
    const text = readable ? wording.figuresText(counts) : wording.unclear(reading.why).why;
    updateFigures(this.#figures, readable ? people : null, text);
    setText(this.#count, answers.length === 1 ? wording.countText(count) : "");
    setText(this.#people, readable ? text : "");
    const note = wording.noteText(reading);
    setText(this.#note, note);
    this.#note.title = note; // the whole text, for little room
    this.#note.classList.toggle("readable", readable);
    this.#note.classList.toggle("changed", Boolean(wording.changeText(reading)));
    this.#meaning.show(reading);
  }

  /** @param {number} number */
  #showName(number) {
    const name = wording.faceName(number);
    setText(this.#heading, name);
    this.element.ariaLabel = name;
    this.#open.ariaLabel = wording.fill(wording.say().moreOf, { face: name });
    this.#name.title = wording.fill(wording.say().nameOf, { face: wording.plainName(number) });
  }

  /** @param {string[]} answers none if it is unclear */
  #showSymbols(answers) {
    const key = answers.join();
    if (key === this.#shownSymbols) return;
    this.#shownSymbols = key;
    this.#symbols.replaceChildren(...answers.map(symbolOf));
  }
}

/**
 * Return the words of a card in parts: "Nearly all" " would say " "happy".
 * @param {Reading} reading
 * @returns {[keyof HTMLElementTagNameMap | "", string][]}
 */
export function verdictParts(reading) {
  if (!reading.clear) {
    const { title, why } = wording.unclear(reading.why);
    return [
      ["b", title],
      ["", `: ${why}`],
    ];
  }
  const { amount, say, answers, between } = wording.verdict(reading);
  const [one = "", other] = answers;
  /** @type {[keyof HTMLElementTagNameMap | "", string][]} */
  const parts = [
    ["b", amount],
    ["", ` ${say} `],
    ["strong", one],
  ];
  if (other !== undefined) parts.push(["", between], ["strong", other]);
  return parts;
}

/**
 * Return the same for little room: "Nearly all: happy", "half angry, half neutral".
 * @param {Reading} reading
 * @returns {[keyof HTMLElementTagNameMap | "", string][]}
 */
function shortParts(reading) {
  if (!reading.clear) return verdictParts(reading);
  const answers = answersOf(reading);
  if (answers.length > 1) return [["strong", wording.answersWord(answers)]];
  const { amount, answers: words } = wording.verdict(reading);
  return [
    ["b", amount],
    ["", ": "],
    ["strong", words[0] ?? ""],
  ];
}

/**
 * Make the field of the name, which looks like text until it is pointed at.
 * @param {number} number
 * @param {() => void} onName
 */
function nameField(number, onName) {
  const { nameOf: label } = wording.say();
  const plain = wording.plainName(number);
  const field = create("input", {
    className: "face-name",
    type: "text",
    value: nameOf(number),
    placeholder: plain,
    maxLength: LONGEST_NAME,
    autocomplete: "off",
    spellcheck: false,
    ariaLabel: wording.fill(label, { face: plain }),
  });
  const fit = () => {
    field.size = Math.max(plain.length, [...field.value].length);
  };
  fit();
  field.addEventListener("input", fit);
  field.addEventListener("change", () => {
    setName(number, field.value);
    field.value = nameOf(number);
    fit();
    onName();
  });
  field.addEventListener("focus", () => {
    const list = document.getElementById("names");
    list?.replaceChildren(...allNames().map((value) => create("option", { value })));
    field.setAttribute("list", "names");
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.stopPropagation(); // Escape here does not turn everything off
    if (event.key === "Escape") field.value = nameOf(number);
    field.blur();
  });
  return field;
}
