// What the feed does not carry of a campaign: its leads, and abandonment by each rule in force. Asked
// for now and then, each by itself: who may not see the one may see the other.

import { get } from "./session.js";
import { language } from "./words.js";

const RUNNING_EVERY_MS = 15_000;
const OTHERS_EVERY_MS = 120_000;

const PIECES = {
  leads: async (path) => (await get(path)).leads,
  rules: async (path) => (await get(`${path}/abandonment?limit=1`)).rules,
};

/** Keeps the facts of the campaigns that are shown; `changed()` is called when some are new. */
export class CampaignFacts {
  #facts = new Map();
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  /** What is known of a campaign, as it was asked for last. */
  of(id) {
    return this.#facts.get(id) ?? {};
  }

  /** Ask again for what is old; called every second. */
  refresh(campaigns) {
    const shown = new Set(campaigns.map(({ id }) => id));
    for (const id of this.#facts.keys()) {
      if (!shown.has(id)) this.#facts.delete(id);
    }
    for (const campaign of campaigns) {
      const known = this.#facts.get(campaign.id) ?? { askAt: {}, asking: false };
      this.#facts.set(campaign.id, known);
      if (!known.asking) this.#ask(campaign, known);
    }
  }

  async #ask({ id, state }, known) {
    if (known.language !== language()) known.askAt = {};
    known.language = language();
    const due = Object.keys(PIECES).filter((name) => Date.now() >= (known.askAt[name] ?? 0));
    if (!due.length) return;
    known.asking = true;
    const path = `/campaigns/${encodeURIComponent(id)}`;
    const every = state === "running" ? RUNNING_EVERY_MS : OTHERS_EVERY_MS;
    const answers = await Promise.allSettled(due.map((name) => PIECES[name](path)));
    answers.forEach(({ value, reason }, at) => {
      // what one may not see is not asked for again and again
      known.askAt[due[at]] = Date.now() + (reason?.status === 403 ? OTHERS_EVERY_MS : every);
      if (reason) console.info(`campaign ${id}:`, reason.message);
      else known[due[at]] = value;
    });
    known.asking = false;
    this.#changed();
  }
}
