/** The tables of texts against the code that says them: nothing is translated for nobody. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const page = new URL("../../src/mien/live/page/", import.meta.url);
const { ANSWERS } = await import(`${page}state/emotions.js`);
const { SAID_FROM } = await import(`${page}state/movements.js`);
const { LANGUAGES } = await import(`${page}texts/wording.js`);

/** Tables whose keys are the server's names: they are looked up by what it says. */
const BY_NAME = [
  ...["answers", "reasons", "hints", "mends", "movements", "gestures", "changes", "youCan"],
];

const files = readdirSync(page, { recursive: true })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.(js|html)$/.test(file) && !/^texts\/(\w+-)?(en|de)\.js$/.test(file));
const code = files
  .map((file) => readFileSync(new URL(file, page), "utf8"))
  .join("\n")
  .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
/** What is taken out of a table at once: `const { start, stop } = wording.say();`. */
const taken = [...code.matchAll(/\{([^{}]*)\}\s*=\s*(?:wording\.)?(?:say\(\)|texts\b)/g)]
  .flatMap(([, names]) => names.split(","))
  .map((name) => name.split(":")[0].trim());

/** @returns {string[][]} the path of each text that the code looks up by its own name */
function pathsOf(texts, before = []) {
  return Object.entries(texts).flatMap(([key, value]) => {
    const path = [...before, key];
    if (typeof value === "string" || Array.isArray(value) || "other" in value) return [path];
    return BY_NAME.includes(key) ? [path] : pathsOf(value, path);
  });
}

const isUsed = (key) => taken.includes(key) || new RegExp(`\\.${key}\\b|["']${key}["']`).test(code);

test("every text is used", () => {
  assert.ok(files.length > 40 && taken.length > 30);
  assert.ok(!isUsed("faces of nobody"));
  const unused = pathsOf(LANGUAGES.en).filter((path) => !isUsed(path.at(-1)));
  assert.deepEqual(
    unused.map((path) => path.join(".")),
    [],
  );
});

test("tables that are looked up by a name have all names, and no other", () => {
  const { answers, reasons, hints, mends, movements, gestures, changes, youCan } = LANGUAGES.en;
  const told = ANSWERS.filter((answer) => !["neutral", "other"].includes(answer));
  const names = (table) => Object.keys(table).sort();
  assert.deepEqual(names(answers), [...ANSWERS].sort());
  assert.deepEqual(names(youCan), [...ANSWERS, "mixed"].sort());
  assert.deepEqual(names(changes), told.sort());
  assert.deepEqual(names(movements), names(SAID_FROM));
  assert.deepEqual(names(gestures), ["nod", "shake"]);
  // A reason has its word; what is not seen well has what would help, and each has a mend.
  assert.deepEqual(names({ ...reasons, "not a face": "" }), names(mends));
  assert.deepEqual(names({ ...hints, "people would disagree": "" }), names(mends));
});
