// The campaigns: what each does, why it dials or waits, and how near it is to its cap.

import { actionBar, actionNote } from "./actions.js";
import { badge } from "./badge.js";
import { CampaignFacts } from "./campaign_facts.js";
import { el, keyed, outside, set, setOutside, visible } from "./dom.js";
import { CAMPAIGN_ORDERS } from "./orders.js";
import { figure, say, share, word } from "./words.js";

/** Draws a card for each campaign that did something. */
export function makeCampaigns(list, things) {
  const facts = new CampaignFacts(draw);
  setInterval(() => facts.refresh(shownOf(things)), 1000);

  function draw() {
    const campaigns = shownOf(things);
    const shown = campaigns.length ? campaigns : [null];
    keyed(list, shown, (each) => each?.id ?? "none", (each) => (each ? card(facts, things) : nothing()));
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

function card(facts, things) {
  const name = outside();
  const state = badge();
  const reason = outside();
  const open = el("strong");
  const openName = el("span");
  const left = el("span", { class: "quiet" });
  const whyName = el("h4");
  const why = outside();
  const outcomesName = el("h4");
  const outcomes = el("ul", { class: "outcomes" });
  const lawName = el("h4");
  const rules = el("ul", { class: "rules" });
  const ownCap = el("p");
  const tells = actionNote();
  const acts = actionBar(CAMPAIGN_ORDERS, (campaign) => visible(campaign.name), things, tells);
  const node = el(
    "li", { class: "campaign" },
    el("h3", {}, name, " ", state.node, " ", el("span", { class: "quiet" }, reason)),
    el("p", {}, open, " ", openName, " · ", left),
    acts.node,
    tells,
    el("div", { class: "why" }, whyName, el("p", {}, why)),
    el("div", {}, outcomesName, outcomes),
    el("div", {}, lawName, rules, ownCap),
  );
  return {
    node,
    update(campaign) {
      const known = facts.of(campaign.id);
      setOutside(name, known.name ?? campaign.id);
      state.update(campaign.state, word("campaignstate", campaign.state));
      setOutside(reason, word("because", campaign.reason));
      set(open, figure(campaign.open_attempts));
      set(openName, say("open_attempts"));
      set(left, known.leads ? say("leads_left", { count: figure(leadsLeft(known.leads)) }) : "");
      set(whyName, say("pacing"));
      const decided = known.decision?.sentence || campaign.pacing || say("not_decided");
      const told = campaign.state === "running" ? decided : say("dials_nobody");
      setOutside(why, told);
      acts.draw({ ...campaign, name: known.name ?? campaign.id, why: told });
      set(outcomesName, say("outcomes"));
      drawOutcomes(outcomes, campaign.outcomes);
      set(lawName, say("abandonment"));
      drawRules(rules, known.rules);
      set(ownCap, known.cap ? say("own_cap", { cap: share(known.cap) }) : "");
    },
  };
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
    (rule ? ruleLine() : noRule()));
}

function noRule() {
  const node = el("li", { class: "quiet" });
  return { node, update: () => set(node, say("no_rule")) };
}

function ruleLine() {
  const rate = el("strong");
  const verdict = badge();
  const counted = el("span", { class: "quiet" });
  const fill = el("span", { class: "fill" });
  const bar = el("span", { class: "bar", "aria-hidden": "true" }, fill);
  const sentence = outside();
  const told = el("p", { class: "quiet" }, sentence);
  return {
    node: el("li", {}, el("p", {}, rate, " ", verdict.node, " ", counted), bar, told),
    update({ current, definition, sentence: words }) {
      const { cap } = definition;
      const values = { rate: share(current.rate), cap: share(cap) };
      set(rate, say(cap === null ? "no_cap" : "of_cap", values));
      const judged = { true: ["well", "within_cap"], false: ["ill", "over_cap"] };
      const [state, key] = judged[current.within_cap] ?? ["draft", "too_few"];
      verdict.node.hidden = cap === null;
      verdict.update(state, say(key));
      const one = { maximumFractionDigits: 1 };
      const live = figure(current.live, one);
      set(counted, say("of_calls", { abandoned: figure(current.abandoned, one), live }));
      bar.hidden = cap === null || current.rate === null;
      // full is the cap
      if (!bar.hidden) fill.style.width = `${Math.min(100, (current.rate / cap) * 100)}%`;
      bar.classList.toggle("over", current.within_cap === false);
      setOutside(sentence, words);
    },
  };
}
