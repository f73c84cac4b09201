/** Whether this browser is signed in with a token, and signing out. */

/**
 * @typedef {"in" | "out" | "none"} SignIn "out" if the server asks for its token again; "none" if it
 *   asks for none, or does not answer
 */

/** @returns {Promise<SignIn>} */
export async function askSignIn() {
  try {
    const answer = await fetch("signed-in");
    if (answer.status === 401) return "out";
    const content = answer.ok ? await answer.json() : null;
    return content?.signed_in === true ? "in" : "none";
  } catch {
    return "none";
  }
}

/** @returns {Promise<boolean>} whether the session has ended */
export async function signOut() {
  try {
    const { ok, status } = await fetch("sign-out", { method: "POST" });
    return ok || status === 401; // 401: it had ended before
  } catch {
    return false;
  }
}
