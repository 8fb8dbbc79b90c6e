"""Calling windows against a second opinion: nothing may be dialed outside them.

    python -m bench.rule_windows [cases] [seed]

Random zones, instants, presets and holidays; two in five instants lie within two hours of a change
of the clocks, one in five on or near a holiday, one in four at the edge of a window or a year. The
second opinion (`second_opinion.py`) shares no code with `dialer.rules`: it reads the presets as
plain YAML, the zones from their files, keeps its own calendar, reckons the holidays of Colombia and
Uruguay itself, and looks minutes up in a table of the week. The next opening is checked by going
through every minute before it.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import dialer.rules
from bench.second_opinion import DAY, WEEK, Table, civil, is_holiday, is_open, since_1970, table_of
from bench.time_zone_file import zone_file
from dialer.rules.catalog import PresetCatalog
from dialer.rules.hours import OpenHours
from dialer.rules.place import Place, place_from
from dialer.rules.preset import Purpose
from dialer.rules.sections import HoursRule

#: zones with unusual clocks: half hours, changes at midnight, winter time as the exception, a
#: summer time that pauses for Ramadan, a day that was left out
ODD_ZONES = (
    "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Casablanca",
    "Africa/El_Aaiun", "Europe/Dublin", "Antarctica/Troll", "America/Nuuk", "Asia/Gaza",
    "Africa/Cairo", "America/Asuncion", "America/Santiago", "America/Havana", "Asia/Beirut",
    "America/Scoresbysund", "Pacific/Apia", "Pacific/Easter", "America/St_Johns", "Asia/Tehran",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Caracas", "Europe/Moscow", "Asia/Amman",
)  # fmt: skip
COUNTRIES = {
    "AR": ("America/Argentina/Buenos_Aires", "America/Argentina/Ushuaia"),
    "BR": ("America/Sao_Paulo", "America/Manaus", "America/Rio_Branco", "America/Noronha", "BR:*"),
    "CL": ("America/Santiago", "Pacific/Easter", "America/Punta_Arenas", "CL:*"),
    "CO": ("America/Bogota",),
    "EC": ("America/Guayaquil", "Pacific/Galapagos", "EC:*"),
    "ES": ("Europe/Madrid", "Atlantic/Canary", "ES:*"),
    "GB": ("Europe/London",),
    "MX": ("America/Mexico_City", "America/Tijuana", "America/Cancun", "America/Ojinaga", "MX:*"),
    "PE": ("America/Lima",),
    "US": ("America/New_York", "America/Chicago", "America/Phoenix", "Pacific/Honolulu",
           "America/Denver,America/Los_Angeles", "US:*"),
    "UY": ("America/Montevideo",),
}  # fmt: skip
#: for instants, and so for holidays: the package knows them all
FIRST_YEAR, LAST_YEAR = 2016, 2036


@dataclass(frozen=True)
class Ruling:
    """One set of hours, as the product keeps it and as the second opinion does."""

    name: str
    country: str
    hours: OpenHours
    tables: tuple[Table, ...]


def shipped() -> list[Ruling]:
    """Every preset, for each of its purposes."""
    folder = Path(dialer.rules.__file__).parent / "presets"
    read = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    plain = {each["id"]: each for each in read}
    house = table_of(plain["house-strict"]["hours"])
    catalog = PresetCatalog.read()
    found = []
    for name, written in plain.items():
        base = plain[written["extends"]] if "extends" in written else {}
        whole = {**base, **written}
        doubts = set(whole.get("uncertain") or ())
        doubts |= set(base.get("uncertain") or ()) - set(written)
        for purpose, rule in whole["purposes"].items():
            hours = rule.get("hours") or whole.get("hours")
            doubtful = "hours" in doubts and not rule.get("hours")
            doubtful = doubtful or "hours" in (rule.get("uncertain") or ())
            tables = [table_of(hours)] if hours else []
            tables += [house] if doubtful or not hours else []
            for country in [whole["country"]] if whole["country"] else ["CO", "UY", "AR", "CL"]:
                kept = catalog.rules(name).open_hours(Purpose(purpose), country)
                found.append(Ruling(f"{name}/{purpose}", country, kept, tuple(tables)))
    return found


def invented(chance: random.Random, number: int) -> list[Ruling]:
    """Hours nobody has: at night, when clocks change, by the minute, over whole days."""
    found = []
    for which in range(number):
        country = chance.choice(sorted(COUNTRIES))
        written = [_invented(chance, country) for _ in range(chance.choice((1, 1, 2)))]
        rules = [HoursRule.model_validate(each) for each in written]
        tables = tuple(table_of(each) for each in written)
        found.append(Ruling(f"invented {which}", country, OpenHours(rules, country), tables))
    return found


def _invented(chance: random.Random, country: str) -> dict[str, Any]:
    windows = []
    for _ in range(chance.randint(1, 4)):
        begin = chance.choice((0, 0, 1, 59, 60, 90, 119, 120, 121, 150, 180, 600, 1380))
        end = min(1440, begin + chance.choice((1, 10, 29, 30, 61, 90, 120, 600, 1440)))
        days = chance.sample(WEEK, chance.randint(1, 7))
        windows.append({"days": days, "from": _clock(begin), "to": _clock(end)})
    many = [
        f"{chance.randint(FIRST_YEAR, LAST_YEAR)}-{chance.randint(1, 12):02}-"
        f"{chance.choice((1, 15, 28)):02}"
        for _ in range(chance.choice((0, 0, 40)))
    ]
    return {
        "windows": windows,
        "holidays": chance.choice(("closed", "as_sunday", "as_weekday")),
        "closed_days": many,
        "holiday_categories": ["public", "bank"] if country == "UY" else [],
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


class Cases:
    """Random questions, most of them where something changes."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._rulings = shipped()
        self._odd = invented(self._chance, 60)
        self._changes: dict[str, list[int]] = {}

    def one(self) -> tuple[Ruling, Place, dt.datetime]:
        """Who is called, and when."""
        chance = self._chance
        odd = chance.random() < 0.5
        ruling = chance.choice(self._odd if odd else self._rulings)
        if odd and chance.random() < 0.7:
            place = place_from(chance.choice(ODD_ZONES))
        else:
            place = place_from(chance.choice(COUNTRIES[ruling.country]))
            if len(place.zones) > 8 and chance.random() < 0.8:
                place = place_from(chance.choice(place.zones))  # the widest cost the most time
        return ruling, place, self._moment(ruling, chance.choice(place.zones))

    def _moment(self, ruling: Ruling, zone: str) -> dt.datetime:
        chance = self._chance
        first = since_1970(FIRST_YEAR, 1, 1) * DAY
        last = since_1970(LAST_YEAR, 12, 31) * DAY
        second: float = chance.randrange(first, last)
        kind = chance.random()
        if kind < 0.4 and (changes := self._changes_of(zone)):
            second = chance.choice(changes) + chance.randint(-7200, 7200)
        elif kind < 0.6 and (days := _holidays_of(ruling.country, chance.choice(ruling.tables))):
            second = chance.choice(days) * DAY + chance.randint(-DAY // 4, DAY + DAY // 4)
            second -= zone_file(zone).offset(second)
        elif kind < 0.8:  # the edge of a minute, at an hour where windows begin and end
            minute = chance.choice((0, 420, 480, 540, 600, 780, 900, 1140, 1200, 1260, 1320))
            offset = zone_file(zone).offset(second)
            second = (second + offset) // DAY * DAY + minute * 60 - offset
            second += chance.choice((-1, -0.000001, 0, 0.000001, 1))
        elif kind < 0.85:  # the turn of a year
            second = since_1970(chance.randint(FIRST_YEAR + 1, LAST_YEAR), 1, 1) * DAY
            second += chance.randint(-DAY, DAY)
        return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(seconds=second)

    def _changes_of(self, zone: str) -> list[int]:
        if zone not in self._changes:
            years = range(FIRST_YEAR, LAST_YEAR + 1, 4)
            self._changes[zone] = [at for year in years for at in zone_file(zone).changes_in(year)]
        return self._changes[zone]


def _holidays_of(country: str, table: Table) -> tuple[int, ...]:
    """The holidays of some years, as days from 1970, by the second opinion."""
    return _holidays(country, table.categories, table.regions)


@lru_cache(maxsize=64)
def _holidays(
    country: str, categories: tuple[str, ...] | None, regions: tuple[str, ...]
) -> tuple[int, ...]:
    return tuple(
        day
        for year in range(FIRST_YEAR, LAST_YEAR + 1, 5)
        for day in range(since_1970(year, 1, 1), since_1970(year + 1, 1, 1))
        if is_holiday(country, *civil(day), categories, regions)
    )


@dataclass
class Result:
    """What came out of it."""

    cases: int = 0
    open: int = 0
    #: we would have dialed, and the second opinion says no
    outside: int = 0
    #: we would have waited for nothing
    missed: int = 0
    openings: int = 0
    wrong_openings: int = 0
    first_difference: str = ""

    @property
    def differences(self) -> int:
        """All of them."""
        return self.outside + self.missed + self.wrong_openings


def compare(cases: int, seed: int, *, openings_every: int = 500) -> Result:
    """Ask both, case by case; the next opening of one case in `openings_every`."""
    source, result = Cases(seed), Result()
    for number in range(cases):
        ruling, place, at = source.one()
        second = (at - dt.datetime.fromtimestamp(0, dt.UTC)) / dt.timedelta(seconds=1)
        ours = ruling.hours.is_open(at, place)
        theirs = is_open(ruling.tables, ruling.country, place.zones, second)
        result.cases += 1
        result.open += ours
        result.outside += ours and not theirs
        result.missed += theirs and not ours
        if number % openings_every == 0:
            result.openings += 1
            result.wrong_openings += not _opening_is_right(ruling, place, at)
        if result.differences and not result.first_difference:
            result.first_difference = f"{ruling.name} {place.key} {at.isoformat()}"
    return result


def _opening_is_right(ruling: Ruling, place: Place, at: dt.datetime, most_days: int = 10) -> bool:
    """Every minute from `at` to the opening is closed, and the opening is open."""
    found = ruling.hours.next_open(at, place)
    begin = at.timestamp()
    until = found.timestamp() if found is not None else begin + most_days * DAY
    if found is not None and not is_open(ruling.tables, ruling.country, place.zones, until):
        return False
    # Windows and clocks change at whole minutes only, so one look at each minute sees everything.
    looks = [
        begin,
        *range(int(begin) // 60 * 60 + 60, int(min(until, begin + most_days * DAY)), 60),
    ]
    return not any(
        is_open(ruling.tables, ruling.country, place.zones, look) for look in looks if look < until
    )


def main(arguments: list[str]) -> int:
    """Print what came out; the exit code."""
    cases = int(arguments[0]) if arguments else 1_000_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    begin = time.perf_counter()
    result = compare(cases, seed)
    print(
        f"{result.cases:,} cases, {result.open:,} open: {result.outside} dials outside, "
        f"{result.missed} missed; {result.openings:,} next openings, {result.wrong_openings} "
        f"wrong; {time.perf_counter() - begin:.0f} s"
    )
    if result.first_difference:
        print(f"first difference: {result.first_difference}")
    ruling = next(each for each in shipped() if each.name == "co-2300/marketing")
    place, at = place_from("America/Bogota"), dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
    begin = time.process_time()
    for _ in range(500_000):
        ruling.hours.is_open(at, place)
    print(f"{500_000 / (time.process_time() - begin):,.0f} checks a second of CPU, one zone")
    return 1 if result.differences else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
