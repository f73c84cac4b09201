/**
 * Make and find elements. Everything on the page that is not in index.html is made here, from names
 * and texts, never from HTML, which the page's content security policy forbids.
 */

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * Make an HTML element.
 *
 * Keys with a hyphen (`aria-label`, `data-face`) and keys without a property of the element become
 * attributes. All others are set as properties (`className`, `textContent`, `hidden`, `type`). Null and
 * undefined values are left out.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function create(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (!key.includes("-") && key in element) Reflect.set(element, key, value);
    else element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Make an SVG element; all keys are attributes.
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Element[]} children
 */
export function svg(name, attributes = {}, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Make a button.
 * @param {Attributes} attributes attributes as for `create`
 * @param {() => void} onPress
 */
export function button(attributes, onPress) {
  const made = create("button", { type: "button", ...attributes });
  made.addEventListener("click", onPress);
  return made;
}

/**
 * Set an element's text if it differs, so that screen readers and styles see only real changes.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Set a line of [element name or "", text] parts, if it differs.
 * @param {Element} element
 * @param {[keyof HTMLElementTagNameMap | "", string][]} parts
 */
export function setParts(element, parts) {
  if (element.textContent === parts.map(([, text]) => text).join("")) return;
  element.replaceChildren(
    ...parts.map(([name, text]) => (name ? create(name, { textContent: text }) : text)),
  );
}

/**
 * Find an element of index.html.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html lacks #${id}`);
  return found;
}
