/** The session as files that the person may save: a table, data, and a report to read. */

import { ANSWERS } from "../state/emotions.js";
import * as wording from "../texts/wording.js";
import { create } from "./elements.js";
import { summarySentences, tableOf } from "./recount.js";
import { TimelinePicture } from "./timeline-picture.js";

/** @typedef {import("../state/session.js").Session} Session */

/**
 * One row a stretch and remark, in the order of time. Column names and answers are the same in every
 * language, for programs.
 * @param {Session} session
 */
export function toCsv(session) {
  const header = ["start", "end", "face", "clear", "answer", "why", ...ANSWERS, "remark"];
  const lines = [header.join(",")];
  for (const row of records(session)) {
    const votes = ANSWERS.map((answer) => row.votes?.[answer]?.toFixed(4) ?? "");
    const { start, end, face, clear, answer, why, remark } = row;
    const cells = [iso(session, start), iso(session, end), face, clear, answer, why];
    lines.push([...cells, ...votes, remark].map(cell).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** @param {Session} session */
export function toJson(session) {
  const content = {
    made_by: "mien",
    began: new Date(session.began).toISOString(),
    seconds: round(session.length),
    faces: session.rows.map((row) => ({
      face: row.number,
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
    remarks: session.remarks.map((remark) => ({ ...remark, time: round(remark.time) })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; color: #1a2233; max-width: 1000px;
    margin: 32px auto; padding: 0 16px; }
  svg { display: block; max-width: 100%; height: auto; margin: 16px 0; }
  table { border-collapse: collapse; width: 100%; font-size: 15px; }
  th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #dfe4ec; text-align: left;
    vertical-align: top; }
  .muted { color: #596274; }
`;

/**
 * A page of its own that needs nothing else: the summary, the timeline's picture and its table.
 * @param {Session} session
 */
export function toHtml(session) {
  const report = document.implementation.createHTMLDocument(wording.say().report);
  report.documentElement.lang = wording.language;
  report.head.prepend(create("meta", { charset: "utf-8" }));
  const date = wording.dateText(new Date(session.began));
  const { report: title, reportMore, summary, timeline, table } = wording.say();
  const body = report.body;
  body.append(create("h1", {}, title));
  body.append(create("p", { className: "muted" }, wording.fill(reportMore, { date })));
  body.append(create("h2", {}, summary));
  body.append(...summarySentences(session).map((text) => create("p", {}, text)));
  const picture = new TimelinePicture();
  picture.draw(session, 960, true);
  body.append(create("h2", {}, timeline), picture.element);
  body.append(create("h2", {}, table), tableOf(session));
  // As text: a style element would be refused here already, by the policy of mien's own page.
  const [head, ...rest] = report.documentElement.outerHTML.split("</head>");
  return `<!doctype html>\n${head}<style>${STYLE}</style></head>${rest.join("</head>")}\n`;
}

/**
 * @param {string} name of the file
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
  /** @typedef {{answer: string | null, why: string | null, remark: string}} Told */
  /** @type {(Place & Told & {votes?: Record<string, number>})[]} */
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
  for (const { time, kind, text, face } of session.remarks) {
    const remark = kind === "wrong" ? "wrong" : text;
    const answer = kind === "wrong" ? text : null;
    rows.push({ start: time, end: time, face, clear: null, answer, why: null, remark });
  }
  return rows.sort((a, b) => a.start - b.start);
}

/**
 * A cell of CSV; a leading sign is quoted away, so that no spreadsheet takes a note for a formula.
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
  return new Date(session.began + 1000 * seconds).toISOString();
}

/** @param {number} seconds */
function round(seconds) {
  return Number(seconds.toFixed(2));
}
