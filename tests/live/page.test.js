/** The page's modules that need no browser: `node --test tests/live/`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const page = "../../src/mien/live/page/";
const { problemOf } = await import(`${page}sources/camera.js`);
const { Connection, PAUSES_MS } = await import(`${page}network/connection.js`);
const { ANSWERS, COLOURS } = await import(`${page}state/emotions.js`);
const { Faces } = await import(`${page}state/faces.js`);
const { MOST_SAID, SAID_FROM, moving } = await import(`${page}state/movements.js`);
const { labelPlace, placement } = await import(`${page}views/overlay.js`);
const { encodeFrame, frameSize, parseAnswer } = await import(`${page}network/protocol.js`);
const { Rates } = await import(`${page}state/rates.js`);
const { statusOf } = await import(`${page}views/status.js`);
const { answersOf, countAnswers, isMixed, tenPeople } = await import(`${page}state/votes.js`);
const wording = await import(`${page}texts/wording.js`);

const messages = JSON.parse(readFileSync(new URL("messages.json", import.meta.url), "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

test("frames are encoded as recorded", () => {
  assert.ok(messages.frames.length >= 3);
  for (const recorded of messages.frames) {
    const message = encodeFrame({
      sequence: recorded.sequence,
      captureTime: recorded.capture_time,
      width: recorded.width,
      height: recorded.height,
      jpeg: bytes(recorded.jpeg),
    });
    assert.equal(Buffer.from(message).toString("hex"), recorded.hex);
  }
});

test("answers are read as recorded", () => {
  for (const answer of Object.values(messages.answers)) {
    assert.deepEqual(parseAnswer(JSON.stringify(answer)), answer);
  }
});

test("what is no answer is refused", () => {
  for (const text of ["", "{", "null", "[]", '{"type": "other"}']) {
    assert.throws(() => parseAnswer(text));
  }
  const newer = JSON.stringify({ ...messages.answers.ready, version: 2 });
  assert.throws(() => parseAnswer(newer), /protocol version 1, got 2/);
});

test("frames have at most 640 pixels a side and keep their shape", () => {
  assert.deepEqual(frameSize(640, 480), { width: 640, height: 480 });
  assert.deepEqual(frameSize(1280, 720), { width: 640, height: 360 });
  assert.deepEqual(frameSize(720, 1280), { width: 360, height: 640 });
  assert.deepEqual(frameSize(320, 240), { width: 320, height: 240 });
  assert.deepEqual(frameSize(4000, 1), { width: 640, height: 1 });
});

test("movements are said from their own values on, the strongest first, at most three", () => {
  const from = (name, more) => SAID_FROM[name] + more * (1 - SAID_FROM[name]);
  assert.deepEqual(moving({}), []);
  assert.deepEqual(moving({ "eyes narrowed": from("eyes narrowed", -0.01), nothing: 1 }), []);
  assert.deepEqual(moving({ "eyes narrowed": SAID_FROM["eyes narrowed"] }), ["eyes narrowed"]);
  const face = {
    "mouth corners up": from("mouth corners up", 0.2),
    "mouth open": from("mouth open", 0.1),
    "brows lowered": from("brows lowered", 0.3),
    "eyes narrowed": from("eyes narrowed", 0.9),
    "eyes closed": from("eyes closed", 0.4),
  };
  const said = ["eyes closed", "brows lowered", "mouth corners up"];
  assert.deepEqual(moving(face), said); // closed eyes are not narrowed as well
  assert.equal(said.length, MOST_SAID);
});

test("what moves is said where the face can be seen", () => {
  const movements = { "mouth corners up": 0.9, "eyes closed": 0.5 };
  const says = (why) => wording.movementsText({ movements, clear: why === null, why });
  wording.setLanguage("en");
  assert.equal(says(null), "corners of the mouth up, eyes closed");
  assert.equal(says("people would disagree"), "corners of the mouth up, eyes closed");
  assert.equal(says("too dark"), "");
  assert.equal(wording.movementsText({ clear: true, why: null }), ""); // a network that tells none
  wording.setLanguage("de");
  assert.equal(says(null), "Mundwinkel nach oben, Augen geschlossen");
  wording.setLanguage("en");
});

test("ten people stand for the shares, the most frequent answer first", () => {
  const people = tenPeople({ happy: 0.81, neutral: 0.12, surprise: 0.05, sad: 0.02 });
  assert.deepEqual(people, [...Array(8).fill("happy"), "neutral", "surprise"]);
  assert.deepEqual(
    [...countAnswers(people)],
    [
      ["happy", 8],
      ["neutral", 1],
      ["surprise", 1],
    ],
  );
});

test("there are always ten people", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let round = 0; round < 500; round += 1) {
    const raw = ANSWERS.map(() => random() ** 4);
    const sum = raw.reduce((a, b) => a + b);
    const votes = Object.fromEntries(ANSWERS.map((answer, i) => [answer, raw[i] / sum]));
    const people = tenPeople(votes);
    assert.equal(people.length, 10);
    for (const [answer, count] of countAnswers(people)) {
      assert.ok(Math.abs(count - 10 * votes[answer]) < 1, `${answer}: ${count}`);
    }
  }
});

test("every answer has a colour of its own", () => {
  assert.equal(ANSWERS.length, 8);
  assert.equal(new Set(Object.values(COLOURS)).size, 8);
  const votes = messages.answers.readings.readings[0].votes;
  assert.deepEqual(ANSWERS, Object.keys(votes));
});

test("the largest share comes first, whatever the server's first is", () => {
  const people = tenPeople({ happy: 0.4, neutral: 0.5, sad: 0.1 }, "happy");
  assert.deepEqual(
    [...countAnswers(people)],
    [
      ["neutral", 5],
      ["happy", 4],
      ["sad", 1],
    ],
  );
  const equal = { happy: 0.45, neutral: 0.45, sad: 0.1 }; // to four digits
  assert.deepEqual([...countAnswers(tenPeople(equal, "neutral"))][0], ["neutral", 5]);
  assert.deepEqual([...countAnswers(tenPeople(equal))][0], ["happy", 5]);
});

test("two answers that are about as frequent are shown both, in both languages", () => {
  const half = {
    ...reading(1, 0),
    votes: { happy: 0.48, neutral: 0.44, sad: 0.08 },
    top: [
      ["happy", 0.48],
      ["neutral", 0.44],
      ["sad", 0.08],
    ],
    state: "mixed",
  };
  assert.ok(isMixed(half.votes));
  assert.ok(!isMixed({ happy: 0.52, neutral: 0.4 }));
  assert.ok(!isMixed({ happy: 0.38, neutral: 0.37, sad: 0.25 }));
  assert.ok(!isMixed({ happy: 0.45, other: 0.45 }));
  assert.deepEqual(answersOf(half), ["happy", "neutral"]);
  assert.deepEqual(answersOf({ ...half, state: "clear" }), ["happy"]);
  assert.deepEqual(answersOf({ ...half, clear: false, state: "unclear" }), []);
  assert.deepEqual(wording.boxLabel(1, half), {
    before: "1 · ",
    word: "about half happy, half neutral",
  });
  const told = wording.sentence(1, answersOf(half), null);
  assert.equal(told, "Face 1 looks about half happy, half neutral");
  wording.setLanguage("de");
  assert.equal(wording.halvesTitle(answersOf(half)), "Etwa halb fröhlich, halb neutral");
  wording.setLanguage("en");
});

const reading = (track, x, width = 100) => ({
  box: [x, 100, x + width, 100 + width],
  votes: {},
  top: [["happy", 1]],
  clear: true,
  why: null,
  track,
});
const numbers = (faces) => faces.all.map((face) => [face.number, face.reading.box[0]]);

test("new faces are numbered from left to right", () => {
  const faces = new Faces();
  faces.update([reading(1, 400), reading(2, 0), reading(3, 200)], 0);
  assert.deepEqual(numbers(faces), [
    [1, 0],
    [2, 200],
    [3, 400],
  ]);
});

test("faces keep their numbers while they move and the server's order changes", () => {
  const faces = new Faces();
  faces.update([reading(7, 0), reading(8, 200)], 0);
  faces.update([reading(8, 230), reading(7, 300)], 33);
  assert.deepEqual(numbers(faces), [
    [1, 300],
    [2, 230],
  ]);
});

test("a face that is missed for a moment keeps its place, and no other gets its number", () => {
  const faces = new Faces();
  faces.update([reading(1, 0), reading(2, 300)], 0);
  faces.update([reading(2, 300)], 400);
  assert.deepEqual(numbers(faces), [
    [1, 0],
    [2, 300],
  ]);
  assert.deepEqual(
    faces.seenAt(400).map((face) => face.number),
    [2],
  );
  faces.update([reading(2, 300)], 900);
  faces.update([reading(2, 300)], 1200);
  assert.deepEqual(numbers(faces), [[2, 300]]);
  faces.update([reading(2, 300), reading(3, 0)], 1300);
  assert.deepEqual(numbers(faces), [
    [2, 300],
    [3, 0],
  ]);
  faces.clear();
  faces.update([reading(1, 0)], 2000);
  assert.deepEqual(numbers(faces), [[4, 0]]);
});

test("where answers come seldom, a face is kept for three of them", () => {
  const faces = new Faces();
  faces.update([reading(1, 0), reading(2, 300)], 0);
  for (const at of [2000, 4000]) faces.update([reading(2, 300)], at);
  assert.deepEqual(numbers(faces), [
    [1, 0],
    [2, 300],
  ]);
  faces.update([reading(2, 300)], 6000);
  assert.deepEqual(numbers(faces), [[2, 300]]);
});

test("where a face takes the place of another, the other's card goes", () => {
  const faces = new Faces();
  faces.update([reading(1, 0), reading(2, 300)], 0);
  faces.update([reading(3, 20), reading(2, 300)], 100);
  assert.deepEqual(numbers(faces), [
    [2, 300],
    [3, 20],
  ]);
  faces.update([reading(3, 20), reading(2, 300), reading(4, 200)], 200);
  assert.deepEqual(numbers(faces), [
    [2, 300],
    [3, 20],
    [4, 200],
  ]);
});

test("a box lies where the video shows it", () => {
  assert.deepEqual(placement(640, 480, 320, 240), { scale: 0.5, left: 0, top: 0 });
  assert.deepEqual(placement(640, 480, 1000, 480), { scale: 1, left: 180, top: 0 });
  assert.deepEqual(placement(640, 480, 640, 1000), { scale: 1, left: 0, top: 260 });
});

test("labels stay in the picture and off each other", () => {
  const outer = { width: 640, height: 480 };
  const size = { width: 120, height: 28 };
  const box = { x: 100, y: 100, width: 80, height: 100 };
  const below = labelPlace(box, size, outer, []);
  assert.deepEqual([below.x, below.y], [100, 205]);
  assert.equal(labelPlace(box, size, outer, [below]).y, 67);
  assert.equal(labelPlace({ ...box, x: 600 }, size, outer, []).x, 516);
  const tall = labelPlace({ x: -20, y: -20, width: 700, height: 600 }, size, outer, []);
  assert.ok(tall.x >= 0 && tall.y >= 0 && tall.y + 28 <= 480);
});

test("rate and delay are those of the last two seconds", () => {
  const rates = new Rates();
  assert.equal(rates.summary(0), null);
  for (let at = 0; at <= 10000; at += 50) rates.add(at, at < 5000 ? 500 : 40);
  const summary = rates.summary(10000);
  assert.equal(Math.round(summary.rate), 20);
  assert.equal(summary.delay, 40);
  assert.equal(rates.summary(13000), null);
});

test("each camera problem has its words", () => {
  const named = (name) => problemOf(Object.assign(new Error(name), { name }));
  assert.equal(named("NotAllowedError"), "denied");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("OverconstrainedError"), "missing");
  assert.equal(named("NotReadableError"), "taken");
  assert.equal(named("TypeError"), "failed");
  assert.equal(problemOf("what"), "failed");
  for (const problem of ["denied", "missing", "taken", "unplugged", "unsupported", "failed"]) {
    const { kind, text } = statusOf(problem, "ready");
    assert.equal(kind, "problem");
    assert.ok(text.length > 20);
  }
});

test("the status tells what stops the person most", () => {
  assert.equal(statusOf("on", "ready").text, "");
  assert.equal(statusOf("off", "loading").text, "");
  assert.equal(statusOf("on", "loading").kind, "info");
  assert.match(statusOf("denied", "away").text, /stopped answering/);
  assert.match(statusOf("on", "failed", "no weights").text, /no weights/);
  assert.equal(statusOf("on", "back").kind, "good");
});

test("wording never claims to know what a person feels", () => {
  assert.deepEqual(wording.boxLabel(1, reading(1, 0)), { before: "1 · looks ", word: "happy" });
  const other = { ...reading(1, 0), top: [["other", 0.6]] };
  assert.equal(wording.boxLabel(2, other).word, "something else");
  const unclear = { ...reading(1, 0), clear: false, why: "too small" };
  assert.equal(wording.boxLabel(3, unclear).word, "unclear");
  assert.equal(wording.rateText(26.7, 41.2), "27 readings a second · 41 ms");
  assert.equal(wording.rateText(1, 400), "1 reading a second · 400 ms");
});

/** A WebSocket that the test plays the server of. */
class StandInSocket {
  static all = [];
  sent = [];
  constructor(url) {
    this.url = url;
    StandInSocket.all.push(this);
  }
  send(message) {
    this.sent.push(message);
  }
  answer(value) {
    this.onmessage({ data: JSON.stringify(value) });
  }
  close() {
    this.isClosed = true;
  }
}

/** A connection with its states so far, the socket that it opened, and time that stands still. */
function opened(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.WebSocket = StandInSocket;
  const states = [];
  const listener = { onReadings() {}, onCredit() {}, onState: (state) => states.push(state) };
  const connection = new Connection("ws://here/live", listener);
  connection.open();
  return { connection, states, socket: StandInSocket.all.at(-1) };
}

test("where all places are held, nothing is sent until one is free", (context) => {
  const { connection, states, socket } = opened(context);
  const picture = { captureTime: 1, width: 64, height: 48, jpeg: new ArrayBuffer(4) };
  socket.answer(messages.answers.ready);
  connection.send(picture);
  connection.send(picture);
  socket.answer(messages.answers.full);
  assert.equal(connection.send(picture), null);
  socket.answer(messages.answers.ready);
  assert.equal(connection.send(picture), 3);
  assert.deepEqual(states, ["ready", "full", "ready"]);
});

test("a connection from which nothing comes is given up for another", (context) => {
  const { connection, states, socket: silent } = opened(context);
  silent.answer(messages.answers.ready);
  connection.renew();
  assert.ok(silent.isClosed);
  assert.equal(states.at(-1), "away");
  context.mock.timers.tick(PAUSES_MS[0]);
  assert.notEqual(StandInSocket.all.at(-1), silent);
});

test("a page that is refused keeps the reason, and asks again after a while", (context) => {
  const { states, socket: refused } = opened(context);
  refused.answer(messages.answers.failed);
  refused.onclose({ code: 1008 });
  assert.deepEqual(states, ["failed"]);
  context.mock.timers.tick(9_000);
  assert.equal(StandInSocket.all.at(-1), refused);
  context.mock.timers.tick(1_000);
  assert.notEqual(StandInSocket.all.at(-1), refused);
});

test("the page says where pictures go", () => {
  wording.setServer("mien.example.org");
  wording.setLanguage("en");
  assert.equal(wording.say().private, "Pictures go to mien.example.org, and are not kept");
  assert.match(wording.say().consentText, /Pictures go to mien\.example\.org/);
  assert.doesNotMatch(JSON.stringify(wording.say()), /stay on this computer/);
  wording.setLanguage("de");
  assert.match(wording.say().private, /mien\.example\.org/);
  assert.doesNotMatch(JSON.stringify(wording.say()), /auf diesem Computer/);
  for (const own of ["localhost", "127.0.0.1", "[::1]"]) {
    wording.setServer(own);
    wording.setLanguage("en");
    assert.equal(wording.say().private, "Pictures stay on this computer");
  }
});

test("frames cost credits, and a lost connection comes back", (context) => {
  StandInSocket.all = [];
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.mock.method(console, "warn", () => undefined);
  globalThis.WebSocket = StandInSocket;
  const states = [];
  let credited = 0;
  const connection = new Connection("ws://here/live", {
    onState: (state) => states.push(state),
    onReadings: () => states.push("readings"),
    onCredit: () => (credited += 1),
  });
  const picture = { captureTime: 1, width: 64, height: 48, jpeg: new ArrayBuffer(4) };
  connection.open();
  const [socket] = StandInSocket.all;
  assert.equal(connection.send(picture), null);
  socket.answer(messages.answers.loading);
  assert.equal(connection.hasCredit, false);
  socket.answer(messages.answers.ready);
  assert.deepEqual([connection.send(picture), connection.send(picture)], [1, 2]);
  assert.equal(connection.send(picture), null);
  assert.equal(socket.sent.length, 2);
  socket.answer({ ...messages.answers.readings, credits: 1 });
  assert.equal(connection.send(picture), 3);
  socket.answer(messages.answers.error);
  assert.equal(connection.hasCredit, true);
  assert.equal(credited, 3);
  assert.deepEqual(states, ["loading", "ready", "readings"]);

  socket.onclose({ code: 1006 });
  assert.equal(connection.hasCredit, false);
  for (const pause of [...PAUSES_MS, PAUSES_MS.at(-1)]) {
    const before = StandInSocket.all.length;
    context.mock.timers.tick(pause - 1);
    assert.equal(StandInSocket.all.length, before);
    context.mock.timers.tick(1);
    assert.equal(StandInSocket.all.length, before + 1);
    StandInSocket.all.at(-1).onclose({ code: 1006 });
  }
  context.mock.timers.tick(5000);
  StandInSocket.all.at(-1).answer(messages.answers.ready);
  assert.equal(connection.send(picture), 4);
  assert.equal(states.at(-1), "ready");
});
