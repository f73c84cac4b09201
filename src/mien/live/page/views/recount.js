/** A session in words: sentences and a table, for the page and the report. */

import { marksOf } from "../state/marks.js";
import { lastingChanges, peopleOf, shownIn, summaryOf } from "../state/session.js";
import * as wording from "../texts/wording.js";
import { create } from "./elements.js";

/** @typedef {import("../state/session.js").Session} Session */
/** @typedef {import("../state/session.js").Stretch} Stretch */
/** @typedef {import("../state/session.js").Row} Row */

/** Seconds; shorter stretches are in the files and the picture, but not in the table. */
const BRIEF = 0.5;

/**
 * Return how long each face showed what, in a sentence or two for each face.
 * @param {Session} session
 */
export function summarySentences(session) {
  const texts = wording.say();
  return session.rows.map((row) => {
    const { seen, parts, changes } = summaryOf(row);
    const words = parts.map(([answer, seconds]) => {
      const length = wording.lengthText(seconds);
      if (answer === null) return wording.fill(texts.summaryUnclear, { length });
      return wording.fill(texts.summaryPart, {
        answer: wording.answersWord(shownIn(answer)),
        length,
      });
    });
    const sentence = wording.fill(texts.summaryFace, {
      face: wording.faceName(row.number),
      time: clock(session, row.stretches[0]?.start ?? 0),
      length: wording.lengthText(seen),
      parts: words.join(texts.and),
    });
    if (changes === 0) return sentence;
    const count = wording.plural(texts.summaryChanges, changes);
    return `${sentence} ${wording.fill(count, { count: changes })}`;
  });
}

/**
 * Return what the person marked as wrong: "You marked 3 readings as wrong: 2 happy that you would call
 * neutral; …"; "" if nothing was.
 * @param {readonly Session[]} sessions
 */
export function marksSentence(sessions) {
  const texts = wording.say();
  const marks = marksOf(sessions);
  const total = marks.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return "";
  const parts = marks.map(({ shown, right, count }) => {
    const values = { count, shown: shownWord(shown), right: wording.answerWord(right ?? "") };
    if (right === null) return wording.fill(texts.figure, { count, answer: values.shown });
    return wording.fill(right ? texts.marksPart : texts.marksNobody, values);
  });
  const text = wording.plural(texts.marks, total);
  return wording.fill(text, { count: total, parts: parts.join("; ") });
}

/**
 * Return what a mark is about: "happy", or "unclear".
 * @param {string} shown
 */
function shownWord(shown) {
  return shown ? wording.answersWord(shownIn(shown)) : wording.say().unclearWord;
}

/**
 * Return the text of a mark: "marked as wrong; you would say neutral".
 * @param {import("../state/session.js").Remark} remark
 */
function markText({ right = null }) {
  const { markedWrong, markedAs, markedNobody } = wording.say();
  if (right === null) return markedWrong;
  const would = right
    ? wording.fill(markedAs, { answer: wording.answerWord(right) })
    : markedNobody;
  return `${markedWrong}; ${would}`;
}

/**
 * Return a moment in a line: "14:03:10 · Face 1 looks happy · 12 s · 8 happy, 2 neutral".
 * @param {Session} session
 * @param {Row} row
 * @param {Stretch} stretch
 */
export function momentText(session, row, stretch) {
  const line = wording.fill(wording.say().moment, {
    time: clock(session, stretch.start),
    what: wording.sentence(row.number, shownIn(stretch.answer), stretch.why),
    length: wording.lengthText(stretch.end - stretch.start),
  });
  return hasVotes(stretch) ? `${line} · ${wording.figuresText(peopleOf(stretch))}` : line;
}

/**
 * @param {Session} session
 * @param {number} seconds seconds since it began
 */
export function clock(session, seconds) {
  if (session.isFilm) return wording.filmTime(seconds);
  return wording.clockText(new Date(session.began + 1000 * seconds));
}

/**
 * Return the name of a session's source: "Camera", "Window", or the film's name.
 * @param {Session} session
 */
export function originText({ origin: { kind, name } }) {
  const texts = wording.say();
  if (kind === "window") return texts.originWindow;
  return name || (kind === "camera" ? texts.originCamera : texts.originFile);
}

/**
 * Return lasting changes, bookmarks, notes and marks, in order of time.
 * @param {Session} session
 * @returns {{time: number, kind: "change" | "bookmark" | "note" | "wrong", text: string}[]}
 */
export function eventsOf(session) {
  const texts = wording.say();
  const changes = session.rows.flatMap(lastingChanges).map(({ time, row, from, to, length }) => ({
    time,
    kind: /** @type {const} */ ("change"),
    text: wording.fill(texts.lastingChange, {
      face: wording.faceName(row.number),
      from: wording.answersWord(shownIn(from)),
      to: wording.answersWord(shownIn(to)),
      length: wording.lengthText(length),
    }),
  }));
  const remarks = session.remarks.map((remark) => {
    const { time, kind, text, face } = remark;
    if (kind === "bookmark") return { time, kind, text: text || texts.bookmarked };
    if (kind === "note") return { time, kind, text };
    const mark = `${shownWord(text)}, ${markText(remark)}`;
    return { time, kind, text: `${wording.faceName(face ?? 0)}: ${mark}` };
  });
  return [...changes, ...remarks].sort((a, b) => a.time - b.time);
}

/** @param {Stretch} stretch */
function hasVotes({ answer, why }) {
  return wording.isReadable({ clear: answer !== null, why });
}

/**
 * @param {Session} session
 * @returns {HTMLTableElement}
 */
export function tableOf(session) {
  const texts = wording.say();
  const table = create("table");
  const caption = table.createCaption();
  caption.textContent = texts.timeline;
  const header = table.createTHead().insertRow();
  const { time, faceColumn, showed, seconds, people, noteColumn } = texts;
  for (const title of [time, faceColumn, showed, seconds, people, noteColumn]) {
    header.append(create("th", { scope: "col", textContent: title }));
  }
  const body = table.createTBody();
  for (const { start, cells } of lines(session)) {
    const line = body.insertRow();
    line.insertCell().textContent = clock(session, start);
    for (const text of cells) line.insertCell().textContent = text;
  }
  return table;
}

/** @param {Session} session */
function lines(session) {
  const stretches = session.rows.flatMap((row) =>
    row.stretches
      .filter(({ start, end }) => end - start >= BRIEF)
      .map((stretch) => {
        const { start, end, answer, why } = stretch;
        const what = answer === null ? wording.unclear(why) : null;
        const word = what ? `${what.title}: ${what.why}` : wording.answersWord(shownIn(answer));
        const people = hasVotes(stretch) ? wording.figuresText(peopleOf(stretch)) : "";
        const length = wording.lengthText(end - start);
        return { start, cells: [wording.faceName(row.number), word, length, people, ""] };
      }),
  );
  const remarks = session.remarks.map((remark) => {
    const { time, kind, text, face } = remark;
    const name = face === null ? "" : wording.faceName(face);
    if (kind !== "wrong") {
      const what = text || wording.say().bookmarked;
      return { start: time, cells: [name, "", "", "", what] };
    }
    return { start: time, cells: [name, shownWord(text), "", "", markText(remark)] };
  });
  return [...stretches, ...remarks].sort((a, b) => a.start - b.start);
}
