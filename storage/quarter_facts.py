"""The rows of facts that a quarter is counted from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    union,
)

from calls.events import AgentMissed
from monitoring.quarters import QUARTER
from monitoring.record import CallRecord, QueueStay
from storage.recordset import as_rows, recordset
from storage.tables import agent_states, attempts, call_facts, calls, campaigns, queue_stays

#: who leaves the line and who is connected is told by two facts, one soon after the other
SOON = timedelta(minutes=1)
_STAY = (
    "queue",
    "joined_at",
    "left_at",
    "agent",
    "connected_at",
    "released_at",
    "ended_by",
    "status",
)
_CALL = (
    "direction", "arrived_at", "ended_at", "end_reason", "outcome", "hold_seconds",
    "wrap_up_seconds", "wrap_up_ended_at",
)  # fmt: skip

# --- built once: to build a statement costs more than to run it

_PBX: BindParameter[str] = bindparam("pbx")
_NAMES: BindParameter[str] = bindparam("names", expanding=True)
_BEGINS: BindParameter[datetime] = bindparam("begins")
_ENDS: BindParameter[datetime] = bindparam("ends")


def _calls_of(keys: CompoundSelect[Any] | Select[Any]) -> Select[Any]:
    """Every stay of these calls, each with what is needed of its call."""
    which, stay = keys.subquery("touched"), queue_stays.c
    return (
        select(queue_stays, *(calls.c[name].label(f"call_{name}") for name in _CALL))
        .join(which, and_(stay.pbx == which.c.pbx, stay.call_id == which.c.call_id))
        .join(calls, and_(stay.pbx == calls.c.pbx, stay.call_id == calls.c.call_id))
        .order_by(stay.pbx, stay.call_id, stay.ordinal)
    )


def _stays(*where: ColumnElement[bool]) -> Select[Any]:
    # the primary key begins with this text and no other index has it: with more than two names
    # SQLite would go through every stay of the switch
    mine = queue_stays.c.pbx + "" == _PBX
    return select(queue_stays.c.pbx, queue_stays.c.call_id).where(mine, *where)


def _in_quarter(moment: Column[Any]) -> ColumnElement[bool]:
    return and_(moment >= _BEGINS, moment < _ENDS)


_IN_QUEUE = queue_stays.c.queue.in_(_NAMES)
_TOUCHED = _calls_of(
    union(
        _stays(_IN_QUEUE, _in_quarter(queue_stays.c.joined_at)),
        _stays(
            _IN_QUEUE,
            queue_stays.c.left_at >= bindparam("soon_before"),
            queue_stays.c.left_at < bindparam("soon_after"),
        ),
        _stays(_IN_QUEUE, _in_quarter(queue_stays.c.released_at)),
    )
)
_RELEASED = _calls_of(
    _stays(queue_stays.c.agent.in_(_NAMES), _in_quarter(queue_stays.c.released_at)).distinct()
)
_BEGUN = select(agent_states).where(
    agent_states.c.pbx == _PBX,
    agent_states.c.agent.in_(_NAMES),
    _in_quarter(agent_states.c.began_at),
)
_MISSED = select(call_facts.c.kind, call_facts.c.body).where(
    call_facts.c.pbx == _PBX,
    call_facts.c.call_id.in_(_NAMES),
    call_facts.c.kind == AgentMissed.__name__,
)
_OPTIONS = select(campaigns.c.id, campaigns.c.options).where(campaigns.c.id.in_(_NAMES))
_MADE = select(attempts).where(
    attempts.c.campaign_id.in_(_NAMES), _in_quarter(attempts.c.intended_at), attempts.c.pbx == _PBX
)


def calls_in_queues(
    connection: Connection, pbx: str, quarter: datetime, names: Collection[str]
) -> Iterator[CallRecord]:
    """The calls of which something happened in these queues in the quarter."""
    end = quarter + QUARTER
    soon = {"soon_before": quarter - SOON, "soon_after": end + SOON}
    return _records(connection.execute(_TOUCHED, _asked(pbx, quarter, names) | soon).all())


def calls_released(
    connection: Connection, pbx: str, quarter: datetime, agents: Collection[str]
) -> Iterator[CallRecord]:
    """The calls in which one of these agents ended a talk in the quarter."""
    return _records(connection.execute(_RELEASED, _asked(pbx, quarter, agents)).all())


def states(
    connection: Connection, pbx: str, quarter: datetime, agents: Collection[str]
) -> list[Row[Any]]:
    """The stretches that have a part in the quarter."""
    begun = connection.execute(_BEGUN, _asked(pbx, quarter, agents))
    return [*begun, *before(connection, pbx, quarter, agents)]


def before(
    connection: Connection, pbx: str, quarter: datetime, numbers: Collection[str]
) -> list[Row[Any]]:
    """What each of them did when the quarter began: stretches of an agent do not overlap."""
    asked = {"pbx": pbx, "begins": quarter, **as_rows((number,) for number in numbers)}
    return list(connection.execute(_before(connection.dialect.name), asked))


@cache
def _before(dialect: str) -> Select[Any]:
    given = recordset(dialect, {"agent": Text()}).subquery("given")
    state, earlier = agent_states.c, agent_states.alias("earlier").c
    last = (
        select(func.max(earlier.began_at))
        .where(earlier.pbx == _PBX, earlier.agent == given.c.agent, earlier.began_at < _BEGINS)
        .correlate(given)
        .scalar_subquery()
    )
    return (
        select(agent_states)
        .join(given, state.agent == given.c.agent)
        .where(
            state.pbx == _PBX,
            state.began_at == last,
            # one that ended as the quarter began may have ended by a call that was not taken
            or_(state.ended_at.is_(None), state.ended_at >= _BEGINS),
        )
    )


def missed(connection: Connection, pbx: str, offered: Collection[str]) -> list[Row[Any]]:
    """The facts that an agent did not take one of these calls."""
    if not offered:
        return []
    return list(connection.execute(_MISSED, {"pbx": pbx, "names": sorted(set(offered))}))


def made(
    connection: Connection, pbx: str, quarter: datetime, campaign_ids: Collection[str]
) -> list[Row[Any]]:
    """The attempts that were meant to be made in the quarter."""
    return list(connection.execute(_MADE, _asked(pbx, quarter, campaign_ids)))


def options(connection: Connection, campaign_ids: Collection[str]) -> dict[str, Any]:
    """What each of these campaigns sets."""
    rows = connection.execute(_OPTIONS, {"names": list(campaign_ids)})
    return {row.id: row.options for row in rows}


def _asked(pbx: str, quarter: datetime, names: Collection[str]) -> dict[str, Any]:
    return {"pbx": pbx, "names": list(names), "begins": quarter, "ends": quarter + QUARTER}


def _records(rows: Iterable[Row[Any]]) -> Iterator[CallRecord]:
    """The calls of these stays, with as much of them as their visits are made of."""
    for _, stays in groupby(rows, key=lambda row: (row.pbx, row.call_id)):
        yield _record(list(stays))


def _record(rows: list[Row[Any]]) -> CallRecord:
    call = rows[0]._mapping
    return CallRecord(
        pbx=call["pbx"],
        call_id=call["call_id"],
        number_called="",
        caller_number="",
        **{name: call[f"call_{name}"] for name in _CALL},
        stays=[QueueStay(**{name: row._mapping[name] for name in _STAY}) for row in rows],
    )
