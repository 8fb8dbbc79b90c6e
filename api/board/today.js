// What became of a queue's calls today: the service's own figures, here only written down.

import { clock } from "./time.js";
import { figure, say, share } from "./words.js";

/** Seconds with a decimal; null is a dash. */
export function secondsTold(value) {
  return value === null ? "–" : `${figure(value, { maximumFractionDigits: 1 })} s`;
}

/** Today's figures as `{name, text}`; without a day to tell of each is a dash. */
export function figuresOf({ today }) {
  return [
    { name: "service_level", text: share(today?.service_level) },
    { name: "offered", text: figure(today?.offered) },
    { name: "answered", text: figure(today?.answered) },
    { name: "abandoned", text: figure(today?.abandoned) },
    { name: "asa", text: secondsTold(today?.asa_seconds ?? null) },
    { name: "longest_today", text: lengthTold(today?.longest_wait_seconds) },
  ];
}

/** By which method, threshold and goal today's service level is told; "" when it is not. */
export function howOf({ today }) {
  if (!today) return "";
  return today.settings.map(({ method, seconds, goal, short_seconds: short }) => say("today_how", {
    seconds: figure(seconds),
    method: say(`method.${method}`, { short: figure(short) }),
    goal: share(goal / 100),
  })).join(" → ");
}

/** So long as a clock shows it; null is a dash. */
export function lengthTold(seconds) {
  return seconds === null || seconds === undefined ? "–" : clock(seconds);
}
