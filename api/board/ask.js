// A question before an order: what it needs to know, and whether it is meant. One dialog for all;
// it stays, and says why, when the service refuses.

import { el, set } from "./dom.js";
import { say } from "./words.js";

const at = (id) => document.getElementById(`ask${id}`);
const [dialog, form, fault, cancel, submit] = ["", "-form", "-fault", "-cancel", "-send"].map(at);
let open = null;
let busy = false;

/**
 * Ask `{title, told, label, danger, fields, send(values, close), late(error)}`. When it is answered
 * `send` is called; what it throws is told here, or to `late` if this is closed by then. A field is
 * `{name, kind, label, value, options, ...attributes}`, its kind `choice`, `list` (choose or type),
 * or that of an input.
 */
export function ask(question) {
  const fields = (question.fields ?? []).map(makeField);
  open = { ...question, fields };
  set(at("-title"), question.title);
  set(at("-told"), question.told ?? "");
  set(fault, "");
  set(submit, question.label);
  submit.classList.toggle("danger", Boolean(question.danger));
  at("-fields").replaceChildren(...fields.map(({ node }) => node));
  dialog.showModal();
  // nothing is done by an Enter too many
  (fields[0]?.input ?? cancel).focus();
}

/** Close it, whatever it asks. */
export function askNoMore() {
  if (dialog.open) dialog.close();
}

/** Why an order was not obeyed, in the page's language. */
export function faultOf(error) {
  if (error.status !== undefined) return error.message;
  return say(error.name === "TimeoutError" ? "act.no_answer" : "act.not_reached");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy || !open) return;
  const asked = open;
  setBusy(true);
  set(fault, "");
  try {
    const values = asked.fields.map(({ name, read }) => [name, read()]);
    await asked.send(Object.fromEntries(values), askNoMore);
  } catch (error) {
    if (asked === open) set(fault, faultOf(error));
    else asked.late(error);
  } finally {
    setBusy(false);
  }
});
// the second click of a double one was meant for what was there before
submit.addEventListener("click", (event) => event.detail > 1 && event.preventDefault());
cancel.addEventListener("click", askNoMore);
// what is on its way cannot be called back: its answer is waited for
dialog.addEventListener("cancel", (event) => busy && event.preventDefault());
dialog.addEventListener("close", () => {
  open = null;
  at("-fields").replaceChildren();
});
addEventListener("hashchange", askNoMore);

function setBusy(is) {
  busy = is;
  submit.setAttribute("aria-disabled", String(is));
}

function makeField({ name, kind, label, value = "", options = [], hint = "", ...attributes }) {
  const id = `ask-${name}`;
  const caption = el("label", { for: id }, label);
  const told = el("p", { class: "hint", id: `${id}-hint` }, hint);
  const input = kind === "choice"
    ? el("select", { id, name, ...attributes }, ...options.map((each) =>
      el("option", { value: each.value, selected: each.value === value }, each.text)))
    : el("input", { id, name, type: kind === "list" ? "text" : kind, value, ...attributes });
  const parts = [caption, input];
  if (kind === "list") {
    const known = el("datalist", { id: `${id}-list` }, ...options.map((each) =>
      el("option", { value: each.value, label: each.text })));
    input.setAttribute("list", known.id);
    input.setAttribute("spellcheck", "false");
    input.addEventListener("input", () => {
      set(told, options.find((each) => each.value === input.value)?.text || hint);
    });
    parts.push(known);
  }
  if (hint) {
    input.setAttribute("aria-describedby", told.id);
    parts.push(told);
  }
  const read = () => (kind === "number" ? Number(input.value) : input.value.trim());
  return { name, input, read, node: el("div", { class: "field" }, ...parts) };
}
