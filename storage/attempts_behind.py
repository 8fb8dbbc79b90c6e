"""The attempts of a campaign, page by page: all of them, or those that a count is made of.

They are counted where they were meant to be made. What an attempt was is decided by the same
functions that count it; the database only leaves out what cannot be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from calls.call import Verdict
from dialer.attempt import Attempt, Outcome
from dialer.dispositions import SAID_MACHINE, Category
from monitoring.campaign_counts import is_in
from storage import cursors, quarter_facts
from storage.campaign_rows import attempt_of
from storage.counting import categories_of, tried_of
from storage.tables import attempts

#: attempts looked at for one page at most: a page may be shorter than asked for, and go on
_LOOKED_AT = 2_000
_AT_ONCE = 200
_TRIED = attempts.c
_NEWEST_FIRST = (_TRIED.intended_at, _TRIED.id)


class AttemptCount(StrEnum):
    """A count of a campaign, by its name in the report; `no_success` is one of its results."""

    ATTEMPTS = "attempts"
    ANSWERED = "answered"
    CONTACTS = "contacts"
    RIGHT_PARTY = "right_party"
    SUCCESSES = "successes"
    NO_SUCCESS = "no_success"
    CALLBACKS = "callbacks"
    DO_NOT_CALL = "do_not_call"
    NO_CONTACT = "no_contact"
    UNDISPOSED = "undisposed"
    MACHINES = "machines"
    ABANDONED = "abandoned"


#: counts of what agents say
_SAID = frozenset(
    {
        AttemptCount.SUCCESSES,
        AttemptCount.NO_SUCCESS,
        AttemptCount.CALLBACKS,
        AttemptCount.DO_NOT_CALL,
        AttemptCount.NO_CONTACT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFilter:
    """Which attempts: those that everything given here is true of; `until` itself not included."""

    since: datetime | None = None
    until: datetime | None = None
    #: of this switch
    pbx: str | None = None
    count: AttemptCount | None = None
    outcome: Outcome | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Attempts, newest first, and the cursor with which the list goes on (None: it is over).

    Of a count a page may have fewer than were asked for, or none, and go on all the same.
    """

    attempts: list[Attempt]
    next_cursor: str | None


#: every attempt
ANY = AttemptFilter()


def page(
    connection: Connection,
    campaign_id: str,
    cursor: str | None,
    limit: int,
    wanted: AttemptFilter = ANY,
) -> AttemptPage:
    """A page of a campaign's attempts; raises `CursorError` and `ValueError`."""
    cursors.check_limit(limit)
    options = quarter_facts.options(connection, [campaign_id]) if wanted.count else {}
    categories = categories_of(options.get(campaign_id))
    at_once = limit + 1 if wanted.count is None else max(limit + 1, _AT_ONCE)
    found: list[Attempt] = []
    looked_at = 0
    while True:
        rows = connection.execute(_rows(campaign_id, wanted, cursor, at_once)).all()
        for row in rows:
            if _is_counted(row, wanted.count, categories):
                if len(found) == limit:
                    return AttemptPage(found, _cursor(found[-1]))
                found.append(attempt_of(row))
        if len(rows) < at_once:
            return AttemptPage(found, None)
        looked_at += len(rows)
        cursor = cursors.encode(rows[-1].intended_at, rows[-1].id)
        if looked_at >= _LOOKED_AT:
            return AttemptPage(found, cursor)


def _cursor(attempt: Attempt) -> str:
    return cursors.encode(attempt.intended_at, attempt.id)


def _is_counted(
    row: Row[Any], count: AttemptCount | None, categories: Mapping[str, Category]
) -> bool:
    return count is None or is_in(count, tried_of(row, categories))


def _rows(campaign_id: str, wanted: AttemptFilter, cursor: str | None, limit: int) -> Select[Any]:
    where = [_TRIED.campaign_id == campaign_id, *_given(wanted), *_possible(wanted.count)]
    if cursor is not None:
        where.append(cursors.after(cursor, _NEWEST_FIRST))
    order = [column.desc() for column in _NEWEST_FIRST]
    return select(attempts).where(*where).order_by(*order).limit(limit)


def _given(wanted: AttemptFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield _TRIED.intended_at >= wanted.since
    if wanted.until is not None:
        yield _TRIED.intended_at < wanted.until
    for column, value in (
        (_TRIED.pbx, wanted.pbx),
        (_TRIED.outcome, wanted.outcome),
        (_TRIED.disposition, wanted.disposition),
    ):
        if value is not None:
            yield column == value


def _possible(count: AttemptCount | None) -> Iterator[ColumnElement[bool]]:
    """What has to hold of every attempt that the count has; of others it may hold too."""
    match count:
        case None | AttemptCount.ATTEMPTS:
            return
        case AttemptCount.ANSWERED:
            yield _TRIED.answered_at.is_not(None)
        case AttemptCount.ABANDONED:
            yield _TRIED.outcome == Outcome.ABANDONED
        case AttemptCount.MACHINES:
            yield or_(
                _TRIED.outcome == Outcome.MACHINE,
                _TRIED.machine == Verdict.MACHINE,
                _TRIED.disposition == SAID_MACHINE,
            )
        case _:
            yield _TRIED.outcome == Outcome.CONNECTED
    if count is AttemptCount.RIGHT_PARTY:
        yield _TRIED.contact != 0
    elif count is AttemptCount.UNDISPOSED:
        yield _TRIED.disposition == ""
    elif count in _SAID:
        yield _TRIED.disposition != ""
