// Every order of the board: who may give it, when it makes sense, what it asks, and its route.

import { visible } from "./dom.js";
import { get } from "./session.js";
import { figure, say, word } from "./words.js";

const PHONE = "linea800.phone";
/** A phone that rings for longer than this is not going to answer. */
const RINGS_MS = 45_000;
const TALKS = ["talking", "on_hold"];

const part = encodeURIComponent;
const isIn = (...states) => ({ state }) => states.includes(state);
/** Why it is done, for the audit; may be empty. */
const why = () => ({ name: "reason", kind: "text", label: say("act.why"), maxlength: 200 });
const danger = () => ({ danger: true });

function ofAgent(name, scope, shown, more = {}) {
  const route = name.replace("_", "-");
  const request = ({ number }, values) => {
    const body = Object.keys(values).length ? values : undefined;
    return ["POST", `/agents/${part(number)}/${route}`, body];
  };
  return { name, scope, shown, request, ...more };
}

/** Of an agent. */
export const AGENT_ORDERS = [
  ofAgent("ready", "agents:state", (agent) =>
    isIn("paused", "wrapping_up")(agent) || Boolean(agent.pause_next)),
  ofAgent("pause", "agents:state", isIn("ready", "offered", "talking", "wrapping_up", "paused"), {
    async question({ state }) {
      const { pause_reasons: reasons } = await get("/choices");
      const options = reasons.map((value) => ({ value, text: value }));
      const told = say(["talking", "offered"].includes(state) ? "act.pause.later" : "act.pause.told");
      return { told, fields: [{ name: "reason", kind: "choice", label: say("reason"), options }] };
    },
  }),
  ofAgent("end_call", "calls:control", isIn("talking"), { question: danger }),
  ofAgent("sign_out", "agents:state", isIn("ready", "paused", "wrapping_up", "signing_in"), {
    question: danger,
  }),
];

const rings = new Map(); // calls for which a phone rings, and since when

/** Whether a phone hears the call, or may ring in order to. */
function isHeard({ call_id: callId, heard }) {
  return Boolean(heard) || Date.now() - (rings.get(callId) ?? 0) < RINGS_MS;
}

function hearing(mode) {
  return {
    name: mode,
    scope: "calls:monitor",
    shown: (call) => TALKS.includes(call.state) && call.heard?.mode !== mode,
    question({ heard }, things) {
      // the phone that hears it already changes its mode at once
      if (heard) return null;
      const out = things.of("agents").filter(isIn("signed_out"));
      const options = out.map(({ number, name }) => ({ value: number, text: visible(name) }));
      const phone = { name: "phone", kind: "list", label: say("act.phone"), value: keptPhone(),
        options, required: true, pattern: "[0-9]{3,6}", inputmode: "numeric",
        hint: say("act.phone_hint") };
      return { fields: [phone, why()] };
    },
    request({ call_id: callId, heard }, values) {
      if (values.phone) keepPhone(values.phone);
      const body = { phone: heard?.phone, ...values, mode };
      return ["POST", `/calls/${part(callId)}/listen`, body];
    },
    after: ({ call_id: callId }) => rings.set(callId, Date.now()),
  };
}

/** A talk goes to an open queue, or to a target of the floor; one choice for both. */
const passOn = {
  name: "pass_on",
  scope: "calls:control",
  shown: ({ state, direction }) => TALKS.includes(state) && direction === "inbound",
  async question(call, things) {
    const { queues, targets } = await get("/choices");
    const open = queues.filter((name) => !things.get(`queues/${name}`)?.closed_since);
    const options = [
      ...open.map((name) => ({ value: `queue:${name}`, text: visible(name) })),
      ...targets.map((name) => (
        { value: `target:${name}`, text: say("act.to_target", { name: visible(name) }) })),
    ];
    const to = { name: "to", kind: "choice", label: say("act.pass_on_to"), options, required: true };
    return { fields: [to, why()] };
  },
  request({ call_id: callId }, { to, reason }) {
    const [kind, name] = to.split(":");
    return ["POST", `/calls/${part(callId)}/transfer`, { [kind]: name, reason }];
  },
};

/** Of a talk. */
export const TALK_ORDERS = [
  passOn,
  hearing("listen"), hearing("whisper"), hearing("barge"),
  {
    name: "hear_no_more",
    scope: "calls:monitor",
    shown: isHeard,
    request: ({ call_id: callId }) => ["DELETE", `/calls/${part(callId)}/listen`],
    after: ({ call_id: callId }) => rings.delete(callId),
  },
];

function keptPhone() {
  try {
    return localStorage.getItem(PHONE) ?? "";
  } catch {
    return "";
  }
}

function keepPhone(phone) {
  try {
    localStorage.setItem(PHONE, phone);
  } catch {
    // a browser that keeps nothing is asked again
  }
}

function ofCall(name, question, more = {}) {
  // who was dialed waits for moments only, and in no line
  const shown = ({ state, direction }) => state === "queued" && direction === "inbound";
  const request = ({ call_id: callId }, values) => ["POST", `/calls/${part(callId)}/${name}`, values];
  return { name, scope: "calls:control", shown, question, request, ...more };
}

/** Of a caller who waits. */
export const WAITING_ORDERS = [
  ofCall("move", ({ queue }, things) => {
    const others = things.of("queues")
      .filter((each) => each.name !== queue && !each.closed_since)
      .map(({ name }) => ({ value: name, text: visible(name) }));
    const to = { name: "queue", kind: "choice", label: say("queue"), options: others, required: true };
    return { fields: [to, why()] };
  }, { leaves: true }),
  ofCall("prioritize", () => {
    const place = { name: "position", kind: "number", label: say("position"), value: 1, min: 1,
      max: 1000, required: true };
    return { fields: [place, why()] };
  }),
  ofCall("withdraw", () => {
    const options = ["menu", "hang_up"].map((value) => ({ value, text: say(`act.to_${value}`) }));
    const to = { name: "to", kind: "choice", label: say("act.to"), options };
    return { danger: true, fields: [to, why()] };
  }, { leaves: true }),
];

function ofQueue(name, route, shown, more = {}) {
  const request = (queue, values) => ["POST", `/queues/${part(queue.name)}/${route}`, values];
  return { name, scope: "queues:run", shown, request, ...more };
}

async function prompts(name, attributes) {
  const { prompts: known } = await get("/choices");
  const options = known.map((prompt) => ({ value: prompt.name, text: visible(prompt.text) }));
  return { name, kind: "list", label: say("act.prompt"), options, hint: say("act.prompt_hint"),
    pattern: "[a-z][a-z0-9_]*", ...attributes };
}

/** Of a queue; its `emergency` is the message that is told there again and again, or null. */
export const QUEUE_ORDERS = [
  ofQueue("close_queue", "close", (queue) => !queue.closed_since, {
    async question() {
      const reason = { ...why(), label: say("act.close_why"), required: true };
      return { fields: [reason, await prompts("message", {})] };
    },
    request: (queue, { reason, message }) => (
      ["POST", `/queues/${part(queue.name)}/close`, { reason, message: message || null }]
    ),
  }),
  ofQueue("open_queue", "open", (queue) => Boolean(queue.closed_since), {
    request: (queue) => ["POST", `/queues/${part(queue.name)}/open`],
  }),
  ofQueue("emergency", "emergency", (queue) => !queue.emergency, {
    async question() {
      const every = { name: "every_seconds", kind: "number", label: say("act.every"), value: 60,
        min: 20, max: 600, required: true };
      return { fields: [await prompts("prompt", { required: true }), every] };
    },
  }),
  ofQueue("emergency_end", "emergency/end", (queue) => Boolean(queue.emergency), {
    request: (queue) => ["POST", `/queues/${part(queue.name)}/emergency/end`],
  }),
];

/** What is told in a queue now, in words. */
export function emergencyTold({ prompt, every_seconds: seconds, begun_by: by }) {
  return say("act.emergency_on", { prompt: visible(prompt), seconds: figure(seconds), by: visible(by) });
}

function ofCampaign(name, shown, more = {}) {
  return {
    name,
    scope: "campaigns:run",
    shown,
    question: campaignNow,
    request: ({ id }) => ["POST", `/campaigns/${part(id)}/${name.split("_")[0]}`],
    ...more,
  };
}

/** What it does now, and why, before it is told otherwise. */
function campaignNow({ state, why: now }) {
  const told = say("act.campaign_now", { state: word("campaignstate", state), why: visible(now) });
  return { told };
}

/** Of a campaign; its `why` is the sentence on why it dials or waits. */
export const CAMPAIGN_ORDERS = [
  ofCampaign("start_campaign", isIn("draft", "paused", "stopped", "finished")),
  ofCampaign("pause_campaign", isIn("running")),
  ofCampaign("stop_campaign", isIn("running", "paused"), {
    question: (campaign) => ({ ...campaignNow(campaign), danger: true }),
  }),
  ofCampaign("slow_campaign", isIn("running", "paused"), {
    scope: "campaigns:write",
    question(campaign) {
      const lines = { name: "max_lines", kind: "number", label: say("act.max_lines"),
        value: campaign.max_lines, min: 1, required: true };
      return { ...campaignNow(campaign), fields: [lines] };
    },
    request: ({ id }, values) => ["PATCH", `/campaigns/${part(id)}`, values],
  }),
];
