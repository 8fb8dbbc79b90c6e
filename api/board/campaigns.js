// The campaigns: what each does, why it dials or waits, and how near it is to its cap.

import { actionBar, actionNote } from "./actions.js";
import { badge } from "./badge.js";
import { CampaignFacts } from "./campaign_facts.js";
import { el, keyed, outside, set, setOutside, visible } from "./dom.js";
import { CAMPAIGN_ORDERS } from "./orders.js";
import { figure, language, say, share, word } from "./words.js";

/** Draws a card for each campaign that did something. */
export function makeCampaigns(list, things) {
  const facts = new CampaignFacts(draw);
  setInterval(() => facts.refresh(shownOf(things)), 1000);

  function draw() {
    const campaigns = shownOf(things);
    const shown = campaigns.length ? campaigns : [null];
    keyed(list, shown, (each) => each?.id ?? "none", (each) => (
      each ? card(facts, things, each.id) : nothing()));
  }

  return draw;
}

/** Those at work first; without those that were over before the service started. */
export function shownOf(things) {
  const isOver = ({ state }) => ["stopped", "finished"].includes(state);
  const rank = ({ state }) => ["running", "paused"].indexOf(state) >>> 0;
  return things.of("campaigns")
    .filter((campaign) => !(isOver(campaign) && campaign.reason === "restart"))
    .sort((one, other) => rank(one) - rank(other));
}

function nothing() {
  const node = el("li", { class: "quiet" });
  return { node, update: () => set(node, say("no_campaigns")) };
}

function card(facts, things, id) {
  const name = outside();
  const state = badge();
  const reason = outside();
  const open = el("strong");
  const openName = el("span");
  const ratio = el("span");
  const left = el("span", { class: "quiet" });
  const whyName = el("h4");
  const why = outside();
  const outcomesName = el("h4");
  const outcomes = el("ul", { class: "outcomes" });
  const lawName = el("h4");
  const account = el("ul", { class: "rules" });
  const rules = el("ul", { class: "rules" });
  const tells = actionNote();
  const acts = actionBar(CAMPAIGN_ORDERS, (campaign) => visible(campaign.name), things, tells);
  const node = el(
    "li", { class: "campaign", id: `campaign/${id}` },
    el("h3", {}, name, " ", state.node, " ", el("span", { class: "quiet" }, reason)),
    el("p", {}, open, " ", openName, ratio, left),
    acts.node,
    tells,
    el("div", { class: "why" }, whyName, el("p", {}, why)),
    el("div", {}, outcomesName, outcomes),
    el("div", {}, lawName, account, rules),
  );
  return {
    node,
    update(campaign) {
      const known = facts.of(campaign.id);
      setOutside(name, campaign.name || campaign.id);
      state.update(campaign.state, word("campaignstate", campaign.state));
      setOutside(reason, word("because", campaign.reason));
      set(open, figure(campaign.open_attempts));
      set(openName, say("open_attempts"));
      set(ratio, ratioTold(campaign));
      const count = known.leads && figure(leadsLeft(known.leads));
      set(left, count ? ` · ${say("leads_left", { count })}` : "");
      set(whyName, say("pacing"));
      const decided = campaign.why?.[language()] || campaign.pacing || say("not_decided");
      const told = campaign.state === "running" ? decided : say("dials_nobody");
      setOutside(why, told);
      acts.draw({ ...campaign, name: campaign.name || campaign.id, why: told });
      set(outcomesName, say("outcomes"));
      drawOutcomes(outcomes, campaign.outcomes);
      set(lawName, say("abandonment"));
      const kept = campaign.abandonment ? [campaign.abandonment] : [];
      keyed(account, kept, () => "pacing", () => capLine(accountOf));
      drawRules(rules, known.rules);
    },
  };
}

/** Of how many lines, and how many of them for each agent at work. */
function ratioTold({ open_attempts: open, max_lines: most, agents_at_work: agents }) {
  if (!most) return "";
  const one = { maximumFractionDigits: 1 };
  const each = agents ? ` · ${say("per_agent", { ratio: figure(open / agents, one) })}` : "";
  return ` ${say("of_lines", { most: figure(most) })}${each}`;
}

function leadsLeft(leads) {
  return Object.entries(leads).reduce((sum, [state, n]) => sum + (state === "done" ? 0 : n), 0);
}

function drawOutcomes(list, outcomes) {
  const found = Object.entries(outcomes).sort(([, one], [, other]) => other - one);
  const shown = found.length ? found : [["none", null]];
  keyed(list, shown, ([outcome]) => outcome, () => {
    const node = el("li");
    const update = ([outcome, count]) =>
      set(node, count === null ? say("no_outcomes") : `${figure(count)} ${word("outcome", outcome)}`);
    return { node, update };
  });
}

function drawRules(list, rules) {
  if (!rules) return;
  const shown = rules.length ? rules : [null];
  keyed(list, shown, (rule) => (rule ? JSON.stringify(rule.definition) : "none"), (rule) =>
    (rule ? capLine(ruleOf) : noRule()));
}

function noRule() {
  const node = el("li", { class: "quiet" });
  return { node, update: () => set(node, say("no_rule")) };
}

/** What pacing itself keeps below the cap. */
function accountOf({ share: rate, cap, abandoned, answered, since }) {
  const form = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
  const time = new Date(since).toLocaleString(language(), form);
  const within = rate === null ? null : rate <= cap;
  return { rate, cap, within, abandoned, live: answered, words: say("pacing_keeps", { time }) };
}

function ruleOf({ current, definition: { cap }, sentence: words }) {
  return { ...current, cap, within: current.within_cap, words };
}

/** A share beside its cap; `of` reads it out of what is drawn. */
function capLine(of) {
  const rate = el("strong");
  const verdict = badge();
  const counted = el("span", { class: "quiet" });
  const fill = el("span", { class: "fill" });
  const bar = el("span", { class: "bar", "aria-hidden": "true" }, fill);
  const sentence = outside();
  const told = el("p", { class: "quiet" }, sentence);
  return {
    node: el("li", {}, el("p", {}, rate, " ", verdict.node, " ", counted), bar, told),
    update(drawn) {
      const { rate: reached, cap, within, abandoned, live, words } = of(drawn);
      const values = { rate: share(reached), cap: share(cap) };
      set(rate, say(cap === null ? "no_cap" : "of_cap", values));
      const judged = { true: ["well", "within_cap"], false: ["ill", "over_cap"] };
      const [state, key] = judged[within] ?? ["draft", "too_few"];
      verdict.node.hidden = cap === null;
      verdict.update(state, say(key));
      const one = { maximumFractionDigits: 1 };
      const calls = { abandoned: figure(abandoned, one), live: figure(live, one) };
      set(counted, say("of_calls", calls));
      bar.hidden = cap === null || reached === null;
      // full is the cap; of a cap of nothing any share is all
      if (!bar.hidden) fill.style.width = `${cap ? Math.min(100, (reached / cap) * 100) : 100}%`;
      bar.classList.toggle("over", within === false);
      setOutside(sentence, words);
    },
  };
}
