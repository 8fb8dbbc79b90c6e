// An agent's day: states in lanes and in a table, the service's sums, pauses by reason, talks.

import { badge } from "./badge.js";
import { dayLanes, stretchesOf } from "./day_lanes.js";
import { el, keyed, outside, set, setOutside } from "./dom.js";
import { stepOf } from "./lanes.js";
import { linkTo } from "./places.js";
import { get } from "./session.js";
import { pairs, tableOf } from "./tables.js";
import { clock, countSince, now, timeOfDay } from "./time.js";
import { figure, language, say, share, word } from "./words.js";

const EVERY_MS = 5000;
/** What the feed tells is recorded and counted a moment later. */
const COUNTED_MS = 1500;

/** The day of an agent; `draw()` goes on with what the feed tells, `leave()` ends it. */
export function agentDay(number, things) {
  const title = el("h3");
  const note = el("p", { class: "quiet" });
  const lanes = el("div", { class: "lanes day", "aria-hidden": "true" });
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const sums = pairs();
  const pauses = tableOf("pauses", ["reason", "lasted", "of_shift"], "no_pauses", pauseRow);
  const talks = tableOf(
    "talks_today", ["call", "queue", "talk_time", "wrap_time"], "no_talks_today", talkRow,
  );
  const states = tableOf("states_today", ["state", "reason", "from", "to", "lasted"],
    "no_states", stateRow);
  const more = el("summary");
  const all = el("details", {}, more, states.node);
  const node = el("section", { class: "agent-day" }, title, note, lanes, axis, sums.node,
    talks.node, pauses.node, all);
  const left = new AbortController();
  let day = null;
  let fault = "";
  let since = null;
  let soon = 0;
  let drawn = {};

  async function ask() {
    try {
      day = await get(`/agents/${encodeURIComponent(number)}/day`, left.signal);
      fault = "";
    } catch (error) {
      if (left.signal.aborted) return;
      fault = error.message;
    }
    draw();
  }
  ask();
  const asking = setInterval(ask, EVERY_MS);

  function draw() {
    const agent = things.get(`agents/${number}`);
    if (agent && since !== agent.since) {
      since = agent.since;
      clearTimeout(soon);
      soon = setTimeout(ask, COUNTED_MS);
    }
    // the feed tells of everybody, many times a second
    if (day === drawn.day && fault === drawn.fault && since === drawn.since
      && language() === drawn.language) return;
    drawn = { day, fault, since, language: language() };
    set(title, say("the_day"));
    set(note, noteOf(day, fault));
    for (const part of [sums.node, talks.node, pauses.node, all]) part.hidden = !day;
    if (!day) return;
    const zone = day.time_zone;
    const stretches = stretchesOf(day, agent);
    drawLanes(lanes, axis, dayLanes(stretches, day.until, now()), zone);
    sums.draw(sumsOf(day));
    talks.draw(day.talks.map((talk) => ({ ...talk, zone })), (talk) =>
      `${talk.call_id} ${talk.connected_at}`);
    pauses.draw(pausesOf(day), (pause) => pause.reason);
    set(more, say("every_state", { count: figure(stretches.length) }));
    states.draw(stretches.map((part) => ({ ...part, zone })), (part) => part.began_at);
  }

  function leave() {
    left.abort();
    clearInterval(asking);
    clearTimeout(soon);
  }

  return { node, draw, leave };
}

function noteOf(day, fault) {
  if (fault) return fault;
  if (!day) return say("loading");
  const time = timeOfDay(day.as_of, { zone: day.time_zone });
  return say("counted_until", { zone: day.time_zone, time });
}

function sumsOf({ counts, kpis, signed_in_seconds: signedIn }) {
  return [
    ["signed_in", clock(signedIn)],
    ["occupancy", share(kpis.occupancy.value)],
    ["handled", figure(kpis.handled.value)],
    ["ready_time", clock(counts.ready_seconds)],
    ["talk_time", clock(counts.talking_seconds)],
    ["wrap_time", clock(counts.wrapping_up_seconds)],
    ["pause_time", clock(counts.paused_seconds)],
    ["missed_calls", figure(counts.missed)],
  ];
}

function pausesOf({ counts, pause_shares: shares }) {
  return Object.entries(counts.pauses_seconds)
    .map(([reason, seconds]) => ({ reason, seconds, share: shares[reason] ?? null }));
}

function drawLanes(parent, axis, { from, to, lanes }, zone) {
  const part = (moment) => `${((moment - from) / (to - from)) * 100}%`;
  keyed(parent, lanes, ({ state }) => state, ({ state }) => {
    const name = badge();
    const bars = el("div", { class: "bars" });
    const update = ({ bars: found }) => {
      name.update(state, word("agent", state));
      keyed(bars, found, (bar) => bar.from, () => {
        const node = el("span", { class: "bar-item", "data-state": state });
        return { node, update: (bar) => Object.assign(node.dataset, { from: bar.from, to: bar.to }) };
      });
    };
    return { node: el("div", { class: "lane" }, name.node, bars), update };
  });
  for (const bar of parent.querySelectorAll(".bar-item")) {
    bar.style.left = part(Number(bar.dataset.from));
    bar.style.width = `max(2px, ${((bar.dataset.to - bar.dataset.from) / (to - from)) * 100}%)`;
  }
  let step = stepOf((to - from) / 1000) * 1000;
  while ((to - from) / step > 6) step *= 2;
  const marks = [];
  for (let at = from; lanes.length && at <= from + (to - from) * 0.9; at += step) marks.push(at);
  keyed(axis, marks, String, (at) => ({
    node: el("span", {}, timeOfDay(at, { zone })), update() {},
  }));
  // at each drawing: the same mark is elsewhere once the day is longer
  marks.forEach((at, place) => (axis.children[place].style.left = part(at)));
}

function pauseRow() {
  const reason = outside();
  const lasted = el("td", { class: "figure" });
  const ofShift = el("td", { class: "figure" });
  return {
    node: el("tr", {}, el("th", { scope: "row" }, reason), lasted, ofShift),
    update(pause) {
      setOutside(reason, pause.reason || say("no_reason"));
      set(lasted, clock(pause.seconds));
      set(ofShift, share(pause.share));
    },
  };
}

function talkRow({ call_id: callId }) {
  const when = el("a", { href: linkTo("call", callId) });
  const queue = outside();
  const talk = el("td", { class: "figure" });
  const wrapUp = el("td", { class: "figure" });
  return {
    node: el("tr", {}, el("th", { scope: "row" }, when), el("td", {}, queue), talk, wrapUp),
    update(told) {
      const time = timeOfDay(told.connected_at, { zone: told.zone });
      set(when, `${time} · ${say(`direction.${told.direction}`)}`);
      setOutside(queue, told.queue);
      set(talk, told.released_at ? clock(told.talk_seconds) : say("still_open"));
      set(wrapUp, told.released_at ? clock(told.wrap_up_seconds) : "–");
    },
  };
}

function stateRow() {
  const state = badge();
  const reason = outside();
  const from = el("td", { class: "figure" });
  const to = el("td", { class: "figure" });
  const lasted = el("time");
  return {
    node: el("tr", {}, el("th", { scope: "row" }, state.node), el("td", {}, reason), from, to,
      el("td", { class: "figure" }, lasted)),
    update(part) {
      state.update(part.state, word("agent", part.state));
      setOutside(reason, part.reason);
      set(from, timeOfDay(part.began_at, { zone: part.zone }));
      const open = part.ended_at === null;
      set(to, open ? say("still_open") : timeOfDay(part.ended_at, { zone: part.zone }));
      lasted.classList.toggle("counts", open);
      if (open) countSince(lasted, part.began_at);
      else set(lasted, part.seconds === null ? "–" : clock(part.seconds));
    },
  };
}
