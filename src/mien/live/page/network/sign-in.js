/** The session of whoever opened the page with a token: whether there is one, and its end. */

/**
 * @typedef {"in" | "out" | "none"} SignIn "out" where the server asks for its token again; "none" where
 *   it asks for none, or does not answer
 */

/** @returns {Promise<SignIn>} */
export async function askSignIn() {
  try {
    const answer = await fetch("signed-in");
    if (answer.status === 401) return "out";
    const told = answer.ok ? await answer.json() : null;
    return told?.signed_in === true ? "in" : "none";
  } catch {
    return "none";
  }
}

/** @returns {Promise<boolean>} whether the session is ended */
export async function signOut() {
  try {
    const { ok, status } = await fetch("sign-out", { method: "POST" });
    return ok || status === 401; // it had ended before
  } catch {
    return false;
  }
}
