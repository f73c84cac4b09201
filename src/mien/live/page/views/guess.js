/**
 * Guess first: the page covers every answer until the person has said what they see in one face.
 *
 * While the mode is on, main.js gives answers only to this view: no card, label, small window,
 * announcement or timeline shows one.
 */

import { Questions } from "../state/guess.js";
import { withoutHidden } from "../state/hidden.js";
import { answersOf } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { button, create, setText } from "./elements.js";
import { Mark, stillOf } from "./guess-picture.js";
import { Practice } from "./guess-practice.js";
import { answerOf, QuestionView, stillText } from "./guess-question.js";
import { resultTitle } from "./guess-result.js";
import { ScoreView } from "./guess-score.js";

/** @typedef {import("../state/faces.js").Face} Face */

/**
 * @typedef {object} Parts
 * @property {HTMLButtonElement} toggle
 * @property {HTMLElement} section place of the questions
 * @property {HTMLElement} stage
 * @property {HTMLVideoElement} video
 */

/**
 * @typedef {object} Actions
 * @property {() => void} onToggle called when the mode was turned on or off
 * @property {(file: File) => Promise<boolean>} openPicture opens a picture; returns whether it is read
 * @property {() => void} closePicture stops reading
 */

/** Milliseconds between checks whether there is something to ask. */
const LOOK_MS = 250;

export class Guess {
  isOn = false;
  /** Answers that the person hides. @type {readonly string[]} */
  hidden = [];
  #parts;
  #actions;
  #questions = new Questions();
  #score = new ScoreView();
  #practice;
  #view;
  #mark;
  #waiting = create("p", { className: "guess-waiting" });
  #again = create("div", { className: "guess-again" });
  #said = create("p", { className: "visually-hidden", role: "status" });
  #about = create("details", { className: "guess-about" });
  #title = create("h2", { id: "guess-title" });
  #frame = { width: 1, height: 1 };
  #faces = 0;
  #state = "off";
  /** Whether a film waits for the answer. */
  #isFilmHeld = false;
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
    this.#view = new QuestionView({
      onAnswer: (said) => this.#answer(said),
      onNext: () => void this.#next(),
    });
    this.#practice = new Practice({
      ...actions,
      onNext: () => {
        this.#questions.clear();
        this.#drop();
      },
      onChange: () => this.#show(),
      say: (text) => this.#say(text),
    });
    const top = create("div", { className: "guess-top" }, this.#title, this.#practice.place);
    const below = create("div", { className: "guess-below" }, this.#practice.element);
    below.append(this.#score.element, this.#about);
    const own = [this.#view.element, this.#waiting, this.#again, this.#said];
    parts.section.append(top, ...own, below);
    parts.toggle.addEventListener("click", () => this.#toggle());
    document.addEventListener("keydown", (event) => this.#press(event));
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** Whether the person's own pictures are read, which belong to no session. */
  get isPractice() {
    return this.isOn && this.#practice.isOwnPicture;
  }

  /** Practise with pictures. @param {Iterable<File>} files */
  practise(files) {
    return this.#practice.begin(files);
  }

  /**
   * Take the faces of a frame.
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
    if (!this.#questions.question) this.#practice.sawNothing();
  }

  /**
   * Forget faces that may be out of date. While reading is paused the picture stays, and can be asked about.
   * @param {string} state state of live.js
   */
  forget(state) {
    if (state !== "paused") {
      this.#questions.forgetFaces();
      this.#mark.show(null, this.#frame);
    }
  }

  /** @param {string} state state of live.js */
  showState(state) {
    if (state === this.#state) return;
    this.#state = state;
    const isOther = state === "starting" && !this.#practice.isOpening;
    if (isOther || state === "off") {
      // Everything is off: the series of pictures ends, too.
      this.#practice.stop();
      this.#isFilmHeld = false;
      this.#drop();
    }
    this.#show();
  }

  /** Write all texts, in the language. */
  showTexts() {
    const { guess } = wording.say();
    setText(this.#parts.toggle, guess.toggle);
    this.#parts.toggle.title = guess.toggleMore;
    setText(this.#title, guess.toggle);
    this.#practice.showTexts();
    this.#score.showTexts();
    this.#about.replaceChildren(
      create("summary", {}, guess.about),
      create("ul", {}, ...guess.aboutTexts.map((text) => create("li", {}, text))),
    );
    this.#showQuestion();
    this.#show();
  }

  #toggle() {
    this.isOn = !this.isOn;
    this.#questions.clear();
    this.#drop();
    if (!this.isOn && this.#practice.isOwnPicture) this.#actions.closePicture();
    this.#practice.stop();
    this.#parts.toggle.ariaPressed = String(this.isOn);
    this.#parts.section.hidden = !this.isOn;
    document.documentElement.classList.toggle("guessing", this.isOn);
    this.#actions.onToggle();
    if (!this.isOn) void this.#goOn();
    this.#show();
  }

  /** Ask a question, if possible. @param {boolean} [again] */
  #look(again = false) {
    if (!this.isOn || this.#questions.question) return;
    const now = performance.now();
    const question = this.#isReading ? this.#questions.ask(now, again) : null;
    if (!question) {
      this.#show();
      return;
    }
    const { video } = this.#parts;
    // A film waits for the answer.
    if (video.controls && !video.paused) {
      video.pause();
      this.#isFilmHeld = true;
    }
    const { box } = question.reading;
    this.#still = stillOf(video, box, this.#frame, stillText(question));
    this.#mark.show(box, this.#frame);
    this.#showQuestion();
    this.#show();
    this.#say(`${stillText(question)}. ${wording.say().guess.ask}`);
  }

  /** Whether there is a picture to ask about. */
  get #isReading() {
    return this.#state === "on" || this.#state === "paused";
  }

  #showQuestion() {
    const { question, said } = this.#questions;
    const still = this.#still;
    if (!question || !still) {
      this.#view.clear();
      return;
    }
    this.#view.show(question, said, {
      still,
      isOneOfMany: this.#faces > 1,
      isPicture: this.#practice.isOn,
      hidden: this.hidden,
    });
  }

  /** @param {string} said */
  #answer(said) {
    const { question } = this.#questions;
    if (!question || !this.#questions.answer(said)) return;
    this.#score.add(said, answersOf(question.reading));
    this.#showQuestion();
    this.#say(resultTitle(question.reading, said));
    this.#view.focusNext();
  }

  async #next() {
    this.#drop();
    this.#look(); // another face of the same picture comes first
    if (!this.#questions.question) await this.#practice.next();
    if (!this.#questions.question) await this.#goOn();
    this.#view.focusFirst();
  }

  /** Continue a film that waited. */
  async #goOn() {
    const { video } = this.#parts;
    if (!this.#isFilmHeld) return;
    this.#isFilmHeld = false;
    if (!video.controls || video.ended || this.#state !== "on") return;
    await video.play().catch(() => undefined); // Stop was pressed meanwhile
  }

  #drop() {
    this.#questions.close();
    this.#still = null;
    this.#mark.show(null, this.#frame);
    this.#showQuestion();
  }

  #show() {
    if (!this.isOn) return;
    const { guess } = wording.say();
    const { question } = this.#questions;
    const isPicture = this.#practice.isOn;
    this.#practice.showPlace();
    if (isPicture || question) this.#practice.over = () => "";
    const why = this.#questions.waiting(performance.now());
    const isSame = this.#isReading && !isPicture && why === "same" && !question;
    let text = this.#isReading ? guess.waiting[why] : guess.off;
    if (isPicture) text = guess.waiting.soon;
    setText(this.#waiting, question ? "" : this.#practice.over() || text);
    if (isSame && this.#again.childElementCount === 0) {
      this.#again.append(button({ textContent: guess.again }, () => this.#look(true)));
    } else if (!isSame) {
      this.#again.replaceChildren();
    }
  }

  /** @param {string} text text for screen readers */
  #say(text) {
    setText(this.#said, text);
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
    const answer = answerOf(event);
    if (answer !== null && !this.hidden.includes(answer)) this.#answer(answer);
  }
}
