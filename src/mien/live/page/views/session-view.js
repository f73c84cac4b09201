/** The session's part of the page: timeline, table, notes, summary, saving, forgetting. */

import { say } from "../texts/wording.js";
import { create, part } from "./elements.js";
import { save, toCsv, toHtml, toJson } from "./record.js";
import { summarySentences } from "./recount.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("../state/session.js").Session} Session */

/** How often the picture is drawn anew while faces are read, in milliseconds. */
const DRAW_MS = 1000;
/** How long "press again" is offered, in milliseconds. */
const SURE_MS = 4000;

export class SessionView {
  #session;
  #section;
  #timeline;
  #summary;
  #forget;
  #drawnAt = -Infinity;
  /** Whether more may follow: the picture leaves room for it. */
  running = false;
  #sure = false;

  /**
   * @param {HTMLElement} section with the parts of index.html
   * @param {Session} session
   */
  constructor(section, session) {
    this.#section = section;
    this.#session = session;
    const table = part("session-table", HTMLElement);
    this.#summary = part("session-summary", HTMLElement);
    this.#forget = part("forget", HTMLButtonElement);
    this.#timeline = new Timeline(session, {
      place: part("timeline", HTMLElement),
      line: part("moment", HTMLElement),
      table,
    });
    table.parentElement?.addEventListener("toggle", () => this.#timeline.showTable());
    new ResizeObserver(() => this.show()).observe(section);
    const note = part("note", HTMLFormElement);
    note.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = part("note-text", HTMLInputElement);
      if (!field.value.trim()) return;
      session.addNote(Date.now(), field.value.trim());
      field.value = "";
      this.show();
    });
    for (const [id, type, make] of /** @type {const} */ ([
      ["save-html", "text/html", toHtml],
      ["save-csv", "text/csv", toCsv],
      ["save-json", "application/json", toJson],
    ])) {
      part(id, HTMLButtonElement).addEventListener("click", () => {
        save(`mien-${stamp(session)}.${id.slice(5)}`, type, make(session));
      });
    }
    this.#forget.addEventListener("click", () => this.#press());
  }

  /**
   * Draw what is new, but not oftener than people can follow.
   * @param {number} now milliseconds
   */
  showCalmly(now) {
    if (now - this.#drawnAt < DRAW_MS) return;
    this.#drawnAt = now;
    this.show();
  }

  /** Draw it all, in the language. */
  show() {
    this.#section.hidden = this.#session.isEmpty;
    if (this.#section.hidden) return;
    this.#timeline.show(!this.running);
    const sentences = summarySentences(this.#session);
    const old = [...this.#summary.children].map(({ textContent }) => textContent);
    if (sentences.join("\n") === old.join("\n")) return;
    this.#summary.replaceChildren(...sentences.map((text) => create("li", { textContent: text })));
  }

  #press() {
    if (this.#sure) {
      this.#session.clear();
      this.#timeline.clear();
      this.#summary.replaceChildren();
      this.show();
    }
    this.#sure = !this.#sure;
    this.#forget.textContent = this.#sure ? say().forgetSure : say().forget;
    if (!this.#sure) return;
    setTimeout(() => {
      this.#sure = false;
      this.#forget.textContent = say().forget;
    }, SURE_MS);
  }
}

/**
 * The date and time at which a session began, for a file's name.
 * @param {Session} session
 */
function stamp(session) {
  const began = new Date(session.began);
  const local = new Date(session.began - 60_000 * began.getTimezoneOffset());
  return local.toISOString().slice(0, 16).replace("T", "-").replace(":", "");
}
