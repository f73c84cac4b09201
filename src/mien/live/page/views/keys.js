/** What keys mean where. */

/**
 * Whether a key goes to a field in which the person writes: it is no command then.
 * @param {KeyboardEvent} event
 */
export function isTyping({ target }) {
  const element = /** @type {Partial<HTMLElement> | null} */ (target);
  return ["INPUT", "TEXTAREA", "SELECT"].includes(element?.tagName ?? "");
}

/**
 * Whether a key is a command by itself, without others that are held.
 * @param {KeyboardEvent} event
 */
export function isCommand(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event));
}
