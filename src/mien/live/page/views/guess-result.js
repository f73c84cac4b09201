/**
 * The result after a guess, in the words of the cards: ten people, what moves, the change from the usual
 * face, and how sure that is.
 */

import { outcomeOf } from "../state/guess.js";
import { answersOf, countAnswers, tenPeople } from "../state/votes.js";
import * as wording from "../texts/wording.js";
import { create } from "./elements.js";
import { createFigures, updateFigures } from "./figures.js";

/** @typedef {import("../network/protocol.js").Reading} Reading */

/**
 * Return a sentence with the person's answer and that of ten people. It never says "right": a face shows
 * an expression, and mien's answer is a guess, too.
 * @param {Reading} reading
 * @param {string} said
 */
export function resultTitle(reading, said) {
  const texts = wording.say().guess;
  const counts = countAnswers(tenPeople(reading.votes, reading.top[0]?.[0]));
  const answers = answersOf(reading);
  const [first = ""] = answers;
  const count = counts.get(said) ?? 0;
  const values = {
    said: wording.answerWord(said),
    count,
    most: counts.get(first) ?? 0,
    answer: wording.answerWord(first),
  };
  const outcome = outcomeOf(said, answers);
  const titles = {
    cannot: texts.cannotTitle,
    same: texts.sameTitle,
    different: count > 0 ? texts.someTitle : texts.noneTitle,
  };
  const title = wording.fill(titles[outcome], values);
  if (answers.length < 2) return title;
  return `${title} ${wording.fill(texts.mixedTitle, { halves: wording.halves(answers) })}`;
}

/**
 * @param {Reading} reading reading at the moment in question
 * @param {string} said
 */
export function createResult(reading, said) {
  const texts = wording.say();
  const people = tenPeople(reading.votes, reading.top[0]?.[0]);
  const figures = createFigures();
  const inWords = wording.figuresText(countAnswers(people));
  updateFigures(figures, people, inWords);
  const tellsMovements = Object.keys(reading.movements ?? {}).length > 0;
  return create(
    "div",
    { className: "guess-result" },
    create("p", { className: "guess-verdict" }, resultTitle(reading, said)),
    figures,
    create("p", { className: "guess-people" }, inWords),
    ...(tellsMovements ? section(texts.whatMoves, wording.movesText(reading)) : []),
    ...section(texts.fromUsual, wording.usualText(reading)),
    ...section(texts.howSure, wording.sureText(answersOf(reading))),
    create("p", { className: "hint" }, texts.guess.guess),
  );
}

/**
 * @param {string} title
 * @param {string} text
 */
function section(title, text) {
  return [create("h3", {}, title), create("p", {}, text)];
}
