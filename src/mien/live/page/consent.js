/** Before the first shared window: tell the others, and where mien must not be used. */

const KEY = "mien.toldOthers";

/** @param {string} id */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html lacks #${id}`);
  return found;
}

/**
 * Ask once in this browser; the answer stays in the browser.
 * @returns {Promise<boolean>} whether to go on
 */
export async function agreed() {
  if (localStorage.getItem(KEY)) return true;
  const dialog = part("consent");
  if (!(dialog instanceof HTMLDialogElement)) throw new Error("#consent is no dialog");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "share") return false;
  localStorage.setItem(KEY, "yes");
  return true;
}

/** @param {() => string} copied what the button says afterwards */
export function enableCopying(copied) {
  const button = part("copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(part("consent-text").textContent ?? "");
    button.textContent = copied();
  });
}
