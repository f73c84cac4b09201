/** Ten little people, each with the colour and the face of their answer. */

import { colourOf } from "../state/emotions.js";
import { svg } from "./elements.js";
import { markOf } from "./symbols.js";

const STEP = 34;
const BODY = "M0.5 47V38q0-13 11.5-13t11.5 13v9q0 1-1 1h-21q-1 0-1-1z";

/** Make the figures, ten grey people at first. */
export function createFigures() {
  const people = Array.from({ length: 10 }, (_, index) =>
    svg("g", { class: "person", transform: `translate(${index * STEP + 1} 0)` }, [
      svg("circle", { cx: 12, cy: 11.5, r: 10.5 }),
      svg("path", { d: BODY }),
      svg("g", { transform: "translate(2 1.5)" }),
    ]),
  );
  return svg("svg", { class: "figures", viewBox: `0 0 ${10 * STEP - 8} 49`, role: "img" }, people);
}

/**
 * @param {Element} figures result of `createFigures`
 * @param {string[] | null} people each person's answer; null if nobody could tell
 * @param {string} text the same in words
 */
export function updateFigures(figures, people, text) {
  figures.classList.toggle("nobody", people === null);
  if (figures.getAttribute("aria-label") !== text) figures.setAttribute("aria-label", text);
  for (const [index, person] of [...figures.children].entries()) {
    const answer = people?.[index];
    if (!(person instanceof SVGElement) || person.dataset.answer === (answer ?? "")) continue;
    person.dataset.answer = answer ?? "";
    if (answer === undefined) person.style.removeProperty("--answer");
    else person.style.setProperty("--answer", colourOf(answer));
    person.lastElementChild?.replaceChildren(...(answer === undefined ? [] : [markOf(answer)]));
  }
}
