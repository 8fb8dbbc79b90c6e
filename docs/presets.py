"""Writes the page of the presets and their JSON Schema: `python -m docs.presets`."""

from __future__ import annotations

import json
from pathlib import Path

from dialer.rules.calling_rules import CallingRules
from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose, Section, preset_schema
from dialer.rules.sections import DAYS, FrequencyRule, HoursRule

REFERENCE = Path(__file__).with_name("reference")
PAGE, SCHEMA = REFERENCE / "presets.md", REFERENCE / "preset.schema.json"

_HEAD = """# Presets

The calling rules that are shipped, drawn from `dialer/rules/presets/` by `python -m docs.presets`;
a test keeps the page so. How to use them, and write your own:
[Calling rules](../how-to/calling-rules.md). What a file may hold:
[preset.schema.json](preset.schema.json). Everything of one preset, with its sources:
`linea800 rules show`.

**This is no legal advice.** Each preset says where its rules were read, when, and how far to trust
them; your own counsel decides, and you override what has to be otherwise.

"""
_COLUMNS = (
    "Preset", "Country", "Confidence", "Purposes and what they rest on", "Registers, oldest copy",
    "Not sure: `house-strict` holds too",
)  # fmt: skip
_TABLE = f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}\n"
_HOURS = """
## Hours and frequency

Local time of the called person. Where two sets of hours stand, both have to be open.

| Preset | Purpose | Hours | Frequency |
|---|---|---|---|
"""
_WHOSE = {"lead": "person", "number": "number"}


def page() -> str:
    """The page as it has to be."""
    catalog = PresetCatalog.read()
    rules = [catalog.rules(name) for name in catalog.ids]
    first = "".join(f"| {' | '.join(_row(each))} |\n" for each in rules)
    second = "".join(_hours_rows(each) for each in rules)
    return _HEAD + _TABLE + first + _HOURS + second


def schema() -> str:
    """The schema as it has to be."""
    return json.dumps(preset_schema(), indent=2, ensure_ascii=False) + "\n"


def _row(rules: CallingRules) -> list[str]:
    preset = rules.preset
    purposes = ", ".join(f"{purpose}: {rule.basis}" for purpose, rule in preset.purposes.items())
    registers = {
        register.name: register
        for purpose in preset.purposes
        for register in rules.held(purpose).registers
    }
    asked = ", ".join(
        f"{name} ({f'{each.max_age_days:g} days' if each.max_age_days else 'any age'})"
        + ("" if each.required else ", if imported")
        for name, each in registers.items()
    )
    doubts = ", ".join(f"`{part}`" for part in Section if part in preset.uncertain)
    return [f"`{preset.id}`", preset.country or "any", preset.confidence, purposes, asked, doubts]


def _hours_rows(rules: CallingRules) -> str:
    """One row for all purposes that have the same rules."""
    alike: dict[tuple[str, str], list[Purpose]] = {}
    for purpose in rules.preset.purposes:
        held = rules.held(purpose)
        hours = " and: ".join(_hours(rule) for rule in held.hours)
        frequency = "; ".join(text for rule in held.frequency if (text := _frequency(rule)))
        alike.setdefault((hours, frequency or "no limit"), []).append(purpose)
    return "".join(
        f"| `{rules.preset.id}` | {', '.join(purposes)} | {hours} | {frequency} |\n"
        for (hours, frequency), purposes in alike.items()
    )


def _hours(rule: HoursRule) -> str:
    windows = ", ".join(
        f"{_days(window.days)} {window.opens}-{window.closes}" for window in rule.windows
    )
    holidays = rule.holidays.replace("_", " ")
    return f"{windows}, holidays {holidays}"


def _days(days: tuple[str, ...]) -> str:
    places = [DAYS.index(day) for day in days]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{days[0]}-{days[-1]}"
    return " ".join(days)


def _frequency(rule: FrequencyRule) -> str:
    told: dict[str, list[str]] = {}
    for limit in rule.limits:
        count = limit.count if limit.at_most > 1 else limit.count.removesuffix("s")
        period = "a day" if limit.days == 1 else f"in {limit.days} days"
        words = f"{limit.at_most} {count} {period}"
        told.setdefault(words, []).append(_WHOSE[limit.per])
    parts = [f"{words} per {' and per '.join(whose)}" for words, whose in told.items()]
    if rule.one_channel_per_week:
        parts.append("one channel a week")
    return "; ".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
