// Times as the service has them: the feed sends moments, ages are counted here.

let ahead = null; // milliseconds the service's clock is ahead of ours

/** Learn the service's clock from a picture's `as_of`; the quickest picture tells it best. */
export function learnClock(asOf) {
  const found = Date.parse(asOf) - Date.now();
  if (ahead === null || found > ahead || ahead - found > 5000) ahead = found;
}

/** The service's clock, in milliseconds. */
export function now() {
  return Date.now() + (ahead ?? 0);
}

/** How many seconds ago that was; never below 0. */
export function secondsSince(moment) {
  return Math.max(0, (now() - Date.parse(moment)) / 1000);
}

/** Seconds as a clock shows them: 0:07, 12:30, 1:02:03. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (figure) => String(figure).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

const forms = new Map(); // to make one takes longer than to use it hundreds of times

function formOf(language, fraction, timeZone) {
  const key = `${language} ${fraction} ${timeZone}`;
  if (!forms.has(key)) {
    const form = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone };
    if (fraction) form.fractionalSecondDigits = 1;
    forms.set(key, new Intl.DateTimeFormat(language, form));
  }
  return forms.get(key);
}

/** The time of day of a moment, by the clock of whoever looks or of a zone. */
export function timeOfDay(moment, { fraction = false, zone = undefined } = {}) {
  return formOf(document.documentElement.lang, fraction, zone).format(new Date(moment));
}

/** Let an element count how long ago that was; null shows a dash. */
export function countSince(node, moment) {
  if (moment) node.dataset.since = moment;
  else delete node.dataset.since;
  show(node);
}

/** Let every counting element count on. */
export function tick(root = document) {
  for (const node of root.querySelectorAll(".counts")) show(node);
}

function show(node) {
  const since = node.dataset.since;
  const text = since ? clock(secondsSince(since)) : "–";
  if (node.textContent !== text) node.textContent = text;
  // so that a colour can say that somebody waits too long, beside the figure that says it
  const level = since && node.dataset.long && secondsSince(since) >= Number(node.dataset.long);
  node.classList.toggle("long", Boolean(level));
}
