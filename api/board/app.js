// The live board put together: sign in, read the stream, draw what changed.

import { makeAgents } from "./agents.js";
import { makeAlerts } from "./alerts.js";
import { askNoMore } from "./ask.js";
import { makeCampaigns } from "./campaigns.js";
import { makeCurves } from "./curves.js";
import { set } from "./dom.js";
import { makeLook } from "./look.js";
import { makeMenus } from "./menus.js";
import { makePanel } from "./panel.js";
import { makeQueues } from "./queues.js";
import {
  forgetScopes, learnScopes, request, signInByName, signInByToken, signOut,
} from "./session.js";
import { Things } from "./state.js";
import { makeStatus } from "./status.js";
import { Stream } from "./stream.js";
import { learnClock, tick } from "./time.js";
import { say } from "./words.js";

const at = (id) => document.getElementById(id);
const things = new Things();
let live = false;
let inside = false;
let stream = null;

const drawStatus = makeStatus(at("status"), things, () => live);
const curves = makeCurves(at("plots"), things);
const panel = makePanel(at("panel"), things, () => inside);
makeLook(at, () => {
  curves.recolour();
  things.redraw();
});
things.watch(["link", "carrier"], drawStatus);
things.watch(["alerts"], makeAlerts(at("alert-list"), things));
things.watch(["queues"], makeQueues(at("queue-tiles"), things));
things.watch(["curves"], curves.draw);
things.watch(["agents", "calls"], makeAgents(
  at("agent-states"), at("agent-table").tBodies[0], things,
));
things.watch(["campaigns"], makeCampaigns(at("campaign-list"), things));
things.watch(["menus"], makeMenus(at("menu-list"), things));
things.watch(["queues", "agents", "calls"], panel.draw);
setInterval(tick, 1000);

/** Read the stream, as whoever signed in before, until that is refused. */
function read() {
  stream?.stop();
  stream = new Stream((signal) => request("/live/events", { signal }), {
    up() {
      live = true;
      enter();
      curves.fetchHour();
      learnScopes().then(() => things.redraw());
    },
    down() {
      live = false;
      document.body.classList.add("old");
      at("status").hidden = false;
      drawStatus();
    },
    picture(picture, whole) {
      learnClock(picture.as_of);
      things.take(picture, whole);
    },
    async refused(response) {
      const problem = await response.json().catch(() => ({}));
      leave(response.status === 403 ? problem.detail : "");
    },
  });
  stream.run();
}

function enter() {
  document.body.classList.remove("old");
  drawStatus();
  if (inside) return;
  inside = true;
  at("entry").hidden = true;
  at("status").hidden = false;
  at("floor").hidden = false;
  at("sign-out").hidden = false;
  panel.follow();
  things.redraw();
}

function leave(fault) {
  live = inside = false;
  stream?.stop();
  forgetScopes();
  askNoMore();
  things.take({ things: {} }, true);
  curves.clear(); // the next one may see other queues
  panel.follow();
  at("entry").hidden = false;
  at("status").hidden = true;
  at("floor").hidden = true;
  at("sign-out").hidden = true;
  set(at("entry-fault"), fault ?? "");
  at("login").focus();
}

function onSubmit(form, fields, signIn) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    set(at("entry-fault"), "");
    try {
      await signIn(...fields.map((id) => at(id).value));
      form.reset();
      read();
    } catch (error) {
      const reached = error.status !== undefined;
      const unknown = form.id === "by-name" && error.status === 404;
      const own = unknown ? say("no_names_here") : error.message;
      set(at("entry-fault"), reached ? own : say("not_reached"));
    }
  });
}

onSubmit(at("by-name"), ["login", "password"], signInByName);
onSubmit(at("by-token"), ["token"], signInByToken);
at("sign-out").addEventListener("click", async () => {
  await signOut().catch(() => {}); // not reached: the cookie ends with its time
  leave("");
});
at("status").hidden = true;
read();
