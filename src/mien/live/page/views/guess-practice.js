/** Guessing with the person's own pictures: choosing them, opening one after the other, and the end. */

import { Deck } from "../state/deck.js";
import * as wording from "../texts/wording.js";
import { button, create, setText } from "./elements.js";

/**
 * @typedef {object} Actions
 * @property {(file: File) => Promise<boolean>} openPicture opens a picture; returns whether it is read
 * @property {() => void} closePicture stops reading after the last picture
 * @property {() => void} onNext called before the next picture
 * @property {() => void} onChange called when this view changed
 * @property {(text: string) => void} say announces to screen readers
 */

export class Practice {
  element = create("div", { className: "guess-pictures" });
  /** Number of the picture, and of all. */
  place = create("p", { className: "guess-place" });
  /** Whether one of the person's pictures is being read. */
  isOwnPicture = false;
  /** Gives the text after the last picture, in the language; "" before. */
  over = () => "";
  #actions;
  /** @type {Deck | null} */
  #deck = null;
  /** Whether this class starts the source itself: then the pictures continue. */
  #isOpening = false;

  /** @param {Actions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** Whether a series of pictures is under way. */
  get isOn() {
    return this.#deck !== null;
  }

  /** Whether the starting source is a picture opened here. */
  get isOpening() {
    return this.#isOpening;
  }

  /** Write all texts, in the language. */
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

  /** Begin a series of pictures. @param {Iterable<File>} files */
  async begin(files) {
    const deck = new Deck(files);
    this.#actions.onNext();
    if (deck.size === 0) {
      this.#end(() => wording.say().guess.deckEmpty);
      return;
    }
    this.over = () => "";
    this.#deck = deck;
    await this.next();
  }

  /** End the series: everything is off, or there is another source. */
  stop() {
    this.#deck = null;
    this.isOwnPicture = false;
  }

  /** Note an answer with nothing to ask about; after some of them the next picture comes. */
  sawNothing() {
    if (!this.#deck?.sawNothing()) return;
    this.#deck.skipped += 1;
    void this.next();
  }

  /** @returns {Promise<void>} */
  async next() {
    const deck = this.#deck;
    if (!deck || this.#isOpening) return;
    this.#actions.onNext();
    for (let file = deck.draw(); file; file = deck.draw()) {
      this.#isOpening = true;
      this.isOwnPicture = true;
      const isRead = await this.#actions.openPicture(file);
      this.#isOpening = false;
      // Other pictures, chosen while this one opened, waited for it.
      if (this.#deck !== deck) return this.next();
      if (isRead) {
        this.#actions.onChange();
        return;
      }
      deck.skipped += 1; // the browser cannot show it
    }
    // The last picture belongs to no session, and neither does the browser's error about a broken one.
    this.#actions.closePicture();
    this.#end(() => overText(deck));
  }

  /** @param {() => string} over */
  #end(over) {
    this.stop();
    this.over = over;
    this.#actions.onChange();
    this.#actions.say(over());
  }

  /** @param {boolean} isFolder */
  #choose(isFolder) {
    const input = create("input", { type: "file", multiple: true, accept: "image/*" });
    input.webkitdirectory = isFolder;
    input.addEventListener("change", () => void this.begin(input.files ?? []));
    input.click();
  }
}

/** @param {Deck} deck a series that is over */
function overText({ size, skipped }) {
  const { deckOver, deckSkipped } = wording.say().guess;
  const texts = [wording.fill(wording.plural(deckOver, size), { count: size })];
  if (skipped > 0) {
    texts.push(wording.fill(wording.plural(deckSkipped, skipped), { count: skipped }));
  }
  return texts.join(" ");
}
