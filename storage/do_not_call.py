"""Who must not be called by us: the own list, and a list for each campaign.

A row is never deleted: one that is removed says by whom and when, for somebody may ask for it
years later. What is committed here counts from the very next reservation on, because that one asks
in its own transaction (`storage/evidence.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from storage.database import Database
from storage.pages import newest_first
from storage.tables import do_not_call, register_numbers, registers
from storage.within_queues import campaigns_of

#: `campaign_id` of the own list, which counts for every campaign
OWN = ""
#: rows of one statement: a database takes so many values and no more
_AT_ONCE = 500


class Source(StrEnum):
    """How somebody came to be listed."""

    API = "api"
    #: a file of numbers was sent
    FILE = "file"
    #: an agent said so after a talk
    AGENT = "agent"
    #: the called person pressed a key
    IVR = "ivr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A number on one of our lists; in force until it is removed."""

    number: str
    #: "" is the own list
    campaign_id: str
    source: str
    reason: str
    added_by: str
    added_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListingPage:
    """Listings, newest first, and the cursor with which the list goes on (None: it is over)."""

    listings: list[Listing]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Whether a number is in a register as it was loaded last."""

    name: str
    as_of: datetime
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything known of a number: our own listings, newest first, and every register."""

    listings: list[Listing]
    registers: list[Registered]


class DoNotCallStore:
    """The lists that we keep ourselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        number: str,
        campaign_id: str = OWN,
        *,
        source: str,
        who: str,
        now: datetime,
        reason: str = "",
    ) -> tuple[Listing, bool]:
        """List a number: the listing in force, and whether it is new.

        `number` is E.164 without the plus. What was listed already stays as it was.
        """
        listed = Listing(
            number=number,
            campaign_id=campaign_id,
            source=source,
            reason=reason,
            added_by=who,
            added_at=now,
        )
        statement = (
            self._database.insert(do_not_call)
            .values(asdict(listed))
            .on_conflict_do_nothing(
                index_elements=["number", "campaign_id"],
                index_where=do_not_call.c.removed_at.is_(None),
            )
            .returning(do_not_call.c.id)
        )

        def write(connection: Connection) -> tuple[Listing, bool]:
            if connection.execute(statement).one_or_none() is not None:
                return listed, True
            there = select(do_not_call).where(*_in_force(number, campaign_id))
            return _listing(connection.execute(there).one()), False

        return await self._database.write(write)

    async def add_all(
        self,
        numbers: Sequence[str],
        campaign_id: str = OWN,
        *,
        source: str,
        who: str,
        now: datetime,
        reason: str = "",
    ) -> int:
        """List many numbers in one transaction; how many were not listed before."""
        rows = [
            asdict(
                Listing(
                    number=number, campaign_id=campaign_id, source=source, reason=reason,
                    added_by=who, added_at=now,
                )
            )
            for number in numbers
        ]  # fmt: skip
        listing = self._database.insert(do_not_call)

        def write(connection: Connection) -> int:
            added = 0
            for start in range(0, len(rows), _AT_ONCE):
                statement = (
                    listing.values(rows[start : start + _AT_ONCE])
                    .on_conflict_do_nothing(
                        index_elements=["number", "campaign_id"],
                        index_where=do_not_call.c.removed_at.is_(None),
                    )
                    .returning(do_not_call.c.id)
                )
                added += len(connection.execute(statement).all())
            return added

        return await self._database.write(write)

    async def remove(
        self, number: str, campaign_id: str = OWN, *, who: str, now: datetime
    ) -> Listing | None:
        """End a listing, which is kept; None when there is none in force."""
        ended = (
            update(do_not_call)
            .where(*_in_force(number, campaign_id))
            .values(removed_by=who, removed_at=now)
            .returning(do_not_call)
        )

        def write(connection: Connection) -> Listing | None:
            row = connection.execute(ended).one_or_none()
            return None if row is None else _listing(row)

        return await self._database.write(write)

    async def look_up(self, number: str, seen_queues: frozenset[str] | None = None) -> Found:
        """Where a number is listed, or was; `seen_queues` as of `page`."""
        ours = (
            select(do_not_call)
            .where(do_not_call.c.number == number, *_seen(seen_queues))
            .order_by(do_not_call.c.added_at.desc(), do_not_call.c.id.desc())
        )
        listed = (register_numbers.c.number == number) & (
            register_numbers.c.generation == registers.c.generation
        )
        loaded = (
            select(registers.c.name, registers.c.as_of, register_numbers.c.number)
            .outerjoin(register_numbers, (register_numbers.c.register == registers.c.name) & listed)
            .order_by(registers.c.name)
        )

        def read(connection: Connection) -> Found:
            return Found(
                listings=[_listing(row) for row in connection.execute(ours)],
                registers=[
                    Registered(name=row.name, as_of=row.as_of, listed=row.number is not None)
                    for row in connection.execute(loaded)
                ],
            )

        return await self._database.read(read)

    async def page(
        self,
        campaign_id: str | None = None,
        *,
        removed: bool = False,
        seen_queues: frozenset[str] | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> ListingPage:
        """A page of one list, or of all (None), newest first; with `removed` also what ended.

        Of campaigns' lists only those of campaigns that dial for `seen_queues`.
        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        where = _seen(seen_queues)
        if campaign_id is not None:
            where.append(do_not_call.c.campaign_id == campaign_id)
        if not removed:
            where.append(do_not_call.c.removed_at.is_(None))

        def read(connection: Connection) -> ListingPage:
            added_at = do_not_call.c.added_at
            rows, next_cursor = newest_first(
                connection, do_not_call, added_at, where, cursor, limit
            )
            return ListingPage([_listing(row) for row in rows], next_cursor)

        return await self._database.read(read)


def _seen(queues: frozenset[str] | None) -> list[ColumnElement[bool]]:
    if queues is None:
        return []
    listed_by = do_not_call.c.campaign_id
    return [or_(listed_by == OWN, listed_by.in_(campaigns_of(queues)))]


def _in_force(number: str, campaign_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        do_not_call.c.number == number,
        do_not_call.c.campaign_id == campaign_id,
        do_not_call.c.removed_at.is_(None),
    )


def _listing(row: Row[Any]) -> Listing:
    return Listing(
        number=row.number,
        campaign_id=row.campaign_id,
        source=row.source,
        reason=row.reason,
        added_by=row.added_by,
        added_at=row.added_at,
        removed_by=row.removed_by,
        removed_at=row.removed_at,
    )
