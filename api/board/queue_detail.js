// One queue, opened: who waits in which order, who talks, and its agents.

import { partner, reasonOf } from "./agents.js";
import { badge } from "./badge.js";
import { el, outside, set, setOutside, visible } from "./dom.js";
import { linkTo } from "./places.js";
import { pairs, tableOf } from "./tables.js";
import { countSince } from "./time.js";
import { figuresOf, howOf } from "./today.js";
import { figure, say, word } from "./words.js";

/** Shows a queue. */
export function showQueue(name, things, setTitle) {
  const counts = pairs();
  const note = el("p", { class: "quiet" });
  const line = tableOf("in_line", ["position", "caller", "waits"], "nobody_waits", waitingRow);
  const talks = tableOf("talks_now", ["caller", "agent", "talked"], "no_talks", () =>
    talkRow(things));
  const agents = tableOf("its_agents", ["agent", "state", "since", "reason"], "gone_queue", agentRow);

  function draw() {
    const queue = things.get(`queues/${name}`);
    setTitle(`${say("queue")} · ${visible(name)}`);
    set(note, queue ? howOf(queue) : say("gone_queue"));
    if (!queue) return;
    counts.draw([
      ...figuresOf(queue).map(({ name: key, text }) => [key, text]),
      ["places_kept", figure(queue.places_kept)],
      ["agents_free", figure(queue.agents_free)],
    ]);
    const calls = things.of("calls").filter((call) => call.queue === name);
    const waiting = calls.filter((call) => call.state === "queued")
      .sort((one, other) => (one.waiting_since < other.waiting_since ? -1 : 1))
      .map((call, place) => ({ ...call, position: place + 1 }));
    line.draw(waiting, (call) => call.call_id);
    const talking = calls.filter((call) => ["talking", "on_hold"].includes(call.state));
    talks.draw(talking, (call) => call.call_id);
    const its = things.of("agents").filter((agent) => agent.queues.includes(name));
    agents.draw(its, (agent) => agent.number);
  }

  return { nodes: [counts.node, note, line.node, talks.node, agents.node], draw };
}

function callLink(callId) {
  const name = outside();
  const number = el("span", { class: "quiet" });
  const node = el("span", {}, el("a", { href: linkTo("call", callId) }, name), " ", number);
  const update = (call) => {
    setOutside(name, partner(call));
    set(number, call.caller_name ? visible(call.caller_number) : "");
  };
  return { node, update };
}

function waitingRow({ call_id: callId }) {
  const position = el("td");
  const who = callLink(callId);
  const since = el("time", { class: "counts", "data-long": 60 });
  return {
    node: el("tr", {}, position, el("th", { scope: "row" }, who.node), el("td", {}, since)),
    update(call) {
      set(position, figure(call.position));
      who.update(call);
      countSince(since, call.waiting_since);
    },
  };
}

function talkRow(things) {
  const who = callLink("");
  const agent = outside();
  const link = el("a", {}, agent);
  const since = el("time", { class: "counts" });
  return {
    node: el("tr", {}, el("th", { scope: "row" }, who.node), el("td", {}, link), el("td", {}, since)),
    update(call) {
      who.node.firstChild.setAttribute("href", linkTo("call", call.call_id));
      who.update(call);
      link.setAttribute("href", linkTo("agent", call.agent));
      setOutside(agent, things.get(`agents/${call.agent}`)?.name ?? call.agent);
      countSince(since, call.connected_at);
    },
  };
}

function agentRow({ number }) {
  const name = outside();
  const state = badge();
  const since = el("time", { class: "counts" });
  const reason = outside();
  return {
    node: el(
      "tr", {},
      el("th", { scope: "row" }, el("a", { href: linkTo("agent", number) }, name)),
      el("td", {}, state.node), el("td", {}, since), el("td", {}, reason),
    ),
    update(agent) {
      setOutside(name, agent.name);
      state.update(agent.state, word("agent", agent.state));
      countSince(since, agent.since);
      setOutside(reason, reasonOf(agent));
    },
  };
}
