"""How leads are taken to be dialed: whose turn it is, what the rules say, what is written.

All of it is one transaction, so that what the rules were asked with is what the attempt is
committed with. Three things hold at every moment, and the database itself refuses what would break
them: a lead has at most one attempt without an end, its attempts are numbered without a gap, and it
is `reserved` exactly while one is open.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from calls.events import ATTEMPT_PREFIX
from dialer.attempt import Attempt
from dialer.book import Reserved
from dialer.campaign import CampaignState
from dialer.lead import PRIORITY_WORTH, PROMISED, LeadState
from dialer.ruling import Candidate, Judge, Ruling, Seen
from storage import evidence, stale, turns
from storage.campaign_rows import attempt_row
from storage.tables import attempts, callbacks, campaigns, leads, list_zones, rulings

#: what is asked of a judge: `judge`, or `look` for who is not dialed yet
Ask: TypeAlias = Callable[[Candidate, Seen, Mapping[str, datetime], datetime], Ruling]
Ruled: TypeAlias = tuple[Row[Any], Ruling]

#: candidates looked at in one reservation beyond those wanted
_MOST_REFUSED = 500
#: a promised call whose agent is busy is tried again after so long
ASK_AGAIN = timedelta(seconds=5)


# --- done for every attempt, so built once: to build a statement costs more than to run it

#: held until the commit: a campaign that is being paused gives no more once it is paused
_RUNNING = (
    select(campaigns.c.id)
    .where(campaigns.c.id == bindparam("campaign"), campaigns.c.state == CampaignState.RUNNING)
    .with_for_update(read=True)
)
_TAKE = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(
        state=LeadState.RESERVED,
        attempts=leads.c.attempts + 1,
        # the promise is being kept: from here on it is a lead like others
        rank=-(leads.c.priority * PRIORITY_WORTH + leads.c.score),
        wanted_agent="",
        reason="",
    )
)
_REFUSE = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(state=bindparam("becomes"), next_at=bindparam("at"), reason=bindparam("because"))
)
_INTEND, _RULE = insert(attempts), insert(rulings)
_KEEP_PROMISE = (
    update(callbacks)
    .where(callbacks.c.lead_id == bindparam("lead"), callbacks.c.state == "open")
    .values(state="tried", attempt_id=bindparam("attempt"), tried_at=bindparam("now"))
)


def reserve(
    connection: Connection,
    campaign_id: str,
    count: int,
    *,
    judge: Judge,
    pbx: str,
    now: datetime,
    grace: timedelta,
    promised_only: bool,
) -> Reserved:
    """Take up to `count` leads of a running campaign that the rules allow, an attempt for each.

    A lead that wants one agent is taken only `grace` after its time. `promised_only`: nobody but
    those to whom a call is promised.
    """
    made: list[Attempt] = []

    def write(ruled: Sequence[Ruled]) -> None:
        made.extend(_write(connection, ruled, pbx=pbx, now=now))

    again = take(
        connection, campaign_id, count, judge=judge, ask=judge.judge, write=write, now=now,
        grace=grace, promised_only=promised_only,
    )  # fmt: skip
    return Reserved(made, again)


def take(
    connection: Connection,
    campaign_id: str,
    count: int,
    *,
    judge: Judge,
    ask: Ask,
    write: Callable[[Sequence[Ruled]], None],
    now: datetime,
    grace: timedelta,
    promised_only: bool = False,
) -> datetime | None:
    """Hand `write` the leads whose turn it is with what `ask` rules, until `count` are allowed.

    If they are fewer: when it pays to ask again.
    """
    if not is_running(connection, campaign_id):
        return None
    as_of = evidence.registers_as_of(connection, judge.registers)
    standing = judge.standing(as_of, now)
    if standing is not None:
        connection.execute(_RULE, [evidence.ruling_row(standing, None)])
        return standing.next_at
    turns.promote(connection, campaign_id, now)
    lists, zones = turns.turns_and_zones(connection, campaign_id)
    now_open = judge.zones({zone for found in zones.values() for zone in found}, now)
    taken = refused = 0
    while taken < count and refused < _MOST_REFUSED:
        wanted = count - taken
        found: list[Row[Any]] = []
        for turn in lists:
            for zone in sorted(zones[turn.list_id] & (now_open.open | {""})):
                found += turns.due(connection, turn.list_id, zone, now - grace, wanted)
        if promised_only:
            found = [row for row in found if row.rank <= PROMISED]
        if not found:
            break
        chosen = turns.in_turn(found, lists, wanted)
        ruled = ruled_on(connection, chosen, judge, ask, as_of, now)
        write(ruled)
        allowed = sum(ruling.allowed for _, ruling in ruled)
        taken += allowed
        refused += len(ruled) - allowed
        if allowed == len(ruled) < wanted:
            break  # every lead there was is taken
    if taken or refused:
        turns.keep_turns(connection, lists)
    if taken == count:
        return None
    again = [now_open.next_open_at, turns.next_waiting(connection, campaign_id)]
    open_zones = {list_id: found & (now_open.open | {""}) for list_id, found in zones.items()}
    if turns.somebody_is_promised(connection, open_zones):
        again.append(now + ASK_AGAIN)  # nothing else tells when the promised agent is free
    return min(filter(None, again), default=None)


def is_running(connection: Connection, campaign_id: str | None) -> bool:
    """Whether the campaign runs, and goes on doing so until the commit."""
    return connection.execute(_RUNNING, {"campaign": campaign_id}).one_or_none() is not None


def reserve_one(
    connection: Connection,
    lead_id: int,
    *,
    agent: str,
    judge: Judge,
    pbx: str,
    now: datetime,
) -> Attempt | Ruling | None:
    """An attempt of this very lead, which only `agent` may have; or the ruling that forbids it.

    None when the lead is not to be had: in another's hands, done, its time to come, or its campaign
    does not run.
    """
    campaign_id = connection.execute(
        select(leads.c.campaign_id).where(leads.c.id == lead_id)
    ).scalar_one_or_none()
    if not is_running(connection, campaign_id):
        return None
    row = connection.execute(turns.ONE, {"lead": lead_id, "agent": agent, "now": now}).one_or_none()
    if row is None:
        return None
    return attempt_of(connection, row, agent=agent, judge=judge, pbx=pbx, now=now)


def attempt_of(
    connection: Connection,
    row: Row[Any],
    *,
    agent: str,
    judge: Judge,
    pbx: str,
    now: datetime,
) -> Attempt | Ruling:
    """An attempt of the lead of this row, which only `agent` may have; or what forbids it."""
    as_of = evidence.registers_as_of(connection, judge.registers)
    standing = judge.standing(as_of, now)
    if standing is not None:
        connection.execute(_RULE, [evidence.ruling_row(standing, None)])
        return standing
    ruled = ruled_on(connection, [row], judge, judge.judge, as_of, now)
    made = _write(connection, ruled, pbx=pbx, now=now, agent=agent)
    return made[0] if made else ruled[0][1]


def ruled_on(
    connection: Connection,
    chosen: Sequence[Row[Any]],
    judge: Judge,
    ask: Ask,
    as_of: Mapping[str, datetime],
    now: datetime,
) -> list[Ruled]:
    """What the rules say of each of these leads, of one campaign."""
    candidates = [
        Candidate(lead_id=row.id, number=row.number, zone=row.zone, attempts=row.attempts)
        for row in chosen
    ]
    campaign_id = chosen[0].campaign_id
    seen = evidence.seen(connection, campaign_id, candidates, judge, now)
    return [
        (row, ask(candidate, seen[candidate.lead_id], as_of, now))
        for row, candidate in zip(chosen, candidates, strict=True)
    ]


def _write(
    connection: Connection,
    ruled: Sequence[Ruled],
    *,
    pbx: str,
    now: datetime,
    agent: str = "",
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
            wanted_agent=agent,
        )
        for row, ruling in ruled
        if ruling.allowed
    ]
    by_lead = {attempt.lead_id: attempt.id for attempt in made}
    if made:
        connection.execute(_TAKE, [{"lead": lead_id} for lead_id in by_lead])
        connection.execute(_INTEND, [attempt_row(attempt) for attempt in made])
        stale.mark(connection, stale.marks_of_attempts((a.pbx, a.campaign_id, now) for a in made))
        _keep_promises(connection, [a for a in made if _promised(ruled, a)], now)
    put_off(connection, ruled, now)
    keep_zones(connection, ruled)
    keep_rulings(connection, ruled, by_lead)
    return made


def put_off(connection: Connection, ruled: Sequence[Ruled], now: datetime) -> None:
    """Those of them who may not be dialed wait until they may, or are done."""
    refused = [
        {
            "lead": ruling.lead_id,
            "becomes": LeadState.DONE if ruling.next_at is None else LeadState.WAITING,
            "at": ruling.next_at or now,
            "because": ruling.reasons[0] if ruling.reasons else "",
        }
        for _, ruling in ruled
        if not ruling.allowed
    ]
    if refused:
        connection.execute(_REFUSE, refused)


def keep_rulings(
    connection: Connection, ruled: Sequence[Ruled], attempts_made: Mapping[int, str]
) -> None:
    """The proof, with the attempt that was made of a lead by it."""
    rows = [evidence.ruling_row(ruling, attempts_made.get(row.id)) for row, ruling in ruled]
    if rows:
        connection.execute(_RULE, rows)


def _promised(ruled: Sequence[Ruled], attempt: Attempt) -> bool:
    return any(row.id == attempt.lead_id and row.rank <= PROMISED for row, _ in ruled)


def _keep_promises(connection: Connection, made: Sequence[Attempt], now: datetime) -> None:
    for attempt in made:
        kept = {"lead": attempt.lead_id, "attempt": attempt.id, "now": now}
        connection.execute(_KEEP_PROMISE, kept)


def keep_zones(connection: Connection, ruled: Sequence[Ruled]) -> None:
    """Where a number is, now that somebody looked: the next time its zone is asked first."""
    found = [(row, ruling.zone) for row, ruling in ruled if row.zone != ruling.zone]
    for row, zone in found:
        connection.execute(update(leads).where(leads.c.id == row.id).values(zone=zone))
    for list_id, zone in {(row.list_id, zone) for row, zone in found}:
        there = select(list_zones.c.zone).where(
            list_zones.c.list_id == list_id, list_zones.c.zone == zone
        )
        if connection.execute(there).one_or_none() is None:
            connection.execute(insert(list_zones).values(list_id=list_id, zone=zone))
