/** The recording as files to save: a table, data, and a report to read. */

import { ANSWERS } from "../state/emotions.js";
import { marksOf } from "../state/marks.js";
import * as wording from "../texts/wording.js";
import { create } from "./elements.js";
import {
  clock,
  eventsOf,
  marksSentence,
  originText,
  summarySentences,
  tableOf,
} from "./recount.js";
import { TimelinePicture } from "./timeline-picture.js";

/** @typedef {import("../state/recording.js").Recording} Recording */
/** @typedef {import("../state/session.js").Session} Session */

/**
 * Return the table as CSV: a row for each stretch and remark, in order of time. Column names and answers
 * are the same in every language, for programs.
 * @param {Recording} recording
 */
export function toCsv({ sessions }) {
  const first = ["source", "start", "end", "face", "clear", "answer", "why"];
  const lines = [[...first, ...ANSWERS, "right", "remark"].join(",")];
  const rows = sessions.flatMap((session) => records(session).map((row) => ({ session, ...row })));
  for (const { session, ...row } of rows) {
    const votes = ANSWERS.map((answer) => row.votes?.[answer]?.toFixed(4) ?? "");
    const { start, end, face, clear, answer, why, right = "", remark } = row;
    const cells = [
      session.origin.name || session.origin.kind,
      iso(session, start),
      iso(session, end),
      face,
      clear,
      answer,
      why,
    ];
    lines.push([...cells, ...votes, right, remark].map(cell).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** @param {Recording} recording */
export function toJson({ sessions }) {
  const content = { made_by: "mien", sources: sessions.map(dataOf) };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** @param {Session} session */
function dataOf(session) {
  return {
    ...session.origin,
    began: new Date(session.began).toISOString(),
    seconds: round(session.length),
    faces: session.rows.map((row) => ({
      face: row.number,
      name: wording.faceName(row.number),
      stretches: row.stretches.map(({ start, end, answer, why, votes, readings }) => ({
        start: round(start),
        end: round(end),
        clear: answer !== null,
        answer,
        why,
        votes: Object.fromEntries(
          Object.entries(votes).map(([name, share]) => [name, Number(share.toFixed(4))]),
        ),
        readings,
      })),
    })),
    remarks: session.remarks.map((remark) => {
      const time = round(remark.time);
      return remark.kind === "wrong" ? { ...remark, ...marked(remark), time } : { ...remark, time };
    }),
    marked_wrong: marksOf([session]).map(({ shown, right, count }) => {
      const words = marked({ text: shown, right });
      return { shown: words.text, right: words.right, count };
    }),
  };
}

/**
 * Return what was shown and what the person would say, as words that are never empty.
 * @param {{text: string, right?: string | null}} mark
 */
function marked({ text, right = null }) {
  return { text: text || "unclear", right: right === "" ? "cannot tell" : right };
}

/** @type {Promise<string> | null} */
let style = null;

/**
 * Fetch the style of mien's reports, once, as soon as there is something to save: later the server may be
 * gone, or the person signed out. A report without it is complete, but plain.
 * @returns {Promise<string>} the style; "" if it cannot be fetched
 */
export function reportStyle() {
  style ??= fetch("styles/report.css").then(
    (answer) => (answer.ok ? answer.text() : ""),
    () => "",
  );
  return style;
}

/** Policy of the saved report: it may show its own style and pictures, and nothing else. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Return the report, a page that needs nothing else: people, timeline, moments and table of each source.
 * @param {Recording} recording
 * @param {string} [style] style of mien's reports; by default that of `reportStyle`
 */
export async function toHtml(recording, style) {
  const texts = wording.say();
  const report = document.implementation.createHTMLDocument(texts.report);
  report.documentElement.lang = wording.language;
  const date = wording.dateText(new Date(recording.began));
  report.body.append(
    create("header", {}, create("h1", {}, texts.report), create("p", { className: "faint" }, date)),
    ...recording.sessions.flatMap(sectionsOf),
    create(
      "section",
      {},
      create("p", { className: "caution" }, wording.fill(texts.reportMore, { date })),
    ),
  );
  // As text: as elements, style and policy would apply to mien's own page, which refuses them.
  const rules = style ?? (await reportStyle());
  const head = `<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${rules}</style>`;
  return `<!doctype html>\n${report.documentElement.outerHTML.replace("<head>", `<head>${head}`)}\n`;
}

/** @param {Session} session */
function sectionsOf(session) {
  const texts = wording.say();
  const sentences = summarySentences(session);
  const people = session.rows.map((row, index) => {
    const name = wording.faceName(row.number);
    const src = row.picture?.toDataURL("image/jpeg", 0.85);
    const picture = src
      ? create("img", { className: "face", alt: name, src, width: 52, height: 52 })
      : create("span", { className: "face", "aria-hidden": "true" }, String(row.number));
    return create("div", { className: "lane" }, picture, create("p", {}, sentences[index] ?? ""));
  });
  const marks = marksSentence([session]);
  const picture = new TimelinePicture();
  picture.draw(session, 960, true);
  const events = eventsOf(session).map(({ time, kind, text }) =>
    create("li", { className: kind }, create("time", {}, clock(session, time)), text),
  );
  const moments = events.length
    ? create("ul", { className: "events" }, ...events)
    : create("p", {}, texts.noMoments);
  const table = create("details", {}, create("summary", {}, texts.table), tableOf(session));
  return [
    create(
      "section",
      {},
      create("h2", {}, originText(session)),
      create("div", { className: "lanes" }, ...people),
      ...(marks ? [create("p", { className: "marks" }, marks)] : []),
      create("div", { className: "scroll picture" }, picture.element),
      create("h3", {}, texts.moments),
      moments,
      table,
    ),
  ];
}

/**
 * @param {string} name name of the file
 * @param {string} type
 * @param {string} content
 */
export function save(name, type, content) {
  const href = URL.createObjectURL(new Blob([content], { type }));
  const link = create("a", { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** @param {Session} session */
function records(session) {
  /** @typedef {{start: number, end: number, face: number | null, clear: boolean | null}} Place */
  /** @typedef {{answer: string | null, why: string | null, right?: string | null, remark: string}} Content */
  /** @type {(Place & Content & {votes?: Record<string, number>})[]} */
  const rows = session.rows.flatMap((row) =>
    row.stretches.map(({ start, end, answer, why, votes }) => {
      return {
        start,
        end,
        face: row.number,
        clear: answer !== null,
        answer,
        why,
        votes,
        remark: "",
      };
    }),
  );
  for (const remark of session.remarks) {
    const { time, kind, text, face } = remark;
    const mark = kind === "wrong" ? marked(remark) : { text: null, right: null };
    const content = { answer: mark.text, why: null, right: mark.right };
    const said = kind === "wrong" ? kind : text || kind;
    rows.push({ start: time, end: time, face, clear: null, ...content, remark: said });
  }
  return rows.sort((a, b) => a.start - b.start);
}

/**
 * Return a cell of CSV. A leading sign is quoted, so that no spreadsheet takes a note for a formula.
 * @param {unknown} value
 */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * @param {Session} session
 * @param {number} seconds
 */
function iso(session, seconds) {
  if (session.isFilm) return seconds.toFixed(2);
  return new Date(session.began + 1000 * seconds).toISOString();
}

/** @param {number} seconds */
function round(seconds) {
  return Number(seconds.toFixed(2));
}
