/** What is kept of a session, and the person's settings: `node --test tests/live/`. */

import assert from "node:assert/strict";
import { test } from "node:test";

const page = "../../src/mien/live/page/";
const { Announcer } = await import(`${page}views/announcer.js`);
const { ANSWERS } = await import(`${page}state/emotions.js`);
const { withoutHidden } = await import(`${page}state/hidden.js`);
const { toCsv, toJson } = await import(`${page}views/record.js`);
const { clock, eventsOf, marksSentence, momentText, summarySentences } = await import(
  `${page}views/recount.js`
);
const { Recording } = await import(`${page}state/recording.js`);
const { Session, lastingChanges, peopleOf, summaryOf } = await import(`${page}state/session.js`);
const { checked, defaults } = await import(`${page}state/settings.js`);
const wording = await import(`${page}texts/wording.js`);

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0);

function reading(answer, share = 0.8, changes = {}) {
  const votes = Object.fromEntries(ANSWERS.map((name) => [name, 0]));
  votes.neutral = 1 - share;
  votes[answer] = (votes[answer] ?? 0) + share;
  const top = Object.entries(votes)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
  return { box: [0, 0, 9, 9], votes, top, clear: true, why: null, track: 1, ...changes };
}

/** Answers at five a second, from `start` seconds on. */
function show(session, start, answers, key = "1-1", number = 1) {
  answers.forEach((shown, index) => {
    const face = typeof shown === "string" ? reading(shown) : shown;
    session.add(NOON + 1000 * start + 200 * index, [{ key, number, reading: face }]);
  });
}

test("what stays the same is one stretch, with the mean of its votes", () => {
  const session = new Session();
  show(session, 0, [reading("happy", 0.6), reading("happy", 0.8), ...Array(8).fill("sad")]);
  const [row] = session.rows;
  assert.deepEqual(
    row.stretches.map(({ start, end, answer }) => [start, end, answer]),
    [
      [0, 0.4, "happy"],
      [0.4, 1.8, "sad"],
    ],
  );
  assert.ok(Math.abs(row.stretches[0].votes.happy - 0.7) < 1e-9);
  assert.deepEqual(
    [...peopleOf(row.stretches[1])],
    [
      ["sad", 8],
      ["neutral", 2],
    ],
  );
});

test("a clock that is set back or forward loses nothing and keeps the order", () => {
  const session = new Session();
  show(session, 0, Array(10).fill("happy"));
  show(session, 2 - 3600, Array(10).fill("happy")); // set back by an hour
  session.addNote(NOON + 1000 * (4 - 3600), "set back");
  show(session, 4 + 3600, Array(10).fill("happy"));
  const [row] = session.rows;
  assert.equal(row.stretches.length, 2); // up to the gap of two hours, and after it
  assert.equal(row.stretches[0].readings + row.stretches[1].readings, 30);
  const times = row.stretches.flatMap(({ start, end }) => [start, end]);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  assert.ok(session.remarks[0].time >= times[1] && session.remarks[0].time <= times[2]);
});

test("a face that is missed leaves a gap, another face is another row", () => {
  const session = new Session();
  show(session, 0, Array(8).fill("happy"));
  show(session, 10, Array(8).fill("happy"));
  show(session, 20, Array(8).fill("happy"), "1-2", 1);
  assert.deepEqual(
    session.rows.map(({ key, stretches }) => [key, stretches.length]),
    [
      ["1-1", 2],
      ["1-2", 1],
    ],
  );
  assert.equal(summaryOf(session.rows[0]).seen.toFixed(1), "2.8");
});

test("who is seen for an instant is not listed, and an empty session is empty", () => {
  const session = new Session();
  assert.ok(session.isEmpty);
  show(session, 0, ["happy", "happy"]);
  assert.ok(session.isEmpty);
  show(session, 0.4, Array(6).fill("happy"));
  assert.ok(!session.isEmpty);
  session.clear();
  assert.ok(session.isEmpty);
  assert.equal(session.length, 0);
});

test("the summary says how long a face showed what, and how often it changed", () => {
  const session = new Session();
  const dark = reading("happy", 0.8, { clear: false, why: "too dark" });
  const answers = [...Array(30).fill("happy"), ...Array(5).fill(dark), ...Array(16).fill("sad")];
  show(session, 0, answers);
  const { parts, changes } = summaryOf(session.rows[0]);
  assert.deepEqual(
    parts.map(([answer, seconds]) => [answer, seconds.toFixed(1)]),
    [
      ["happy", "6.0"],
      ["sad", "3.0"],
      [null, "1.0"],
    ],
  );
  assert.equal(changes, 1);
  const [sentence] = summarySentences(session);
  assert.match(
    sentence,
    /^Person 1, from .*, was seen for 10 s: happy 6 s, sad 3 s, unclear 1 s\. It/,
  );
  assert.match(sentence, /It changed once\.$/);
  const [stretch] = session.rows[0].stretches;
  assert.match(
    momentText(session, session.rows[0], stretch),
    /· Person 1 looks happy · 6 s · 8 happy, 2 neutral$/,
  );
});

test("the table holds every stretch and remark, and no formula", () => {
  const session = new Recording();
  show(session, 0, [...Array(10).fill("happy"), ...Array(10).fill("sad")]);
  session.addNote(NOON + 1000, '=HYPERLINK("x"), she said');
  session.markWrong(NOON + 3000, 1, "sad");
  const lines = toCsv(session).trimEnd().split("\r\n");
  assert.equal(lines[0].split(",").length, 7 + 8 + 2);
  assert.equal(lines.length, 1 + 4);
  assert.match(
    lines[1],
    /^camera,2026-01-02T12:00:00.000Z,2026-01-02T12:00:02.000Z,1,true,happy,,0.0000/,
  );
  assert.ok(lines[2].endsWith(`,"'=HYPERLINK(""x""), she said"`));
  assert.ok(lines[4].endsWith(",wrong"));
});

test("the data hold the same and can be read back", () => {
  const session = new Recording();
  show(session, 0, Array(10).fill("happy"));
  session.addNote(NOON + 1000, "a “note”");
  const data = JSON.parse(toJson(session));
  const [source] = data.sources;
  assert.equal(source.began, "2026-01-02T12:00:00.000Z");
  assert.equal(source.faces[0].stretches[0].votes.happy, 0.8);
  assert.equal(source.faces[0].stretches[0].readings, 10);
  assert.deepEqual(source.remarks, [{ time: 1, kind: "note", text: "a “note”", face: null }]);
  assert.deepEqual(source.marked_wrong, []);
});

test("what the person marks as wrong is summed up, and saved with what they would say", () => {
  const recording = new Recording();
  show(recording, 0, Array(30).fill("happy"));
  assert.equal(marksSentence(recording.sessions), "");
  for (const at of [1000, 2000]) recording.markWrong(NOON + at, 1, "happy", "neutral");
  recording.markWrong(NOON + 3000, 1, "happy+neutral", "sad");
  assert.equal(
    marksSentence(recording.sessions),
    "You marked 3 readings as wrong: 2 happy that you would call neutral; " +
      "1 half happy, half neutral that you would call sad.",
  );
  recording.begin({ kind: "window", name: "" });
  recording.markWrong(NOON + 4000, 1, "", "");
  assert.match(marksSentence(recording.sessions), /^You marked 4 .*; 1 unclear where you could/);
  const told = "You marked 1 reading as wrong: 1 unclear where you could not tell.";
  assert.equal(marksSentence(recording.sessions.slice(1)), told);
  const events = recording.sessions.flatMap(eventsOf).map(({ text }) => text);
  assert.ok(events.includes("Person 1: happy, marked as wrong; you would say neutral"));
  assert.ok(events.includes("Person 1: unclear, marked as wrong; you could not tell"));

  const rows = toCsv(recording).trimEnd().split("\r\n");
  assert.ok(rows[0].endsWith(",other,right,remark"));
  const marked = rows.filter((row) => row.endsWith(",wrong"));
  assert.equal(marked.filter((row) => row.endsWith(",neutral,wrong")).length, 2);
  assert.ok(marked.at(-1).includes(",unclear,") && marked.at(-1).endsWith(",cannot tell,wrong"));
  const { sources } = JSON.parse(toJson(recording));
  assert.deepEqual(sources[0].marked_wrong, [
    { shown: "happy", right: "neutral", count: 2 },
    { shown: "happy+neutral", right: "sad", count: 1 },
  ]);
  assert.equal(sources[1].remarks[0].right, "cannot tell");

  wording.setLanguage("de");
  assert.match(
    marksSentence(recording.sessions),
    /^Du hast 4 Lesungen als falsch markiert: 2-mal fröhlich, wo du neutral sagen würdest; /,
  );
  wording.setLanguage("en");
});

test("a change that lasts is told, a flicker is not", () => {
  const session = new Session();
  const flicker = [...Array(25).fill("happy"), "sad", "sad", ...Array(25).fill("happy")];
  show(session, 0, [...flicker, ...Array(30).fill("neutral")]);
  const [row] = session.rows;
  assert.deepEqual(
    lastingChanges(row).map(({ time, from, to, length }) => [time, from, to, length.toFixed(1)]),
    [[10.4, "happy", "neutral", "5.8"]],
  );
  assert.match(eventsOf(session)[0].text, /^Person 1 changed from happy to neutral, for 5\.8 s$/);
});

test("a note that follows a bookmark soon belongs to it", () => {
  const recording = new Recording();
  show(recording, 0, Array(10).fill("happy"));
  recording.bookmark(NOON + 1000);
  recording.addNote(NOON + 9000, "she laughed");
  recording.addNote(NOON + 9500, "and again");
  recording.bookmark(NOON + 10_000);
  recording.addNote(NOON + 80_000, "much later");
  assert.deepEqual(
    recording.current.remarks.map(({ time, kind, text }) => [time, kind, text]),
    [
      [1, "bookmark", "she laughed"],
      [9.5, "note", "and again"],
      [10, "bookmark", ""],
      [80, "note", "much later"],
    ],
  );
  assert.ok(toCsv(recording).includes(",bookmark\r\n"));
});

test("sources are kept apart; a camera goes on, a film begins again and has its own time", () => {
  const recording = new Recording();
  const seen = (position) => {
    for (let step = 0; step < 8; step += 1) {
      const faces = [{ key: "1", number: 1, reading: reading("happy") }];
      recording.add(NOON + 200 * step, faces, { position: position + 0.2 * step });
    }
  };
  recording.begin({ kind: "camera", name: "" });
  seen(0);
  recording.begin({ kind: "film", name: "talk.mp4" });
  seen(65);
  recording.bookmark(NOON + 5000);
  seen(3); // the person went back
  recording.begin({ kind: "camera", name: "" });
  seen(0);
  const { sessions } = recording;
  assert.deepEqual(
    sessions.map(({ origin }) => origin.kind),
    ["camera", "film", "film"],
  );
  const [, first, again] = sessions;
  assert.equal(clock(first, first.rows[0].stretches[0].start), "1:05");
  assert.equal(clock(first, first.remarks[0].time), "1:06");
  assert.equal(clock(again, again.rows[0].stretches[0].start), "0:03");
  assert.match(toCsv(recording), /\r\ntalk\.mp4,65\.00,66\.40,1,true,happy/);
  recording.clear();
  assert.ok(recording.isEmpty);
  seen(0);
  assert.equal(recording.sessions.length, 1);
});

test("a face's picture is kept where that is wanted, of its clearest moment", () => {
  const session = new Session();
  const shares = [0.6, 0.62, 0.9, 0.7, ...Array(6).fill(0.5)];
  shares.forEach((share, index) => {
    const faces = [{ key: "1", number: 1, reading: reading("happy", share) }];
    session.add(NOON + 200 * index, faces, ({ votes }) => votes.happy);
  });
  assert.equal(session.rows[0].picture, 0.9);
  const without = new Session();
  show(without, 0, Array(10).fill("happy"));
  assert.equal(without.rows[0].picture, null);
});

test("hidden answers count as something else, and the first answer stays first", () => {
  const face = reading("disgust", 0.5);
  assert.equal(withoutHidden(face, []), face);
  const changed = withoutHidden(face, ["disgust"]);
  assert.equal(changed.votes.other, 0.5);
  assert.ok(!("disgust" in changed.votes));
  assert.deepEqual(changed.top[0], ["other", 0.5]);
  assert.equal(changed.top.length, 3);
  assert.equal(face.votes.disgust, 0.5);
});

test("hiding an answer never puts a smaller share first", () => {
  const face = reading("happy", 0.42);
  face.votes = { ...face.votes, neutral: 0.13, disgust: 0.45 };
  face.top = [
    ["disgust", 0.45],
    ["happy", 0.42],
    ["neutral", 0.13],
  ];
  face.state = "mixed";
  const changed = withoutHidden(face, ["disgust"]);
  assert.deepEqual(changed.top.slice(0, 2), [
    ["other", 0.45],
    ["happy", 0.42],
  ]);
  assert.equal(changed.state, "clear");
});

test("half and half is an answer of its own, in sentences, table and files", () => {
  const session = new Session();
  const votes = { happy: 0.5, neutral: 0.5 };
  const top = [
    ["happy", 0.5],
    ["neutral", 0.5],
    ["sad", 0],
  ];
  const half = reading("happy", 0.5, { votes, top, state: "mixed" });
  const other = { ...half, top: [top[1], top[0], top[2]] }; // the order of two equals may change
  show(session, 0, [...Array(5).fill(half), ...Array(5).fill(other), ...Array(5).fill("sad")]);
  const [row] = session.rows;
  assert.deepEqual(
    row.stretches.map(({ answer }) => answer),
    ["happy+neutral", "sad"],
  );
  assert.match(summarySentences(session)[0], /: half happy, half neutral 2 s, sad 0\.8 s\./);
  const moment = momentText(session, row, row.stretches[0]);
  assert.match(
    moment,
    /· Person 1 looks about half happy, half neutral · 2 s · 5 happy, 5 neutral$/,
  );
  assert.match(toCsv({ sessions: [session] }).split("\r\n")[1], /,1,true,happy\+neutral,,/);
});

test("settings that make no sense are as by default", () => {
  assert.deepEqual(checked(null), defaults());
  assert.deepEqual(checked("full"), defaults());
  const odd = checked({
    mode: "huge",
    shares: "yes",
    announce: true,
    words: { happy: "  joy  ", sad: 3, nonsense: "x", angry: "x".repeat(100) },
    symbols: { happy: "😀😀😀" },
    hidden: ["disgust", "other", "nonsense"],
  });
  assert.equal(odd.mode, "full");
  assert.equal(odd.shares, true);
  assert.equal(odd.announce, true);
  assert.deepEqual(odd.words, { happy: "joy", angry: "x".repeat(24) });
  assert.deepEqual(odd.symbols, { happy: "😀😀" });
  assert.deepEqual(odd.hidden, ["disgust"]);
});

test("changes are announced at most every three seconds, and only if asked for", () => {
  const region = { textContent: "" };
  const announcer = new Announcer(region);
  announcer.tell(0, new Map([[1, reading("happy")]]));
  assert.equal(region.textContent, "");
  announcer.enabled = true;
  announcer.tell(1000, new Map([[1, reading("happy")]]));
  assert.equal(region.textContent, "Person 1 looks happy.");
  announcer.tell(2000, new Map([[1, reading("sad")]]));
  assert.equal(region.textContent, "Person 1 looks happy.");
  announcer.tell(
    4000,
    new Map([
      [1, reading("sad")],
      [2, reading("fear")],
    ]),
  );
  assert.equal(region.textContent, "Person 1 looks sad. Person 2 looks afraid.");
  region.textContent = "";
  announcer.tell(
    9000,
    new Map([
      [1, reading("sad")],
      [2, reading("fear")],
    ]),
  );
  assert.equal(region.textContent, ""); // nothing changed
});

/** Every text of a language, by its path. */
function* paths(texts, path = "") {
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") yield [`${path}${key}`, value];
    else yield* paths(value, `${path}${key}.`);
  }
}

test("every language has the same texts with the same names to fill in", () => {
  const names = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const english = new Map(paths(wording.LANGUAGES.en));
  for (const [code, language] of Object.entries(wording.LANGUAGES)) {
    const texts = new Map(paths(language));
    assert.deepEqual([...texts.keys()].sort(), [...english.keys()].sort(), code);
    for (const [path, text] of texts) {
      assert.ok(text || path.startsWith("hints."), `${code}: ${path} is empty`);
      if (path.endsWith(".one")) continue; // "once" needs no number
      assert.deepEqual(names(text), names(english.get(path)), `${code}: ${path}`);
    }
  }
});

test("the language is the browser's first that there is, or the one that was chosen", () => {
  wording.setLanguage("auto", ["fr-CH", "de-CH", "en"]);
  assert.equal(wording.language, "de");
  assert.equal(wording.verdict(reading("happy")).answers[0], "fröhlich");
  assert.equal(wording.rateText(1, 40), "1 Lesung je Sekunde · 40 ms");
  wording.setLanguage("auto", ["fr"]);
  assert.equal(wording.language, "en");
  wording.setLanguage("xx");
  assert.equal(wording.language, "en");
});

test("the person's own words are used everywhere", () => {
  wording.setOwnWords({ happy: "smiley" });
  assert.equal(wording.verdict(reading("happy")).answers[0], "smiley");
  assert.equal(wording.boxLabel(1, reading("happy")).word, "smiley");
  assert.equal(
    wording.figuresText(
      new Map([
        ["happy", 8],
        ["sad", 2],
      ]),
    ),
    "8 smiley, 2 sad",
  );
  wording.setOwnWords({});
});

test("lengths of time read well", () => {
  assert.equal(wording.lengthText(0.42), "0.4 s");
  assert.equal(wording.lengthText(59.8), "1 min 0 s");
  assert.equal(wording.lengthText(3725), "1 h 2 min");
});

test("times of day are as the person's own country writes them", () => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const evening = new Date(2026, 0, 2, 21, 37, 5);
  const clocks = ["en-GB", "en-US"].map((tag) => {
    const value = { languages: ["fr", tag] };
    Object.defineProperty(globalThis, "navigator", { value, configurable: true });
    wording.setLanguage("en");
    return [wording.clockText(evening), wording.dateText(evening)];
  });
  if (before) Object.defineProperty(globalThis, "navigator", before);
  assert.equal(clocks[0][0], "21:37:05");
  assert.match(clocks[0][1], /^2 January 2026.* 21:37$/);
  assert.match(clocks[1][0], /^9:37:05.PM$/);
});

test("a browser that forbids to keep anything asks for consent, and keeps it in the page", async () => {
  const forbidden = {
    get() {
      throw new Error("SecurityError");
    },
    configurable: true,
  };
  let asked = 0;
  class Dialog extends EventTarget {
    returnValue = "";
    showModal() {
      asked += 1;
      this.returnValue = asked === 1 ? "cancel" : "share";
      queueMicrotask(() => this.dispatchEvent(new Event("close")));
    }
  }
  const dialog = new Dialog();
  const names = ["localStorage", "document", "HTMLDialogElement"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, "localStorage", forbidden);
  const document = { value: { getElementById: () => dialog }, configurable: true };
  Object.defineProperty(globalThis, "document", document);
  Object.defineProperty(globalThis, "HTMLDialogElement", { value: Dialog, configurable: true });
  try {
    const { agreed } = await import(`${page}views/consent.js`);
    assert.equal(await agreed(), false);
    assert.equal(await agreed(), true);
    assert.equal(await agreed(), true);
    assert.equal(asked, 2); // the third time it was known
  } finally {
    names.forEach((name, index) => {
      if (before[index]) Object.defineProperty(globalThis, name, before[index]);
      else delete globalThis[name];
    });
  }
});
