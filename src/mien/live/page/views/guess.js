/**
 * Guess first: the page covers every answer until the person has said what they see in one face.
 *
 * While the mode is on, main.js gives answers to nobody but this: no card, label, panel, announcement
 * or timeline shows one.
 */

import { Deck } from "../state/deck.js";
import { CANNOT_TELL, EMOTIONS, Questions } from "../state/guess.js";
import { withoutHidden } from "../state/hidden.js";
import { answersOf } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { button, create, setText } from "./elements.js";
import { Mark, stillOf } from "./guess-picture.js";
import { createResult, resultTitle } from "./guess-result.js";
import { ScoreView } from "./guess-score.js";
import { symbolOf } from "./symbols.js";

/** @typedef {import("../state/faces.js").Face} Face */

/**
 * @typedef {object} Parts
 * @property {HTMLButtonElement} toggle
 * @property {HTMLElement} section where questions stand
 * @property {HTMLElement} stage
 * @property {HTMLVideoElement} video
 */

/**
 * @typedef {object} Actions
 * @property {() => void} onToggle the mode was turned on or off
 * @property {(file: File) => Promise<boolean>} openPicture whether it is read now
 */

/** How often it looks whether there is something to ask, in milliseconds. */
const LOOK_MS = 250;

export class Guess {
  isOn = false;
  /** Answers that the person does not want to see. @type {readonly string[]} */
  hidden = [];
  #parts;
  #actions;
  #questions = new Questions();
  #score = new ScoreView();
  #mark;
  #ask = create("div", { className: "guess-ask" });
  #waiting = create("p", { className: "guess-waiting" });
  #again = create("div", { className: "guess-again" });
  #said = create("p", { className: "visually-hidden", role: "status" });
  #pictures = create("div", { className: "guess-pictures" });
  #about = create("details", { className: "guess-about" });
  #title = create("h2", { id: "guess-title" });
  #place = create("p", { className: "guess-place" });
  #frame = { width: 1, height: 1 };
  #faces = 0;
  #state = "off";
  /** @type {Deck | null} */
  #deck = null;
  /** Whether this starts the source itself: then the pictures go on. */
  #isOpening = false;
  #isOwnPicture = false;
  /** What is said when the pictures are at their end; "" before that. */
  #over = "";
  /** @type {HTMLCanvasElement | null} */
  #still = null;

  /**
   * @param {Parts} parts
   * @param {Actions} actions
   */
  constructor(parts, actions) {
    this.#parts = parts;
    this.#actions = actions;
    this.#mark = new Mark(parts.stage);
    const top = create("div", { className: "guess-top" }, this.#title, this.#place);
    const below = create("div", { className: "guess-below" }, this.#pictures);
    below.append(this.#score.element, this.#about);
    parts.section.append(top, this.#ask, this.#waiting, this.#again, this.#said, below);
    parts.toggle.addEventListener("click", () => this.#toggle());
    document.addEventListener("keydown", (event) => this.#press(event));
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** Whether the person's own pictures are read: they belong to no session. */
  get isPractice() {
    return this.isOn && this.#isOwnPicture;
  }

  /**
   * Take in the faces of a frame.
   * @param {number} now milliseconds
   * @param {readonly Face[]} faces
   * @param {{width: number, height: number}} frame
   */
  see(now, faces, frame) {
    this.#frame = frame;
    this.#faces = faces.length;
    const seen = faces.map(({ number, reading }) => {
      return { number, reading: withoutHidden(reading, this.hidden) };
    });
    this.#questions.see(now, seen);
    this.#look();
    const number = this.#questions.question?.number;
    const face = faces.find((face) => face.number === number);
    this.#mark.show(face?.reading.box ?? null, frame);
    if (this.#deck && !this.#questions.question && this.#deck.sawNothing()) {
      this.#deck.skipped += 1;
      void this.#nextPicture();
    }
  }

  /**
   * What is read may be old now. While it is paused the picture stands, and can be asked about.
   * @param {string} state of live.js
   */
  forget(state) {
    if (state !== "paused") {
      this.#questions.forgetFaces();
      this.#mark.show(null, this.#frame);
    }
  }

  /** @param {string} state of live.js */
  showState(state) {
    if (state === this.#state) return;
    this.#state = state;
    const isOther = state === "starting" && !this.#isOpening;
    if (isOther || state === "off") {
      // Everything off: no picture stays either.
      this.#deck = null;
      this.#isOwnPicture = false;
      this.#drop();
    }
    this.#show();
  }

  /** Write it all, in the language. */
  showTexts() {
    const { guess } = wording.say();
    setText(this.#parts.toggle, guess.toggle);
    this.#parts.toggle.title = guess.toggleMore;
    setText(this.#title, guess.toggle);
    this.#pictures.replaceChildren(
      create("h3", {}, guess.pictures),
      create("p", { className: "hint" }, guess.picturesMore),
      button({ textContent: guess.choosePictures }, () => this.#choose(false)),
      button({ textContent: guess.chooseFolder }, () => this.#choose(true)),
    );
    this.#score.showTexts();
    this.#about.replaceChildren(
      create("summary", {}, guess.about),
      create("ul", {}, ...guess.aboutTexts.map((text) => create("li", {}, text))),
    );
    this.#showQuestion();
    this.#show();
  }

  /** Practise with pictures. @param {Iterable<File>} files */
  async practise(files) {
    const deck = new Deck(files);
    this.#drop();
    if (deck.size === 0) {
      this.#over = wording.say().guess.deckEmpty;
      this.#show();
      this.#say(this.#over);
      return;
    }
    this.#deck = deck;
    await this.#nextPicture();
  }

  #toggle() {
    this.isOn = !this.isOn;
    this.#questions.clear();
    this.#drop();
    this.#deck = null;
    this.#parts.toggle.ariaPressed = String(this.isOn);
    this.#parts.section.hidden = !this.isOn;
    document.documentElement.classList.toggle("guessing", this.isOn);
    this.#mark.show(null, this.#frame);
    this.#actions.onToggle();
    this.#show();
  }

  /** Ask, if there is something to ask. @param {boolean} [again] */
  #look(again = false) {
    if (!this.isOn || this.#questions.question) return;
    const isReading = this.#state === "on" || this.#state === "paused";
    const now = performance.now();
    const question = isReading ? this.#questions.ask(now, again) : null;
    if (!question) {
      this.#show();
      return;
    }
    const { video } = this.#parts;
    // A film waits for the answer.
    if (video.controls) video.pause();
    this.#still = stillOf(video, question.reading.box, this.#frame, this.#stillText());
    this.#mark.show(question.reading.box, this.#frame);
    this.#showQuestion();
    this.#show();
    this.#say(`${this.#stillText()}. ${wording.say().guess.ask}`);
  }

  #stillText() {
    const number = this.#questions.question?.number ?? 0;
    return wording.fill(wording.say().guess.still, { face: wording.faceName(number) });
  }

  #showQuestion() {
    const { question, said } = this.#questions;
    const { guess } = wording.say();
    this.#ask.classList.toggle("answered", said !== null);
    if (!question || !this.#still) {
      this.#ask.replaceChildren();
      return;
    }
    this.#still.ariaLabel = this.#stillText();
    if (said !== null) {
      const text = this.#deck ? guess.nextPicture : guess.next;
      const next = button({ className: "primary guess-next", textContent: text }, () => {
        void this.#next();
      });
      this.#ask.replaceChildren(this.#still, createResult(question.reading, said), next);
      return;
    }
    const choices = [...EMOTIONS, CANNOT_TELL].map((answer) => this.#choice(answer));
    const group = create("div", { className: "guess-answers", role: "group" }, ...choices);
    group.ariaLabel = guess.answers;
    const isOneOfMany = this.#faces > 1;
    const face = wording.faceName(question.number);
    this.#ask.replaceChildren(
      this.#still,
      create("p", { className: "guess-words" }, guess.ask),
      ...(isOneOfMany
        ? [create("p", { className: "hint" }, wording.fill(guess.marked, { face }))]
        : []),
      group,
      create("p", { className: "hint guess-keys" }, guess.keys),
    );
  }

  /** @param {string} answer */
  #choice(answer) {
    const key = String(EMOTIONS.indexOf(answer) + 1); // of "cannot tell" 0
    const word = answer === CANNOT_TELL ? wording.say().guess.cannot : wording.answerWord(answer);
    const made = button({ className: "guess-choice", "aria-keyshortcuts": key }, () => {
      this.#answer(answer);
    });
    made.dataset.answer = answer;
    made.hidden = this.hidden.includes(answer);
    made.append(create("span", { className: "guess-key", ariaHidden: "true" }, key));
    if (answer !== CANNOT_TELL) {
      const symbol = create("span", { className: "guess-symbol", ariaHidden: "true" });
      symbol.append(symbolOf(answer));
      made.append(symbol);
    }
    made.append(create("span", { className: "guess-word" }, word));
    return made;
  }

  /** @param {string} said */
  #answer(said) {
    const { question } = this.#questions;
    if (!question || !this.#questions.answer(said)) return;
    this.#score.add(said, answersOf(question.reading));
    this.#showQuestion();
    this.#say(resultTitle(question.reading, said));
    const next = this.#ask.querySelector(".guess-next");
    if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  }

  async #next() {
    this.#drop();
    this.#look(); // another face of the same picture comes first
    if (!this.#questions.question && this.#deck) await this.#nextPicture();
    const { video } = this.#parts;
    if (!this.#questions.question && video.controls && this.#state === "on" && !video.ended) {
      await video.play().catch(() => undefined); // Stop was pressed meanwhile
    }
    this.#focus();
  }

  /** The keyboard goes on where the question was. */
  #focus() {
    if (document.activeElement && document.activeElement !== document.body) return;
    const first = this.#ask.querySelector("button:not([hidden])");
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  }

  #drop() {
    this.#questions.close();
    this.#still = null;
    this.#mark.show(null, this.#frame);
    this.#showQuestion();
  }

  async #nextPicture() {
    const deck = this.#deck;
    if (!deck || this.#isOpening) return;
    this.#questions.clear();
    for (let file = deck.draw(); file; file = deck.draw()) {
      this.#isOpening = true;
      this.#isOwnPicture = true;
      const isRead = await this.#actions.openPicture(file);
      this.#isOpening = false;
      if (this.#deck !== deck) return;
      if (isRead) {
        this.#show();
        return;
      }
      deck.skipped += 1; // the browser cannot show it
    }
    this.#deck = null;
    const { deckOver, deckSkipped } = wording.say().guess;
    const texts = [wording.fill(wording.plural(deckOver, deck.size), { count: deck.size })];
    if (deck.skipped > 0) {
      const values = { count: deck.skipped };
      texts.push(wording.fill(wording.plural(deckSkipped, deck.skipped), values));
    }
    this.#over = texts.join(" ");
    this.#show();
    this.#say(this.#over);
  }

  #show() {
    if (!this.isOn) return;
    const { guess } = wording.say();
    const deck = this.#deck;
    const values = { number: deck?.position ?? 0, count: deck?.size ?? 0 };
    setText(this.#place, deck ? wording.fill(guess.picture, values) : "");
    if (deck || this.#questions.question) this.#over = "";
    const isReading = this.#state === "on" || this.#state === "paused";
    const why = this.#questions.waiting(performance.now());
    const isSame = isReading && !deck && why === "same" && !this.#questions.question;
    let text = isReading ? guess.waiting[why] : guess.off;
    if (deck) text = guess.looking;
    setText(this.#waiting, this.#questions.question ? "" : this.#over || text);
    if (isSame && this.#again.childElementCount === 0) {
      this.#again.append(button({ textContent: guess.again }, () => this.#look(true)));
    } else if (!isSame) {
      this.#again.replaceChildren();
    }
  }

  /** @param {string} text for screen readers */
  #say(text) {
    setText(this.#said, text);
  }

  /** @param {boolean} isFolder */
  #choose(isFolder) {
    const input = create("input", { type: "file", multiple: true, accept: "image/*" });
    input.webkitdirectory = isFolder;
    input.addEventListener("change", () => void this.practise(input.files ?? []));
    input.click();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.isOn || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (document.querySelector("dialog[open]")) return;
    const { target } = event;
    if (
      target instanceof Element &&
      target.matches("input:not([type=checkbox]), select, textarea")
    ) {
      return;
    }
    if (!/^[0-7]$/.test(event.key)) return;
    const answer = event.key === "0" ? CANNOT_TELL : EMOTIONS[Number(event.key) - 1];
    if (answer === undefined || this.hidden.includes(answer)) return;
    this.#answer(answer);
  }
}
