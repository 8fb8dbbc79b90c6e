// One call, opened: its course as lanes, and every fact of it.

import { el, keyed, outside, set, setOutside, visible } from "./dom.js";
import { lanesOf, stepOf } from "./lanes.js";
import { linkTo } from "./places.js";
import { playerOf } from "./player.js";
import { get } from "./session.js";
import { pairs, tableOf } from "./tables.js";
import { clock, now, timeOfDay } from "./time.js";
import { figure, known, say, word } from "./words.js";

const OPEN_EVERY_MS = 3000;
/** What was just shipped may still be on its way to the database. */
const LATE_MS = 15_000;

/** Shows a call; asks for its facts again while it is open, and a little longer. */
export function showCall(callId, things, setTitle) {
  const note = el("p", { class: "quiet" });
  const about = pairs();
  const agentLink = el("a");
  const title = el("h3");
  const lanes = el("div", { class: "lanes" });
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const course = el("section", {}, title, lanes, axis);
  const facts = tableOf("facts", ["time", "fact", "details"], "loading", () => factRow(agentName));
  const left = new AbortController();
  const player = playerOf(callId, left.signal);
  let story = null;
  let fault = "";
  let openUntil = Date.now() + LATE_MS;

  function agentName(number) {
    return things.get(`agents/${number}`)?.name ?? number;
  }

  async function ask() {
    try {
      story = await get(`/calls/${encodeURIComponent(callId)}`, left.signal);
      fault = "";
      await player.ask();
    } catch (error) {
      if (left.signal.aborted) return;
      fault = error.message;
    }
    draw();
  }
  ask();
  const asking = setInterval(() => {
    if (things.get(`calls/${callId}`)) openUntil = Date.now() + LATE_MS;
    if (Date.now() < openUntil) ask();
  }, OPEN_EVERY_MS);

  function draw() {
    const record = story?.record;
    setTitle(record ? titleOf(record) : `${say("call")} · ${visible(callId)}`);
    setOutside(note, fault || (record ? "" : say("loading")));
    note.hidden = Boolean(record) && !fault;
    set(title, say("lanes"));
    player.draw();
    if (!record) return;
    about.draw(about_(record, story.lead, agentLink, things));
    drawLanes(lanes, axis, lanesOf(story.timeline, now()), agentName);
    const items = story.timeline.map((fact, place) => ({ ...fact, place }));
    facts.draw(items, (fact) => `${fact.place} ${fact.kind}`);
  }

  function leave() {
    left.abort();
    clearInterval(asking);
  }

  return { nodes: [note, about.node, player.node, course, facts.node], draw, leave };
}

function titleOf(record) {
  const dialed = record.direction === "dialed";
  const who = dialed ? record.number_called : record.caller_number || say("unknown_number");
  return say(dialed ? "call_to" : "call_of", { who: visible(who) });
}

function about_(record, lead, agentLink, things) {
  // the service reckons them when the call is over
  const seconds = record.ended_at
    ? [record.wait_seconds, record.talk_seconds, record.wrap_up_seconds] : [];
  const agent = record.stays.findLast((stay) => stay.agent)?.agent ?? "";
  agentLink.setAttribute("href", linkTo("agent", agent));
  set(agentLink, visible(things.get(`agents/${agent}`)?.name ?? agent));
  return [
    ["call", say(`direction.${record.direction}`)],
    ["number_called", record.number_called],
    ["caller_name", record.caller_name],
    ["lead", lead ? leadTold(lead) : ""],
    ["arrived", timeOfDay(record.arrived_at)],
    ["ended", record.ended_at ? timeOfDay(record.ended_at) : say("still_open")],
    ["agent", agent ? agentLink : null],
    ["outcome", record.outcome ? word("outcome", record.outcome) : ""],
    ["durations", seconds.map(clock).join(" · ")],
    ["disposition", record.disposition],
  ];
}

function leadTold({ name, extra }) {
  const more = Object.entries(extra).map(([column, value]) => `${column}: ${value}`);
  return [name, ...more].filter(Boolean).join(" · ");
}

/** Draws the lanes and the marks below them; again as the call goes on. */
export function drawLanes(parent, axis, { from, to, lanes }, nameOf) {
  const part = (moment) => `${((moment - from) / (to - from)) * 100}%`;
  keyed(parent, lanes, ({ lane }) => lane, () => {
    const name = el("h4");
    const bars = el("ol", { class: "bars" });
    const update = ({ lane, bars: found }) => {
      set(name, say(`lane.${lane}`));
      const named = found.map((bar) => ({ ...bar, text: lane === "agent" ? nameOf(bar.text) : bar.text }));
      keyed(bars, named, (bar) => `${bar.from} ${bar.kind}`, makeBar);
    };
    return { node: el("div", { class: "lane" }, name, bars), update };
  });
  for (const bar of parent.querySelectorAll(".bar-item")) {
    bar.style.left = part(Number(bar.dataset.from));
    bar.style.width = `max(3px, ${((bar.dataset.to - bar.dataset.from) / (to - from)) * 100}%)`;
  }
  const step = stepOf((to - from) / 1000);
  const marks = [];
  // the last mark leaves room for its own text
  for (let second = 0; second * 1000 <= (to - from) * 0.95; second += step) marks.push(second);
  keyed(axis, marks, String, (second) => ({ node: el("span", {}, clock(second)), update() {} }));
  // at each drawing: the same mark is elsewhere once the call is longer
  marks.forEach((second, place) => (axis.children[place].style.left = part(from + second * 1000)));
}

function makeBar() {
  const text = el("span", { class: "bar-text", "aria-hidden": "true" });
  const told = el("span", { class: "unseen" });
  const node = el("li", { class: "bar-item" }, text, told);
  return {
    node,
    update(bar) {
      Object.assign(node.dataset, { kind: bar.kind, from: bar.from, to: bar.to });
      const kind = known(`bar.${bar.kind}`) ? say(`bar.${bar.kind}`) : "";
      const name = [visible(bar.text), kind].filter(Boolean).join(" · ");
      set(text, name);
      const seconds = figure((bar.to - bar.from) / 1000, { maximumFractionDigits: 1 });
      const times = { from: timeOfDay(bar.from), to: bar.open ? say("still_open") : timeOfDay(bar.to) };
      const words = say("bar_said", { name, ...times, seconds });
      set(told, words);
      node.setAttribute("title", words);
    },
  };
}

function factRow(nameOf) {
  const at = el("td", { class: "figure" });
  const name = el("th", { scope: "row" });
  const details = outside();
  return {
    node: el("tr", {}, at, name, el("td", { class: "details" }, details)),
    update(fact) {
      set(at, timeOfDay(fact.at, { fraction: true }));
      set(name, word("fact", fact.kind));
      setOutside(details, told(fact.details, nameOf));
    },
  };
}

/** The details of a fact, named and told in the page's language as far as there are words. */
function told(details, nameOf) {
  return Object.entries(details)
    .filter(([, value]) => value !== "" && value !== null)
    .map(([name, value]) => `${word("detail", name)}: ${detail(name, value, nameOf)}`)
    .join(" · ");
}

function detail(name, value, nameOf) {
  if (name === "agent") return nameOf(value);
  if (typeof value === "boolean") return say(String(value));
  if (typeof value === "object") return JSON.stringify(value);
  if (name.endsWith("_at") || name.endsWith("_since")) return timeOfDay(value);
  return ["outcome", "mode", "ended_by"].includes(name) ? word(name, value) : value;
}
