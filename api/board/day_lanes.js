// An agent's day as lanes, one for each state. Pure: the day, the feed's agent and `now` in.

/** States in the order of their lanes; who is signed out is not drawn. */
export const DAY_STATES = [
  "signing_in", "ready", "reserved", "offered", "talking", "wrapping_up", "paused",
];

/** The day's stretches, gone on with what the feed has told since: the last one is open. */
export function stretchesOf(day, agent) {
  const told = day.states;
  const last = told.at(-1);
  if (!agent?.since || Date.parse(agent.since) >= Date.parse(day.until)) return told;
  if (last && Date.parse(agent.since) <= Date.parse(last.began_at)) return told;
  const closed = last && { ...last, ended_at: last.ended_at ?? agent.since };
  const { state, reason, call_id, since } = agent;
  const going = { state, reason, call_id, began_at: since, ended_at: null, seconds: null };
  return [...told.slice(0, -1), ...(closed ? [closed] : []), going];
}

/** `{from, to, lanes}` in milliseconds; a bar is `{from, to, reason, open}`. */
export function dayLanes(stretches, until, now) {
  const bars = Object.fromEntries(DAY_STATES.map((state) => [state, []]));
  const end = Math.min(now, Date.parse(until));
  for (const { state, reason, began_at: begin, ended_at: ended } of stretches) {
    const from = Date.parse(begin);
    const to = ended ? Date.parse(ended) : Math.max(end, from);
    bars[state]?.push({ from, to, reason, open: !ended });
  }
  const all = Object.values(bars).flat();
  if (!all.length) return { from: 0, to: 1, lanes: [] };
  const from = Math.min(...all.map((bar) => bar.from));
  const to = Math.max(...all.map((bar) => bar.to), from + 1000);
  const lanes = DAY_STATES.filter((state) => bars[state].length)
    .map((state) => ({ state, bars: bars[state] }));
  return { from, to, lanes };
}
