// How the page looks: language, colours, wall screen. Kept in this browser; the address may say it
// too, for a screen nobody touches: /board?lang=en&theme=dark&wall=1.

import { say, speak } from "./words.js";
import { set } from "./dom.js";

const THEMES = ["auto", "light", "dark"];
const KEY = "linea800.look";

/** Wires the switches; `changed()` is called when something looks different. */
export function makeLook(at, changed) {
  const asked = new URLSearchParams(location.search);
  const look = { ...kept() };
  if (["es", "en"].includes(asked.get("lang"))) look.language = asked.get("lang");
  if (THEMES.includes(asked.get("theme"))) look.theme = asked.get("theme");
  if (asked.has("wall")) look.wall = asked.get("wall") !== "0";

  function show() {
    const root = document.documentElement;
    speak(look.language ?? root.lang);
    root.dataset.theme = look.theme ?? "auto";
    document.body.classList.toggle("wall", Boolean(look.wall));
    at("wall").setAttribute("aria-pressed", String(Boolean(look.wall)));
    set(at("language"), say("other_language"));
    at("language").lang = root.lang === "es" ? "en" : "es";
    set(at("theme"), say(`theme_${root.dataset.theme}`));
  }

  function change(what) {
    Object.assign(look, what);
    try {
      localStorage.setItem(KEY, JSON.stringify(look));
    } catch {
      // a browser that keeps nothing shows it all the same
    }
    show();
    changed();
  }

  at("language").addEventListener("click", () => {
    change({ language: document.documentElement.lang === "es" ? "en" : "es" });
  });
  at("theme").addEventListener("click", () => {
    change({ theme: THEMES[(THEMES.indexOf(look.theme ?? "auto") + 1) % THEMES.length] });
  });
  at("wall").addEventListener("click", () => change({ wall: !look.wall }));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && look.wall && !at("panel").open) change({ wall: false });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  show();
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
