// What those who wait in a queue are told again and again: the feed does not carry it.

import { get } from "./session.js";

const EVERY_MS = 10_000;

/** Looks now and then, until `leave()`; `now()` is the message that is on, `changed()` tells of it. */
export function emergencyOf(queue, changed) {
  const left = new AbortController();
  const path = `/queues/${encodeURIComponent(queue)}/emergencies?limit=1`;
  let on = null;

  async function look() {
    try {
      const [latest] = (await get(path, left.signal)).items;
      on = latest && !latest.ended_at ? latest : null;
      changed();
    } catch (error) {
      if (!left.signal.aborted) console.info(`queue ${queue}:`, error.message);
    }
  }
  look();
  const looking = setInterval(look, EVERY_MS);

  function leave() {
    left.abort();
    clearInterval(looking);
  }

  return { now: () => on, look, leave };
}
