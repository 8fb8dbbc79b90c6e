// A shape for each state, so that no state is told by its colour alone.

const SVG = "http://www.w3.org/2000/svg";

// drawn in a square of 16
const PATHS = {
  signed_out: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  signing_in: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm-1 1h2v3h2v2H7Z",
  ready: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z",
  reserved: "M8 1l7 7-7 7-7-7Z",
  offered: "M8 1l7 13H1Z",
  talking: "M2 2h12v9H8l-4 4v-4H2Z",
  wrapping_up: "M3 1h7l3 3v11H3Zm2 5v2h6V6Zm0 4v2h6v-2Z",
  paused: "M3 2h4v12H3Zm6 0h4v12H9Z",
  running: "M4 2l10 6-10 6Z",
  stopped: "M3 3h10v10H3Z",
  finished: "M2 8l2-2 3 3 6-6 2 2-8 8Z",
  draft: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z",
  well: "M2 8l2-2 3 3 6-6 2 2-8 8Z",
  ill: "M8 1l7 13H1Zm-1 4v5h2V5Zm0 6v2h2v-2Z",
};

/** The shape of a state, to stand beside its word. */
export function shape(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  reshape(svg, state);
  return svg;
}

/** Let a shape be that of another state. */
export function reshape(svg, state) {
  const path = PATHS[state] ?? PATHS.draft;
  if (svg.firstChild.getAttribute("d") !== path) svg.firstChild.setAttribute("d", path);
}
