// What the address names after its #: the queue, agent or call that is open; or a campaign, whose card
// has that for its id, so that the browser itself goes there.

const KINDS = ["queue", "agent", "call"];

/** The link to a queue, an agent, a call or a campaign. */
export function linkTo(kind, name) {
  return `#${kind}/${encodeURIComponent(name)}`;
}

/** What is open: `{kind, name}`, or null. */
export function opened() {
  const [kind, name] = location.hash.slice(1).split("/");
  if (!KINDS.includes(kind) || !name) return null;
  try {
    return { kind, name: decodeURIComponent(name) };
  } catch {
    return null; // not ours
  }
}

/** Open nothing. */
export function closeAll() {
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}
