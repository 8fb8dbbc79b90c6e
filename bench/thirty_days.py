"""Thirty days of a campaign in virtual time: no cap on attempts is passed, no lead is lost.

    python -m bench.thirty_days [leads] [days]

Ten thousand leads with one to three numbers each, in the zones of Mexico, are dialed for thirty
days through the real reservation and the real rules (`house-strict`), on SQLite. People answer,
are busy, do not answer, or the number does not exist. Every few days the process "dies" with
attempts open. What the attempts table says afterwards is counted here by other means: by number, by
lead, by the called person's own calendar.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import LeadState, NewLead, Phone
from dialer.retry import next_attempt_at, other_number_at
from dialer.rules.catalog import PresetCatalog
from dialer.ruling import Judge
from storage.campaigns import CampaignStore
from storage.database import Database

PBX = "pbx1"
CAMPAIGN = "thirty-days"
#: a Sunday evening in Mexico: the first thing to happen is that nobody may be called
BEGINS = datetime(2026, 3, 29, 23, 0, tzinfo=UTC)
_STEP = timedelta(minutes=10)
_AT_ONCE = 400
_ZONES = ("America/Mexico_City", "America/Tijuana", "America/Cancun", "America/Hermosillo")
#: what house-strict allows
PER_DAY, PER_THIRTY_DAYS = 3, 8
#: what people do, by weight
_FATES = {
    Outcome.NO_ANSWER: 55, Outcome.BUSY: 15, Outcome.CONNECTED: 12, Outcome.INVALID: 6,
    Outcome.REJECTED: 5, Outcome.CONGESTION: 4, Outcome.ABANDONED: 1, Outcome.UNKNOWN: 2,
}  # fmt: skip


@dataclass(slots=True)
class Findings:
    """What was found in the tables after the last day."""

    attempts: int = 0
    leads: int = 0
    faults: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    numbers_per_lead: Counter[int] = field(default_factory=Counter)


def people(count: int, seed: int) -> list[NewLead]:
    """Leads with one to three numbers and a zone each; every number is somebody's only once."""
    draw = random.Random(f"people {seed}")
    made = []
    for index in range(count):
        zone = draw.choice(_ZONES)
        numbers = [f"5255{index:06d}{place:02d}" for place in range(draw.choice((1, 1, 2, 3)))]
        made.append(
            NewLead(
                number=numbers[0],
                name=f"Persona {index}",
                extra={},
                zone=zone,
                others=tuple(Phone(number, zone) for number in numbers[1:]),
                priority=draw.choice((0, 0, 0, 5)),
                score=draw.random(),
            )
        )
    return made


def campaign() -> Campaign:
    """A campaign that would dial far oftener than its rules allow."""
    eager: dict[Outcome, float] = {
        outcome: 20.0 for outcome in Outcome if outcome is not Outcome.CONNECTED
    }
    return Campaign(
        id=CAMPAIGN, name="treinta días", queue="salida", country="MX",
        caller_number="525512345678", retry=RetryRule(max_attempts=60, minutes=eager),
        created_at=BEGINS,
    )  # fmt: skip


def house_rules(made: Campaign) -> Judge:
    """The campaign's own rules, as the service makes them at its start."""
    rules = PresetCatalog.read().rules(made.options.rules.preset)
    return CampaignJudge(made, rules, Guards(()))


async def play(
    database: Database,
    leads: Sequence[NewLead],
    days: int,
    seed: int,
    judge_of: Callable[[Campaign], Judge] = house_rules,
) -> None:
    """Dial for so many days; now and then with the process dying in between."""
    store, made = CampaignStore(database), campaign()
    await store.create(made)

    async def batches() -> AsyncIterator[Sequence[NewLead]]:
        for start in range(0, len(leads), 1000):
            yield leads[start : start + 1000]

    await store.add_leads(CAMPAIGN, batches(), BEGINS)
    await store.set_state(CAMPAIGN, CampaignState.RUNNING, BEGINS)
    draw = random.Random(f"fates {seed}")
    judge = judge_of(made)
    now = BEGINS
    while now < BEGINS + timedelta(days=days):
        reserved = await store.reserve(CAMPAIGN, _AT_ONCE, judge=judge, pbx=PBX, now=now)
        dies = draw.random() < 0.005
        for attempt in reserved.attempts:
            if not dies or draw.random() < 0.5:
                await store.end(_result(made, attempt, draw))
        if dies:  # whoever comes after finds the open ones, and ends them as unknown
            judge = judge_of(made)
            for attempt in await store.open_attempts(PBX):
                await store.end(_result(made, attempt, draw, Outcome.UNKNOWN))
        wait = _STEP
        if not reserved.attempts and reserved.next_at is not None:
            wait = max(wait, reserved.next_at - now)
        now += wait


def _result(
    made: Campaign, attempt: Attempt, draw: random.Random, outcome: Outcome | None = None
) -> AttemptResult:
    if outcome is None:
        outcome = draw.choices(list(_FATES), weights=list(_FATES.values()))[0]
    ended_at = attempt.intended_at + timedelta(seconds=draw.uniform(2, 60))
    answered = outcome in (Outcome.CONNECTED, Outcome.ABANDONED)
    rule = made.retry
    return AttemptResult(
        attempt_id=attempt.id,
        outcome=outcome,
        ended_at=ended_at,
        answered_at=ended_at if answered else None,
        connected_at=ended_at if outcome is Outcome.CONNECTED else None,
        cause=None,
        sip_code=None,
        agent="",
        retry_at=next_attempt_at(rule, outcome, attempt.ordinal, ended_at),
        other_number_at=other_number_at(rule, outcome, attempt.ordinal, ended_at),
    )


async def found(database: Database, leads: Sequence[NewLead]) -> Findings:
    """Count again by other means, and name whatever should not be."""
    store = CampaignStore(database)
    made = [attempt async for attempt in _attempts(store)]
    owner = {phone.number: lead for lead in leads for phone in lead.phones}
    by_number: dict[str, list[datetime]] = defaultdict(list)
    by_lead: dict[int, list[datetime]] = defaultdict(list)
    zone_of: dict[int, str] = {}
    result = Findings(attempts=len(made))
    for attempt in made:
        zone_of[attempt.lead_id] = owner[attempt.number].zone
        by_number[attempt.number].append(attempt.intended_at)
        by_lead[attempt.lead_id].append(attempt.intended_at)
        result.outcomes[str(attempt.outcome)] += 1
        result.faults += _outside(attempt, owner[attempt.number].zone)
    for number, moments in by_number.items():
        result.faults += _over(f"number {number}", moments, owner[number].zone)
    for lead_id, moments in by_lead.items():
        result.faults += _over(f"lead {lead_id}", moments, zone_of[lead_id])
    result.numbers_per_lead.update(len(lead.phones) for lead in leads)
    counts = await store.lead_counts(CAMPAIGN, BEGINS + timedelta(days=400))
    result.states.update(
        {
            str(LeadState.WAITING): counts.due + counts.later,
            str(LeadState.RESERVED): counts.reserved,
            str(LeadState.DONE): counts.done,
        }
    )
    result.leads = sum(result.states.values())
    if result.leads != len(leads):
        result.faults.append(f"{len(leads)} leads went in, {result.leads} are there")
    if counts.reserved:
        result.faults.append(f"{counts.reserved} leads are held by no attempt")
    return result


async def _attempts(store: CampaignStore) -> AsyncIterator[Attempt]:
    cursor: str | None = None
    while True:
        page = await store.attempts(CAMPAIGN, cursor, 1000)
        for attempt in page.attempts:
            yield attempt
        if (cursor := page.next_cursor) is None:
            return


def _over(who: str, moments: Iterable[datetime], zone: str) -> list[str]:
    """Whoever was dialed oftener than the preset allows, by the days of their own calendar."""
    days: Counter[date] = Counter(
        moment.astimezone(zoneinfo.ZoneInfo(zone)).date() for moment in moments
    )
    faults = [f"{who}: {n} attempts on {day}" for day, n in days.items() if n > PER_DAY]
    for day in days:
        month = sum(n for other, n in days.items() if 0 <= (day - other).days < 30)
        if month > PER_THIRTY_DAYS:
            faults.append(f"{who}: {month} attempts in the thirty days up to {day}")
    return faults


def _outside(attempt: Attempt, zone: str) -> list[str]:
    """Dialed before nine, after eight, on a Saturday afternoon or a Sunday of the person's own."""
    local = attempt.intended_at.astimezone(zoneinfo.ZoneInfo(zone))
    closes = {5: 13, 6: 0}.get(local.weekday(), 20)
    if 9 <= local.hour < closes:
        return []
    return [f"number {attempt.number} was dialed at {local.isoformat()}"]


async def measured(
    count: int,
    days: int,
    home: Path,
    seed: int = 1,
    judge_of: Callable[[Campaign], Judge] = house_rules,
) -> Findings:
    """Play it on a fresh SQLite and look."""
    leads = people(count, seed)
    async with await Database.open(str(home / "thirty.db"), lasting=False) as database:
        await play(database, leads, days, seed, judge_of)
        return await found(database, leads)


def main() -> None:
    """Play, count, print; exits 1 when anything is wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measured(count, days, Path(folder)))
    table = Table("what", "found", title=f"{days} days, {count} leads, house-strict")
    table.add_row("attempts", str(result.attempts))
    table.add_row("leads there", f"{result.leads} of {count}")
    table.add_row("leads by state", ", ".join(f"{k} {n}" for k, n in result.states.items()))
    table.add_row("numbers per lead", str(dict(sorted(result.numbers_per_lead.items()))))
    table.add_row("outcomes", ", ".join(f"{k} {n}" for k, n in result.outcomes.most_common()))
    table.add_row("caps passed, hours broken, leads lost", str(len(result.faults)))
    table.add_row("seconds", f"{time.monotonic() - began:.0f}")
    console = Console(width=140)
    console.print(table)
    for fault in result.faults[:20]:
        console.print(fault)
    sys.exit(1 if result.faults else 0)


if __name__ == "__main__":
    main()
