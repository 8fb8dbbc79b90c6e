"""The abandonment ledger against the laws: a recorded campaign, counted again by other means.

Shifts of the simulated house are dialed into a real database: over midnight, over a month's end,
over the hour that a clock goes through twice, over the end of thirty days. What the ledger says is
counted again here from the raw rows, in plain Python, by the words of each law.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from dialer.campaign import Campaign
from dialer.lead import NewLead
from dialer.rules.catalog import PresetCatalog
from dialer.rules.sections import AbandonmentRule
from linea800.simulate.house import SimulatedHouse
from linea800.simulate.setting import CAMPAIGN, NEVER_AGAIN, campaign_of
from simulator.scenario import Lengths, Scenario, always
from simulator.switch import Delays
from storage.abandonment import AbandonmentStore, Figures, Ledger
from storage.database import Database

#: on the first of November 2026 its clocks go through the hour from one to two twice
ZONE = "America/Chicago"
BEGUN = datetime(2026, 10, 30, 23, 30, tzinfo=UTC)
#: when each shift of the house begins
SHIFTS = (
    BEGUN,
    datetime(2026, 11, 1, 4, 54, tzinfo=UTC),  # midnight there at 05:00, and the month's end
    datetime(2026, 11, 1, 6, 54, tzinfo=UTC),  # at 07:00 it is one o'clock again
    datetime(2026, 11, 2, 4, 54, tzinfo=UTC),  # no midnight any more: the day had 25 hours
    datetime(2026, 11, 2, 5, 54, tzinfo=UTC),  # the midnight
    datetime(2026, 11, 29, 23, 24, tzinfo=UTC),  # thirty days are over at 23:30
)
WORLD = Scenario(
    name="regulator", agents=4, hours=0.2, answered=always(0.5), talk=Lengths(40.0, 1.0),
    wrap_up=Lengths(6.0, 0.5), patience=2.0,
)  # fmt: skip
LAST = SHIFTS[-1] + timedelta(hours=1)
#: the moments at which the ledger is asked for
ASKED = (
    SHIFTS[0] + timedelta(minutes=3),
    SHIFTS[1] + timedelta(minutes=9),
    SHIFTS[3] + timedelta(minutes=5),
    SHIFTS[4] + timedelta(minutes=10),
    LAST,
)


def rule(preset: str) -> AbandonmentRule:
    """What the preset itself says."""
    found = PresetCatalog.read().rules(preset).preset.abandonment
    assert found is not None
    return found


FTC, OFCOM, DAY, UK_DAY = map(rule, ("us-tsr", "uk-ofcom-2016", "house-strict", "uk-legacy-3pct"))


# --- the recorded campaign


@pytest.fixture
async def ledger_book(database: Database) -> Database:
    """The database after all shifts, with a few calls that the house does not play."""
    for number, begins in enumerate(SHIFTS):
        house = SimulatedHouse(WORLD, database, seed=number + 1, delays=Delays(), begins=begins)
        leads = [
            NewLead(number=f"1312{number}55{each:04d}", name="", extra={}) for each in range(300)
        ]
        await house.play(_campaign(), _batches(leads))
    await database.write(_made_odd)
    return database


def _campaign() -> Campaign:
    made = campaign_of(WORLD, "ratio", {"level": 2.5}, 0.03, NEVER_AGAIN)
    return replace(made, created_at=BEGUN, country="US")


async def _batches(leads: Sequence[NewLead]) -> AsyncIterator[Sequence[NewLead]]:
    yield leads


def _made_odd(connection: Connection) -> None:
    """Machines, agents who came at the last microsecond or after it, ends nobody saw."""
    rows = connection.execute(
        text("SELECT id, answered_at, connected_at FROM attempts ORDER BY intended_at, id")
    ).all()
    draw = random.Random("odd")
    for row in rows:
        answered, connected = _moment(row.answered_at), _moment(row.connected_at)
        if answered is None:
            continue
        change: dict[str, Any] = {}
        if connected is not None:
            change = draw.choice(
                (
                    {}, {}, {}, {"machine": "human"}, {"machine": "human", "disposition": "sold"},
                    {"machine": "machine"}, {"disposition": "machine"}, {"machine": "unsure"},
                    {"machine": "machine", "outcome": "machine"},
                    {"machine": "machine", "outcome": "machine", "disposition": "sold"},
                    {"machine": "machine", "disposition": "sold"}, {"disposition": "promised"},
                    {"connected_at": answered + timedelta(seconds=2)},
                    {"connected_at": answered + timedelta(seconds=2, microseconds=1)},
                    {"connected_at": answered + timedelta(seconds=2, microseconds=1),
                     "disposition": "machine"},
                )
            )  # fmt: skip
        else:
            change = draw.choice(
                (
                    {}, {}, {}, {"machine": "unsure"}, {"machine": "human"},
                    {"machine": "machine", "outcome": "machine"}, {"outcome": "unknown"},
                )
            )  # fmt: skip
        if change:
            sets = ", ".join(f"{name} = :{name}" for name in change)
            values = {
                name: _written(connection, value) if isinstance(value, datetime) else value
                for name, value in change.items()
            }
            statement = text(f"UPDATE attempts SET {sets} WHERE id = :id")  # noqa: S608
            connection.execute(statement, {**values, "id": row.id})


def _written(connection: Connection, moment: datetime) -> object:
    if connection.dialect.name == "sqlite":
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    return moment


# --- counted again from the raw rows


@dataclass(frozen=True, kw_only=True)
class Call:
    """One answered call as the records have it."""

    dialed: datetime
    waited: timedelta | None
    machine: bool
    ended_as_one: bool
    screened: bool
    seen: bool


@dataclass(frozen=True, kw_only=True)
class Count:
    """What a law counts in a period."""

    answered: int
    late: int
    hung_up: int
    unproven: int
    live: Fraction
    abandoned: Fraction


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


async def raw(database: Database) -> tuple[list[datetime], list[Call]]:
    """When was dialed at all, and the calls that were answered and are over."""
    statement = text(
        "SELECT intended_at, answered_at, connected_at, ended_at, outcome, machine, disposition"
        " FROM attempts"
    )
    rows = await database.read(lambda connection: connection.execute(statement).all())
    calls = []
    for row in rows:
        dialed, answered, joined = map(
            _moment, (row.intended_at, row.answered_at, row.connected_at)
        )
        assert dialed is not None
        if answered is None or row.ended_at is None:
            continue
        if joined is not None and row.disposition:
            machine = row.disposition == "machine"
        else:
            machine = row.machine == "machine" or row.outcome == "machine"
        calls.append(
            Call(
                dialed=dialed,
                waited=None if joined is None else joined - answered,
                machine=machine,
                ended_as_one=row.outcome == "machine",
                screened=row.machine is not None or row.outcome == "machine",
                seen=row.outcome != "unknown",
            )
        )
    return [moment for row in rows if (moment := _moment(row.intended_at))], calls


def by_law(calls: Sequence[Call], *, reasoned: bool) -> Count:
    """A person answered, and nobody came within two seconds: abandoned; machines are no persons.

    Reasoned, as Ofcom has it: of those that nobody listened to, as many were machines as among the
    calls put through; and of all people the detector hung up on 3.5 in 100.
    """
    two = timedelta(seconds=2)
    people = [call for call in calls if not call.machine]
    in_time = [call for call in people if call.waited is not None and call.waited <= two]
    late = [call for call in people if call.waited is not None and call.waited > two]
    nobody = [call for call in people if call.waited is None]
    hung_up = [
        call for call in calls if call.machine and (call.ended_as_one or call.waited is None)
    ]
    abandoned = Fraction(len(late) + len(nobody))
    if reasoned:
        through = [call for call in calls if call.waited is not None]
        machines = Fraction(sum(call.machine for call in through), len(through) or 1)
        abandoned -= machines * sum(not call.screened for call in nobody)
        listened_to = sum(call.screened for call in people)
        abandoned += min(Fraction(len(hung_up)), listened_to * Fraction(35, 965))
    return Count(
        answered=len(calls), late=len(late), hung_up=len(hung_up),
        unproven=sum(not call.seen for call in nobody),
        live=len(in_time) + abandoned, abandoned=abandoned,
    )  # fmt: skip


def thirty_days(moment: datetime) -> object:
    """FTC: each successive period of thirty days of the campaign."""
    return (moment - BEGUN).days // 30


def twenty_four_hours(moment: datetime) -> object:
    """Ofcom: each 24 hours of the campaign."""
    return (moment - BEGUN) // timedelta(hours=24)


def calendar_day(moment: datetime) -> object:
    """The date on the wall."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def told(figures: Figures) -> Count:
    """The same counts, as the ledger has them; estimates to the billionth."""
    return Count(
        answered=figures.answered, late=figures.late, hung_up=figures.machines_hung_up,
        unproven=figures.unproven, live=_near(figures.live), abandoned=_near(figures.abandoned),
    )  # fmt: skip


def _near(value: float) -> Fraction:
    return Fraction(round(value * 10**9), 10**9)


def rounded(count: Count) -> Count:
    """To the billionth."""
    return replace(count, live=_near(float(count.live)), abandoned=_near(float(count.abandoned)))


async def ledger(database: Database, wanted: AbandonmentRule, now: datetime, **how: Any) -> Ledger:
    store = AbandonmentStore(database)
    (found,) = await store.ledgers(CAMPAIGN, [wanted], begun=BEGUN, zone=ZONE, now=now, **how)
    return found


DEFINITIONS: list[tuple[AbandonmentRule, Callable[[datetime], object]]] = [
    (FTC, thirty_days), (OFCOM, twenty_four_hours), (DAY, calendar_day), (UK_DAY, calendar_day),
]  # fmt: skip


async def test_the_ledger_is_what_each_law_counts_from_the_raw_attempts(
    ledger_book: Database,
) -> None:
    """One recorded campaign, looked at from every side: to play it takes the time."""
    moments, calls = await raw(ledger_book)
    await _each_period_is_right(ledger_book, moments, calls)
    await _so_far_is_right(ledger_book, calls)
    await _the_day_of_the_clock_change_has_twenty_five_hours(ledger_book)
    await _the_history_comes_in_pages(ledger_book)


async def _each_period_is_right(
    ledger_book: Database, moments: list[datetime], calls: list[Call]
) -> None:
    assert len(moments) > 400
    for wanted, period_of in DEFINITIONS:
        reasoned = wanted in (OFCOM, UK_DAY)
        found = (await ledger(ledger_book, wanted, LAST)).history
        periods = sorted({period_of(each) for each in moments}, reverse=True)  # type: ignore[type-var]  # dates among dates, numbers among numbers
        assert [period_of(each.since) for each in found] == periods
        assert len(periods) > 1
        for period, figures in zip(periods, found, strict=True):
            mine = [call for call in calls if period_of(call.dialed) == period]
            count = by_law(mine, reasoned=reasoned)
            assert told(figures) == rounded(count), (wanted, period)
            assert figures.attempts == sum(period_of(each) == period for each in moments)
            assert period_of(figures.until - timedelta(microseconds=1)) == period
            assert period_of(figures.until) != period
        assert sum(each.answered for each in found) == len(calls)
    counts = by_law(calls, reasoned=False)
    # how many of each depends on the pace of the database; none at all would prove nothing
    assert min(counts.late, counts.hung_up, counts.unproven) > 0
    assert counts.abandoned > 30


async def _so_far_is_right(ledger_book: Database, calls: list[Call]) -> None:
    for now in ASKED:
        for wanted, period_of in DEFINITIONS:
            found = (await ledger(ledger_book, wanted, now)).current
            if wanted is OFCOM:
                mine = [call for call in calls if timedelta() <= now - call.dialed < timedelta(1)]
            else:  # what was dialed afterwards is in the records of this test, and not yet in life
                mine = [call for call in calls if period_of(call.dialed) == period_of(now)]
            count = by_law(mine, reasoned=wanted in (OFCOM, UK_DAY))
            assert told(found) == rounded(count), (wanted, now)


async def _the_day_of_the_clock_change_has_twenty_five_hours(ledger_book: Database) -> None:
    found = (await ledger(ledger_book, DAY, LAST)).history
    lengths = {calendar_day(each.since): each.until - each.since for each in found}
    changed = calendar_day(SHIFTS[2])
    assert lengths.pop(changed) == timedelta(hours=25)
    assert set(lengths.values()) == {timedelta(hours=24)}


async def _the_history_comes_in_pages(ledger_book: Database) -> None:
    whole = (await ledger(ledger_book, DAY, LAST)).history
    pages: list[Figures] = []
    before = None
    while True:
        page = await ledger(ledger_book, DAY, LAST, before=before, limit=2)
        assert len(page.history) <= 2
        pages += page.history
        before = page.earlier
        if before is None:
            break
    assert pages == whole


async def test_a_campaign_that_dialed_nobody_has_no_rate(database: Database) -> None:
    found = await ledger(database, FTC, LAST)
    assert (found.current.live, found.current.rate, found.history) == (0.0, None, [])
    assert found.earlier is None
