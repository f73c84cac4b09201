/** The dialog of the settings: every change applies at once. */

import { ANSWERS } from "../state/emotions.js";
import { checked, defaults, MODES } from "../state/settings.js";
import { fill, LANGUAGES, mienWord, say } from "../texts/wording.js";
import { create } from "./elements.js";

/** @typedef {import("../state/settings.js").Settings} Settings */

export class SettingsDialog {
  #dialog;
  #form;
  #onChange;
  /** @type {Settings} */
  #settings;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Settings} settings
   * @param {(settings: Settings) => void} onChange
   */
  constructor(dialog, settings, onChange) {
    const form = dialog.querySelector("form");
    if (!form) throw new Error("The settings' dialog has no form");
    this.#dialog = dialog;
    this.#form = form;
    this.#settings = settings;
    this.#onChange = onChange;
    form.addEventListener("input", () => this.#change(this.#read()));
    form.querySelector("#reset")?.addEventListener("click", () => {
      this.#change(defaults());
      this.#fill();
    });
  }

  open() {
    this.#fill();
    this.#dialog.showModal();
  }

  close() {
    this.#dialog.close();
  }

  /** @param {Settings} settings */
  #change(settings) {
    const { language } = this.#settings;
    this.#settings = checked(settings);
    this.#onChange(this.#settings);
    if (language !== this.#settings.language) this.#fill();
  }

  /** @returns {Settings} settings in the form */
  #read() {
    const data = new FormData(this.#form);
    /** @param {string} name */
    const texts = (name) => {
      return Object.fromEntries(
        ANSWERS.map((answer) => [answer, `${data.get(`${name}-${answer}`)}`]),
      );
    };
    return checked({
      language: data.get("language"),
      mode: data.get("mode"),
      shares: data.has("shares"),
      boxes: data.has("boxes"),
      record: data.has("record"),
      pictures: data.has("pictures"),
      announce: data.has("announce"),
      words: texts("word"),
      symbols: texts("symbol"),
      hidden: ANSWERS.filter((answer) => data.has(`hide-${answer}`)),
    });
  }

  /** Write the settings into the form, in the language. */
  #fill() {
    const focused = document.activeElement?.id;
    const settings = this.#settings;
    const place = this.#form.querySelector("#settings-fields");
    place?.replaceChildren(
      this.#languages(settings.language),
      this.#modes(settings.mode),
      .../** @type {const} */ (["shares", "boxes", "record", "pictures", "announce"]).map(
        (name) => {
          return row(input(name, "checkbox", { checked: settings[name] }), say()[name]);
        },
      ),
      this.#answers(settings),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {string} chosen */
  #languages(chosen) {
    const select = create("select", { name: "language", id: "setting-language" });
    const names = Object.entries(LANGUAGES).map(
      ([code, { language }]) => new Option(language, code),
    );
    select.append(new Option(say().languageAuto, "auto"), ...names);
    select.value = chosen;
    return create("label", { className: "setting-row" }, `${say().languageOf} `, select);
  }

  /** @param {string} chosen */
  #modes(chosen) {
    const { modeFull, modeCompact, modeText, modeSymbols } = say();
    const names = [modeFull, modeCompact, modeText, modeSymbols];
    const radios = MODES.map((mode, index) => {
      const radio = input("mode", "radio", { checked: mode === chosen, value: mode });
      radio.id = `setting-mode-${mode}`;
      return row(radio, names[index] ?? mode);
    });
    return create("fieldset", {}, create("legend", {}, say().mode), ...radios);
  }

  /** @param {Settings} settings */
  #answers({ words, symbols, hidden }) {
    const explained = fill(say().ownWordsMore, { other: mienWord("other") });
    const titles = [say().ownWordHead, say().ownSymbolHead].map((text) => create("span", {}, text));
    // Hidden from screen readers, because each field repeats it.
    const heads = create("div", { className: "own-word heads", ariaHidden: "true" }, ...titles);
    const rows = ANSWERS.map((answer) => {
      const own = mienWord(answer);
      const htmlFor = `setting-word-${answer}`;
      const name = create("label", { className: "own-word-name", htmlFor, textContent: own });
      const word = input(`word-${answer}`, "text", {
        value: words[answer] ?? "",
        placeholder: own,
      });
      word.maxLength = 24;
      word.ariaLabel = fill(say().ownWord, { answer: own });
      const symbol = input(`symbol-${answer}`, "text", { value: symbols[answer] ?? "" });
      symbol.maxLength = 4;
      symbol.placeholder = "☺";
      symbol.ariaLabel = fill(say().ownSymbol, { answer: own });
      const line = create("div", { className: "own-word" }, name, word, symbol);
      if (answer !== "other") {
        const box = input(`hide-${answer}`, "checkbox", { checked: hidden.includes(answer) });
        const hide = row(box, say().hide);
        box.ariaLabel = fill(say().hideAnswer, { answer: own });
        line.append(hide);
      }
      return line;
    });
    return create(
      "fieldset",
      { className: "own-words" },
      create("legend", {}, say().ownWords),
      create("p", { className: "hint" }, explained),
      heads,
      ...rows,
    );
  }
}

/**
 * @param {string} name
 * @param {string} type
 * @param {import("./elements.js").Attributes} properties
 */
function input(name, type, properties) {
  return create("input", { type, name, id: `setting-${name}`, ...properties });
}

/**
 * @param {HTMLInputElement} box
 * @param {string} text
 */
function row(box, text) {
  return create("label", { className: "setting" }, box, ` ${text}`);
}
