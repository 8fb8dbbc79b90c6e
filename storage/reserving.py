"""How leads are taken to be dialed: whose turn it is, what the rules say, what is written.

All of it is one transaction, so that what the rules were asked with is what the attempt is
committed with. Three things hold at every moment, and the database itself refuses what would break
them: a lead has at most one attempt without an end, its attempts are numbered without a gap, and it
is `reserved` exactly while one is open.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.events import ATTEMPT_PREFIX
from dialer.attempt import Attempt
from dialer.book import Reserved
from dialer.campaign import CampaignState
from dialer.lead import PRIORITY_WORTH, PROMISED, LeadState
from dialer.ruling import Candidate, Judge, Ruling
from storage import evidence
from storage.tables import attempts, callbacks, campaigns, leads, list_zones, lists, rulings

#: leads whose time has come are moved up in steps: a morning's million is no single transaction
_PROMOTED = 2000
#: candidates looked at in one reservation beyond those wanted
_MOST_REFUSED = 500
#: a promised call whose agent is busy is tried again after so long
ASK_AGAIN = timedelta(seconds=5)


@dataclass(slots=True)
class _Turn:
    """A list and how far its turn is: stride scheduling, the lowest is next."""

    list_id: str
    weight: float
    turn: float


async def reserve(
    connection: AsyncConnection,
    campaign_id: str,
    count: int,
    *,
    judge: Judge,
    pbx: str,
    now: datetime,
    agents: Collection[str],
) -> Reserved:
    """Take up to `count` leads of a running campaign that the rules allow, an attempt for each.

    A lead that wants one agent is taken only while that one is among `agents`.
    """
    # held until the commit: a campaign that is being paused gives no more once it is paused
    running = (
        select(campaigns.c.id)
        .where(campaigns.c.id == campaign_id, campaigns.c.state == CampaignState.RUNNING)
        .with_for_update(read=True)
    )
    if (await connection.execute(running)).one_or_none() is None:
        return Reserved([])
    as_of = await evidence.registers_as_of(connection, judge.registers)
    standing = judge.standing(as_of, now)
    if standing is not None:
        await connection.execute(insert(rulings), [evidence.ruling_row(standing, None)])
        return Reserved([], standing.next_at)
    await _promote(connection, campaign_id, now)
    turns = await _turns(connection, campaign_id)
    zones = await _zones(connection, [turn.list_id for turn in turns])
    now_open = judge.zones({zone for found in zones.values() for zone in found}, now)
    made: list[Attempt] = []
    refused = 0
    while len(made) < count and refused < _MOST_REFUSED:
        wanted = count - len(made)
        found: list[Row[Any]] = []
        for turn in turns:
            for zone in sorted(zones[turn.list_id] & (now_open.open | {""})):
                statement = _due(turn.list_id, zone, agents, wanted)
                found += (await connection.execute(statement)).all()
        if not found:
            break
        ruled = await _ruled(connection, _in_turn(found, turns, wanted), judge, as_of, now)
        allowed = [ruling for _, ruling in ruled if ruling.allowed]
        made += await _write(connection, ruled, pbx=pbx, now=now)
        refused += len(ruled) - len(allowed)
        if len(allowed) == len(ruled) < wanted:
            break  # every lead there was is taken
    if made or refused:
        await _keep_turns(connection, turns)
    if len(made) == count:
        return Reserved(made)
    again = [now_open.next_open_at, await _next_waiting(connection, campaign_id)]
    if await _somebody_is_promised(connection, zones):
        again.append(now + ASK_AGAIN)  # nothing else tells when the promised agent is free
    return Reserved(made, min(filter(None, again), default=None))


async def _promote(connection: AsyncConnection, campaign_id: str, now: datetime) -> None:
    due = (
        select(leads.c.id)
        .where(
            leads.c.campaign_id == campaign_id,
            leads.c.state == LeadState.WAITING,
            leads.c.next_at <= now,
        )
        .order_by(leads.c.next_at)
        .limit(_PROMOTED)
        # PostgreSQL: two dialers never wait for each other's leads. SQLite has one writer, and
        # SQLAlchemy leaves the clause out there.
        .with_for_update(skip_locked=True)
    )
    await connection.execute(
        update(leads).where(leads.c.id.in_(due.scalar_subquery())).values(state=LeadState.READY)
    )


async def _turns(connection: AsyncConnection, campaign_id: str) -> list[_Turn]:
    statement = (
        select(lists.c.id, lists.c.weight, lists.c.turn)
        .where(lists.c.campaign_id == campaign_id, lists.c.active == 1)
        .order_by(lists.c.turn, lists.c.id)
    )
    return [_Turn(*row) for row in await connection.execute(statement)]


async def _zones(connection: AsyncConnection, list_ids: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {list_id: set() for list_id in list_ids}
    statement = select(list_zones.c.list_id, list_zones.c.zone).where(
        list_zones.c.list_id.in_(list_ids)
    )
    for list_id, zone in await connection.execute(statement):
        found[list_id].add(zone)
    return found


def _due(list_id: str, zone: str, agents: Collection[str], limit: int) -> Select[Any]:
    anybodys = leads.c.wanted_agent == ""
    return (
        select(
            leads.c.id,
            leads.c.campaign_id,
            leads.c.list_id,
            leads.c.number,
            leads.c.zone,
            leads.c.attempts,
            leads.c.rank,
            leads.c.next_at,
            leads.c.wanted_agent,
        )
        .where(
            leads.c.list_id == list_id,
            leads.c.zone == zone,
            leads.c.state == LeadState.READY,
            or_(anybodys, leads.c.wanted_agent.in_(sorted(agents))) if agents else anybodys,
        )
        .order_by(leads.c.rank, leads.c.next_at, leads.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _in_turn(found: Sequence[Row[Any]], turns: list[_Turn], wanted: int) -> list[Row[Any]]:
    """As many as wanted: promised calls first, then from each list by its weight."""
    chosen = [row for row in found if row.rank <= PROMISED][:wanted]
    waiting = {
        turn.list_id: _by_rank(row for row in found if row.list_id == turn.list_id)
        for turn in turns
    }
    while len(chosen) < wanted:
        ready = [turn for turn in turns if waiting[turn.list_id]]
        if not ready:
            break
        turn = min(ready, key=lambda one: (one.turn, one.list_id))
        chosen.append(waiting[turn.list_id].pop(0))
        turn.turn += 1.0 / turn.weight
    return chosen


def _by_rank(rows: Iterator[Row[Any]]) -> list[Row[Any]]:
    """Without those that went first: of several zones, the best of all is next."""
    unpromised = (row for row in rows if row.rank > PROMISED)
    return sorted(unpromised, key=lambda row: (row.rank, row.next_at, row.id))


async def _ruled(
    connection: AsyncConnection,
    chosen: Sequence[Row[Any]],
    judge: Judge,
    as_of: Mapping[str, datetime],
    now: datetime,
) -> list[tuple[Row[Any], Ruling]]:
    candidates = [
        Candidate(lead_id=row.id, number=row.number, zone=row.zone, attempts=row.attempts)
        for row in chosen
    ]
    campaign_id = chosen[0].campaign_id
    seen = await evidence.seen(connection, campaign_id, candidates, judge, now)
    return [
        (row, judge.judge(candidate, seen[candidate.lead_id], as_of, now))
        for row, candidate in zip(chosen, candidates, strict=True)
    ]


async def _write(
    connection: AsyncConnection,
    ruled: Sequence[tuple[Row[Any], Ruling]],
    *,
    pbx: str,
    now: datetime,
) -> list[Attempt]:
    made = [
        Attempt(
            id=f"{ATTEMPT_PREFIX}{uuid.uuid4().hex}",
            pbx=pbx,
            campaign_id=row.campaign_id,
            lead_id=row.id,
            ordinal=row.attempts + 1,
            number=row.number,
            intended_at=now,
            caller_number=ruling.caller_number,
            wanted_agent=row.wanted_agent,
        )
        for row, ruling in ruled
        if ruling.allowed
    ]
    refused = [ruling for _, ruling in ruled if not ruling.allowed]
    by_lead = {attempt.lead_id: attempt.id for attempt in made}
    if made:
        await connection.execute(
            update(leads)
            .where(leads.c.id.in_(by_lead))
            .values(
                state=LeadState.RESERVED,
                attempts=leads.c.attempts + 1,
                # the promise is being kept: from here on it is a lead like others
                rank=-(leads.c.priority * PRIORITY_WORTH + leads.c.score),
                wanted_agent="",
                reason="",
            )
        )
        await connection.execute(insert(attempts), [asdict(attempt) for attempt in made])
        await _keep_promises(connection, [a for a in made if _promised(ruled, a)], now)
    if refused:
        await connection.execute(
            update(leads)
            .where(leads.c.id == bindparam("lead"))
            .values(
                state=bindparam("becomes"), next_at=bindparam("at"), reason=bindparam("because")
            ),
            [
                {
                    "lead": ruling.lead_id,
                    "becomes": LeadState.DONE if ruling.next_at is None else LeadState.WAITING,
                    "at": ruling.next_at or now,
                    "because": ruling.reasons[0] if ruling.reasons else "",
                }
                for ruling in refused
            ],
        )
    await _keep_zones(connection, ruled)
    await connection.execute(
        insert(rulings),
        [evidence.ruling_row(ruling, by_lead.get(row.id)) for row, ruling in ruled],
    )
    return made


def _promised(ruled: Sequence[tuple[Row[Any], Ruling]], attempt: Attempt) -> bool:
    return any(row.id == attempt.lead_id and row.rank <= PROMISED for row, _ in ruled)


async def _keep_promises(
    connection: AsyncConnection, made: Sequence[Attempt], now: datetime
) -> None:
    for attempt in made:
        await connection.execute(
            update(callbacks)
            .where(callbacks.c.lead_id == attempt.lead_id, callbacks.c.state == "open")
            .values(state="tried", attempt_id=attempt.id, tried_at=now)
        )


async def _keep_zones(
    connection: AsyncConnection, ruled: Sequence[tuple[Row[Any], Ruling]]
) -> None:
    """Where a number is, now that somebody looked: the next time its zone is asked first."""
    found = [(row, ruling.zone) for row, ruling in ruled if row.zone != ruling.zone]
    for row, zone in found:
        await connection.execute(update(leads).where(leads.c.id == row.id).values(zone=zone))
    for list_id, zone in {(row.list_id, zone) for row, zone in found}:
        there = select(list_zones.c.zone).where(
            list_zones.c.list_id == list_id, list_zones.c.zone == zone
        )
        if (await connection.execute(there)).one_or_none() is None:
            await connection.execute(insert(list_zones).values(list_id=list_id, zone=zone))


async def _keep_turns(connection: AsyncConnection, turns: Sequence[_Turn]) -> None:
    await connection.execute(
        update(lists).where(lists.c.id == bindparam("list")).values(turn=bindparam("reached")),
        [{"list": turn.list_id, "reached": turn.turn} for turn in turns],
    )


async def _somebody_is_promised(
    connection: AsyncConnection, zones: Mapping[str, Collection[str]]
) -> bool:
    """Whether a promised call is due that could not be made now."""
    for list_id, found in zones.items():
        statement = (
            select(leads.c.id)
            .where(
                leads.c.list_id == list_id,
                leads.c.zone.in_(sorted(found)),
                leads.c.state == LeadState.READY,
                leads.c.rank <= PROMISED,
            )
            .limit(1)
        )
        if (await connection.execute(statement)).one_or_none() is not None:
            return True
    return False


async def _next_waiting(connection: AsyncConnection, campaign_id: str) -> datetime | None:
    statement = select(func.min(leads.c.next_at)).where(
        leads.c.campaign_id == campaign_id, leads.c.state == LeadState.WAITING
    )
    moment: datetime | None = (await connection.execute(statement)).scalar_one()
    return moment
