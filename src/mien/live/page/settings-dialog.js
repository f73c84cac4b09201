/** The dialog of the settings: every change holds at once. */

import { ANSWERS } from "./emotions.js";
import { MODES, checked, defaults } from "./settings.js";
import { LANGUAGES, fill, mienWord, say } from "./wording.js";

/** @typedef {import("./settings.js").Settings} Settings */

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

  /** @param {Settings} settings */
  #change(settings) {
    const { language } = this.#settings;
    this.#settings = checked(settings);
    this.#onChange(this.#settings);
    if (language !== this.#settings.language) this.#fill();
  }

  /** @returns {Settings} what the form says */
  #read() {
    const data = new FormData(this.#form);
    /** @param {string} name */
    const texts = (name) => {
      return Object.fromEntries(ANSWERS.map((answer) => [answer, `${data.get(`${name}-${answer}`)}`]));
    };
    return checked({
      language: data.get("language"),
      mode: data.get("mode"),
      shares: data.has("shares"),
      boxes: data.has("boxes"),
      record: data.has("record"),
      announce: data.has("announce"),
      words: texts("word"),
      symbols: texts("symbol"),
      hidden: ANSWERS.filter((answer) => data.has(`hide-${answer}`)),
    });
  }

  /** Write the settings, in the language, into the form. */
  #fill() {
    const focused = document.activeElement?.id;
    const settings = this.#settings;
    const place = this.#form.querySelector("#settings-fields");
    place?.replaceChildren(
      this.#languages(settings.language),
      this.#modes(settings.mode),
      ...(/** @type {const} */ (["shares", "boxes", "record", "announce"]).map((name) => {
        return row(input(name, "checkbox", { checked: settings[name] }), say()[name]);
      })),
      this.#answers(settings),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {string} chosen */
  #languages(chosen) {
    const select = document.createElement("select");
    select.name = "language";
    select.id = "setting-language";
    const names = Object.entries(LANGUAGES).map(([code, { language }]) => new Option(language, code));
    select.append(new Option(say().languageAuto, "auto"), ...names);
    select.value = chosen;
    const label = document.createElement("label");
    label.className = "setting-row";
    label.append(`${say().languageOf} `, select);
    return label;
  }

  /** @param {string} chosen */
  #modes(chosen) {
    const set = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = say().mode;
    const { modeFull, modeCompact, modeText, modeSymbols } = say();
    const names = [modeFull, modeCompact, modeText, modeSymbols];
    set.append(
      legend,
      ...MODES.map((mode, index) => {
        const radio = input("mode", "radio", { checked: mode === chosen, value: mode });
        radio.id = `setting-mode-${mode}`;
        return row(radio, names[index] ?? mode);
      }),
    );
    return set;
  }

  /** @param {Settings} settings */
  #answers({ words, symbols, hidden }) {
    const set = document.createElement("fieldset");
    set.className = "own-words";
    const legend = document.createElement("legend");
    legend.textContent = say().ownWords;
    const more = document.createElement("p");
    more.className = "hint";
    more.textContent = fill(say().ownWordsMore, { other: mienWord("other") });
    const heads = document.createElement("div");
    heads.className = "own-word heads";
    heads.ariaHidden = "true"; // each field says it by itself
    heads.append(...[say().ownWordHead, say().ownSymbolHead].map((text) => {
      const head = document.createElement("span");
      head.textContent = text;
      return head;
    }));
    const rows = ANSWERS.map((answer) => {
      const own = mienWord(answer);
      const line = document.createElement("div");
      line.className = "own-word";
      const name = document.createElement("label");
      name.className = "own-word-name";
      name.textContent = own;
      name.htmlFor = `setting-word-${answer}`;
      const word = input(`word-${answer}`, "text", { value: words[answer] ?? "", placeholder: own });
      word.maxLength = 24;
      word.ariaLabel = fill(say().ownWord, { answer: own });
      const symbol = input(`symbol-${answer}`, "text", { value: symbols[answer] ?? "" });
      symbol.maxLength = 4;
      symbol.placeholder = "☺";
      symbol.ariaLabel = fill(say().ownSymbol, { answer: own });
      line.append(name, word, symbol);
      if (answer !== "other") {
        const box = input(`hide-${answer}`, "checkbox", { checked: hidden.includes(answer) });
        const hide = row(box, say().hide);
        box.ariaLabel = fill(say().hideAnswer, { answer: own });
        line.append(hide);
      }
      return line;
    });
    set.append(legend, more, heads, ...rows);
    return set;
  }
}

/**
 * @param {string} name
 * @param {string} type
 * @param {Partial<HTMLInputElement>} properties
 */
function input(name, type, properties) {
  /** @type {HTMLInputElement} */
  const made = document.createElement("input");
  made.type = type;
  made.name = name;
  made.id = `setting-${name}`;
  for (const [key, value] of Object.entries(properties)) Reflect.set(made, key, value);
  return made;
}

/**
 * @param {HTMLInputElement} box
 * @param {string} text
 */
function row(box, text) {
  const label = document.createElement("label");
  label.className = "setting";
  label.append(box, ` ${text}`);
  return label;
}
