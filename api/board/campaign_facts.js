// What the feed does not carry of a campaign: its name, its leads, its last decision in words, and
// abandonment against the cap. Asked for now and then; a new decision alone, a little sooner.

import { get } from "./session.js";
import { language } from "./words.js";

const RUNNING_EVERY_MS = 15_000;
const OTHERS_EVERY_MS = 120_000;
const DECISION_EVERY_MS = 5000;

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
    for (const campaign of campaigns) {
      const known = this.#facts.get(campaign.id) ?? { allAt: 0, decisionAt: 0, asking: false };
      this.#facts.set(campaign.id, known);
      const spoken = known.language === language();
      const news = known.pacing !== campaign.pacing;
      const every = campaign.state === "running" ? RUNNING_EVERY_MS : OTHERS_EVERY_MS;
      if (known.asking) continue;
      if (!spoken || Date.now() - known.allAt > every) this.#ask(campaign, known, this.#all);
      else if (news && Date.now() - known.decisionAt > DECISION_EVERY_MS) {
        this.#ask(campaign, known, this.#decision);
      }
    }
  }

  async #ask(campaign, known, what) {
    Object.assign(known, { asking: true, pacing: campaign.pacing, language: language() });
    try {
      await what(`/campaigns/${encodeURIComponent(campaign.id)}`, known);
      this.#changed();
    } catch (error) {
      console.info(`campaign ${campaign.id}:`, error.message);
    } finally {
      known.asking = false;
    }
  }

  #all = async (path, known) => {
    known.allAt = Date.now();
    const [now, abandonment] = await Promise.all([
      get(path), get(`${path}/abandonment?limit=1`), this.#decision(path, known),
    ]);
    known.name = now.campaign.name;
    known.leads = now.leads;
    known.cap = now.campaign.abandonment_cap;
    known.rules = abandonment.rules;
  };

  #decision = async (path, known) => {
    known.decisionAt = Date.now();
    [known.decision] = (await get(`${path}/decisions?limit=1`)).items;
  };
}
