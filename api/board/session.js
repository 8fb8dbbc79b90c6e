// Who looks: a session's cookie, which no script can read, or a token kept in this tab; and what
// whoever looks may do.

const KEY = "linea800.token";
/** An order that takes longer than this may have been obeyed or not. */
const PATIENCE_MS = 30_000;

let scopes = new Set();
let learning = 0;

/** What the service did not do; the text is its own, in the page's language. */
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Ask the service, as whoever signed in. */
export function request(path, { headers = {}, ...options } = {}) {
  const token = sessionStorage.getItem(KEY);
  const proof = token ? { authorization: `Bearer ${token}` } : {};
  // the service takes a change by cookie only with a header that no foreign page can send
  const ours = { "accept-language": document.documentElement.lang, "x-linea800": "1" };
  return fetch(path, {
    cache: "no-store",
    credentials: token ? "omit" : "same-origin",
    headers: { ...ours, ...proof, ...headers },
    ...options,
  });
}

/** What a GET answers. Throws `Refused`. */
export async function get(path, signal) {
  return (await good(await request(path, { signal }))).json();
}

/** The bytes that a GET answers, for playing them. Throws `Refused`. */
export async function sound(path, signal) {
  return (await good(await request(path, { signal }))).blob();
}

/** Learn what whoever signed in may do; who may not ask that may do nothing here. */
export async function learnScopes() {
  const mine = (learning += 1);
  const found = await get("/me").then((me) => me.scopes, () => []);
  if (mine === learning) scopes = new Set(found);
}

/** Nobody looks any more. */
export function forgetScopes() {
  learning += 1;
  scopes = new Set();
}

/** Whether whoever looks may do what needs this scope; the service asks itself again. */
export function may(scope) {
  return scopes.has(scope);
}

/** Change something. Throws `Refused`, or what `fetch` throws when the service is not reached. */
export async function order(method, path, body) {
  const options = { method, signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  await good(await request(path, options));
}

/** Sign in with login and password: the service sets a cookie. Throws `Refused`. */
export async function signInByName(login, password) {
  sessionStorage.removeItem(KEY);
  const body = JSON.stringify({ login, password });
  const headers = { "content-type": "application/json" };
  await good(await request("/session", { method: "POST", headers, body }));
}

/** Sign in with a token. Throws `Refused`. */
export async function signInByToken(token) {
  sessionStorage.setItem(KEY, token.trim());
  try {
    await good(await request("/live/curves"));
  } catch (error) {
    sessionStorage.removeItem(KEY);
    throw error;
  }
}

/** Forget who looked, here and at the service. */
export async function signOut() {
  const token = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  // a token is nobody's session: it is revoked elsewhere
  if (!token) await request("/session", { method: "DELETE" });
}

async function good(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, textOf(problem) ?? `${response.status}`);
}

function textOf({ title, detail, errors }) {
  if (!errors) return detail ?? title;
  return `${title}: ${errors.map(({ place, reason }) => `${place} ${reason}`).join("; ")}`;
}
