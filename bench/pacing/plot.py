"""Occupancy against abandonment as an SVG: one panel for each world, one curve for each policy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.pacing.measuring import OURS
from bench.pacing.results import Curve, Plot, Point
from bench.pacing.told import TOLD
from bench.pacing.worlds import CAP

_PANEL, _HEIGHT = 560, 560
_LEFT, _TOP, _WIDTH, _TALL = 56, 64, 390, 420
_MOST_ABANDONED = 0.06
_LINE_HEIGHT = 13
_LETTER_WIDTH = 6.3
_NAMES = {TOLD: "ours, told when agents get free"}
_OURS = (OURS, TOLD)
#: of the others, so many have a colour; the rest are grey
_COLOURED = 4

_STYLE = """
  .ground { fill: #ffffff } text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 } .small { font-size: 11px }
  .axis { stroke: #57606a; fill: none } .grid { stroke: #d8dee4; fill: none }
  .limit { stroke: #57606a; stroke-dasharray: 5 4; fill: none }
  .curve { fill: none; stroke-width: 1.6 } .dot { stroke-width: 1.4 }
  .open { fill: #ffffff } .leader { stroke-width: 0.6; fill: none; opacity: 0.7 }
  .ours { stroke-width: 3 } .ours-name { font-weight: 700 }
  .name { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round }
  .c0 { stroke: #bc2f00 } .c1 { stroke: #0969da } .c2 { stroke: #1a7f37 }
  .c3 { stroke: #8250df } .c4 { stroke: #b08800 } .rest { stroke: #a3abb4 }
  .f0 { fill: #bc2f00 } .f1 { fill: #0969da } .f2 { fill: #1a7f37 }
  .f3 { fill: #8250df } .f4 { fill: #b08800 } .frest { fill: #a3abb4 }
  @media (prefers-color-scheme: dark) {
    .ground, .open { fill: #0d1117 } .name { stroke: #0d1117 } text { fill: #e6edf3 }
    .axis, .limit { stroke: #9198a1 } .grid { stroke: #2a313c }
    .c0 { stroke: #ff7b50 } .c1 { stroke: #58a6ff } .c2 { stroke: #3fb950 }
    .c3 { stroke: #bc8cff } .c4 { stroke: #e3b341 } .rest { stroke: #656c76 }
    .f0 { fill: #ff7b50 } .f1 { fill: #58a6ff } .f2 { fill: #3fb950 }
    .f3 { fill: #bc8cff } .f4 { fill: #e3b341 } .frest { fill: #656c76 }
  }
"""


def svg(plots: Sequence[Plot]) -> str:
    """The picture; text, readable on light and dark grounds."""
    width = _PANEL * max(len(plots), 1)
    panels = [_Panel(plot, _PANEL * index).drawn() for index, plot in enumerate(plots)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'aria-label="Occupancy against abandonment, each policy by its knob">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect class="ground" width="{width}" height="{_HEIGHT}"/>\n'
        + "".join(panels)
        + f'<text class="small" x="{_LEFT}" y="{_HEIGHT - 14}">A filled dot keeps the limit of '
        "3 %, an open one does not. Ours by its cap (1 to 5 %), the others by their knob."
        "</text>\n</svg>\n"
    )


@dataclass(frozen=True, slots=True)
class _Panel:
    plot: Plot
    left: int

    @property
    def lowest(self) -> float:
        """Where the occupancies begin: a multiple of 5 per cent."""
        seen = [at.occupancy for curve in self.plot.curves for at in _visible(curve)]
        return int(min(seen, default=0.5) * 20) / 20

    def x(self, abandonment: float) -> float:
        return round(self.left + _LEFT + _WIDTH * abandonment / _MOST_ABANDONED, 1)

    def y(self, occupancy: float) -> float:
        return round(_TOP + _TALL * (1.0 - occupancy) / (1.0 - self.lowest), 1)

    def drawn(self) -> str:
        ranked = sorted(self.plot.curves, key=_at_the_cap, reverse=True)
        ours = [curve for curve in ranked if curve.policy in _OURS]
        others = [curve for curve in ranked if curve.policy not in _OURS]
        colours = {curve.policy: f"{index + 1}" for index, curve in enumerate(others[:_COLOURED])}
        colours |= dict.fromkeys(_OURS, "0")
        in_order = [*reversed(others), *ours]  # what matters is drawn last, on top
        drawn = [self._curve(curve, colours.get(curve.policy, "rest")) for curve in in_order]
        return "".join([self._axes(), self._bounds(), *drawn, self._names(in_order, colours)])

    def _axes(self) -> str:
        left, right, bottom = self.x(0.0), self.x(_MOST_ABANDONED), _TOP + _TALL
        parts = [
            f'<text class="title" x="{left}" y="24">{self.plot.world}</text>\n',
            f'<text class="small" x="{left}" y="42">agents\' occupancy, %</text>\n',
            f'<text class="small" x="{right}" y="{bottom + 34}" text-anchor="end">'
            "abandoned, % of live answers</text>\n",
        ]
        for step in range(round((1.0 - self.lowest) * 20) + 1):
            share = self.lowest + step / 20
            y = self.y(share)
            parts.append(f'<path class="grid" d="M{left} {y}H{right}"/>\n')
            parts.append(
                f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{100 * share:.0f}</text>\n'
            )
        for per_cent in range(round(100 * _MOST_ABANDONED) + 1):
            x = self.x(per_cent / 100)
            parts.append(f'<path class="axis" d="M{x} {bottom}v5"/>\n')
            parts.append(
                f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{per_cent}</text>\n'
            )
        parts.append(f'<path class="axis" d="M{left} {_TOP}V{bottom}H{right}"/>\n')
        return "".join(parts)

    def _bounds(self) -> str:
        cap, right = self.x(CAP), self.x(_MOST_ABANDONED)
        parts = [
            f'<path class="limit" d="M{cap} {_TOP}V{_TOP + _TALL}"/>\n',
            f'<text class="small" x="{cap + 4}" y="{_TOP + _TALL - 6}">the limit</text>\n',
        ]
        y = self.y(self.plot.bound)
        parts.append(f'<path class="limit" d="M{self.x(0.0)} {y}H{right}"/>\n')
        parts.append(f'<text class="small" x="{right - 58}" y="{y - 5}">the bound</text>\n')
        return "".join(parts)

    def _curve(self, curve: Curve, colour: str) -> str:
        seen = _visible(curve)
        if not seen:
            return ""
        path = "L".join(f"{self.x(at.abandonment)} {self.y(at.occupancy)}" for at in seen)
        wide = " ours" if curve.policy == OURS else ""
        drawn = [f'<path class="curve {_stroke(colour)}{wide}" d="M{path}"/>\n']
        for at in curve.points:
            if at.abandonment > _MOST_ABANDONED or at.occupancy < self.lowest:
                continue
            kind = f"f{colour}" if at.abandonment <= CAP else "open"
            size = 4 if curve.policy in _OURS else 2.6
            drawn.append(
                f'<circle class="dot {_stroke(colour)} {kind}" cx="{self.x(at.abandonment)}" '
                f'cy="{self.y(at.occupancy)}" r="{size}">'
                f"<title>{curve.policy} {at.setting}: {at.occupancy:.1%} occupied, "
                f"{at.abandonment:.2%} abandoned</title></circle>\n"
            )
        return "".join(drawn)

    def _names(self, curves: Sequence[Curve], colours: dict[str, str]) -> str:
        """Each curve's name beside its end, moved up or down as far as the others ask."""
        placed: list[tuple[float, float, float]] = []
        names = []
        for curve in reversed(curves):  # what matters most has the first choice
            seen = _visible(curve)
            if not seen:
                continue
            end_x, end_y = self.x(seen[-1].abandonment), self.y(seen[-1].occupancy)
            name = _NAMES.get(curve.policy, curve.policy)
            x, width = end_x + 8, _LETTER_WIDTH * len(name)
            y = next(y for y in _near(end_y) if not _taken(placed, x, width, y))
            placed.append((x, width, y))
            colour = colours.get(curve.policy, "rest")
            kind = "name ours-name" if curve.policy == OURS else "name small"
            if abs(y - end_y) >= _LINE_HEIGHT:
                names.append(
                    f'<path class="leader {_stroke(colour)}" d="M{end_x} {end_y}L{x - 1} {y}"/>\n'
                )
            names.append(f'<text class="{kind}" x="{x}" y="{y + 4:.1f}">{name}</text>\n')
        return "".join(names)


def _near(y: float) -> Iterator[float]:
    """Places at and around `y`, the nearest first."""
    yield y
    for step in itertools.count(1):
        yield y + step * _LINE_HEIGHT / 2.0
        yield y - step * _LINE_HEIGHT / 2.0


def _taken(placed: Sequence[tuple[float, float, float]], x: float, width: float, y: float) -> bool:
    return any(
        abs(y - other_y) < _LINE_HEIGHT - 1 and x < other_x + other_width and other_x < x + width
        for other_x, other_width, other_y in placed
    )


def _stroke(colour: str) -> str:
    return colour if colour == "rest" else f"c{colour}"


def _visible(curve: Curve) -> list[Point]:
    """The curve in the order of its knob as far as the panel goes, cut at its edge."""
    seen: list[Point] = []
    for at in curve.points:
        if at.abandonment > _MOST_ABANDONED:
            return [*seen, _between(seen[-1], at, _MOST_ABANDONED)] if seen else []
        seen.append(at)
    return seen


def _between(one: Point, other: Point, abandonment: float) -> Point:
    part = (abandonment - one.abandonment) / (other.abandonment - one.abandonment)
    occupancy = one.occupancy + part * (other.occupancy - one.occupancy)
    return Point(setting="", abandonment=abandonment, occupancy=occupancy)


def _at_the_cap(curve: Curve) -> float:
    kept = [at.occupancy for at in curve.points if at.abandonment <= CAP]
    return max(kept, default=0.0)
