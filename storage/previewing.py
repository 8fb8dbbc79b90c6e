"""How leads are shown to agents who decide: taken with a lease, dialed, or put back.

Each function is one transaction. A lead is `previewed` exactly while a row of `previews` has no
end; whatever ends the row says what becomes of the lead. Nobody is shown a lead that may not be
called now, and the rules are asked again in the transaction that commits the attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from dialer.attempt import Attempt
from dialer.lead import LeadState
from dialer.ruling import Judge, Ruling
from dialer.showing import PASSED_OVER, By, End, Ended, Offer, Shown
from storage import evidence, reserving, turns
from storage.disposing import take_back
from storage.tables import callbacks, leads, previews

#: a showing that nobody has ended so long after its time was lost by whoever had to
LEASE = timedelta(seconds=60)

_OPEN = previews.c.ended_at.is_(None)
_PROMISED_TO = (
    select(callbacks.c.agent)
    .where(callbacks.c.lead_id == leads.c.id, callbacks.c.state == "open")
    .limit(1)
    .scalar_subquery()
)
#: the agent who looked has no right to the lead any more; who was promised keeps theirs
_WANTED_AGAIN = {"wanted_agent": func.coalesce(_PROMISED_TO, "")}
#: a promised call that is due and this agent's: before every list
_OWED_TO_AGENT = (
    turns.CANDIDATE.where(
        leads.c.id.in_(
            select(callbacks.c.lead_id).where(
                callbacks.c.campaign_id == bindparam("campaign"),
                callbacks.c.state == "open",
                callbacks.c.agent == bindparam("agent"),
            )
        ),
        leads.c.wanted_agent == bindparam("agent"),
        leads.c.state.in_((LeadState.READY, LeadState.WAITING)),
        leads.c.next_at <= bindparam("now"),
    )
    .order_by(leads.c.next_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SHOW = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(
        state=LeadState.PREVIEWED, next_at=bindparam("lease"), wanted_agent=bindparam("shown_to")
    )
)


def show(
    connection: Connection,
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
    _end_those_lost(connection, campaign_id, pbx, agent, now)
    shown: list[Shown] = []

    def write(ruled: Sequence[reserving.Ruled]) -> None:
        refused = [one for one in ruled if not one[1].allowed]
        reserving.put_off(connection, refused, now)
        reserving.keep_zones(connection, ruled)
        reserving.keep_rulings(connection, refused, {})
        for row, ruling in ruled:
            if ruling.allowed:
                shown.append(_shown(connection, row, agent, pbx, now, until))

    owed = {"campaign": campaign_id, "agent": agent, "now": now}
    while row := connection.execute(_OWED_TO_AGENT, owed).one_or_none():
        if not reserving.is_running(connection, campaign_id):
            return Offer(None)
        as_of = evidence.registers_as_of(connection, judge.registers)
        if judge.standing(as_of, now) is not None:
            break  # and it is kept below
        write(reserving.ruled_on(connection, [row], judge, judge.look, as_of, now))
        if shown:
            return Offer(shown[0])
    again = reserving.take(
        connection, campaign_id, 1, judge=judge, ask=judge.look, write=write, now=now, grace=grace
    )
    if shown:
        return Offer(shown[0])
    lease = select(func.min(leads.c.next_at)).where(
        leads.c.campaign_id == campaign_id, leads.c.state == LeadState.PREVIEWED
    )
    lost_at = connection.execute(lease).scalar_one()
    return Offer(None, min(filter(None, (again, lost_at)), default=None))


def _shown(
    connection: Connection, row: Row[Any], agent: str, pbx: str, now: datetime, until: datetime
) -> Shown:
    connection.execute(_SHOW, [{"lead": row.id, "lease": until + LEASE, "shown_to": agent}])
    made = (
        insert(previews)
        .values(
            pbx=pbx, campaign_id=row.campaign_id, lead_id=row.id, agent=agent, shown_at=now,
            until=until, due_at=row.next_at, reason="",
        )
        .returning(previews)
    )  # fmt: skip
    return shown_of(connection.execute(made).one())


def dial(
    connection: Connection, shown_id: int, *, judge: Judge, pbx: str, now: datetime, by: By
) -> Attempt | Ruling | None:
    """Commit an attempt of a shown lead that only its agent may have; the rules asked again.

    The ruling that forbids it; None when the lead is not the agent's any more, or its campaign does
    not run.
    """
    showing = connection.execute(_open_one(shown_id)).one_or_none()
    if showing is None or not reserving.is_running(connection, showing.campaign_id):
        return None
    theirs = turns.CANDIDATE.where(
        leads.c.id == showing.lead_id,
        leads.c.state == LeadState.PREVIEWED,
        leads.c.wanted_agent == showing.agent,
    ).with_for_update()
    lead = connection.execute(theirs).one_or_none()
    if lead is None:
        _close(connection, shown_id, End(how=Ended.LOST, by=By.SERVICE, at=now))
        return None
    found = reserving.attempt_of(
        connection, lead, agent=showing.agent, judge=judge, pbx=pbx, now=now
    )
    if isinstance(found, Attempt):
        _close(connection, shown_id, End(how=Ended.DIALED, by=by, at=now), found.id)
        return found
    _close(connection, shown_id, End(how=Ended.REFUSED, by=by, at=now))
    # back to its place when the campaign as a whole must not dial; else put off by the ruling
    _back(connection, showing, next_at=showing.due_at)
    given_up = update(leads).where(leads.c.id == showing.lead_id).values(_WANTED_AGAIN)
    connection.execute(given_up)
    return found


def end(connection: Connection, shown_id: int, end: End) -> bool:
    """Put a shown lead back as its end says; False when it was ended before."""
    showing = connection.execute(_open_one(shown_id)).one_or_none()
    if showing is None:
        return False
    _close(connection, shown_id, end)
    if end.how is not Ended.SKIPPED:
        _back(connection, showing, next_at=showing.due_at)
        return True
    counted = select(func.count()).where(
        previews.c.lead_id == showing.lead_id, previews.c.how == Ended.SKIPPED
    )
    skips = connection.execute(counted).scalar_one()
    over = skips >= end.most_skips or end.again_at is None
    state = LeadState.DONE if over else LeadState.WAITING
    if over:
        take_back(connection, showing.lead_id, end.at)  # nobody will make it
    next_at = end.again_at or end.at
    _back(connection, showing, state=state, next_at=next_at, reason=PASSED_OVER)
    return True


def open_ones(connection: Connection, pbx: str) -> list[Shown]:
    """What has no end, oldest first."""
    statement = select(previews).where(previews.c.pbx == pbx, _OPEN).order_by(previews.c.id)
    return [shown_of(row) for row in connection.execute(statement)]


def shown_of(row: Row[Any]) -> Shown:
    """The showing of a row."""
    return Shown(
        id=row.id,
        campaign_id=row.campaign_id,
        lead_id=row.lead_id,
        agent=row.agent,
        shown_at=row.shown_at,
        until=row.until,
    )


def _end_those_lost(
    connection: Connection, campaign_id: str, pbx: str, agent: str, now: datetime
) -> None:
    """Leases that are over, and whatever this agent looked at before: nobody ended it."""
    statement = (
        select(previews.c.id)
        .where(
            _OPEN,
            or_(
                (previews.c.campaign_id == campaign_id) & (previews.c.until <= now - LEASE),
                (previews.c.pbx == pbx) & (previews.c.agent == agent),
            ),
        )
        .with_for_update(skip_locked=True)
    )
    for shown_id in connection.execute(statement).scalars().all():
        end(connection, shown_id, End(how=Ended.LOST, by=By.SERVICE, at=now))


def _open_one(shown_id: int) -> Any:
    return select(previews).where(previews.c.id == shown_id, _OPEN).with_for_update()


def _close(connection: Connection, shown_id: int, end: End, attempt_id: str | None = None) -> None:
    connection.execute(
        update(previews)
        .where(previews.c.id == shown_id)
        .values(
            ended_at=end.at, how=end.how, ended_by=end.by, reason=end.reason,
            attempt_id=attempt_id,
        )
    )  # fmt: skip


def _back(
    connection: Connection,
    showing: Row[Any],
    *,
    next_at: datetime,
    state: LeadState = LeadState.WAITING,
    **values: Any,
) -> None:
    """The lead is nobody's; what somebody else made of it meanwhile stays."""
    connection.execute(
        update(leads)
        .where(leads.c.id == showing.lead_id, leads.c.state == LeadState.PREVIEWED)
        .values(state=state, next_at=next_at, **_WANTED_AGAIN, **values)
    )
