/** Ten little people, each in the colour of what they would say. */

import { colourOf } from "./emotions.js";
import { svg } from "./svg.js";

const STEP = 34;
const BODY = "M1.5 42V31q0-10 9.5-10t9.5 10v11q0 1-1 1h-17q-1 0-1-1z";

/** The figures, ten grey people at first. */
export function createFigures() {
  const people = Array.from({ length: 10 }, (_, index) =>
    svg("g", { class: "person", transform: `translate(${index * STEP + 1} 0)` }, [
      svg("circle", { cx: 11, cy: 9, r: 7 }),
      svg("path", { d: BODY }),
    ]),
  );
  return svg("svg", { class: "figures", viewBox: `0 0 ${10 * STEP - 10} 44`, role: "img" }, people);
}

/**
 * @param {Element} figures of `createFigures`
 * @param {string[] | null} people what each of them would say; null where nobody could tell
 * @param {string} text the same in words
 */
export function updateFigures(figures, people, text) {
  figures.classList.toggle("nobody", people === null);
  figures.setAttribute("aria-label", text);
  for (const [index, person] of [...figures.children].entries()) {
    const answer = people?.[index];
    if (!(person instanceof SVGElement)) continue;
    if (answer === undefined) person.style.removeProperty("--answer");
    else person.style.setProperty("--answer", colourOf(answer));
  }
}
