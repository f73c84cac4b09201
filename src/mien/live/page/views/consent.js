/** Before the first shared window: tell the others, and where mien must not be used. */

import { part } from "./elements.js";

const KEY = "mien.toldOthers";
/** Whether the person has agreed since the page was opened: all that is known where nothing is kept. */
let agreedHere = false;

/** @returns {boolean} whether this browser remembers that the person has agreed */
function remembered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // the browser forbids to keep anything
  }
}

/**
 * Ask once in this browser; the answer stays in the browser.
 * @returns {Promise<boolean>} whether to go on
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
    // The browser keeps nothing: it is asked again when the page is opened again.
  }
  return true;
}

/** @param {() => string} copied what the button says afterwards */
export function enableCopying(copied) {
  const button = part("copy", HTMLButtonElement);
  button.addEventListener("click", async () => {
    const text = part("consent-text", HTMLElement);
    try {
      await navigator.clipboard.writeText(text.textContent ?? "");
      button.textContent = copied();
    } catch {
      getSelection()?.selectAllChildren(text); // the browser forbids it: the person may copy
    }
  });
}
