// The page's language: texts by key, and figures as its readers write them.

import { ACTIONS } from "./words_actions.js";
import { DETAILS } from "./words_details.js";
import { EN } from "./words_en.js";
import { ES } from "./words_es.js";

const TEXTS = {
  es: { ...ES, ...DETAILS.es, ...ACTIONS.es },
  en: { ...EN, ...DETAILS.en, ...ACTIONS.en },
};

/** The page's language. */
export function language() {
  return document.documentElement.lang === "en" ? "en" : "es";
}

/** The text of a key, `{name}` filled in; a key without a text is shown as it is. */
export function say(key, values = {}) {
  const text = TEXTS[language()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The text of a word of the feed within a group, as `agent.talking`; unknown: the word. */
export function word(group, name) {
  return TEXTS[language()][`${group}.${name}`] ?? name;
}

/** Whether a key has a text. */
export function known(key) {
  return key in TEXTS[language()];
}

/** A figure; null is a dash. */
export function figure(value, options = {}) {
  return value === null || value === undefined ? "–" : value.toLocaleString(language(), options);
}

/** A share as per cent, with one decimal; null is a dash. */
export function share(value) {
  return figure(value, { style: "percent", maximumFractionDigits: 1 });
}

/** Speak a language from now on; everything that is written in the page is written again. */
export function speak(wanted) {
  document.documentElement.lang = wanted;
  for (const node of document.querySelectorAll("[data-word]")) {
    node.textContent = say(node.dataset.word);
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
  }
  document.title = `linea800 · ${say("title")}`;
}
