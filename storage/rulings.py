"""The proof of each check, read again: whether a number might be dialed, why not, by which rules.

They are written in the transaction that commits the attempt (`storage/reserving.py`).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, cast

from storage.database import Database
from storage.pages import newest_first
from storage.tables import rulings
from storage.within_queues import campaigns_of

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingKept:
    """One ruling as it was kept; the fields are those of `dialer.ruling.Ruling`."""

    at: datetime
    campaign_id: str
    #: None: of the campaign as a whole
    lead_id: int | None
    number: str
    #: the attempt that was made by it; None with a refusal
    attempt_id: str | None
    allowed: bool
    reasons: list[str]
    preset: str
    version: str
    purpose: str
    zone: str
    local_time: str
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingFilter:
    """Which rulings; None does not matter, `until` itself is not included."""

    campaign_id: str | None = None
    number: str | None = None
    #: of campaigns that dial for one of these
    seen_queues: frozenset[str] | None = None
    allowed: bool | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RulingPage:
    """Rulings, newest first, and the cursor with which the list goes on (None: it is over)."""

    rulings: list[RulingKept]
    next_cursor: str | None


class RulingStore:
    """Reads rulings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, wanted: RulingFilter, cursor: str | None = None, limit: int = 100
    ) -> RulingPage:
        """A page of rulings, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        where = _conditions(wanted)

        def read(connection: Connection) -> RulingPage:
            rows, next_cursor = newest_first(
                connection, rulings, rulings.c.at, where, cursor, limit
            )
            return RulingPage([_ruling(row) for row in rows], next_cursor)

        return await self._database.read(read)

    async def all(self, wanted: RulingFilter) -> AsyncGenerator[list[RulingKept], None]:
        """Every ruling, newest first, page by page: each is a transaction of its own."""
        cursor = None
        while True:
            page = await self.page(wanted, cursor, _AT_ONCE)
            yield page.rulings
            cursor = page.next_cursor
            if cursor is None:
                return


def _conditions(wanted: RulingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.campaign_id is not None:
        found.append(rulings.c.campaign_id == wanted.campaign_id)
    if wanted.number is not None:
        found.append(rulings.c.number == wanted.number)
    if wanted.seen_queues is not None:
        found.append(rulings.c.campaign_id.in_(campaigns_of(wanted.seen_queues)))
    if wanted.allowed is not None:
        found.append(rulings.c.allowed == int(wanted.allowed))
    if wanted.reason is not None:
        # a list of codes, kept as JSON text by both databases
        codes = cast(rulings.c.reasons, Text)
        found.append(codes.contains(f'"{wanted.reason}"', autoescape=True))
    if wanted.since is not None:
        found.append(rulings.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(rulings.c.at < wanted.until)
    return found


def _ruling(row: Row[Any]) -> RulingKept:
    return RulingKept(
        at=row.at,
        campaign_id=row.campaign_id,
        lead_id=row.lead_id,
        number=row.number,
        attempt_id=row.attempt_id,
        allowed=bool(row.allowed),
        reasons=row.reasons,
        preset=row.preset,
        version=row.version,
        purpose=row.purpose,
        zone=row.zone,
        local_time=row.local_time,
        evidence=row.evidence,
    )
