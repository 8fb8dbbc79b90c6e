// One queue, opened: who waits in which order, who talks, and its agents.

import { actionBar, actionNote } from "./actions.js";
import { partner, reasonOf } from "./agents.js";
import { badge } from "./badge.js";
import { el, outside, set, setOutside, visible } from "./dom.js";
import { emergencyOf } from "./emergency.js";
import { emergencyTold, QUEUE_ORDERS, WAITING_ORDERS } from "./orders.js";
import { linkTo } from "./places.js";
import { pairs, tableOf } from "./tables.js";
import { countSince, timeOfDay } from "./time.js";
import { figuresOf, howOf, lengthTold } from "./today.js";
import { figure, say, word } from "./words.js";

/** Shows a queue. */
export function showQueue(name, things, setTitle) {
  const counts = pairs();
  const note = el("p", { class: "quiet" });
  const closed = el("p", { class: "quiet" });
  const told = el("p", { class: "emergency-on" });
  const tells = actionNote();
  const lineTells = actionNote();
  const emergency = emergencyOf(name, () => draw());
  const acts = actionBar(QUEUE_ORDERS, () => visible(name), things, tells, emergency.look);
  const line = tableOf("in_line", ["position", "caller", "waits"], "nobody_waits", (call) =>
    waitingRow(call, things, lineTells));
  const talks = tableOf("talks_now", ["caller", "agent", "talked"], "no_talks", () =>
    talkRow(things));
  const agents = tableOf("its_agents", ["agent", "state", "since", "reason"], "gone_queue", agentRow);

  function draw() {
    const queue = things.get(`queues/${name}`);
    setTitle(`${say("queue")} · ${visible(name)}`);
    set(note, queue ? howOf(queue) : say("gone_queue"));
    const message = queue ? emergency.now() : null;
    acts.draw(queue && { ...queue, emergency: message });
    told.hidden = !message;
    set(told, message ? emergencyTold(message) : "");
    closed.hidden = !queue?.closed_since;
    if (!queue) return;
    if (queue.closed_since) set(closed, closedTold(queue));
    counts.draw([
      ...figuresOf(queue).map(({ name: key, text }) => [key, text]),
      ["expected_wait", lengthTold(queue.expected_wait_seconds)],
      ["places_kept", figure(queue.places_kept)],
      ["agents_free", figure(queue.agents_free)],
    ]);
    const calls = things.of("calls").filter((call) => call.queue === name);
    const waiting = calls.filter((call) => call.state === "queued")
      .sort((one, other) => one.place - other.place);
    line.draw(waiting, (call) => call.call_id);
    const talking = calls.filter((call) => ["talking", "on_hold"].includes(call.state));
    talks.draw(talking, (call) => call.call_id);
    const its = things.of("agents").filter((agent) => agent.queues.includes(name));
    agents.draw(its, (agent) => agent.number);
  }

  const nodes = [
    closed, told, acts.node, tells, counts.node, note, lineTells, line.node, talks.node, agents.node,
  ];
  return { nodes, draw, leave: emergency.leave };
}

function closedTold({ closed_since: since, closed_reason: reason }) {
  return say("act.closed_since", { time: timeOfDay(since), reason: visible(reason) });
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

function waitingRow({ call_id: callId }, things, tells) {
  const position = el("td");
  const who = callLink(callId);
  const since = el("time", { class: "counts", "data-long": 60 });
  const acts = actionBar(WAITING_ORDERS, (call) => visible(partner(call)), things, tells);
  const waits = el("td", {}, since, acts.node);
  return {
    node: el("tr", {}, position, el("th", { scope: "row" }, who.node), waits),
    update(call) {
      set(position, figure(call.place));
      who.update(call);
      countSince(since, call.waiting_since);
      acts.draw(call);
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
