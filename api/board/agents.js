// The agents by state: colour, shape and word, and for how long.

import { badge } from "./badge.js";
import { el, keyed, outside, set, setOutside } from "./dom.js";
import { linkTo } from "./places.js";
import { AT_WORK } from "./queues.js";
import { countSince } from "./time.js";
import { figure, say, word } from "./words.js";

const STATES = [...AT_WORK, "signing_in", "signed_out"];
/** States that are marked when they last longer. */
const LONG_SECONDS = { offered: 15, wrapping_up: 60, paused: 900 };

/** Draws the table; `chips` are buttons that show only one state. */
export function makeAgents(chips, body, things) {
  let only = null;

  function draw() {
    const agents = things.of("agents");
    const counts = new Map();
    for (const { state } of agents) counts.set(state, (counts.get(state) ?? 0) + 1);
    if (only && !counts.has(only)) only = null;
    const shown = [
      { state: null, count: agents.length },
      ...STATES.map((state) => ({ state, count: counts.get(state) ?? 0 })),
    ].filter(({ state, count }) => state === null || count > 0);
    keyed(chips, shown, (chip) => chip.state ?? "all", makeChip);
    keyed(body, agents.filter(isShown).sort(atWorkFirst), (agent) => agent.number, makeRow);
  }

  const isShown = (agent) => only === null || agent.state === only;

  function makeChip({ state }) {
    const mark = badge();
    const button = el("button", { type: "button" }, mark.node);
    button.addEventListener("click", () => {
      only = state;
      draw();
    });
    return {
      node: el("li", {}, button),
      update({ count }) {
        const name = state ? word("agent", state) : say("all_states");
        mark.update(state ?? "all", `${figure(count)} ${name}`);
        button.setAttribute("aria-pressed", String(only === state));
      },
    };
  }

  function makeRow({ number }) {
    const name = outside();
    const state = badge();
    const since = el("time", { class: "counts" });
    const reason = outside();
    const call = el("a", {});
    const queues = outside();
    const node = el(
      "tr", {},
      el("th", { scope: "row" }, el("a", { href: linkTo("agent", number) }, name), " ",
        el("span", { class: "quiet" }, number)),
      el("td", {}, state.node),
      el("td", { class: "figure" }, since),
      el("td", {}, reason),
      el("td", {}, call),
      el("td", { class: "quiet" }, queues),
    );
    return {
      node,
      update(agent) {
        setOutside(name, agent.name);
        state.update(agent.state, word("agent", agent.state));
        const long = LONG_SECONDS[agent.state];
        if (long) since.dataset.long = long;
        else delete since.dataset.long;
        countSince(since, agent.since);
        setOutside(reason, reasonOf(agent));
        call.hidden = !agent.call_id;
        if (agent.call_id) {
          call.setAttribute("href", linkTo("call", agent.call_id));
          setOutside(call, partner(things.get(`calls/${agent.call_id}`)) || say("open_call"));
        }
        setOutside(queues, agent.queues.join(", "));
        node.classList.toggle("away", agent.state === "signed_out");
      },
    };
  }

  return draw;
}

/** Why an agent is in this state, or what comes next. */
export function reasonOf(agent) {
  if (agent.reason) return word("because", agent.reason);
  return agent.pause_next ? say("pause_next", { reason: agent.pause_next }) : "";
}

/** The other side of an open call: who called, or who was called. */
export function partner(call) {
  if (!call) return "";
  if (call.direction === "dialed") return call.number_called;
  return call.caller_name || call.caller_number || say("unknown_number");
}

function atWorkFirst(one, other) {
  return (one.state === "signed_out") - (other.state === "signed_out");
}
