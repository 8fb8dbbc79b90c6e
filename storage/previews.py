"""Leads shown to agents: the dialer's book of them, and what the API shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from dialer.attempt import Attempt
from dialer.callbacks import CallbackState
from dialer.lead import Lead
from dialer.ruling import Judge, Ruling
from dialer.showing import By, End, Ended, Offer, PreviewSummary, Shown
from storage import previewing
from storage.campaign_rows import attempt_of, lead_of
from storage.database import Database
from storage.tables import attempts, callbacks, campaigns, leads, lists, previews

#: a lead's attempts that an agent is shown, the last ones
_MOST_PAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A call that the lead was promised and that this would be."""

    at: datetime
    made_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadShown:
    """A lead before an agent's eyes, with what is known of it."""

    shown: Shown
    #: the attempt that was made of it and has no end yet
    attempt_id: str | None
    lead: Lead
    campaign_name: str
    list_name: str
    #: newest first
    past: Sequence[Attempt]
    times_passed_over: int
    promised: Promised | None


class PreviewStore:
    """The book of showings (`dialer.showing.PreviewBook`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show(
        self,
        campaign_id: str,
        agent: str,
        *,
        judge: Judge,
        pbx: str,
        now: datetime,
        until: datetime,
        grace: timedelta,
    ) -> Offer:
        """Take the next lead that may be called now, for this agent to look at until then."""
        return await self._database.write(
            lambda c: previewing.show(
                c, campaign_id, agent, judge=judge, pbx=pbx, now=now, until=until, grace=grace
            )
        )

    async def dial(
        self, shown_id: int, *, judge: Judge, pbx: str, now: datetime, by: By
    ) -> Attempt | Ruling | None:
        """Commit an attempt of a shown lead; see `dialer.showing.PreviewBook`."""
        return await self._database.write(
            lambda c: previewing.dial(c, shown_id, judge=judge, pbx=pbx, now=now, by=by)
        )

    async def end(self, shown_id: int, end: End) -> bool:
        """Put a shown lead back; False when it was ended before."""
        return await self._database.write(lambda c: previewing.end(c, shown_id, end))

    async def open_ones(self, pbx: str) -> list[Shown]:
        """What was being looked at when the service ended, oldest first."""
        return await self._database.read(lambda c: previewing.open_ones(c, pbx))

    async def shown_to(self, pbx: str, agent: str) -> LeadShown | None:
        """What the agent looks at now, or looked at before the call that is under way to it."""
        return await self._database.read(lambda c: _shown_to(c, pbx, agent))

    async def summary(self, campaign_id: str, since: datetime | None = None) -> PreviewSummary:
        """How a campaign's leads were looked at; of those shown since then."""
        return await self._database.read(lambda c: _summary(c, campaign_id, since))


def _shown_to(connection: Connection, pbx: str, agent: str) -> LeadShown | None:
    statement = (
        select(previews, campaigns.c.name)
        .join(campaigns, campaigns.c.id == previews.c.campaign_id)
        .outerjoin(attempts, attempts.c.id == previews.c.attempt_id)
        .where(
            previews.c.pbx == pbx,
            previews.c.agent == agent,
            or_(
                previews.c.ended_at.is_(None),
                and_(attempts.c.id.is_not(None), attempts.c.ended_at.is_(None)),
            ),
        )
        .order_by(previews.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _with_its_past(connection, row)


def _with_its_past(connection: Connection, row: Row[tuple[object, ...]]) -> LeadShown:
    lead_id = row.lead_id
    found = select(leads, lists.c.name.label("list_name")).join(
        lists, lists.c.id == leads.c.list_id
    )
    lead = connection.execute(found.where(leads.c.id == lead_id)).one()
    past = (
        select(attempts)
        .where(attempts.c.lead_id == lead_id, attempts.c.ended_at.is_not(None))
        .order_by(attempts.c.ordinal.desc())
        .limit(_MOST_PAST)
    )
    skips = select(func.count()).where(
        previews.c.lead_id == lead_id, previews.c.how == Ended.SKIPPED
    )
    promised = (
        select(callbacks)
        .where(
            callbacks.c.lead_id == lead_id,
            or_(
                callbacks.c.state == CallbackState.OPEN,
                callbacks.c.attempt_id == row.attempt_id,
            ),
        )
        .limit(1)
    )
    promise = connection.execute(promised).one_or_none()
    return LeadShown(
        shown=previewing.shown_of(row),
        attempt_id=row.attempt_id,
        lead=lead_of(lead),
        campaign_name=row.name,
        list_name=lead.list_name,
        past=[attempt_of(one) for one in connection.execute(past)],
        times_passed_over=connection.execute(skips).scalar_one(),
        promised=(
            Promised(at=promise.promised_at, made_by=promise.made_by, note=promise.note)
            if promise is not None
            else None
        ),
    )


def _summary(connection: Connection, campaign_id: str, since: datetime | None) -> PreviewSummary:
    where = [previews.c.campaign_id == campaign_id]
    if since is not None:
        where.append(previews.c.shown_at >= since)
    counted = (
        select(previews.c.how, previews.c.ended_by, func.count())
        .where(*where)
        .group_by(previews.c.how, previews.c.ended_by)
    )
    rows = connection.execute(counted).all()

    def of(*hows: Ended) -> int:
        return sum(count for how, _, count in rows if how in hows)

    looking = sum(count for how, _, count in rows if how is None)
    return PreviewSummary(
        shown=sum(count for how, _, count in rows if how != Ended.UNSEEN),
        looking=looking,
        dialed=of(Ended.DIALED),
        skipped=of(Ended.SKIPPED),
        refused=of(Ended.REFUSED),
        returned=of(Ended.RETURNED, Ended.LOST),
        timed_out=sum(count for _, by, count in rows if by == By.CLOCK),
        mean_look_seconds=_mean_look(connection, where),
    )


def _mean_look(connection: Connection, where: Sequence[ColumnElement[bool]]) -> float | None:
    """Of those that an agent decided; taken from the newest thousand."""
    statement = (
        select(previews.c.shown_at, previews.c.ended_at)
        .where(*where, previews.c.ended_by == By.AGENT)
        .order_by(previews.c.shown_at.desc())
        .limit(1000)
    )
    looks = [
        (ended_at - shown_at).total_seconds()
        for shown_at, ended_at in connection.execute(statement)
    ]
    return sum(looks) / len(looks) if looks else None
