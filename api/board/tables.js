// Small tables and lists that the open queue, agent and call are made of.

import { el, keyed, outside, set, setOutside } from "./dom.js";
import { say } from "./words.js";

/**
 * A table under a heading. `columns` are keys of words; `draw(items, key, cellsOf)` shows a row for
 * each item, its cells made once by `makeRow`, and `empty` when there is none.
 */
export function tableOf(heading, columns, empty, makeRow) {
  const title = el("h3");
  const heads = columns.map((column) => el("th", { scope: "col" }));
  const body = el("tbody");
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const nothing = el("p", { class: "quiet" });
  const node = el("section", {}, title, el("div", { class: "scroll" }, table), nothing);
  return {
    node,
    draw(items, key) {
      set(title, say(heading));
      heads.forEach((head, place) => set(head, say(columns[place])));
      set(nothing, say(empty));
      table.hidden = items.length === 0;
      nothing.hidden = items.length > 0;
      keyed(body, items, key, makeRow);
    },
  };
}

/** A list of names and what they are; `draw` takes `[key, text or node]`, null is left out. */
export function pairs() {
  const node = el("dl", { class: "pairs" });
  return {
    node,
    draw(found) {
      const told = found.filter(([, value]) => value !== null && value !== "");
      keyed(node, told, ([key]) => key, () => {
        const name = el("dt");
        const text = outside();
        const value = el("dd", {}, text);
        const update = ([key, shown]) => {
          set(name, say(key));
          if (shown instanceof Node) {
            if (value.firstChild !== shown) value.replaceChildren(shown);
          } else {
            if (value.firstChild !== text) value.replaceChildren(text);
            setOutside(text, shown);
          }
        };
        return { node: el("div", {}, name, value), update };
      });
    },
  };
}
