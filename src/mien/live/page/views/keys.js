/** Which keys are commands. */

/**
 * Return whether a key goes to a text field: then it is no command.
 * @param {KeyboardEvent} event
 */
export function isTyping({ target }) {
  const element = /** @type {Partial<HTMLInputElement> | null} */ (target);
  if (element?.type === "checkbox") return false;
  return ["INPUT", "TEXTAREA", "SELECT"].includes(element?.tagName ?? "");
}

/**
 * Return whether a key is a command, outside text fields and without modifier keys.
 * @param {KeyboardEvent} event
 */
export function isCommand(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event));
}
