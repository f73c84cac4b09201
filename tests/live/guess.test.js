/** Guess first, without a browser: whom to ask, what counts, the person's own pictures. */

import assert from "node:assert/strict";
import { test } from "node:test";

const page = "../../src/mien/live/page/";
const { Deck } = await import(`${page}state/deck.js`);
const guessing = await import(`${page}state/guess.js`);
const { CANNOT_TELL, EMOTIONS, isAskable, outcomeOf, Questions, Score, STEADY_MS } = guessing;
const { LANGUAGES, setLanguage, usualText } = await import(`${page}texts/wording.js`);
const { resultTitle } = await import(`${page}views/guess-result.js`);

function reading(votes, more = {}) {
  const top = Object.entries(votes).sort((a, b) => b[1] - a[1]);
  return { box: [0, 0, 9, 9], votes, top, clear: true, state: "clear", why: null, ...more };
}

const HAPPY = reading({ happy: 0.8, neutral: 0.2 });
const SAD = reading({ sad: 0.7, neutral: 0.3 });
const UNCLEAR = reading({ happy: 0.8, neutral: 0.2 }, { clear: false, why: "too dark" });

/** Questions after faces were seen for long enough. */
function seen(faces, questions = new Questions(), from = 0) {
  questions.see(from, faces);
  questions.see(from + STEADY_MS, faces);
  return questions;
}

test("the seven emotions are asked about, unclear faces and other answers are not", () => {
  assert.equal(EMOTIONS.length, 7);
  assert.ok(isAskable(HAPPY));
  assert.ok(!isAskable(UNCLEAR));
  assert.ok(!isAskable(reading({ other: 0.8, happy: 0.2 })));
  const half = { happy: 0.5, other: 0.45, neutral: 0.05 };
  assert.ok(!isAskable(reading(half, { state: "mixed" })));
});

test("a face is asked about when its answer has stood, not when it has just come", () => {
  const questions = new Questions();
  questions.see(0, [{ number: 1, reading: HAPPY }]);
  assert.equal(questions.ask(STEADY_MS - 1), null);
  assert.equal(questions.waiting(STEADY_MS - 1), "soon");
  questions.see(500, [{ number: 1, reading: SAD }]); // another answer: it begins again
  assert.equal(questions.ask(STEADY_MS), null);
  assert.deepEqual(questions.ask(500 + STEADY_MS), { number: 1, reading: SAD });
});

test("one face at a time, each in turn, and none twice while it looks the same", () => {
  const faces = [1, 2].map((number) => ({ number, reading: HAPPY }));
  const questions = seen(faces);
  assert.equal(questions.ask(STEADY_MS)?.number, 1);
  assert.equal(questions.ask(STEADY_MS), null);
  questions.close();
  assert.equal(questions.ask(STEADY_MS)?.number, 2);
  questions.close();
  assert.equal(questions.ask(STEADY_MS), null);
  assert.equal(questions.waiting(STEADY_MS), "same");
  assert.equal(questions.ask(STEADY_MS, true)?.number, 1);
  questions.close();
  seen([faces[0], { number: 2, reading: SAD }], questions, 2000);
  assert.equal(questions.ask(2000 + STEADY_MS)?.number, 2);
});

test("a question keeps its moment, whatever the face does and when it goes", () => {
  const questions = seen([{ number: 1, reading: HAPPY }]);
  questions.ask(STEADY_MS);
  questions.see(2000, [{ number: 1, reading: SAD }]);
  questions.forgetFaces();
  assert.deepEqual(questions.question, { number: 1, reading: HAPPY });
});

test("the first answer counts", () => {
  const questions = seen([{ number: 1, reading: HAPPY }]);
  assert.ok(!questions.answer("happy")); // nothing is asked
  questions.ask(STEADY_MS);
  assert.ok(questions.answer("sad"));
  assert.ok(!questions.answer("happy"));
  assert.equal(questions.said, "sad");
});

test("why nothing is asked", () => {
  const questions = new Questions();
  assert.equal(questions.waiting(0), "nobody");
  seen([{ number: 1, reading: UNCLEAR }], questions);
  assert.equal(questions.waiting(STEADY_MS), "unclear");
  assert.equal(questions.ask(STEADY_MS, true), null);
});

test("the score counts by what most people would say, and by the best of two", () => {
  const score = new Score();
  score.add("happy", ["happy"]);
  score.add("neutral", ["happy"]);
  score.add("neutral", ["happy"]);
  score.add(CANNOT_TELL, ["happy"]);
  score.add("neutral", ["sad", "neutral"]);
  assert.deepEqual(score.rows, [
    { answer: "happy", asked: 4, same: 1, instead: "neutral" },
    { answer: "neutral", asked: 1, same: 1, instead: null },
  ]);
  assert.deepEqual(new Score(JSON.parse(JSON.stringify(score))).rows, score.rows);
  assert.equal(outcomeOf("neutral", ["sad", "neutral"]), "same");
});

test("a spoilt score is none", () => {
  for (const kept of [null, 3, "x", [], { happy: 4 }, { happy: { happy: -1, sad: "2" }, no: {} }]) {
    assert.ok(new Score(kept).isEmpty);
  }
});

test("a deck gives each picture once, in an order of chance, and nothing else", () => {
  const files = ["a", "b", "c", "d"].map((name) => ({ name, type: "image/jpeg" }));
  const deck = new Deck([...files, { name: "notes", type: "text/plain" }], () => 0);
  assert.equal(deck.size, 4);
  const drawn = [1, 2, 3, 4].map(() => deck.draw()?.name);
  assert.deepEqual([...drawn].sort(), ["a", "b", "c", "d"]);
  assert.notDeepEqual(drawn, ["a", "b", "c", "d"]);
  assert.equal(deck.draw(), null);
  assert.equal(deck.position, 4);
});

test("a picture without a clear face is left out after some answers", () => {
  const deck = new Deck([{ type: "image/png" }, { type: "image/png" }]);
  deck.draw();
  const answers = Array.from({ length: 20 }, () => deck.sawNothing());
  const enough = answers.indexOf(true);
  assert.ok(enough > 3 && enough < 12);
  deck.draw();
  assert.ok(!deck.sawNothing());
});

test("the result says what both would say, and never right or wrong", () => {
  setLanguage("en");
  assert.equal(resultTitle(HAPPY, "happy"), "You said happy. So would 8 of 10 people.");
  const some = "You said neutral. So would 2 of 10 people; 8 would say happy.";
  assert.equal(resultTitle(HAPPY, "neutral"), some);
  const none = "You said afraid. None of 10 people would; 8 would say happy.";
  assert.equal(resultTitle(HAPPY, "fear"), none);
  const cannot = "You could not tell. 8 of 10 people would say happy.";
  assert.equal(resultTitle(HAPPY, CANNOT_TELL), cannot);
  const mixed = reading({ happy: 0.5, neutral: 0.5 }, { state: "mixed" });
  assert.match(resultTitle(mixed, "neutral"), /So would 5 of 10 .*split: about half happy/);
  for (const { guess } of Object.values(LANGUAGES)) {
    const titles = [guess.sameTitle, guess.someTitle, guess.noneTitle, guess.cannotTitle];
    assert.doesNotMatch(titles.join(), /right|wrong|richtig|falsch/i);
  }
});

test("the change from the usual face is said where it is known", () => {
  setLanguage("en");
  assert.match(usualText(HAPPY), /not known yet/);
  assert.equal(usualText({ ...HAPPY, change: null }), "as usual");
  const change = { emotion: "happy", by: 2, more: true };
  assert.equal(usualText({ ...HAPPY, change }), "more smiling than usual"); // as the cards say it
});
