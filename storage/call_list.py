"""Which calls to list: the filter, and how a page of them is found beside millions of others.

A page is read in the order in which it is shown, from an index that has the filter's own calls one
after the other: those of a queue or of an agent from `queue_stays`, which know when their call
arrived, those of a number from two indexes, those of several queues from each queue's own. What is
rare is looked for first, and everything else asked of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    exists,
    func,
    or_,
    select,
    tuple_,
    union,
)

from storage import cursors
from storage.tables import calls, queue_stays

NEWEST_FIRST = (calls.c.arrived_at, calls.c.pbx, calls.c.call_id)
#: what a call says in one word, each with an index by arrival
_WORDS = ("direction", "outcome", "campaign_id")
#: so many are few: looked at one by one they cost less than a page of them sought among millions
_FEW = 2_000
#: who sees so many queues sees most calls, and needs none of them by itself
MOST_QUEUES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls to list; None means any. `arrived_until` itself is not included."""

    direction: str | None = None
    #: of one and the same stay: this queue's calls that this agent took
    queue: str | None = None
    agent: str | None = None
    outcome: str | None = None
    campaign_id: str | None = None
    number: str | None = None  # who called, or who was called
    arrived_from: datetime | None = None
    arrived_until: datetime | None = None
    #: that were in one of these queues
    seen_queues: frozenset[str] | None = None


def newest(
    connection: Connection, wanted: CallFilter, cursor: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The keys (`arrived_at`, `pbx`, `call_id`) of the next calls, newest first.

    Raises `CursorError`.
    """
    ways = [way.limit(limit) for way in _ways(connection, wanted, cursor)]
    if not ways:
        return []
    if len(ways) == 1:
        return connection.execute(ways[0]).all()
    # one call may be found in several ways; each is read no further than the page can reach
    keys = union(*(select(way.subquery()) for way in ways)).subquery()
    return connection.execute(select(keys).order_by(*_newest_first(keys)).limit(limit)).all()


def oldest_of_queues(
    queues: Collection[str], since: datetime, until: datetime, after: Row[Any] | None, limit: int
) -> Select[Any]:
    """The keys of the next calls that were in one of these queues, oldest first."""
    ways = []
    stay = [queue_stays.c[key.name] for key in NEWEST_FIRST]
    for queue in sorted(queues):
        where = [queue_stays.c.queue == queue, stay[0] < until]
        if after is None:
            where.append(stay[0] >= since)
        else:
            key = [after._mapping[one.name] for one in stay]
            where.append(tuple_(*stay) > tuple_(*key, types=[one.type for one in stay]))
        way = select(*stay).distinct().where(*where).order_by(*stay).limit(limit)
        ways.append(select(way.subquery()))
    keys = union(*ways).subquery()
    return select(keys).order_by(*(keys.c[key.name] for key in NEWEST_FIRST)).limit(limit)


def has_stay(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the call was in a queue, in a way that `where` says."""
    return exists().where(
        queue_stays.c.pbx == calls.c.pbx, queue_stays.c.call_id == calls.c.call_id, *where
    )


def _ways(connection: Connection, wanted: CallFilter, cursor: str | None) -> Iterator[Select[Any]]:
    """Selects that together find the calls, each newest first."""
    by_stay, seen = bool([*_of_the_stay(wanted)]), wanted.seen_queues
    by_queue = seen is not None and len(seen) <= MOST_QUEUES
    for rare in (*_numbered(wanted, calls), *_words(wanted, calls)):
        few = select(*NEWEST_FIRST).where(rare, *_arrived(wanted, cursor, calls))
        if (count := _few(connection, few)) is not None:
            if count:
                yield _among(few, wanted)
            return
    if wanted.number is not None:
        # our own: most calls have it
        in_seen = (
            [queue_stays.c.queue.in_(sorted(seen))] if seen is not None and not by_stay else []
        )
        stays = _of_stays(wanted, cursor, *in_seen)
        if (by_stay or by_queue) and (count := _few(connection, stays)) is not None:
            if count:
                yield _among(stays, wanted)
            return
        for column in (calls.c.number_called, calls.c.caller_number):
            yield _of_calls(wanted, cursor, column == wanted.number)
    elif by_stay:
        yield _ordered(_of_stays(wanted, cursor, *_seen(wanted, queue_stays)), queue_stays)
    elif by_queue:
        for queue in sorted(seen or ()):
            way = _of_stays(wanted, cursor, queue_stays.c.queue == queue)
            yield _ordered(way, queue_stays)
    else:
        yield _of_calls(wanted, cursor)


def _of_calls(wanted: CallFilter, cursor: str | None, *where: ColumnElement[bool]) -> Select[Any]:
    every = [*where, *_words(wanted, calls), *_arrived(wanted, cursor, calls)]
    every += [*_stayed(wanted, calls), *_seen(wanted, calls)]
    return _ordered(select(*NEWEST_FIRST).where(*every), calls)


def _of_stays(wanted: CallFilter, cursor: str | None, *where: ColumnElement[bool]) -> Select[Any]:
    """Not in order yet; a call with two such stays is there once."""
    every = [*_of_the_stay(wanted), *_words(wanted, queue_stays)]
    every += _arrived(wanted, cursor, queue_stays)
    keys = [queue_stays.c[key.name] for key in NEWEST_FIRST]
    return select(*keys).distinct().where(*every, *where)


def _among(few: Select[Any], wanted: CallFilter) -> Select[Any]:
    """Those few that all the rest is true of: made first, whatever the planner thinks of them."""
    found = few.cte("few").prefix_with("MATERIALIZED")
    call = calls.alias("call")
    rest = exists().where(
        call.c.pbx == found.c.pbx,
        call.c.call_id == found.c.call_id,
        *_numbered(wanted, call),
        *_words(wanted, call),
    )
    keys = select(*(found.c[key.name] for key in NEWEST_FIRST))
    every = [rest, *_stayed(wanted, found), *_seen(wanted, found)]
    return _ordered(keys.where(*every), found)


def _few(connection: Connection, rows: Select[Any]) -> int | None:
    """How many there are; None: too many to look at one by one."""
    counted = connection.execute(select(func.count()).select_from(rows.limit(_FEW).subquery()))
    count: int = counted.scalar_one()
    return count if count < _FEW else None


def _ordered(keys: Select[Any], table: FromClause) -> Select[Any]:
    return keys.order_by(*_newest_first(table))


def _newest_first(table: FromClause) -> list[ColumnElement[Any]]:
    return [table.c[key.name].desc() for key in NEWEST_FIRST]


def _numbered(wanted: CallFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    if wanted.number is not None:
        called, caller = table.c.number_called, table.c.caller_number
        yield or_(called == wanted.number, caller == wanted.number)


def _stayed(wanted: CallFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """That the call, a row of this table, had such a stay."""
    if stay := list(_of_the_stay(wanted)):
        yield exists().where(
            queue_stays.c.pbx == table.c.pbx, queue_stays.c.call_id == table.c.call_id, *stay
        )


def _words(wanted: CallFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """What the call has to say, in a row of this table."""
    for name in _WORDS:
        if (value := getattr(wanted, name)) is not None:
            yield table.c[name] == value


def _of_the_stay(wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold of one and the same stay."""
    if wanted.queue is not None:
        yield queue_stays.c.queue == wanted.queue
    if wanted.agent is not None:
        yield queue_stays.c.agent == wanted.agent


def _seen(wanted: CallFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """That the call, a row of this table, was in a queue that is seen."""
    if wanted.seen_queues is None or wanted.queue in wanted.seen_queues:
        return
    stay = queue_stays.alias("seen")
    yield exists().where(
        stay.c.pbx == table.c.pbx,
        stay.c.call_id == table.c.call_id,
        stay.c.queue.in_(sorted(wanted.seen_queues)),
    )


def _arrived(
    wanted: CallFilter, cursor: str | None, table: FromClause
) -> Iterator[ColumnElement[bool]]:
    """That the call, a row of this table, is of the period and comes after the cursor."""
    order = [table.c[key.name] for key in NEWEST_FIRST]
    if wanted.arrived_from is not None:
        yield order[0] >= wanted.arrived_from
    if wanted.arrived_until is not None:
        yield order[0] < wanted.arrived_until
    if cursor is not None:
        yield cursors.after(cursor, order)
