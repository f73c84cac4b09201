/**
 * As much of a document as the page's views need, so that Node draws them: a tree of elements with
 * attributes, and no layout.
 */

class StandInNode {
  parentNode = null;
  children = [];
  attributes = new Map();
  #text = "";
  hidden = false;
  clientWidth = 1000;

  constructor(name) {
    this.localName = name;
  }

  get textContent() {
    return this.#text + this.children.map(({ textContent }) => textContent).join("");
  }

  set textContent(text) {
    this.replaceChildren();
    this.#text = String(text);
  }

  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  toggleAttribute(name, on) {
    if (on) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  append(...nodes) {
    for (const node of nodes) this.#adopt(node, this.children.length);
  }

  prepend(...nodes) {
    for (const [index, node] of nodes.entries()) this.#adopt(node, index);
  }

  replaceChildren(...nodes) {
    for (const child of this.children) child.parentNode = null;
    this.children = [];
    this.#text = "";
    this.append(...nodes);
  }

  remove() {
    const { parentNode } = this;
    if (parentNode) parentNode.children = parentNode.children.filter((child) => child !== this);
    this.parentNode = null;
  }

  addEventListener() {}

  /** Every element below, in the order of the document. */
  *all() {
    for (const child of this.children) {
      yield child;
      yield* child.all();
    }
  }

  #adopt(node, index) {
    const child = node instanceof StandInNode ? node : text(node);
    child.remove();
    child.parentNode = this;
    this.children.splice(index, 0, child);
  }
}

function text(content) {
  const made = new StandInNode("#text");
  made.textContent = content;
  return made;
}

/** Put the stand-in where the page's modules look for a document. */
export function install() {
  globalThis.HTMLDetailsElement = class {};
  globalThis.document = {
    createElement: (name) => new StandInNode(name),
    createElementNS: (_, name) => new StandInNode(name),
  };
}

/** @param {string} name */
export function element(name) {
  return new StandInNode(name);
}
