/** Guessing with pictures of one's own: choosing them, opening one after the other, and the end. */

import { Deck } from "../state/deck.js";
import * as wording from "../texts/wording.js";
import { button, create, setText } from "./elements.js";

/**
 * @typedef {object} Actions
 * @property {(file: File) => Promise<boolean>} openPicture whether it is read now
 * @property {() => void} closePicture the pictures are at their end: nothing is read any more
 * @property {() => void} onNext another picture is about to come
 * @property {() => void} onChange what is shown of it is another
 * @property {(text: string) => void} say tells screen readers
 */

export class Practice {
  element = create("div", { className: "guess-pictures" });
  /** Which picture of how many. */
  place = create("p", { className: "guess-place" });
  /** Whether a picture of one's own is read. */
  isOwnPicture = false;
  /** What is said when the pictures are at their end; "" before that. */
  over = "";
  #actions;
  /** @type {Deck | null} */
  #deck = null;
  /** Whether this starts the source itself: then the pictures go on. */
  #isOpening = false;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** Whether pictures are asked through. */
  get isOn() {
    return this.#deck !== null;
  }

  /** Whether a source that starts is a picture that this opens. */
  get isOpening() {
    return this.#isOpening;
  }

  /** Write it all, in the language. */
  showTexts() {
    const { guess } = wording.say();
    this.element.replaceChildren(
      create("h3", {}, guess.pictures),
      create("p", { className: "hint" }, guess.picturesMore),
      button({ textContent: guess.choosePictures }, () => this.#choose(false)),
      button({ textContent: guess.chooseFolder }, () => this.#choose(true)),
    );
    this.showPlace();
  }

  showPlace() {
    const deck = this.#deck;
    const values = { number: deck?.position ?? 0, count: deck?.size ?? 0 };
    setText(this.place, deck ? wording.fill(wording.say().guess.picture, values) : "");
  }

  /** Ask through pictures. @param {Iterable<File>} files */
  async begin(files) {
    const deck = new Deck(files);
    this.#actions.onNext();
    if (deck.size === 0) {
      this.#end(wording.say().guess.deckEmpty);
      return;
    }
    this.over = "";
    this.#deck = deck;
    await this.next();
  }

  /** Everything off, or another source: no picture stays. */
  stop() {
    this.#deck = null;
    this.isOwnPicture = false;
  }

  /** There was nothing to ask in an answer about the picture; after some of them the next one comes. */
  sawNothing() {
    if (!this.#deck?.sawNothing()) return;
    this.#deck.skipped += 1;
    void this.next();
  }

  async next() {
    const deck = this.#deck;
    if (!deck || this.#isOpening) return;
    this.#actions.onNext();
    for (let file = deck.draw(); file; file = deck.draw()) {
      this.#isOpening = true;
      this.isOwnPicture = true;
      const isRead = await this.#actions.openPicture(file);
      this.#isOpening = false;
      if (this.#deck !== deck) return;
      if (isRead) {
        this.#actions.onChange();
        return;
      }
      deck.skipped += 1; // the browser cannot show it
    }
    const { deckOver, deckSkipped } = wording.say().guess;
    const texts = [wording.fill(wording.plural(deckOver, deck.size), { count: deck.size })];
    if (deck.skipped > 0) {
      const values = { count: deck.skipped };
      texts.push(wording.fill(wording.plural(deckSkipped, deck.skipped), values));
    }
    // The last picture belongs to no session, nor does what the browser said of a broken one.
    this.#actions.closePicture();
    this.#end(texts.join(" "));
  }

  /** @param {string} text */
  #end(text) {
    this.stop();
    this.over = text;
    this.#actions.onChange();
    this.#actions.say(text);
  }

  /** @param {boolean} isFolder */
  #choose(isFolder) {
    const input = create("input", { type: "file", multiple: true, accept: "image/*" });
    input.webkitdirectory = isFolder;
    input.addEventListener("change", () => void this.begin(input.files ?? []));
    input.click();
  }
}
