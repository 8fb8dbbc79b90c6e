"""A simulation as a picture: occupancy above, abandonment below, half hour by half hour, in SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from linea800.simulate.forecast import HALF_HOUR, Forecast, HalfHour
from linea800.simulate.plan import Plan
from linea800.simulate.screen import clock_at
from linea800.simulate.words import percent, said

_LEFT, _RIGHT, _GAP = 70.0, 20.0, 60.0
_LEGEND_LINE, _LEGEND_LETTER = 22.0, 8.0
_WIDTH, _HEIGHT = 860.0, 200.0
_HOURS_SHOWN = 12
#: told apart by those who do not see red and green, too (Okabe and Ito)
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the two charts: where it begins, and what its upper edge stands for."""

    title: str
    top: float
    highest: float
    value: Callable[[HalfHour], float | None]

    def y(self, share: float) -> float:
        """Where a share is drawn."""
        return self.top + _HEIGHT * (1.0 - min(share / self.highest, 1.0))


def svg(plan: Plan, forecasts: Sequence[Forecast], *, language: str) -> str:
    """The whole picture."""
    cap = plan.abandonment_cap
    parts, top = _legend(forecasts)
    lower = top + _HEIGHT + _GAP
    panels = (
        _Panel(said(language, "occupancy"), top, 1.0, lambda half: half.occupancy),
        _Panel(said(language, "abandoned"), lower, 2 * cap, lambda half: half.abandoned),
    )
    halves = -int(-plan.hours * 3600.0 // HALF_HOUR)
    step = (_WIDTH - _LEFT - _RIGHT) / halves
    for panel in panels:
        parts += _frame(panel, language)
        for forecast, color in zip(forecasts, _colors(len(forecasts)), strict=True):
            values = [panel.value(half) for half in forecast.half_hours()]
            parts.append(_curve(panel, values, step, color))
    parts += _limit(panels[1], cap, said(language, "cap", cap=percent(language, cap)))
    bottom = panels[1].top + _HEIGHT
    parts += _clock(plan, halves, step, bottom + 20.0)
    height = bottom + 40.0
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" '
        'font-family="sans-serif" font-size="13">\n'
        f'<rect width="{_WIDTH:g}" height="{height:g}" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _colors(count: int) -> list[str]:
    return [_COLORS[index % len(_COLORS)] for index in range(count)]


def _legend(forecasts: Sequence[Forecast]) -> tuple[list[str], float]:
    """Which color is whose, in as many lines as it needs; and where the charts begin."""
    parts = []
    x, y = _LEFT, 14.0
    for forecast, color in zip(forecasts, _colors(len(forecasts)), strict=True):
        width = 50.0 + _LEGEND_LETTER * len(forecast.policy)
        if x > _LEFT and x + width > _WIDTH:
            x, y = _LEFT, y + _LEGEND_LINE
        parts.append(f'<rect x="{x:g}" y="{y:g}" width="14" height="14" fill="{color}"/>')
        parts.append(_text(x + 20.0, y + 12.0, forecast.policy))
        x += width
    return parts, y + 2 * _LEGEND_LINE


def _frame(panel: _Panel, language: str) -> list[str]:
    parts = [_text(_LEFT, panel.top - 8.0, panel.title)]
    for quarter in range(5):
        share = panel.highest * quarter / 4
        y = panel.y(share)
        parts.append(
            f'<line x1="{_LEFT:g}" y1="{y:g}" x2="{_WIDTH - _RIGHT:g}" y2="{y:g}" stroke="#ddd"/>'
        )
        parts.append(_text(_LEFT - 8.0, y + 4.0, percent(language, share), anchor="end"))
    return parts


def _curve(panel: _Panel, values: Sequence[float | None], step: float, color: str) -> str:
    """A line through the middle of each half hour, broken where there is nothing to show."""
    path = ""
    pen = "M"
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{_LEFT + step * (index + 0.5):.1f} {panel.y(value):.1f} "
        pen = "L"
    return (
        f'<path d="{path.strip()}" fill="none" stroke="{color}" stroke-width="2" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _limit(panel: _Panel, cap: float, label: str) -> list[str]:
    y = panel.y(cap)
    return [
        f'<line x1="{_LEFT:g}" y1="{y:g}" x2="{_WIDTH - _RIGHT:g}" y2="{y:g}" stroke="#c00" '
        'stroke-dasharray="6 4"/>',
        _text(_WIDTH - _RIGHT, y - 5.0, label, anchor="end"),
    ]


def _clock(plan: Plan, halves: int, step: float, y: float) -> list[str]:
    apart = max(2, -(-halves // _HOURS_SHOWN))
    return [
        _text(_LEFT + step * half, y, clock_at(plan, half * HALF_HOUR), anchor="middle")
        for half in range(0, halves + 1, apart)
    ]


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'
