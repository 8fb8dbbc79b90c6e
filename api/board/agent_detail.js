// One agent, opened: the state, the call at hand, and the day.

import { actionBar, actionNote } from "./actions.js";
import { agentDay } from "./agent_day.js";
import { partner, reasonOf } from "./agents.js";
import { badge } from "./badge.js";
import { el, set, setOutside, visible, outside } from "./dom.js";
import { AGENT_ORDERS, TALK_ORDERS } from "./orders.js";
import { linkTo } from "./places.js";
import { pairs } from "./tables.js";
import { countSince, timeOfDay } from "./time.js";
import { say, word } from "./words.js";

/** Shows an agent. */
export function showAgent(number, things, setTitle) {
  const state = badge();
  const since = el("time", { class: "counts big" });
  const gone = el("p", { class: "quiet" });
  const about = pairs();
  const callTitle = el("h3");
  const noCall = el("p", { class: "quiet" });
  const who = outside();
  const link = el("a", {}, who);
  const call = pairs();
  const day = agentDay(number, things);
  const tells = actionNote();
  const acts = actionBar(AGENT_ORDERS, (agent) => visible(agent.name), things, tells);
  const talkActs = actionBar(TALK_ORDERS, () => visible(things.get(`agents/${number}`).name), things,
    tells);
  const head = el("p", { class: "pair" }, state.node, " ", since);

  function draw() {
    const agent = things.get(`agents/${number}`);
    setTitle(`${agent ? visible(agent.name) : say("agent")} · ${visible(number)}`);
    gone.hidden = Boolean(agent);
    set(gone, say("gone_agent"));
    day.node.hidden = !agent;
    acts.draw(agent);
    talkActs.draw(agent && things.get(`calls/${agent.call_id}`));
    if (!agent) return;
    day.draw();
    state.update(agent.state, word("agent", agent.state));
    countSince(since, agent.since);
    const until = (key, moment) => (moment ? say(key, { time: timeOfDay(moment) }) : "");
    about.draw([
      ["reason", reasonOf(agent)],
      ["state", until("wrap_up_until", agent.wrap_up_until)
        || until("reserved_until", agent.reserved_until)],
      ["queues", agent.queues.join(", ")],
      ["line", say(`line_${agent.line}`)],
    ]);
    set(callTitle, say("current_call"));
    set(noCall, say("no_call"));
    noCall.hidden = Boolean(agent.call_id);
    drawCall(agent.call_id, things.get(`calls/${agent.call_id}`));
  }

  function drawCall(callId, open) {
    link.hidden = !callId;
    if (callId) link.setAttribute("href", linkTo("call", callId));
    setOutside(who, partner(open) || say("open_call"));
    call.draw(open ? [
      ["call", say(`direction.${open.direction}`)],
      ["state", word("callstate", open.state)],
      ["queue", open.queue],
      ["arrived", timeOfDay(open.began_at)],
      ["act.heard", open.heard ? `${open.heard.phone} · ${word("mode", open.heard.mode)}` : ""],
    ] : []);
  }

  return {
    nodes: [
      gone, head, acts.node, tells, about.node, callTitle, noCall, link, talkActs.node, call.node,
      day.node,
    ],
    draw,
    leave: day.leave,
  };
}
