/** The timeline merges what no pixel shows, and appends: `node --test tests/live/`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { element, install } from "../../benchmarks/page/stand_in.js";

install();
const page = "../../src/mien/live/page/";
const { ANSWERS } = await import(`${page}state/emotions.js`);
const { Session } = await import(`${page}state/session.js`);
const { Timeline } = await import(`${page}views/timeline.js`);
const { TimelinePicture, spanOf } = await import(`${page}views/timeline-picture.js`);
const { RunMerger } = await import(`${page}views/timeline-runs.js`);

/** Numbers from 0 to 1 that are the same each time. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Stretches of all lengths, with gaps, and some that were seen in one reading only. */
function stretches(roll, seconds) {
  const made = [];
  for (let time = roll(); time < seconds; ) {
    const end = time + (roll() < 0.1 ? 0 : roll() ** 4 * 20);
    const answers = [...ANSWERS, null, "happy+neutral"];
    made.push({ start: time, end, answer: answers[Math.floor(roll() * answers.length)] });
    time = end + (roll() < 0.2 ? roll() * 9 : 0);
  }
  return made;
}

/** What a column of pixels shows longest, looked up stretch by stretch. */
function longestIn(column, all, scale) {
  const shares = new Map();
  for (const { start, end, answer } of all) {
    const [from, to] = [start * scale, end * scale];
    const share = Math.min(to, column + 1) - Math.max(from, column);
    const isInstant = from === to && Math.floor(from) === column;
    if (share <= 0 && !isInstant) continue;
    shares.set(answer, (shares.get(answer) ?? 0) + Math.max(share, 1e-6));
  }
  const most = Math.max(...shares.values());
  return [...shares].find(([, share]) => share === most)?.[0];
}

test("merged runs show in each column what was shown longest in it", () => {
  for (const [seed, scale] of [3, 0.37, 0.05, 1].map((scale, index) => [index + 1, scale])) {
    const all = stretches(dice(seed), 600 / scale);
    const merger = new RunMerger(scale);
    const runs = [];
    for (const stretch of all.slice(0, -1)) {
      merger.add(stretch);
      runs.push(...merger.takeClosed());
    }
    runs.push(...merger.rest(all.at(-1)));
    const shown = new Map();
    for (const { from, to, answer } of runs) {
      for (let column = from; column < to; column += 1) {
        assert.ok(!shown.has(column));
        shown.set(column, answer);
      }
    }
    for (let column = 0; column <= Math.ceil(all.at(-1).end * scale); column += 1) {
      assert.equal(shown.get(column), longestIn(column, all, scale), `column ${column}`);
    }
    assert.ok(runs.length <= 660);
  }
});

const NOON = Date.UTC(2026, 0, 2, 12);

/** Two faces that change every second or so. */
function read(session, from, to) {
  for (let time = from; time < to; time += 0.25) {
    const faces = [1, 2].map((number) => {
      const answer = ANSWERS[Math.floor(time / (number + 0.3)) % 7];
      const votes = { [answer]: 0.8, other: 0.2 };
      const clear = Math.floor(time) % 17 !== number;
      return {
        key: `1-${number}`,
        number,
        reading: { votes, top: Object.entries(votes), clear, why: clear ? null : "too dark" },
      };
    });
    session.add(NOON + 1000 * time, time % 40 > 35 ? faces.slice(1) : faces);
  }
}

/** Everything that is drawn, less the numbers by which pictures tell their patterns apart. */
function drawn(picture) {
  return [...picture.element.all()]
    .map((part) => {
      const kept = [...part.attributes].filter(([name]) => name !== "id" && name !== "fill");
      return JSON.stringify([part.localName, kept, part.children.length ? "" : part.textContent]);
    })
    .sort(); // a path is put in when its answer first comes
}

test("a picture that was appended to is the one that is drawn at once", () => {
  const session = new Session();
  const appended = new TimelinePicture();
  for (let time = 0; time < 290; time += 7) {
    read(session, time, time + 7);
    appended.draw(session, 900);
    const whole = new TimelinePicture();
    whole.draw(session, 900);
    assert.deepEqual(drawn(appended), drawn(whole), `after ${time + 7} s`);
  }
});

test("what is drawn stays where it is until the time is full", () => {
  assert.deepEqual([0, 60, 61, 7201, 50_000].map(spanOf), [60, 60, 120, 10_800, 64_800]);
  const session = new Session();
  const picture = new TimelinePicture();
  read(session, 0, 62);
  picture.draw(session, 900);
  const before = picture.across(30);
  read(session, 62, 118);
  picture.draw(session, 900);
  assert.equal(picture.across(30), before);
  read(session, 118, 130);
  picture.draw(session, 900);
  assert.ok(picture.across(30) < before);
});

test("two hours are no more elements than ten minutes", () => {
  const counts = [600, 7200].map((seconds) => {
    const session = new Session();
    read(session, 0, seconds);
    const picture = new TimelinePicture();
    picture.draw(session, 900);
    return [...picture.element.all()].length;
  });
  assert.ok(counts[1] < 1.5 * counts[0], String(counts));
});

test("keys read every stretch, however narrow it is drawn", () => {
  const session = new Session();
  read(session, 0, 3600);
  const parts = { place: element("div"), line: element("p") };
  const listeners = {};
  parts.place.addEventListener = (name, listener) => {
    listeners[name] = listener;
  };
  const timeline = new Timeline(session, parts);
  timeline.show();
  const press = (key) => listeners.keydown({ key, preventDefault() {} });
  press("Home"); // the lower face's, where reading begins
  const seen = [];
  for (let step = 0; step < 200; step += 1) {
    seen.push(parts.place.getAttribute("aria-valuenow"));
    press("ArrowRight");
  }
  const first = session.lanes[0].rows[0].stretches.length;
  assert.deepEqual(seen.slice(0, 3).map(Number), [first, first + 1, first + 2]);
  assert.equal(new Set(seen).size, 200);
  press("ArrowUp");
  assert.match(parts.line.textContent, /Person 1/);
});
