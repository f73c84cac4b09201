/**
 * The floating panel: a small window of the browser that stays above all others (Document
 * Picture-in-Picture), with the cards of one face or of all.
 *
 * A page in the background is not drawn and its video gives no frames; so the video moves into the
 * panel, one pixel small, as long as that is open.
 */

import * as wording from "../texts/wording.js";
import { Cards } from "./cards.js";
import { create, setText } from "./elements.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * @typedef {object} PictureInPicture What TypeScript does not know yet.
 * @property {(options: {width: number, height: number}) => Promise<Window>} requestWindow
 */

const SIZE = { width: 340, height: 300 };
const ALL = "all";

const pictureInPicture = /** @type {{documentPictureInPicture?: PictureInPicture}} */ (globalThis)
  .documentPictureInPicture;

export const canFloat = pictureInPicture !== undefined;

export class Panel {
  /** @type {Window | null} */
  #window = null;
  /** @type {Cards | null} */
  #cards = null;
  #picker = create("select");
  #status = create("p", { role: "status" });
  #private = create("p", { className: "private" });
  #chosen = ALL;
  #onClose;

  /** @param {() => void} onClose */
  constructor(onClose) {
    this.#onClose = onClose;
    this.#picker.addEventListener("change", () => {
      this.#chosen = this.#picker.value;
    });
  }

  get isOpen() {
    return this.#window !== null;
  }

  /**
   * Open it; browsers allow that only right after the person's click or key.
   * @param {HTMLVideoElement} video moves in; the caller takes it back when the panel closes
   * @param {HTMLElement[]} controls stand beside the choice of the face
   * @param {(key: KeyboardEvent) => void} onKey
   */
  async open(video, controls, onKey) {
    if (!pictureInPicture || this.#window) return;
    const opened = await pictureInPicture.requestWindow(SIZE);
    this.#window = opened;
    const { document: inside } = opened;
    inside.title = "mien";
    const root = inside.documentElement;
    root.lang = wording.language;
    root.classList.add("panel");
    this.#copySettings();
    const href = new URL("styles/page.css", document.baseURI).href;
    inside.head.append(create("link", { rel: "stylesheet", href }));
    const hidden = "visually-hidden";
    const title = create("h1", { className: hidden, textContent: "mien" });
    const faces = create("h2", { className: hidden, textContent: wording.say().faces });
    const cards = create("div", { className: "cards" });
    const bar = create("header", { className: "panel-bar" });
    bar.append(title, this.#picker, ...controls, this.#status);
    const main = create("main", {}, faces, cards);
    inside.body.append(bar, main, create("footer", {}, this.#private), video);
    this.#cards = new Cards(cards);
    opened.addEventListener("keydown", onKey);
    opened.addEventListener("pagehide", () => {
      this.#window = null;
      this.#cards = null;
      this.#onClose();
    });
  }

  close() {
    this.#window?.close();
  }

  /** @param {Map<number, Reading>} shown by face number */
  show(shown) {
    if (!this.#cards) return;
    this.#copySettings();
    this.#offer([...shown.keys()]);
    const number = Number(this.#chosen);
    const only =
      this.#chosen === ALL ? shown : new Map([...shown].filter(([key]) => key === number));
    this.#cards.show(only);
  }

  /** Make the cards anew when they are shown next: words or symbols are others. */
  forget() {
    this.#cards?.forget();
  }

  /**
   * @param {string} kind
   * @param {string} text
   */
  showStatus(kind, text) {
    this.#status.dataset.kind = kind;
    setText(this.#status, text);
  }

  #copySettings() {
    const root = this.#window?.document.documentElement;
    if (!root) return;
    Object.assign(root.dataset, { ...document.documentElement.dataset });
    this.#private.textContent = wording.say().private;
    this.#picker.ariaLabel = wording.say().chosen;
  }

  /** @param {number[]} numbers of the faces that are there */
  #offer(numbers) {
    const wanted = Number(this.#chosen);
    // A face that was chosen and is gone for a moment stays chosen.
    const all = [...new Set([...numbers, ...(wanted ? [wanted] : [])])].sort((a, b) => a - b);
    const options = [ALL, ...all.map(String)];
    const texts = [wording.say().allFaces, ...all.map(wording.faceName)];
    if (texts.join() === [...this.#picker.options].map(({ text }) => text).join()) return;
    this.#picker.replaceChildren(...options.map((value, index) => new Option(texts[index], value)));
    this.#picker.value = this.#chosen;
  }
}
