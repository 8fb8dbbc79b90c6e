// A state as shape, colour and word.

import { el, set } from "./dom.js";
import { reshape, shape } from "./shapes.js";

/** A badge; `update(state, text)` lets it tell another state. */
export function badge() {
  const picture = shape("draft");
  const text = el("span");
  const node = el("span", { class: "badge" }, picture, text);
  return {
    node,
    update(state, words) {
      if (node.dataset.state !== state) node.dataset.state = state;
      reshape(picture, state);
      set(text, words);
    },
  };
}
