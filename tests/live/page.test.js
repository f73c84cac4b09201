/** The page's modules that need no browser: `node --test tests/live/`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const page = "../../src/mien/live/page/";
const { allNames, clearNames, nameOf, setName } = await import(`${page}state/names.js`);
const { SteadyOrder, pictureOrder, sizeOrder } = await import(`${page}state/order.js`);
const { Steady, leadersOf, levelOf } = await import(`${page}state/steady.js`);
const { thumbnailPlace } = await import(`${page}views/thumbnail.js`);
const { titleOf } = await import(`${page}views/page-texts.js`);
const { problemOf } = await import(`${page}sources/camera.js`);
const { Connection, PAUSES_MS } = await import(`${page}network/connection.js`);
const { ANSWERS, COLOURS } = await import(`${page}state/emotions.js`);
const { Faces } = await import(`${page}state/faces.js`);
const { MOST_SAID, SAID_FROM, moving } = await import(`${page}state/movements.js`);
const { labelPlace, placement } = await import(`${page}views/overlay.js`);
const { encodeFrame, frameSize, parseAnswer, usualMessage } = await import(
  `${page}network/protocol.js`
);
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

test("a usual face is asked for as recorded", () => {
  assert.deepEqual(JSON.parse(usualMessage(7)), messages.usual);
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
    before: "Person 1 · ",
    word: "half happy, half neutral",
    after: "",
  });
  const told = wording.sentence(1, answersOf(half), null);
  assert.equal(told, "Person 1 looks about half happy, half neutral");
  wording.setLanguage("de");
  const { amount, say, answers, between } = wording.verdict(half);
  assert.equal(
    `${amount} ${say} ${answers.join(between)}`,
    "Etwa die Hälfte würde sagen: fröhlich, die andere: neutral",
  );
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

test("labels lie in the picture, beside their face, on no face, head or label", () => {
  const outer = { width: 640, height: 480 };
  const size = { width: 120, height: 26 };
  const box = { x: 100, y: 100, width: 80, height: 100 };
  const below = labelPlace(box, size, outer, [box], []);
  assert.deepEqual([below.x, below.y], [80, 206]);
  const above = labelPlace(box, size, outer, [box], [below]);
  assert.ok(above.y + 26 <= box.y);
  assert.equal(labelPlace({ ...box, x: 590 }, size, outer, [], []).x, 516);
  const under = { ...box, y: 215 };
  const place = labelPlace(box, size, outer, [box, under], []);
  assert.ok(place.y + 26 <= box.y, "the head below is left free");
  const whole = { x: -20, y: -20, width: 700, height: 520 };
  const forehead = labelPlace(whole, size, outer, [whole], []);
  assert.ok(forehead === null || forehead.y + 26 < whole.y + whole.height / 3);
  assert.equal(
    labelPlace({ ...whole, height: 100, y: 0 }, size, { width: 640, height: 100 }, [], []),
    null,
  );
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

test("the title says that no face is there only once faces are looked for", () => {
  assert.equal(titleOf("on", "ready", 0), "No face · mien");
  assert.equal(titleOf("on", "ready", 1), "1 face · mien");
  for (const server of ["connecting", "loading", "full"]) {
    assert.equal(titleOf("on", server, 0), "Starting · mien");
  }
  assert.equal(titleOf("paused", "full", 0), "Paused · mien");
});

test("wording never claims to know what a person feels", () => {
  assert.deepEqual(wording.boxLabel(1, shares({ happy: 0.8 })), {
    before: "Person 1 · ",
    word: "happy",
    after: ", 8 of 10",
  });
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

test("a page that is signed out says so once, and comes back no more", (context) => {
  const { connection, states, socket } = opened(context);
  socket.answer(messages.answers.ready);
  socket.onclose({ code: 1008, reason: "signed out" });
  assert.deepEqual(states, ["ready", "signed-out"]);
  context.mock.timers.tick(60_000);
  assert.equal(StandInSocket.all.at(-1), socket);
  connection.end();
  assert.deepEqual(states, ["ready", "signed-out"]);
  assert.equal(titleOf("off", "signed-out", 0), "Signed out · mien");
  assert.match(statusOf("off", "signed-out").text, /signed out.*token/);
});

test("whoever signs out by the button is connected no more", (context) => {
  const { connection, states, socket } = opened(context);
  connection.end();
  assert.ok(socket.isClosed);
  context.mock.timers.tick(60_000);
  assert.equal(StandInSocket.all.at(-1), socket);
  assert.deepEqual(states, ["signed-out"]);
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

/** A face with shares; what is missing is neutral. */
function shares(votes, changes = {}) {
  const all = Object.fromEntries(ANSWERS.map((name) => [name, votes[name] ?? 0]));
  all.neutral += 1 - Object.values(all).reduce((sum, share) => sum + share, 0);
  const top = Object.entries(all).sort((a, b) => b[1] - a[1]);
  const own = { box: [0, 0, 9, 9], clear: true, why: null, state: "clear", track: 1 };
  return { ...own, votes: all, top: top.slice(0, 3), ...changes };
}

test("count and figures change no more often than the words", () => {
  const steady = new Steady();
  let seed = 7;
  const noise = () => {
    seed = (seed * 48271) % 2147483647;
    return 0.1 * (seed / 2147483647 - 0.5);
  };
  let counts = 0;
  let words = 0;
  let before = { count: 0, said: "" };
  for (let step = 0; step < 400; step += 1) {
    const middle = step < 200 ? 0.86 : 0.6;
    const shown = steady.hold(1, shares({ happy: middle + noise() }));
    const now = {
      count: leadersOf(shown),
      said: `${levelOf(leadersOf(shown))} ${answersOf(shown)}`,
    };
    counts += Number(now.count !== before.count);
    words += Number(now.said !== before.said);
    before = now;
    assert.equal(shown.top[0][0], answersOf(shown)[0]);
  }
  assert.ok(counts <= words, `${counts} counts for ${words} words`);
  assert.ok(words <= 6, `${words} changes of words`);
});

test("what is shown changes at once with the answer, the reason, and whether it is clear", () => {
  const steady = new Steady();
  assert.deepEqual(answersOf(steady.hold(1, shares({ happy: 0.9 }))), ["happy"]);
  assert.deepEqual(answersOf(steady.hold(1, shares({ sad: 0.9 }))), ["sad"]);
  const dark = shares({ sad: 0.5 }, { clear: false, why: "too dark", state: "unclear" });
  assert.equal(steady.hold(1, dark).why, "too dark");
  assert.equal(steady.hold(1, { ...dark, why: "blurred" }).why, "blurred");
  const mixed = (one, other) => shares({ happy: one, sad: other }, { state: "mixed" });
  assert.deepEqual(answersOf(steady.hold(1, mixed(0.48, 0.46))), ["happy", "sad"]);
  assert.deepEqual(answersOf(steady.hold(1, mixed(0.46, 0.48))), ["happy", "sad"]);
  const exact = steady.hold(1, mixed(0.45, 0.49)).now;
  assert.equal(exact.top[0][0], "sad");
});

test("words have the weight of agreement", () => {
  const said = (count) => wording.verdict(shares({ happy: count / 10 })).amount;
  assert.deepEqual([10, 9, 8, 7, 6].map(said), [
    "Nearly all",
    "Nearly all",
    "Most",
    "Most",
    "About half",
  ]);
  const four = shares({ happy: 0.42, sad: 0.2, angry: 0.2 });
  assert.equal(wording.verdict(four).amount, "Fewer than half");
});

test("faces are in the order of the picture: rows from the top, each from left to right", () => {
  const at = (number, x, y, side = 100) => ({ number, box: [x, y, x + side, y + side] });
  const faces = [at(1, 500, 30), at(2, 10, 200), at(3, 20, 0), at(4, 250, 45), at(5, 260, 210)];
  assert.deepEqual(pictureOrder(faces), [3, 4, 1, 2, 5]);
  assert.deepEqual(pictureOrder([]), []);
  assert.deepEqual(sizeOrder([at(1, 0, 0, 50), at(2, 0, 0, 200), at(3, 0, 0, 52)]), [2, 1, 3]);
});

test("the order lasts until a new one has lasted, and never under somebody's hand", () => {
  const order = new SteadyOrder();
  assert.deepEqual(order.update([1, 2, 3], 0), [1, 2, 3]);
  assert.deepEqual(order.update([2, 1, 3], 500), [1, 2, 3]);
  assert.deepEqual(order.update([1, 2, 3], 900), [1, 2, 3]);
  assert.deepEqual(order.update([2, 1, 4, 3], 1000), [1, 4, 2, 3]); // beside the nearest before
  assert.deepEqual(order.update([2, 1, 4, 3], 2000), [1, 4, 2, 3]);
  assert.deepEqual(order.update([2, 1, 4, 3], 2400, true), [1, 4, 2, 3]);
  assert.deepEqual(order.update([2, 1, 4, 3], 3800), [1, 4, 2, 3]);
  assert.deepEqual(order.update([2, 1, 4, 3], 3900), [2, 1, 4, 3]);
  assert.deepEqual(order.update([4, 3], 4000), [4, 3]);
});

test("names are the person's own, of this page, and no longer than fits", () => {
  setName(3, "  Ana   Maria ");
  assert.equal(nameOf(3), "Ana Maria");
  assert.equal(wording.faceName(3), "Ana Maria");
  assert.equal(wording.faceName(4), "Person 4");
  setName(4, "x".repeat(100));
  assert.equal(nameOf(4).length, 40);
  assert.equal(allNames().length, 2);
  setName(3, " ");
  assert.equal(wording.faceName(3), "Person 3");
  clearNames();
  assert.deepEqual(allNames(), []);
});

test("a face's small picture is a square within the frame", () => {
  const place = thumbnailPlace([100, 100, 180, 200], 640, 480);
  assert.deepEqual(place, { x: 67.5, y: 77.5, side: 145 });
  const edge = thumbnailPlace([600, 0, 640, 50], 640, 480);
  assert.ok(edge.x + edge.side <= 640 && edge.y === 0);
  assert.equal(thumbnailPlace([0, 0, 640, 480], 640, 480).side, 480);
});

test("the tab's title tells the state and how many faces, never what they show", () => {
  assert.equal(titleOf("on", "ready", 3), "3 faces · mien");
  assert.equal(titleOf("on", "ready", 1), "1 face · mien");
  assert.equal(titleOf("on", "ready", 0), "No face · mien");
  assert.equal(titleOf("paused", "ready", 0), "Paused · mien");
  assert.equal(titleOf("off", "away", 0), "mien");
  assert.equal(titleOf("denied", "ready", 0), "Stopped · mien");
});

test("a reason for unclear names what mends it, or the two answers", () => {
  const two = shares({ sad: 0.4, neutral: 0.35, angry: 0.25 });
  const split = { ...two, clear: false, why: "people would disagree", state: "unclear" };
  assert.match(wording.mend(split), /about 4 would say sad, 4 neutral|about 4 would say sad, 3/);
  for (const why of ["too small", "too dark", "blurred", "turned away"]) {
    assert.ok(wording.mend({ ...split, why }).length > 30, why);
    assert.ok(wording.noteText({ ...split, why }).length > 10, why);
  }
});

test("what differs from usual is said, and that somebody talks", () => {
  const change = { emotion: "sad", by: 2.2, more: true };
  assert.equal(wording.noteText(shares({}, { change })), "looking sadder than usual");
  const talking = shares({}, { change: null, talking: true });
  assert.equal(wording.noteText(talking), "talking");
  assert.equal(
    wording.noteText(shares({}, { change: { ...change, more: false } })),
    "looking sad, unlike usual",
  );
  assert.equal(wording.noteText(shares({})), "");
});

test("a nod, a shake of the head and a lasting change are said briefly, in both languages", () => {
  const over = { talking: true, gesture: "nod", just_now: true, change: null };
  const none = { talking: null, gesture: null, just_now: false, change: null };
  assert.equal(wording.noteText(shares({}, over)), "nods · just changed · talking");
  assert.equal(wording.noteText(shares({}, none)), "");
  const [shake] = messages.answers.followed.readings;
  assert.equal(wording.noteText(shake), "shakes the head · just changed");
  // Of a face that is not seen well nothing is said but what would help.
  const dark = shares({}, { ...over, clear: false, why: "too dark" });
  assert.equal(wording.noteText(dark), wording.hint("too dark"));
  wording.setLanguage("de");
  assert.equal(wording.noteText(shares({}, over)), "nickt · eben geändert · spricht");
  assert.equal(wording.noteText(shake), "schüttelt den Kopf · eben geändert");
  wording.setLanguage("en");
});
