/** "Sign out" in the settings, if this browser showed the server its token. */

import { askSignIn, signOut } from "../network/sign-in.js";
import * as wording from "../texts/wording.js";
import { part, setText } from "./elements.js";

/** Milliseconds for which the button says that it failed. */
const SAID_MS = 4000;

/** @param {() => void} onSignedOut */
export async function enableSigningOut(onSignedOut) {
  const button = part("sign-out", HTMLButtonElement);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const isOut = await signOut();
    button.disabled = false;
    if (isOut) {
      onSignedOut();
      return;
    }
    setText(button, wording.say().signOutFailed);
    setTimeout(() => setText(button, wording.say().signOut), SAID_MS);
  });
  part("signed-in", HTMLElement).hidden = (await askSignIn()) !== "in";
}

/** Take it away, once the sign-in has ended in any page. */
export function hideSigningOut() {
  part("signed-in", HTMLElement).hidden = true;
}
