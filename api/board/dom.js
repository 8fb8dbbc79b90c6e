// Making and changing elements. Text is only ever text: nothing here reads markup.

/** An element with these attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children);
  return node;
}

/** Set a node's text, if it differs: what a screen reader has read is left alone. */
export function set(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

// characters that show nothing, or turn the text around them: C0, C1, and the directional ones
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside as it is shown: what would hide or turn it is named instead. */
export function visible(text) {
  return String(text ?? "").replace(UNSEEN, (sign) => {
    const code = sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `‹U+${code}›`;
  });
}

/** An element for text from outside, whose direction touches nothing around it. */
export function outside(text = "") {
  return el("bdi", {}, visible(text));
}

/** Set the text of an element that `outside` made. */
export function setOutside(node, text) {
  set(node, visible(text));
}

const kept = new WeakMap();

/**
 * Make the children of `parent` those of `items`: one is made once, updated when it changes, moved
 * only when its place is another. So focus, selection and scrolling stay where they were.
 * `make(item)` answers `{node, update(item)}`.
 */
export function keyed(parent, items, key, make) {
  const before = kept.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.firstChild;
  for (const item of items) {
    const name = key(item);
    const part = before.get(name) ?? make(item);
    before.delete(name);
    after.set(name, part);
    part.update(item);
    if (part.node === place) place = place.nextSibling;
    else parent.insertBefore(part.node, place);
  }
  for (const part of before.values()) part.node.remove();
  kept.set(parent, after);
}
