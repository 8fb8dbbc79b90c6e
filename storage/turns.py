"""Whose turn it is: the lists of a campaign, their zones, and the leads that may be looked at.

Each function is part of one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update

from dialer.lead import PROMISED, LeadState
from storage.tables import leads, list_zones, lists

#: leads whose time has come are moved up in steps: a morning's million is no single transaction
_PROMOTED = 2000

# --- asked for every reservation, so built once: to build a statement costs more than to run it

_PROMOTE = (
    update(leads)
    .where(
        leads.c.id.in_(
            select(leads.c.id)
            .where(
                leads.c.campaign_id == bindparam("campaign"),
                leads.c.state == LeadState.WAITING,
                leads.c.next_at <= bindparam("now"),
            )
            .order_by(leads.c.next_at)
            .limit(_PROMOTED)
            # PostgreSQL: two dialers never wait for each other's leads. SQLite has one writer, and
            # SQLAlchemy leaves the clause out there.
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .values(state=LeadState.READY)
)
_LISTS = (
    select(lists.c.id, lists.c.weight, lists.c.turn, list_zones.c.zone)
    .outerjoin(list_zones, list_zones.c.list_id == lists.c.id)
    .where(lists.c.campaign_id == bindparam("campaign"), lists.c.active == 1)
    .order_by(lists.c.turn, lists.c.id)
)
CANDIDATE: Select[Any] = select(
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
#: one lead whose time has come and which is not another agent's
ONE = CANDIDATE.where(
    leads.c.id == bindparam("lead"),
    leads.c.wanted_agent.in_(("", bindparam("agent"))),
    leads.c.state.in_((LeadState.READY, LeadState.WAITING)),
    leads.c.next_at <= bindparam("now"),
).with_for_update(skip_locked=True)


_DUE = (
    CANDIDATE.where(
        leads.c.list_id == bindparam("list"),
        leads.c.zone == bindparam("zone"),
        leads.c.state == LeadState.READY,
        # whose own agent was waited for long enough is anybody's, too
        or_(leads.c.wanted_agent == "", leads.c.next_at <= bindparam("waited_since")),
    )
    .order_by(leads.c.rank, leads.c.next_at, leads.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
_KEEP = update(lists).where(lists.c.id == bindparam("list")).values(turn=bindparam("reached"))
_A_PROMISED_ONE = (
    select(leads.c.id)
    .where(
        leads.c.list_id == bindparam("list"),
        leads.c.zone.in_(bindparam("zones", expanding=True)),
        leads.c.state == LeadState.READY,
        leads.c.rank <= PROMISED,
    )
    .limit(1)
)
_NEXT_WAITING = select(func.min(leads.c.next_at)).where(
    leads.c.campaign_id == bindparam("campaign"), leads.c.state == LeadState.WAITING
)


@dataclass(slots=True)
class Turn:
    """A list and how far its turn is: stride scheduling, the lowest is next."""

    list_id: str
    weight: float
    turn: float


def promote(connection: Connection, campaign_id: str, now: datetime) -> None:
    """Leads whose time has come are ready from now on."""
    connection.execute(_PROMOTE, {"campaign": campaign_id, "now": now})


def turns_and_zones(
    connection: Connection, campaign_id: str
) -> tuple[list[Turn], dict[str, set[str]]]:
    """The lists in the order of their turns, and the zones of each."""
    turns: dict[str, Turn] = {}
    zones: dict[str, set[str]] = {}
    for list_id, weight, turn, zone in connection.execute(_LISTS, {"campaign": campaign_id}):
        turns.setdefault(list_id, Turn(list_id, weight, turn))
        zones.setdefault(list_id, set())
        if zone is not None:
            zones[list_id].add(zone)
    return list(turns.values()), zones


def due(
    connection: Connection, list_id: str, zone: str, waited_since: datetime, count: int
) -> Sequence[Row[Any]]:
    """The list's next `count` leads in that zone that are for anybody.

    Who has waited for an agent of their own since then is for anybody, too.
    """
    wanted: dict[str, Any] = {
        "list": list_id,
        "zone": zone,
        "waited_since": waited_since,
        "count": count,
    }
    return connection.execute(_DUE, wanted).all()


def in_turn(found: Sequence[Row[Any]], turns: list[Turn], wanted: int) -> list[Row[Any]]:
    """As many as wanted: promised calls first, then from each list by its weight."""
    promised = [row for row in found if row.rank <= PROMISED]
    chosen = sorted(promised, key=lambda row: (row.next_at, row.id))[:wanted]
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


def keep_turns(connection: Connection, turns: Sequence[Turn]) -> None:
    """Write down how far each list's turn is."""
    connection.execute(_KEEP, [{"list": turn.list_id, "reached": turn.turn} for turn in turns])


def somebody_is_promised(connection: Connection, zones: Mapping[str, Collection[str]]) -> bool:
    """Whether a promised call is due that could not be made now."""
    return any(
        connection.execute(_A_PROMISED_ONE, {"list": list_id, "zones": sorted(found)}).all()
        for list_id, found in zones.items()
    )


def next_waiting(connection: Connection, campaign_id: str) -> datetime | None:
    """When the next lead's time comes."""
    moment: datetime | None = connection.execute(
        _NEXT_WAITING, {"campaign": campaign_id}
    ).scalar_one()
    return moment
