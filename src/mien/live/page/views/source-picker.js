/** The picker of the source: the cameras, a window or a file; while mien reads, the open source. */

import { listCameras, openCamera } from "../sources/camera.js";
import { chooseFile } from "../sources/file.js";
import { SourceError } from "../sources/source.js";
import { canShareWindow, openWindow } from "../sources/window.js";
import { fill, say } from "../texts/wording.js";
import { agreed } from "./consent.js";

/** @typedef {import("../sources/source.js").Source} Source */
/** @typedef {import("../sources/source.js").Title} Title */

/** Values besides the cameras' ids. */
const WINDOW = "window";
const FILE = "file";
/** Values for another window or file than the open one. */
const ANOTHER = "another-";

export class SourcePicker {
  #select;
  /** Value of the open source. */
  #opened = "";

  /**
   * @param {HTMLSelectElement} select
   * @param {() => void} onChange called when the person chose
   */
  constructor(select, onChange) {
    this.#select = select;
    select.addEventListener("change", () => {
      if (select.value.startsWith(ANOTHER)) select.value = select.value.slice(ANOTHER.length);
      onChange();
    });
  }

  /** Choose "a file", after one was dropped. */
  chooseFile() {
    this.#select.value = FILE;
  }

  /** Choose the open source again. */
  takeBack() {
    this.#select.value = this.#opened;
  }

  /** Whether the person is asked which one, and may cancel. */
  get asks() {
    return [WINDOW, FILE].includes(this.#select.value);
  }

  /** @returns {Promise<Source>} the chosen source */
  open = async () => {
    const { value } = this.#select;
    if (value === FILE) return chooseFile();
    if (value !== WINDOW) return openCamera(value);
    if (!(await agreed())) throw new SourceError("off", null);
    return openWindow();
  };

  /**
   * Offer all sources.
   * @param {Title | null} title title of the open source
   * @param {string} [camera] device id of the camera in use
   */
  async show(title, camera) {
    const cameras = await listCameras();
    const select = this.#select;
    const isCamera = ![WINDOW, FILE].includes(select.value);
    const chosen = isCamera ? (camera ?? select.value) : select.value;
    const texts = say();
    const options = cameras.map(({ id, label }, index) => {
      return new Option(label || fill(texts.camera, { number: index + 1 }), id);
    });
    if (options.length === 0) options.push(new Option(texts.noCamera, ""));
    const kind = title && title.kind !== "camera" ? title.kind : null;
    const name = kind ? fill(texts.reading[kind], { name: title?.name ?? "" }) : "";
    const isWindow = kind !== null && kind !== "file";
    if (canShareWindow) {
      options.push(new Option(isWindow ? name : texts.window, WINDOW));
      if (isWindow) options.push(new Option(texts.anotherWindow, ANOTHER + WINDOW));
    }
    const isFile = kind === "file";
    if (title?.kind === "camera") this.#opened = camera ?? (isCamera ? chosen : this.#opened);
    else if (title) this.#opened = isFile ? FILE : WINDOW;
    options.push(new Option(isFile ? name : texts.file, FILE));
    if (isFile) options.push(new Option(texts.anotherFile, ANOTHER + FILE));
    select.replaceChildren(...options);
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }
}
