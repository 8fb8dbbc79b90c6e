// What was recorded of a call. A sound is fetched only when somebody wants it: every play is kept.

import { el, keyed, set } from "./dom.js";
import { get, sound } from "./session.js";
import { clock, timeOfDay } from "./time.js";
import { say, word } from "./words.js";

/** A section that is there once there is something to hear for whoever looks. */
export function playerOf(callId, signal) {
  const title = el("h3");
  const list = el("ul", { class: "recordings" });
  const fault = el("p", { class: "quiet", role: "status" });
  const node = el("section", { hidden: true }, title, list, fault);
  let found = [];
  let may = true;

  async function ask() {
    if (!may) return;
    try {
      found = (await get(`/call-recordings?call_id=${encodeURIComponent(callId)}`, signal)).items;
      draw();
    } catch (error) {
      // who may not hear recordings sees none
      may = error.status !== 403;
    }
  }

  function draw() {
    node.hidden = found.length === 0;
    set(title, say("recordings"));
    keyed(list, found, ({ recording }) => recording, (item) => row(item, signal, fault));
  }

  return { node, ask, draw };
}

function row({ recording }, signal, fault) {
  const told = el("span");
  const button = el("button", { type: "button" });
  const node = el("li", {}, told, " ", button);
  button.addEventListener("click", async () => {
    button.disabled = true;
    set(fault, "");
    try {
      const heard = await sound(`/call-recordings/${encodeURIComponent(recording)}/audio`, signal);
      const address = URL.createObjectURL(heard);
      signal.addEventListener("abort", () => URL.revokeObjectURL(address));
      const audio = el("audio", { controls: true, src: address, "aria-label": told.textContent });
      button.replaceWith(audio);
      audio.focus();
    } catch (error) {
      if (!signal.aborted) set(fault, error.message);
      button.disabled = false;
    }
  });
  return {
    node,
    update({ state, began_at, started_at, seconds, paused_seconds }) {
      const parts = [
        timeOfDay(began_at ?? started_at),
        seconds === null ? "" : clock(seconds),
        paused_seconds ? say("recording_paused", { seconds: clock(paused_seconds) }) : "",
        word("recording", state),
      ];
      set(told, parts.filter(Boolean).join(" · "));
      set(button, say("hear"));
      button.hidden = state !== "kept" && state !== "changed";
    },
  };
}
