"""Calls of long ago lose whose they were: numbers, names and accounts go, what was counted stays.

The customer's id stays: it says nothing once the customer is forgotten, and `/metrics/customers`
counts by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, or_, select, tuple_, update

from calls.call import Direction
from calls.events import (
    AttemptStarted,
    CallArrived,
    CallbackAsked,
    CustomerKnown,
    TicketOpened,
)
from storage.tables import call_facts, calls

#: rows of one transaction: each call has some facts to be looked through
_AT_ONCE = 200
#: by the kind of a fact: what of it says who it was. Of who called in, the number called is ours
_OF_PERSONS: Mapping[str, tuple[str, ...]] = {
    CallArrived.__name__: ("caller_number", "caller_name"),
    AttemptStarted.__name__: ("number_called",),
    CallbackAsked.__name__: ("number",),
    CustomerKnown.__name__: ("account",),
    TicketOpened.__name__: ("phone", "account"),
}


def with_persons(
    campaign_id: str, before: datetime, since: datetime | None = None
) -> Select[tuple[str, str, datetime]]:
    """SELECT the keys of calls that ended before a moment and still say whose they were.

    Those that were dialed for a campaign, or ("") those that came in; and when each came.
    """
    columns = calls.c
    said = [columns.caller_name != "", columns.account != ""]
    if campaign_id:
        # the number that called is ours
        said.append(columns.number_called != "")
    else:
        said.append(columns.caller_number != "")
    found = select(columns.pbx, columns.call_id, columns.arrived_at).where(
        columns.campaign_id == campaign_id,
        columns.direction == (Direction.DIALED if campaign_id else Direction.INBOUND),
        columns.arrived_at < before,
        columns.ended_at < before,
        or_(*said),
    )
    return found if since is None else found.where(columns.arrived_at >= since)


def without_persons(
    connection: Connection, campaign_id: str, before: datetime, since: datetime | None
) -> tuple[int, datetime | None]:
    """Take them out of some of these calls and their facts: how many, and when the last came.

    Nothing is left of before `since`.
    """
    some = with_persons(campaign_id, before, since).order_by(calls.c.arrived_at)
    rows = connection.execute(some.limit(_AT_ONCE)).all()
    if not rows:
        return 0, since
    keys = [(row.pbx, row.call_id) for row in rows]
    nobody = {"caller_name": "", "account": ""}
    nobody |= {"number_called": ""} if campaign_id else {"caller_number": ""}
    theirs = tuple_(calls.c.pbx, calls.c.call_id).in_(keys)
    connection.execute(update(calls).where(theirs).values(nobody))
    _facts_without(connection, keys)
    return len(rows), rows[-1].arrived_at


def _facts_without(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    facts = call_facts.c
    told = select(call_facts).where(
        tuple_(facts.pbx, facts.call_id).in_(keys), facts.kind.in_(sorted(_OF_PERSONS))
    )
    changed = []
    for fact in connection.execute(told):
        body = dict(fact.body)
        body |= {name: "" for name in _OF_PERSONS[fact.kind] if name in body}
        if body != fact.body:
            row = {"its_pbx": fact.pbx, "its_journal": fact.journal, "its_seq": fact.seq}
            changed.append({**row, "body": body})
    if changed:
        this = (
            (facts.pbx == bindparam("its_pbx"))
            & (facts.journal == bindparam("its_journal"))
            & (facts.seq == bindparam("its_seq"))
        )
        connection.execute(update(call_facts).where(this), changed)
