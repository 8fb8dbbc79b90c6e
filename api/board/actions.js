// What whoever looks may do, as buttons beside what it is done to. What is not allowed, or makes no
// sense now, is not there; every order is one request, and is given once however often one clicks.

import { ask, faultOf } from "./ask.js";
import { el, set } from "./dom.js";
import { may, order as give } from "./session.js";
import { say } from "./words.js";

/** A line that tells what became of orders; a button that goes away leaves its focus here. */
export function actionNote() {
  return el("p", { class: "acts-note", role: "status", tabindex: -1 });
}

/**
 * Buttons for `orders` (see orders.js); `draw(subject)` shows those that fit. `nameOf(subject)` says
 * whom or what they are about; `tells` is the line for their outcome; `done()` is called after each.
 */
export function actionBar(orders, nameOf, things, tells, done = () => {}) {
  const node = el("div", { class: "acts", role: "group" });
  let subject = null;
  let busy = false;

  const buttons = orders.map((order) => {
    const button = el("button", { type: "button", "data-act": order.name });
    button.addEventListener("click", (event) => {
      if (event.detail <= 1) begin(order);
    });
    return { order, button };
  });
  node.append(...buttons.map(({ button }) => button));

  function draw(now) {
    subject = now;
    const who = subject ? nameOf(subject) : "";
    node.setAttribute("aria-label", say("act.of", { who }));
    for (const { order, button } of buttons) {
      const there = Boolean(subject) && may(order.scope) && order.shown(subject);
      if (!there && button === document.activeElement) tells.focus();
      button.hidden = !there;
      set(button, say(`act.${order.name}`));
      button.setAttribute("aria-label", `${say(`act.${order.name}`)}: ${who}`);
    }
    node.hidden = buttons.every(({ button }) => button.hidden);
  }

  async function begin(order) {
    if (busy) return;
    const about = subject;
    const who = nameOf(about);
    setBusy(true);
    tell("");
    try {
      const question = await order.question?.(about, things);
      if (question) {
        const send = (values, close) => carryOut(order, about, values, close);
        const told = question.told ?? say(`act.${order.name}.told`, { who });
        const title = `${say(`act.${order.name}`)}: ${who}`;
        const late = (error) => tell(faultOf(error), true);
        ask({ ...question, title, told, label: say(`act.${order.name}`), send, late });
      } else {
        await carryOut(order, about, {}, () => {});
      }
    } catch (error) {
      tell(faultOf(error), true);
    } finally {
      setBusy(false);
    }
  }

  async function carryOut(order, about, values, close) {
    const [method, path, body] = order.request(about, values);
    await give(method, path, body);
    close();
    tell(say(`act.${order.name}.done`, { who: nameOf(about), ...values }));
    // whom it was about is soon not here any more
    if (order.leaves) tells.focus();
    order.after?.(about);
    draw(subject);
    done();
  }

  function tell(text, fault = false) {
    set(tells, text);
    tells.classList.toggle("ill", fault);
  }

  function setBusy(is) {
    busy = is;
    for (const { button } of buttons) button.setAttribute("aria-disabled", String(is));
  }

  return { node, draw };
}
