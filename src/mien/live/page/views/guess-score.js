/** The score of guessing, kept only if the person wants it. */

import { CANNOT_TELL, keepScore, loadScore, Score } from "../state/guess.js";
import * as wording from "../texts/wording.js";
import { button, create } from "./elements.js";
import { symbolOf } from "./symbols.js";

/** Milliseconds for which "press again" is offered. */
const SURE_MS = 4000;

export class ScoreView {
  element = create("details", { className: "guess-score" });
  #kept = loadScore();
  #place = create("div");

  /**
   * Count a guess, if the person wants that.
   * @param {string} said
   * @param {string[]} answers answers of most people
   */
  add(said, answers) {
    if (!this.#kept.isWanted) return;
    this.#kept.score.add(said, answers);
    keepScore(this.#kept);
    this.#show();
  }

  /** Write all texts, in the language. */
  showTexts() {
    const { guess } = wording.say();
    const box = create("input", { type: "checkbox", checked: this.#kept.isWanted });
    box.addEventListener("change", () => {
      this.#kept.isWanted = box.checked;
      keepScore(this.#kept);
      this.#show();
    });
    this.element.replaceChildren(
      create("summary", {}, guess.score),
      create("label", { className: "setting" }, box, ` ${guess.scoreKeep}`),
      create("p", { className: "hint" }, guess.scoreMore),
      this.#place,
    );
    this.#show();
  }

  #show() {
    const { guess } = wording.say();
    const { isWanted, score } = this.#kept;
    if (score.isEmpty) {
      this.#place.replaceChildren(...(isWanted ? [create("p", {}, guess.scoreEmpty)] : []));
      return;
    }
    const heads = [guess.scoreEmotion, guess.scoreSame, guess.scoreInstead];
    const rows = score.rows.map(({ answer, asked, same, instead }) => {
      const name = create("th", { scope: "row" });
      const word = create("span", { className: "guess-emotion" });
      word.append(symbolOf(answer), wording.answerWord(answer));
      name.append(word);
      const other = instead === CANNOT_TELL ? guess.cannot : wording.answerWord(instead ?? "");
      const cells = [wording.fill(guess.scoreOf, { same, asked }), instead === null ? "" : other];
      return create("tr", {}, name, ...cells.map((text) => create("td", {}, text)));
    });
    const head = create("tr", {}, ...heads.map((text) => create("th", { scope: "col" }, text)));
    this.#place.replaceChildren(
      create(
        "table",
        {},
        create("caption", {}, guess.score),
        create("thead", {}, head),
        create("tbody", {}, ...rows),
      ),
      this.#deleteButton(),
    );
  }

  #deleteButton() {
    const { scoreDelete, scoreDeleteSure } = wording.say().guess;
    let isSure = false;
    const made = button({ className: "quiet", textContent: scoreDelete }, () => {
      if (isSure) {
        this.#kept.score = new Score();
        keepScore(this.#kept);
        this.#show();
        this.element.querySelector("summary")?.focus();
        return;
      }
      isSure = true;
      made.textContent = scoreDeleteSure;
      setTimeout(() => {
        isSure = false;
        made.textContent = scoreDelete;
      }, SURE_MS);
    });
    return made;
  }
}
