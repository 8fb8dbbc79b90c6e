// How many callers are at each node of each menu, and how often each was reached.

import { el, keyed, outside, set, setOutside } from "./dom.js";
import { figure, say } from "./words.js";

const COLUMNS = ["entered", "chosen", "missed"];

/** Draws a table for each menu that somebody was in. */
export function makeMenus(list, things) {
  return () => {
    const menus = things.of("menus");
    const shown = menus.length ? menus : [null];
    keyed(list, shown, (menu) => menu?.name ?? "", (menu) => (menu ? table() : nothing()));
  };
}

function nothing() {
  const node = el("p", { class: "quiet" });
  return { node, update: () => set(node, say("no_menus")) };
}

function table() {
  const places = new Set(); // once shown, a row stays
  const name = outside();
  const callers = el("span", { class: "quiet" });
  const title = el("h3", {}, name, " ", callers);
  const heads = ["node", "callers_now", ...COLUMNS].map((column, place) =>
    el("th", { scope: "col", class: place ? "figure" : null, "data-word": column }));
  const body = el("tbody");
  const scroll = el(
    "div", { class: "scroll", tabindex: "0", role: "region" },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body),
  );
  return {
    node: el("div", { class: "menu" }, title, scroll),
    update(menu) {
      setOutside(name, menu.name);
      scroll.setAttribute("aria-label", `${say("menus")}: ${menu.name}`);
      set(callers, say("callers_in", { count: figure(menu.callers) }));
      for (const head of heads) set(head, say(head.dataset.word));
      for (const [node, counts] of Object.entries(menu.nodes)) if (isPlace(counts)) places.add(node);
      const shown = Object.entries(menu.nodes).filter(([node]) => places.has(node));
      keyed(body, shown, ([node]) => node, row);
    },
  };
}

/** Whether callers stay there: what only looks something up and goes on is left out. */
function isPlace({ callers, chosen, missed }) {
  return callers + chosen + missed > 0;
}

function row() {
  const name = outside();
  const now = el("strong");
  const cells = COLUMNS.map(() => el("td", { class: "figure quiet" }));
  const node = el(
    "tr", {}, el("th", { scope: "row" }, name), el("td", { class: "figure" }, now), ...cells,
  );
  return {
    node,
    update([place, counts]) {
      setOutside(name, place);
      set(now, figure(counts.callers));
      node.classList.toggle("busy", counts.callers > 0);
      COLUMNS.forEach((column, index) => set(cells[index], figure(counts[column])));
    },
  };
}
