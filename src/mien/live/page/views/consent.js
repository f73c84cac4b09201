/** Before the first shared window: a reminder to tell the others, and where mien must not be used. */

import { part } from "./elements.js";

const KEY = "mien.toldOthers";
/** Whether the person has agreed since the page was opened, for browsers that keep nothing. */
let agreedHere = false;

/** @returns {boolean} whether this browser remembers that the person has agreed */
function remembered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // the browser forbids keeping anything
  }
}

/**
 * Ask once in this browser, which keeps the answer.
 * @returns {Promise<boolean>} whether to continue
 */
export async function agreed() {
  if (agreedHere || remembered()) return true;
  const dialog = part("consent", HTMLDialogElement);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "share") return false;
  agreedHere = true;
  try {
    localStorage.setItem(KEY, "yes");
  } catch {
    // The browser keeps nothing, so the page asks again after it is opened again.
  }
  return true;
}

/** @param {() => string} copied text of the button afterwards */
export function enableCopying(copied) {
  const button = part("copy", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const text = part("consent-text", HTMLElement);
    try {
      await navigator.clipboard.writeText(text.textContent ?? "");
      button.textContent = copied();
    } catch {
      getSelection()?.selectAllChildren(text); // the browser forbids it: the person can copy the text
    }
  });
}
