// A call's facts as lanes of bars. Pure: facts and `now` in, bars out.

/** The lanes in their order. */
export const LANES = ["line", "menu", "queue", "agent", "hold"];

// what a fact ends, and what it begins; {text} of a bar is from outside
const TABLE = {
  AttemptStarted: { begins: () => ["line", "dialing"] },
  CallRang: { ends: ["line"], begins: () => ["line", "ringing"] },
  CallAnswered: { ends: ["line"] },
  DialRefused: { ends: ["line"] },
  MenuEntered: { ends: ["menu"], begins: ({ node }) => ["menu", "node", node] },
  DialogueClosed: { ends: ["menu"] },
  CallTransferred: { ends: ["menu", "queue"] },
  QueueJoined: { ends: ["menu", "queue"], begins: ({ queue }) => ["queue", "wait", queue] },
  QueueLeft: { ends: ["queue"] },
  QueueGaveUp: { ends: ["queue"] },
  AgentOffered: { ends: ["agent"], begins: ({ agent }) => ["agent", "ringing", agent] },
  AgentMissed: { ends: ["agent"] },
  AgentConnected: {
    ends: ["line", "menu", "queue", "agent"], begins: ({ agent }) => ["agent", "talk", agent],
  },
  AgentReleased: { ends: ["agent", "hold"] },
  WrapUpStarted: { ends: ["agent"], begins: ({ agent }) => ["agent", "wrap_up", agent] },
  WrapUpEnded: { ends: ["agent"] },
  HoldStarted: { ends: ["hold"], begins: () => ["hold", "hold"] },
  HoldEnded: { ends: ["hold"] },
  CallEnded: { ends: ["line", "menu", "queue", "hold"] },
  CallVanished: { ends: ["line", "menu", "queue", "hold"] },
};
const CALL_IS_OVER = ["CallEnded", "CallVanished"];

/**
 * The lanes of a timeline: `{from, to, lanes}` in milliseconds; a bar is
 * `{from, to, kind, text, open}`. What has not ended lasts until `now`.
 */
export function lanesOf(timeline, now) {
  const open = {};
  const bars = Object.fromEntries(LANES.map((lane) => [lane, []]));
  const end = (lane, at) => {
    const bar = open[lane];
    if (!bar) return;
    delete open[lane];
    bars[lane].push({ ...bar, to: at, open: false });
  };
  for (const { kind, at, details } of timeline) {
    const moment = Date.parse(at);
    const row = TABLE[kind];
    for (const lane of row?.ends ?? []) end(lane, moment);
    // a talk whose release nobody saw ends with the call; a wrap-up goes on after it
    if (CALL_IS_OVER.includes(kind) && open.agent?.kind !== "wrap_up") end("agent", moment);
    if (row?.begins) {
      const [lane, bar, text = ""] = row.begins(details);
      open[lane] = { from: moment, kind: bar, text };
    }
  }
  const moments = timeline.map(({ at }) => Date.parse(at));
  const from = Math.min(...moments);
  const lasts = Object.keys(open).length > 0
    || !timeline.some(({ kind }) => CALL_IS_OVER.includes(kind) || kind === "DialRefused");
  const to = Math.max(lasts ? now : 0, ...moments, from + 1000);
  for (const lane of Object.keys(open)) bars[lane].push({ ...open[lane], to, open: true });
  const lanes = LANES.filter((lane) => bars[lane].length)
    .map((lane) => ({ lane, bars: bars[lane].sort((one, other) => one.from - other.from) }));
  return { from, to, lanes };
}

/** Seconds between the marks of an axis, so that there are six at most. */
export function stepOf(seconds) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  return steps.find((step) => seconds / step <= 6) ?? 7200;
}
