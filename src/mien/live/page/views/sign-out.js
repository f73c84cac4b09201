/** "Sign out" in the settings, if this browser showed the server its token. */

import { askSignIn, signOut } from "../network/sign-in.js";
import * as wording from "../texts/wording.js";
import { part, setText } from "./elements.js";

/** Milliseconds for which the button says that it failed. */
const SAID_MS = 4000;

/** @param {() => void} onSignedOut */
export async function enableSigningOut(onSignedOut) {
  const place = part("signed-in", HTMLElement);
  const button = part("sign-out", HTMLButtonElement);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const isOut = await signOut();
    button.disabled = false;
    if (isOut) {
      place.hidden = true;
      onSignedOut();
      return;
    }
    setText(button, wording.say().signOutFailed);
    setTimeout(() => setText(button, wording.say().signOut), SAID_MS);
  });
  place.hidden = (await askSignIn()) !== "in";
}
