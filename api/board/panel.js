// What is open beside the floor: a queue, an agent or a call. The address names it, Escape closes.

import { showAgent } from "./agent_detail.js";
import { showCall } from "./call.js";
import { set } from "./dom.js";
import { closeAll, opened } from "./places.js";
import { showQueue } from "./queue_detail.js";

const SHOW = { queue: showQueue, agent: showAgent, call: showCall };

/** Opens what the address names, as long as `signedIn()`; answers how to look at it again. */
export function makePanel(dialog, things, signedIn) {
  const title = dialog.querySelector("#panel-title");
  const body = dialog.querySelector("#panel-body");
  let detail = null;

  /** Follow the address. */
  function follow() {
    const wanted = signedIn() ? opened() : null;
    detail?.leave?.();
    detail = null;
    body.replaceChildren();
    if (!wanted) {
      if (dialog.open) dialog.close();
      return;
    }
    detail = SHOW[wanted.kind](wanted.name, things, (text) => set(title, text));
    body.append(...detail.nodes);
    detail.draw();
    if (!dialog.open) dialog.showModal();
    title.focus();
  }

  dialog.querySelector("#panel-close").addEventListener("click", () => dialog.close());
  // the browser closes it on Escape as well
  dialog.addEventListener("close", () => {
    closeAll();
    detail?.leave?.();
    detail = null;
    body.replaceChildren();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  addEventListener("hashchange", follow);
  return { follow, draw: () => detail?.draw() };
}
