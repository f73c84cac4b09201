/**
 * What a redraw of the page's timeline costs, in Node's stand-in for a document:
 * `node benchmarks/page/timeline.js [HOURS]`.
 *
 * Four faces change every 2.5 s, and the timeline is redrawn once a second, as on the page. Told are the
 * milliseconds of a redraw: the first one, which draws all, and the following ones, which append.
 */

import { element, install } from "./stand_in.js";

install();
const page = "../../src/mien/live/page/";
const { ANSWERS } = await import(`${page}state/emotions.js`);
const { Session } = await import(`${page}state/session.js`);
const { Timeline } = await import(`${page}views/timeline.js`);

const FACES = 4;
const CHANGE_S = 2.5;
const REDRAWS = 200;

/** @param {number} hours */
export function measure(hours) {
  const session = new Session();
  const began = Date.UTC(2026, 0, 2, 12);
  const parts = { place: element("div"), line: element("p") };
  const timeline = new Timeline(session, parts);
  let now = 0;
  const goOn = (seconds) => {
    for (const until = now + seconds; now < until; now += 0.5) {
      const faces = Array.from({ length: FACES }, (_, face) => {
        const answer = ANSWERS[(Math.floor(now / CHANGE_S) + face) % 7];
        const votes = { [answer]: 0.8, other: 0.2 };
        const top = Object.entries(votes);
        return { key: `1-${face}`, number: face + 1, reading: { votes, top, clear: true } };
      });
      session.add(began + 1000 * now, faces);
    }
  };
  goOn(3600 * hours);
  const took = [];
  for (let redraw = 0; redraw < REDRAWS; redraw += 1) {
    goOn(1);
    const start = performance.now();
    timeline.show();
    took.push(performance.now() - start);
  }
  const [first, ...rest] = took;
  rest.sort((a, b) => a - b);
  const stretches = session.rows.reduce((sum, row) => sum + row.stretches.length, 0);
  const elements = [...parts.place.all()].length;
  return { hours, stretches, elements, first, median: rest[rest.length >> 1], worst: rest.at(-1) };
}

if (process.argv[1]?.endsWith("timeline.js")) {
  const hours = Number(process.argv[2] ?? 2);
  for (const part of [hours / 8, hours]) {
    const { stretches, elements, ...times } = measure(part);
    const told = ["first", "median", "worst"].map((name) => `${name} ${times[name].toFixed(2)} ms`);
    console.log(`${part} h: ${stretches} stretches, ${elements} elements; ${told.join(", ")}`);
  }
}
