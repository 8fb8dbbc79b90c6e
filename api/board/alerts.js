// What somebody should look at: the feed says which alerts are on, the service says it in words.

import { badge } from "./badge.js";
import { el, keyed, outside, set, setOutside } from "./dom.js";
import { linkTo } from "./places.js";
import { get } from "./session.js";
import { timeOfDay } from "./time.js";
import { language, say } from "./words.js";

const OPENED = ["queue", "agent", "campaign"];

/** The link to what an alert is about; "" when there is nothing to open. */
export function placeOf({ subject, details }) {
  const [family, id] = subject.split("/");
  if (family === "campaigns") return linkTo("campaign", id);
  const { subject_kind: kind, subject: name } = details;
  return OPENED.includes(kind) && name ? linkTo(kind, name) : "";
}

/** Draws the alerts that are on. */
export function makeAlerts(list, things) {
  let sentences = new Map();
  let asked = "";

  async function ask(wanted) {
    asked = wanted;
    try {
      const { items } = await get("/alerts?open=true&limit=200");
      sentences = new Map(items.map((alert) => [alert.id, alert.sentence]));
      if (asked === wanted) draw();
    } catch {
      asked = ""; // asked for again with the next change
    }
  }

  function draw() {
    const alerts = things.of("alerts");
    const wanted = `${language()} ${alerts.map((alert) => alert.id).join(" ")}`;
    const items = alerts.length ? alerts : [null];
    keyed(list, items, (alert) => alert?.id ?? "none", (alert) => (alert ? line() : nothing()));
    if (alerts.length && wanted !== asked) ask(wanted);
  }

  function line() {
    const sign = badge();
    const text = outside();
    const link = el("a", {}, text);
    const began = el("time", { class: "quiet" });
    return {
      node: el("li", { class: "alert" }, sign.node, link, " ", began),
      update(alert) {
        sign.update("ill", "");
        const place = placeOf(alert);
        if (place) link.setAttribute("href", place);
        else link.removeAttribute("href");
        setOutside(text, sentences.get(alert.id) ?? say("alert_unsaid"));
        set(began, say("began", { time: timeOfDay(alert.began_at) }));
      },
    };
  }

  function nothing() {
    const node = el("li", { class: "quiet" });
    return { node, update: () => set(node, say("no_alerts")) };
  }

  return draw;
}
