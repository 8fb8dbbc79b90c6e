// The line at the top: our own feed, Asterisk, the carrier.

import { badge } from "./badge.js";
import { el, set, setOutside, outside } from "./dom.js";
import { countSince } from "./time.js";
import { figure, say, share } from "./words.js";

/** Draws the status; `live()` tells whether the feed is up. */
export function makeStatus(list, things, live) {
  const feed = line();
  const link = line();
  const carrier = line();
  list.append(feed.node, link.node, carrier.node);

  return () => {
    const up = live();
    feed.update(up, say(up ? "feed_up" : "feed_down"));
    const asterisk = things.get("link");
    link.node.hidden = !asterisk;
    if (asterisk) {
      const text = say(asterisk.up ? "link_up" : "link_down");
      link.update(asterisk.up, text, asterisk.up ? "" : asterisk.reason, asterisk.since);
    }
    const trunk = things.get("carrier");
    carrier.node.hidden = !trunk;
    if (trunk) {
      const slow = trunk.calls_per_second !== null;
      const rate = figure(trunk.calls_per_second, { maximumFractionDigits: 2 });
      const text = slow
        ? say("carrier_slow", { share: share(trunk.congested_share), rate })
        : say("carrier_free");
      carrier.update(!slow, text, "", slow ? trunk.since : null);
    }
  };
}

function line() {
  const state = badge();
  const reason = outside();
  const age = el("time", { class: "counts" });
  const node = el("li", {}, state.node, reason, age);
  return {
    node,
    update(well, text, why = "", since = null) {
      state.update(well ? "well" : "ill", text);
      setOutside(reason, why);
      age.hidden = !since;
      if (since) countSince(age, since);
      else set(age, "");
    },
  };
}
