"""A simulation in a terminal: what each policy gives in numbers, and its course in bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialer.attempt import Outcome
from linea800.simulate.forecast import HALF_HOUR, LEAST_LIVE, Forecast
from linea800.simulate.plan import Plan
from linea800.simulate.words import decimal, percent, said

_BARS = " ▁▂▃▄▅▆▇█"
_NOTHING = "·"
#: characters of each half hour
_WIDTH = 2
_HOURS_APART = 2


def show(plan: Plan, forecasts: Sequence[Forecast], out: Console, *, language: str) -> None:
    """Every policy's figures, then its course."""
    out.print(_figures(plan, forecasts, language))
    out.print(_notes(plan, len(forecasts[0].accounts), language), style="dim")
    out.print()
    out.print(_course(plan, forecasts, language))
    double = percent(language, 2 * plan.abandonment_cap)
    out.print(said(language, "scale", double=double), style="dim")


def show_outcomes(
    outcomes: Mapping[str, Mapping[Outcome, int]], out: Console, *, language: str
) -> None:
    """How attempts ended, by policy, as SQL counts them."""
    out.print(said(language, "whole"))
    table = Table(said(language, "outcome"))
    for policy in outcomes:
        table.add_column(policy, justify="right")
    for outcome in Outcome:
        counts = [ended.get(outcome, 0) for ended in outcomes.values()]
        if any(counts):
            table.add_row(outcome, *map(str, counts))
    out.print(table)


def clock_at(plan: Plan, second: float) -> str:
    """What the clock on the wall shows at a second of the shift."""
    hour, minute = plan.begins.split(":")
    minutes = int(hour) * 60 + int(minute) + int(second // 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _figures(plan: Plan, forecasts: Sequence[Forecast], language: str) -> Table:
    """A column for each policy: a terminal is narrow, and policies are few."""
    leads = said(language, "endless")
    if plan.leads is not None:
        leads = said(language, "list", leads=plan.leads)
    agents = sum(crew.count for crew in plan.agents)
    hours = decimal(language, plan.hours)
    table = Table(
        title=said(language, "title", agents=agents, hours=hours, leads=leads),
        title_justify="left",
    )
    table.add_column(said(language, "policy"))
    for forecast in forecasts:
        table.add_column(forecast.policy, justify="right")
    rows: dict[str, Callable[[Forecast], str | Text]] = {
        "talk_per_hour": lambda one: said(
            language, "minutes", minutes=decimal(language, one.talk_minutes_per_hour)
        ),
        "occupancy": lambda one: percent(language, one.occupancy),
        "abandoned": lambda one: _share(one.abandoned_share, plan.abandonment_cap, language),
        "worst": lambda one: _worst(one, language),
        "attempts": lambda one: f"{one.attempts:.0f}",
        "live": lambda one: f"{one.live:.0f}",
        "used_up": lambda one: _used_up(plan, one, language),
    }
    for what, cell in rows.items():
        table.add_row(said(language, what), *map(cell, forecasts))
    return table


def _notes(plan: Plan, seeds: int, language: str) -> str:
    drawn = said(language, "mean", seeds=seeds) if seeds > 1 else said(language, "once")
    cap = percent(language, plan.abandonment_cap)
    return f"{drawn} {said(language, 'notes', cap=cap, least=LEAST_LIVE)}"


def _worst(forecast: Forecast, language: str) -> str:
    worst = forecast.worst_half_hour
    return "—" if worst is None else percent(language, worst)


def _share(share: float, cap: float, language: str) -> Text:
    # what the eye cannot tell from the limit is not above it
    above = round(share, 4) > cap
    return Text(percent(language, share, 2), style="bold red" if above else "")


def _used_up(plan: Plan, forecast: Forecast, language: str) -> str:
    moments = forecast.used_up_at
    if not moments:
        return said(language, "never")
    at = clock_at(plan, sum(moments) / len(moments))
    if len(moments) == len(forecast.accounts):
        return at
    return said(language, "sometimes", at=at, times=len(moments), of=len(forecast.accounts))


def _course(plan: Plan, forecasts: Sequence[Forecast], language: str) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for what in ("occupancy", "abandoned"):
        for forecast in forecasts:
            halves = forecast.half_hours()
            if what == "occupancy":
                bars = _bars([half.occupancy for half in halves], 1.0, alarm=None)
            else:
                cap = plan.abandonment_cap
                bars = _bars([half.abandoned for half in halves], 2 * cap, alarm=cap)
            table.add_row(said(language, what), forecast.policy, bars)
    table.add_row(said(language, "time"), "", _hours(plan), style="dim")
    return table


def _bars(shares: Sequence[float | None], highest: float, *, alarm: float | None) -> Text:
    bars = Text(no_wrap=True)
    for share in shares:
        if share is None:
            bars.append(_NOTHING * _WIDTH, style="dim")
            continue
        step = round(min(1.0, share / highest) * (len(_BARS) - 1))
        above = alarm is not None and share > alarm
        bars.append(_BARS[step] * _WIDTH, style="red" if above else "cyan")
    return bars


def _hours(plan: Plan) -> Text:
    """The clock below the bars, every few hours."""
    apart = int(_HOURS_APART * 3600.0 / HALF_HOUR) * _WIDTH
    marks = range(0, -int(-plan.hours * 3600.0 // HALF_HOUR) * _WIDTH, apart)
    text = "".join(clock_at(plan, mark / _WIDTH * HALF_HOUR).ljust(apart) for mark in marks)
    return Text(text.rstrip(), no_wrap=True)
