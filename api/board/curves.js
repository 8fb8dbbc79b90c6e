// The last hour as curves: what the service kept, and each new point as the feed tells it.

import { el, set } from "./dom.js";
import { get } from "./session.js";
import { now } from "./time.js";
import { figure, language, say } from "./words.js";

const HOUR_SECONDS = 3600;
/** With a longer hole than this between two points the hour is asked for again. */
const HOLE_SECONDS = 40;
const NAMES = ["waiting", "talking", "answered"];
const HEIGHT = 120;

/** Draws three curves over all queues that are seen. */
export function makeCurves(parent, things) {
  const hour = nothing();
  const plots = NAMES.map((name) => plot(parent, name));
  let asking = false;

  async function fetchHour() {
    if (asking) return;
    asking = true;
    try {
      Object.assign(hour, together(await get("/live/curves")));
      draw();
    } catch (error) {
      console.info("curves:", error.message);
    } finally {
      asking = false;
    }
  }

  function take() {
    const point = things.get("curves");
    const at = point ? Date.parse(point.at) / 1000 : 0;
    const last = hour.at.at(-1) ?? 0;
    if (point && at > last && at - last < HOLE_SECONDS) add(hour, at, point.queues);
    // a page that was opened before the first point has no hour to go on with, either
    else if (point && at > last) fetchHour();
    draw();
  }

  function draw() {
    plots.forEach((each) => each.draw(hour));
  }

  new ResizeObserver(draw).observe(parent);
  return {
    draw: take,
    fetchHour,
    clear: () => Object.assign(hour, nothing()),
    recolour: () => plots.forEach((each) => each.forget()),
  };
}

function nothing() {
  return { at: [], waiting: [], talking: [], answered: [] };
}

/** The queues of `/live/curves` as one: the sums at each moment. */
export function together({ at, queues }) {
  const sum = (name) => at.map((_, place) =>
    total(Object.values(queues).map((queue) => queue[name][place])));
  const found = { at: at.map((moment) => Date.parse(moment) / 1000) };
  for (const name of NAMES) found[name] = sum(name);
  return found;
}

function add(hour, at, queues) {
  hour.at.push(at);
  for (const name of NAMES) hour[name].push(total(Object.values(queues).map((one) => one[name])));
  while (hour.at[0] < at - HOUR_SECONDS) {
    for (const row of Object.values(hour)) row.shift();
  }
}

/** A sum; null when nothing is told. */
function total(figures) {
  const told = figures.filter((each) => each !== null);
  return told.length ? told.reduce((sum, each) => sum + each, 0) : null;
}

/** How many were answered in the minute before each point; null until a minute is known. */
export function perMinute(answered) {
  return answered.map((_, place) => {
    const minute = answered.slice(place - 3, place + 1);
    return place < 3 || minute.includes(null) ? null : total(minute);
  });
}

function plot(parent, name) {
  const title = el("h3");
  const told = el("p", { class: "quiet" });
  const canvas = el("div", { class: "plot", "aria-hidden": "true" });
  const node = el("div", { class: "curve" }, title, told, canvas);
  parent.append(node);
  let chart = null;
  let spoken = "";

  function draw(hour) {
    set(title, say(`curve.${name}`));
    const values = name === "answered" ? perMinute(hour.answered) : hour[name];
    const known = values.filter((each) => each !== null);
    const peak = known.length ? Math.max(...known) : null;
    const words = { now: figure(values.at(-1)), peak: figure(peak) };
    set(told, known.length ? say("curve_now", words) : say("no_curve"));
    const width = canvas.clientWidth;
    if (!width) return; // not shown
    if (chart && spoken !== language()) forget();
    if (!chart) {
      chart = new globalThis.uPlot(options(width, canvas), [[], []], canvas);
      spoken = language();
    }
    if (chart.width !== width) chart.setSize({ width, height: HEIGHT });
    chart.setData([hour.at, values]);
  }

  function forget() {
    chart?.destroy();
    chart = null;
  }

  return { draw, forget };
}

function options(width, canvas) {
  const colour = (name) => getComputedStyle(canvas).getPropertyValue(name);
  // a custom property is told as it is written; a colour only by what has it
  const ink = getComputedStyle(canvas).color;
  const line = getComputedStyle(canvas).borderTopColor;
  const grid = getComputedStyle(canvas).borderBottomColor;
  const font = `11px ${colour("font-family")}`;
  const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString(language(), {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const axis = { stroke: ink, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: () => [now() / 1000 - HOUR_SECONDS, now() / 1000] },
      y: { range: (_, __, most) => [0, Math.max(4, Math.ceil((most ?? 0) * 1.15))] },
    },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, moments) => moments.map(time) },
      { ...axis, size: 34, space: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
    ],
    series: [{}, { stroke: line, width: 2, fill: grid, spanGaps: false }],
  };
}
