// The queues as tiles: who waits, for how long, who is free, and what became of the calls.

import { badge } from "./badge.js";
import { el, keyed, outside, set, setOutside } from "./dom.js";
import { linkTo } from "./places.js";
import { countSince } from "./time.js";
import { figuresOf, howOf, lengthTold } from "./today.js";
import { figure, say, word } from "./words.js";

/** States in which an agent is at work, in the order in which they are shown. */
export const AT_WORK = ["ready", "reserved", "offered", "talking", "wrapping_up", "paused"];
const SELDOM = ["places_kept", "safe_harbour"];
/** Who waits longer than this is marked. */
const LONG_SECONDS = 60;

/** Draws a tile for each queue. */
export function makeQueues(list, things) {
  return () => keyed(list, things.of("queues"), (queue) => queue.name, tile);
}

/** How many agents of a queue are at work. */
export function atWork(queue) {
  return Object.entries(queue.agents).reduce(
    (sum, [state, count]) => sum + (AT_WORK.includes(state) ? count : 0), 0,
  );
}

function tile({ name }) {
  const title = outside();
  const closed = badge();
  const closedWhy = outside();
  const waiting = el("span", { class: "big" });
  const waits = el("span", { class: "unit" });
  const oldest = el("time", { class: "counts big", "data-long": LONG_SECONDS });
  const oldestName = el("span", { class: "unit" });
  const expected = el("strong", { class: "expected" });
  const expectedName = el("span");
  const free = el("strong");
  const freeOf = el("span", { class: "quiet" });
  const freeName = el("span");
  const states = el("ul", { class: "states" });
  const counts = el("dl", { class: "counts-list" });
  const how = el("span");
  const link = el("a", { href: linkTo("queue", name) }, title);
  const node = el(
    "li", { class: "card tile" },
    el("h3", {}, link, closed.node),
    el("p", { class: "quiet why-closed" }, closedWhy),
    el("p", { class: "pair" }, waiting, " ", waits),
    el("p", { class: "pair" }, oldest, " ", oldestName),
    el("p", { class: "free" }, expected, " ", expectedName),
    el("p", { class: "free" }, free, " ", freeName, " ", freeOf),
    states,
    counts,
    el("p", { class: "quiet how" }, how),
  );
  return {
    node,
    update(queue) {
      setOutside(title, queue.name);
      closed.node.hidden = !queue.closed_since;
      closed.update("stopped", say("closed"));
      setOutside(closedWhy, queue.closed_reason ?? "");
      set(waiting, figure(queue.waiting));
      node.classList.toggle("busy", queue.waiting > 0);
      node.classList.toggle("alone", queue.waiting > 0 && queue.agents_free === 0);
      set(waits, say("waiting"));
      countSince(oldest, queue.oldest_waiting_since);
      set(oldestName, say("oldest"));
      set(expected, lengthTold(queue.expected_wait_seconds));
      set(expectedName, say("expected_now"));
      set(free, figure(queue.agents_free));
      set(freeName, say("agents_free"));
      set(freeOf, say("agents_at_work", { count: figure(atWork(queue)) }));
      keyed(states, statesOf(queue), (each) => each.state, stateCount);
      keyed(counts, countsOf(queue), (each) => each.name, count);
      set(how, howOf(queue));
      node.classList.toggle("below", isBelow(queue));
    },
  };
}

function statesOf(queue) {
  const found = AT_WORK.map((state) => ({ state, count: queue.agents[state] }));
  return found.filter(({ count: agents }) => agents > 0);
}

function stateCount() {
  const mark = badge();
  const node = el("li", {}, mark.node);
  const update = (each) =>
    mark.update(each.state, `${figure(each.count)} ${word("agent", each.state)}`);
  return { node, update };
}

function countsOf(queue) {
  // what most queues never have is shown where there is some
  const seldom = SELDOM.filter((name) => queue[name] > 0)
    .map((name) => ({ name, text: figure(queue[name]) }));
  return [...figuresOf(queue), ...seldom];
}

/** Whether today's service level is below its goal. */
function isBelow({ today }) {
  const level = today?.service_level ?? null;
  return level !== null && level * 100 < today.settings.at(-1).goal;
}

function count() {
  const name = el("dt");
  const value = el("dd");
  return {
    node: el("div", {}, name, value),
    update(each) {
      value.dataset.figure = each.name;
      set(name, say(each.name));
      set(value, each.text);
    },
  };
}
