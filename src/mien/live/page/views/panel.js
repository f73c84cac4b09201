/**
 * The small window, which stays above all others (Document Picture-in-Picture): a line for each person,
 * the largest face first, or only the chosen person.
 *
 * A page in the background is not drawn, and its video gives no frames. So while the small window is
 * open, the video is in it, one pixel small.
 */

import { SteadyOrder, sizeOrder } from "../state/order.js";
import { leadersOf, levelOf } from "../state/steady.js";
import { answersOf } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { create, setText } from "./elements.js";
import { symbolOf } from "./symbols.js";
import { createThumbnail } from "./thumbnail.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} PictureInPicture An interface that TypeScript does not know yet.
 * @property {(options: {width: number, height: number}) => Promise<Window>} requestWindow
 */

const WIDTH = 340;
/** Heights in pixels: of a line, around the lines, and of the controls. */
const LINE = 46;
const AROUND = 16;
const CONTROLS = 44;
const MOST_LINES = 9;
const ALL = "all";

const pictureInPicture = /** @type {{documentPictureInPicture?: PictureInPicture}} */ (globalThis)
  .documentPictureInPicture;

export const canFloat = pictureInPicture !== undefined;

export class Panel {
  /** @type {Window | null} */
  #window = null;
  #list = create("ul", { className: "lines" });
  #empty = create("div", { className: "panel-empty" });
  #faces = create("h2", { className: "visually-hidden" });
  #picker = create("select");
  #status = create("p", { role: "status" });
  #private = create("p", { className: "private" });
  /** @type {Map<number, Line>} */
  #lines = new Map();
  #order = new SteadyOrder();
  #chosen = ALL;
  #isReading = false;
  #onClose;

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#onClose = onClose;
    this.#picker.addEventListener("change", () => {
      this.#chosen = this.#picker.value;
      this.forget();
      this.#fit();
    });
  }

  get isOpen() {
    return this.#window !== null;
  }

  /**
   * Open it. Browsers allow that only right after a click or key of the person.
   * @param {HTMLVideoElement} video video that moves in; the caller takes it back when the window closes
   * @param {HTMLElement[]} controls buttons beside the choice of the person, visible on hover and focus
   * @param {(key: KeyboardEvent) => void} onKey
   * @param {number} count number of people now, for the height
   */
  async open(video, controls, onKey, count) {
    if (!pictureInPicture || this.#window) return;
    const size = { width: WIDTH, height: heightOf(count) };
    const opened = await pictureInPicture.requestWindow(size);
    this.#window = opened;
    const { document: inside } = opened;
    inside.title = "mien";
    const root = inside.documentElement;
    root.classList.add("panel");
    this.#copySettings();
    const href = new URL("styles/page.css", document.baseURI).href;
    inside.head.append(create("link", { rel: "stylesheet", href }));
    const title = create("h1", { className: "visually-hidden", textContent: "mien" });
    const bar = create("header", { className: "panel-bar" }, title, this.#picker, ...controls);
    const main = create("main", {}, this.#faces, this.#status, this.#list, this.#empty);
    inside.body.append(bar, main, create("footer", {}, this.#private), video);
    opened.addEventListener("keydown", onKey);
    // Browsers let a window change its size only right after a click or key in it.
    opened.addEventListener("click", () => this.#fit());
    opened.addEventListener("pagehide", () => {
      // A window that closes takes the listeners of what is in it.
      for (const each of [this.#picker, ...controls]) document.adoptNode(each);
      this.#window = null;
      this.forget();
      this.#onClose();
    });
  }

  close() {
    this.#window?.close();
  }

  /**
   * @param {ReadonlyMap<number, Reading>} shown readings by face number
   * @param {number} now milliseconds
   */
  show(shown, now = performance.now()) {
    if (!this.#window) return;
    this.#copySettings();
    this.#offer([...shown.keys()]);
    const faces = [...shown].map(([number, { box }]) => ({ number, box }));
    const all = this.#order.update(sizeOrder(faces), now);
    const numbers = this.#chosen === ALL ? all : all.filter((n) => n === Number(this.#chosen));
    for (const [number, line] of this.#lines) {
      if (numbers.includes(number)) continue;
      line.element.remove();
      this.#lines.delete(number);
    }
    for (const [index, number] of numbers.entries()) {
      const reading = shown.get(number);
      if (!reading) continue;
      let line = this.#lines.get(number);
      if (!line) {
        line = new Line(number);
        this.#lines.set(number, line);
      }
      const there = this.#list.children[index] ?? null;
      if (there !== line.element) this.#list.insertBefore(line.element, there);
      line.show(reading);
    }
    this.#list.style.setProperty("--count", String(numbers.length));
    this.#showEmpty(numbers.length === 0);
  }

  /** @param {number} number number of a face */
  pictureOf(number) {
    return this.#lines.get(number)?.picture;
  }

  /** Show everybody again: after a break each face has another number, and the chosen one never comes. */
  release() {
    this.#chosen = ALL;
  }

  /** Make the lines again at the next update, after words, names or symbols changed. */
  forget() {
    for (const { element } of this.#lines.values()) element.remove();
    this.#lines.clear();
  }

  /**
   * @param {string} kind
   * @param {string} text
   * @param {boolean} isOn whether a source is read, or waits for the server
   */
  showStatus(kind, text, isOn) {
    // While the server cannot read, "No face" would be untrue, and old lines would seem new.
    const isWaiting = isOn && ["info", "problem"].includes(kind);
    this.#isReading = isOn && !isWaiting;
    this.#status.dataset.kind = kind;
    setText(this.#status, kind === "problem" || isWaiting ? text : "");
    this.#showEmpty(this.#lines.size === 0);
  }

  /** Show a text instead of people. @param {boolean} isEmpty */
  #showEmpty(isEmpty) {
    this.#list.hidden = isEmpty;
    this.#empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const { readsNothing, noFaceShort, gone, goneMore } = wording.say();
    const number = Number(this.#chosen);
    const isGone = this.#isReading && this.#chosen !== ALL;
    const some = isGone ? wording.fill(gone, { face: wording.faceName(number) }) : noFaceShort;
    const texts = [this.#isReading ? some : readsNothing, ...(isGone ? [goneMore] : [])];
    if (texts.join() === [...this.#empty.children].map((each) => each.textContent).join()) return;
    this.#empty.replaceChildren(...texts.map((text) => create("p", {}, text)));
  }

  /** Make the window as high as its lines. */
  #fit() {
    const opened = this.#window;
    if (!opened) return;
    const count = this.#chosen === ALL ? this.#lines.size : 1;
    const frame = opened.outerHeight - opened.innerHeight;
    try {
      opened.resizeTo(opened.outerWidth, heightOf(count) + frame);
    } catch {
      // The browser forbids it: the lines share the present height.
    }
  }

  #copySettings() {
    const root = this.#window?.document.documentElement;
    if (!root) return;
    Object.assign(root.dataset, { ...document.documentElement.dataset });
    root.lang = wording.language;
    setText(this.#faces, wording.say().faces);
    setText(this.#private, wording.say().private);
    this.#picker.ariaLabel = wording.say().chosen;
  }

  /** @param {number[]} numbers numbers of the present faces */
  #offer(numbers) {
    const wanted = Number(this.#chosen);
    // A chosen person who is gone stays chosen.
    const all = [...new Set([...numbers, ...(wanted ? [wanted] : [])])].sort((a, b) => a - b);
    const options = [ALL, ...all.map(String)];
    const texts = [wording.say().allFaces, ...all.map(wording.faceName)];
    if (texts.join() === [...this.#picker.options].map(({ text }) => text).join()) return;
    this.#picker.replaceChildren(...options.map((value, index) => new Option(texts[index], value)));
    this.#picker.value = this.#chosen;
  }
}

/** @param {number} count number of people */
function heightOf(count) {
  return CONTROLS + AROUND + LINE * Math.max(1, Math.min(count, MOST_LINES));
}

/** One person: picture, answer, change from usual, and how many of ten. */
class Line {
  element = create("li", { className: "line" });
  picture = createThumbnail();
  #symbols = create("span", { className: "line-symbol", "aria-hidden": "true" });
  #name = create("span", { className: "line-name" });
  #answer = create("strong", { className: "line-answer" });
  #note = create("span", { className: "note" });
  #count = create("span", { className: "line-count" });
  #shownSymbols = "";

  /** @param {number} number */
  constructor(number) {
    this.element.dataset.face = String(number);
    setText(this.#name, wording.faceName(number));
    const words = create("p", { className: "line-words" }, this.#name, this.#answer, this.#note);
    this.element.append(this.picture, this.#symbols, words, this.#count);
  }

  /** @param {Reading} reading */
  show(reading) {
    const answers = answersOf(reading);
    const { title, why } = wording.unclear(reading.why);
    const unclear = `${title}: ${why}`;
    const level = answers.length > 1 ? "mixed" : levelOf(leadersOf(reading));
    this.element.dataset.level = reading.clear ? level : "unclear";
    setText(this.#answer, reading.clear ? answers.map(wording.answerWord).join(" / ") : unclear);
    setText(this.#note, reading.clear ? wording.noteText(reading) : "");
    setText(this.#count, answers.length === 1 ? wording.fractionText(leadersOf(reading)) : "");
    const key = answers.join();
    if (key === this.#shownSymbols) return;
    this.#shownSymbols = key;
    this.#symbols.replaceChildren(...answers.map(symbolOf));
  }
}
