"""Tickets: where they may go, who may take them, and until when they are to be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from customers.tickets import (
    MOVES,
    TakenError,
    Ticket,
    TicketMoveError,
    TicketState,
    UnansweredError,
    changed,
    due,
    taken,
)
from tests.unit.facts import CALL, PBX, START

TICKET = Ticket(
    number="2600001233", pbx=PBX, call_id=CALL, kind="claim", reason="billing", account="4711",
    customer_id=7, phone="573001234567", recording="", state=TicketState.OPEN, owner="",
    answer="", opened_at=START, due_at=START + timedelta(days=15),
)  # fmt: skip
LATER = START + timedelta(hours=1)


@pytest.mark.parametrize(("before", "wanted"), list(product(TicketState, TicketState)))
def test_every_way_is_in_the_table(before: TicketState, wanted: TicketState) -> None:
    ticket = replace(TICKET, state=before, answer="Se ajustó la factura.")
    if wanted is before:
        assert changed(ticket, LATER, state=wanted) == ticket
    elif wanted in MOVES[before]:
        assert changed(ticket, LATER, state=wanted).state is wanted
    else:
        with pytest.raises(TicketMoveError, match="cannot become"):
            changed(ticket, LATER, state=wanted)


def test_a_whole_life_and_another_one() -> None:
    mine = taken(TICKET, "1001")
    assert (mine.owner, mine.state) == ("1001", TicketState.IN_PROGRESS)
    with pytest.raises(UnansweredError):
        changed(mine, LATER, state=TicketState.SOLVED)
    solved = changed(mine, LATER, state=TicketState.SOLVED, answer="Listo.")
    assert (solved.solved_at, solved.ended_at) == (LATER, None)
    closed = changed(solved, LATER, state=TicketState.CLOSED)
    assert (closed.solved_at, closed.ended_at) == (LATER, LATER)
    again = changed(closed, LATER, state=TicketState.OPEN)
    assert (again.solved_at, again.ended_at, again.answer) == (None, None, "Listo.")


def test_a_ticket_has_one_owner() -> None:
    mine = taken(TICKET, "1001")
    assert taken(mine, "1001") == mine
    with pytest.raises(TakenError, match="1001"):
        taken(mine, "1002")
    assert taken(changed(mine, LATER, owner=""), "1002").owner == "1002"
    with pytest.raises(TicketMoveError):
        taken(replace(TICKET, state=TicketState.CLOSED), "1001")


def test_overdue_is_what_nobody_solved_in_time() -> None:
    late = TICKET.due_at + timedelta(seconds=1)
    assert not TICKET.overdue(TICKET.due_at)
    assert TICKET.overdue(late)
    assert not replace(TICKET, state=TicketState.SOLVED).overdue(late)


@pytest.mark.parametrize(
    ("opened", "days", "zone", "country", "expected"),
    [
        # a Monday, with nothing in between
        ("2026-03-02T15:00:00Z", 1, "America/Bogota", "CO", "2026-03-04T04:59:59Z"),
        ("2026-03-02T15:00:00Z", 0, "America/Bogota", "CO", "2026-03-03T04:59:59Z"),
        # a Friday: the weekend does not count
        ("2026-03-06T15:00:00Z", 1, "America/Bogota", "CO", "2026-03-10T04:59:59Z"),
        # opened on a Saturday
        ("2026-03-07T15:00:00Z", 1, "America/Bogota", "CO", "2026-03-10T04:59:59Z"),
        # it is Sunday in UTC and Saturday in Bogota; both give Monday
        ("2026-03-08T02:00:00Z", 1, "America/Bogota", "CO", "2026-03-10T04:59:59Z"),
        # late on Monday in Bogota is Tuesday in UTC
        ("2026-03-03T04:30:00Z", 1, "America/Bogota", "CO", "2026-03-04T04:59:59Z"),
        # Holy Thursday and Good Friday of 2026: 2 and 3 April
        ("2026-04-01T15:00:00Z", 1, "America/Bogota", "CO", "2026-04-07T04:59:59Z"),
        # fifteen working days from 2 March, with Saint Joseph's on the 23rd
        ("2026-03-02T15:00:00Z", 15, "America/Bogota", "CO", "2026-03-25T04:59:59Z"),
        # Argentina's own holidays: 23 and 24 March
        ("2026-03-20T15:00:00Z", 1, "America/Argentina/Buenos_Aires", "AR", None),
        # over the New Year
        ("2026-12-31T15:00:00Z", 1, "America/Bogota", "CO", "2027-01-05T04:59:59Z"),
        # the clock goes forward in Chile: the day still ends at its end
        ("2026-09-04T15:00:00Z", 1, "America/Santiago", "CL", "2026-09-08T02:59:59Z"),
    ],
)
def test_due_is_the_end_of_the_last_working_day(
    opened: str, days: int, zone: str, country: str, expected: str | None
) -> None:
    found = due(datetime.fromisoformat(opened), days, zone, country)
    assert found.tzinfo is UTC
    assert found == datetime.fromisoformat(expected or "2026-03-26T02:59:59Z")
