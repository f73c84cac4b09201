/** Looking back: a line while faces are read; afterwards people, timelines, moments, saving. */

import * as wording from "../texts/wording.js";
import { create, part, setText } from "./elements.js";
import { reportStyle, save, toCsv, toHtml, toJson } from "./record.js";
import {
  clock,
  eventsOf,
  marksSentence,
  originText,
  summarySentences,
  tableOf,
} from "./recount.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("../state/recording.js").Recording} Recording */
/** @typedef {import("../state/session.js").Session} Session */

/** Milliseconds between redraws while faces are read. */
const DRAW_MS = 1000;
/** Milliseconds for which "press again" is offered. */
const SURE_MS = 4000;

export class SessionView {
  #recording;
  #section;
  #body = part("session-body", HTMLElement);
  #soFar = part("so-far", HTMLElement);
  #bookmarked = part("bookmarked", HTMLElement);
  #summary = part("session-summary", HTMLElement);
  #parts = part("parts", HTMLElement);
  #table = part("session-table", HTMLElement);
  #open = part("open-session", HTMLButtonElement);
  #forget = part("forget", HTMLButtonElement);
  /** @type {Map<Session, Part>} */
  #shown = new Map();
  #drawnAt = -Infinity;
  #sure = false;
  #running = false;

  /**
   * @param {HTMLElement} section section of index.html with all parts
   * @param {Recording} recording
   */
  constructor(section, recording) {
    this.#section = section;
    this.#recording = recording;
    this.#table.parentElement?.addEventListener("toggle", () => this.#showTable());
    new ResizeObserver(() => this.show()).observe(section);
    part("bookmark", HTMLButtonElement).addEventListener("click", () => this.bookmark());
    const note = part("note", HTMLFormElement);
    note.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = part("note-text", HTMLInputElement);
      if (!field.value.trim()) return;
      recording.addNote(Date.now(), field.value.trim());
      field.value = "";
      setText(this.#bookmarked, "");
      this.show();
    });
    this.#open.addEventListener("click", () => this.#unfold(this.#body.hidden));
    for (const [id, type, make] of /** @type {const} */ ([
      ["save-html", "text/html", toHtml],
      ["save-csv", "text/csv", toCsv],
      ["save-json", "application/json", toJson],
    ])) {
      part(id, HTMLButtonElement).addEventListener("click", async () => {
        save(`mien-${stamp(recording)}.${id.slice(5)}`, type, await make(recording));
        recording.saved();
      });
    }
    this.#forget.addEventListener("click", () => this.#press());
    this.#unfold(false);
  }

  /** Whether faces are being read: then it is closed until the person opens it. */
  get running() {
    return this.#running;
  }

  set running(running) {
    if (running === this.#running) return;
    this.#running = running;
    this.#unfold(!running);
  }

  bookmark() {
    const { current } = this.#recording;
    const { time } = this.#recording.bookmark(Date.now());
    const text = wording.fill(wording.say().bookmarkedAt, { time: clock(current, time) });
    setText(this.#bookmarked, text);
    this.show();
  }

  /**
   * Show what is new, but not faster than people can follow.
   * @param {number} now milliseconds
   */
  showCalmly(now) {
    if (now - this.#drawnAt < DRAW_MS) return;
    this.#drawnAt = now;
    this.show();
  }

  /** Show everything, in the language. */
  show() {
    this.#section.hidden = this.#recording.isEmpty;
    if (this.#section.hidden) return;
    void reportStyle();
    const texts = wording.say();
    const { seconds, changes } = this.#recording.soFar;
    const values = { length: wording.lengthText(Math.round(seconds)), count: changes };
    setText(this.#soFar, wording.fill(wording.plural(texts.soFar, changes), values));
    setText(this.#open, this.#body.hidden ? texts.openSession : texts.closeSession);
    if (!this.#body.hidden) this.#showBody();
  }

  #showBody() {
    const { sessions } = this.#recording;
    const marks = marksSentence(sessions);
    const sentences = [...sessions.flatMap(summarySentences), ...(marks ? [marks] : [])];
    const pictures = sessions.flatMap(({ rows }) => rows.map(({ picture }) => picture));
    const isShown = (/** @type {Node | null} */ picture) =>
      !picture || this.#summary.contains(picture);
    if (this.#summary.textContent !== sentences.join("") || !pictures.every(isShown)) {
      const people = sentences.map((text, index) => {
        const picture = pictures[index];
        return create("li", {}, ...(picture ? [picture] : []), create("p", {}, text));
      });
      this.#summary.replaceChildren(...people);
    }
    for (const [session, { element }] of this.#shown) {
      if (sessions.includes(session)) continue;
      element.remove();
      this.#shown.delete(session);
    }
    for (const session of sessions) {
      let shown = this.#shown.get(session);
      if (!shown) {
        shown = new Part(session);
        this.#shown.set(session, shown);
        this.#parts.append(shown.element);
      }
      shown.show(!this.#running);
    }
    this.#showTable();
  }

  #showTable() {
    const details = this.#table.parentElement;
    if (!(details instanceof HTMLDetailsElement) || !details.open) return;
    this.#table.replaceChildren(...this.#recording.sessions.map(tableOf));
  }

  /** @param {boolean} unfold */
  #unfold(unfold) {
    this.#body.hidden = !unfold;
    this.#open.ariaExpanded = String(unfold);
    this.show();
  }

  #press() {
    if (this.#sure) {
      this.#recording.clear();
      this.#shown.clear();
      for (const place of [this.#summary, this.#parts, this.#table]) place.replaceChildren();
      setText(this.#bookmarked, "");
      document.documentElement.classList.remove("looking-back");
      this.show();
      part("toggle", HTMLButtonElement).focus(); // its own place is hidden now
    }
    this.#sure = !this.#sure;
    this.#forget.textContent = this.#sure ? wording.say().forgetSure : wording.say().forget;
    if (!this.#sure) return;
    setTimeout(() => {
      this.#sure = false;
      this.#forget.textContent = wording.say().forget;
    }, SURE_MS);
  }
}

/** One source: its name, timeline and moments. */
class Part {
  #session;
  #name = create("h3");
  #place = create("div", {
    className: "timeline",
    role: "slider",
    tabIndex: 0,
    "aria-valuemin": 0,
    "aria-valuemax": 0,
    "aria-valuenow": 0,
    "aria-valuetext": "",
  });
  #line = create("p", { className: "moment" });
  #title = create("h4");
  #events = create("ul", { className: "events" });
  #timeline;
  element;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.#timeline = new Timeline(session, { place: this.#place, line: this.#line });
    const parts = [this.#name, this.#place, this.#line, this.#title, this.#events];
    this.element = create("section", { className: "part" }, ...parts);
  }

  /** @param {boolean} whole whether the session has ended */
  show(whole) {
    const texts = wording.say();
    setText(this.#name, originText(this.#session));
    setText(this.#title, texts.moments);
    this.#place.ariaLabel = texts.timeline;
    this.#timeline.show(whole);
    const events = eventsOf(this.#session);
    const lines = events.map(({ time, kind, text }) =>
      create("li", { className: kind }, create("time", {}, clock(this.#session, time)), text),
    );
    const none = create("li", { className: "none" }, texts.noMoments);
    const all = lines.length ? lines : [none];
    if (all.map(({ textContent }) => textContent).join("") !== this.#events.textContent) {
      this.#events.replaceChildren(...all);
    }
  }
}

/**
 * Return the date and time at which a recording began, for a file's name.
 * @param {Recording} recording
 */
function stamp(recording) {
  const began = new Date(recording.began);
  const local = new Date(recording.began - 60_000 * began.getTimezoneOffset());
  return local.toISOString().slice(0, 16).replace("T", "-").replace(":", "");
}
