"""Ticket numbers that nobody has twice, and telling the operator's system until it knows."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from calls.errors import Linea800Error
from calls.events import TicketOpened
from customers.ticket_numbers import IN_HAND, TicketNumbers, is_number, ticket_number
from customers.tickets import Ticket, TicketState, changed, due
from ivr.neighbours import TicketWanted
from ivr.services import Answer, FrontOffice, Question, Service
from linea800.ticket_office import DOWN_AFTER, SERVICE, TicketOffice, telling
from storage.calls import CallStore
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.tickets import TicketFilter, TicketStore
from tests.integration.api_house import Clock
from tests.unit.facts import PBX, START, at

WHERE: dict[str, Any] = {"zone": "America/Bogota", "country": "CO"}


@pytest.fixture
def store(database: Database) -> TicketStore:
    return TicketStore(database)


def numbers_of(store: TicketStore) -> TicketNumbers:
    return TicketNumbers(store.take_numbers, lambda: 2026)


async def an_office(store: TicketStore, clock: Clock | None = None) -> TicketOffice:
    numbers = numbers_of(store)
    await numbers.fill()
    return TicketOffice(PBX, numbers, store, None, clock or Clock())


def opened(office: TicketOffice, call: int = 0, **values: Any) -> TicketOpened:
    wanted = TicketWanted(kind="claim", reason="billing", working_days=15, **WHERE, **values)
    fact = office.open(f"call-{call}", wanted)
    assert fact is not None
    return fact


async def keep(database: Database, *facts: TicketOpened) -> None:
    journal = facts[0].call_id
    await CallStore(database).save([], [(journal, seq, fact) for seq, fact in enumerate(facts)])


# --- numbers


async def test_two_hundred_tickets_at_once_have_two_hundred_numbers(
    database: Database, store: TicketStore
) -> None:
    offices = [await an_office(store) for _ in range(4)]  # four processes on one database

    async def call(number: int) -> TicketOpened:
        await asyncio.sleep(0)
        return opened(offices[number % 4], number)

    facts = await asyncio.gather(*(call(number) for number in range(200)))
    # four recorders ship them
    await asyncio.gather(*(keep(database, *facts[which::4]) for which in range(4)))
    assert len({fact.number for fact in facts}) == 200
    assert all(is_number(fact.number) for fact in facts)
    page = await store.page(TicketFilter(), START, limit=1000)
    assert {ticket.number for ticket in page.tickets} == {fact.number for fact in facts}


async def test_blocks_taken_at_the_same_time_never_overlap(store: TicketStore) -> None:
    firsts = await asyncio.gather(*(store.take_numbers(2026, 50) for _ in range(40)))
    assert sorted(firsts) == list(range(1, 2001, 50))
    assert await store.take_numbers(2027, 50) == 1


async def test_two_processes_with_connections_of_their_own(postgres_url: str) -> None:
    async with (
        await Database.open(postgres_url) as one,
        await Database.open(postgres_url) as other,
    ):
        firsts = await asyncio.gather(
            *(TicketStore(database).take_numbers(2026, 7) for database in (one, other) * 30)
        )
    assert sorted(firsts) == list(range(1, 421, 7))


async def test_a_ticket_is_opened_without_a_database(
    store: TicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    office = await an_office(store)
    monkeypatch.setattr(Database, "write", away)
    monkeypatch.setattr(Database, "read", away)
    facts = [opened(office, call) for call in range(300)]
    assert len({fact.number for fact in facts}) == 300
    assert facts[0].due_at == due(START, 15, **WHERE)
    with pytest.raises(DatabaseUnavailableError):
        await store.take_numbers(2026, 1)


async def test_when_the_last_number_is_gone_a_person_has_to_help(store: TicketStore) -> None:
    numbers = numbers_of(store)
    await numbers.fill()
    for _ in range(IN_HAND):
        assert numbers.take() is not None
    office = TicketOffice(PBX, numbers, store, None, Clock())
    wanted = TicketWanted(kind="claim", reason="", working_days=1, **WHERE)
    assert office.open("x", wanted) is None


async def test_what_a_caller_is_told_of_a_ticket(database: Database, store: TicketStore) -> None:
    fact = opened(await an_office(store))
    await keep(database, fact)
    await store.change(fact.number, lambda one: changed(one, START, state=TicketState.IN_PROGRESS))
    status = await store.status(fact.number)
    assert status is not None
    assert (status.state, status.kind, status.due_at) == ("in_progress", "claim", fact.due_at)
    assert await store.status(ticket_number(2026, 77)) is None
    assert await store.status("1234") is None
    assert await store.change(ticket_number(2026, 77), lambda one: one) is None


# --- telling


class Crm:
    """The operator's system: notes what it is told, under the ticket's number."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.asked: list[str] = []
        self.down = False
        self.dislikes: set[str] = set()

    async def tell(self, ticket: Ticket) -> str:
        self.asked.append(ticket.number)
        if self.down or ticket.number in self.dislikes:
            raise Linea800Error("no")
        return self.known.setdefault(ticket.number, f"CRM-{len(self.known) + 1}")


async def test_each_ticket_is_told_once(database: Database, store: TicketStore) -> None:
    office, crm = await an_office(store), Crm()
    facts = [opened(office, call) for call in range(3)]
    await keep(database, *facts)
    for _ in range(3):
        await office.look(crm.tell)
    assert crm.asked == [fact.number for fact in facts]
    ticket = await store.get(facts[0].number)
    assert ticket is not None
    assert (ticket.told_as, ticket.told_at, ticket.told_tries) == ("CRM-1", START, 1)
    assert (await store.counts(START)).untold == 0


async def test_a_system_that_is_down_for_hours_is_told_when_it_is_back(
    database: Database, store: TicketStore
) -> None:
    clock, crm = Clock(), Crm()
    office = await an_office(store, clock=clock)
    facts = [opened(office, call) for call in range(20)]
    await keep(database, *facts)
    crm.down = True
    await office.look(crm.tell)
    assert len(crm.asked) == DOWN_AFTER, "the rest need not wait for its timeout, too"
    for _ in range(12):
        clock.advance(900)
        await office.look(crm.tell)
    asked = len(crm.asked)
    assert asked == 13 * DOWN_AFTER
    crm.down = False
    for _ in range(3):
        clock.advance(300)
        await office.look(crm.tell)
    assert set(crm.known) == {fact.number for fact in facts}
    assert len(crm.asked) == asked + 20, "none was told twice"


async def test_one_that_is_disliked_does_not_keep_the_others(
    database: Database, store: TicketStore
) -> None:
    clock, crm = Clock(), Crm()
    office = await an_office(store, clock=clock)
    facts = [opened(office, call) for call in range(8)]
    await keep(database, *facts)
    crm.dislikes = {fact.number for fact in facts[:DOWN_AFTER]}
    for _ in range(2):
        await office.look(crm.tell)
    assert set(crm.known) == {fact.number for fact in facts[DOWN_AFTER:]}
    before = len(crm.asked)
    await office.look(crm.tell)
    assert len(crm.asked) == before, "the disliked ones wait for their turn"
    clock.advance(2)
    await office.look(crm.tell)
    assert len(crm.asked) == before + DOWN_AFTER
    ticket = await store.get(facts[0].number)
    assert ticket is not None
    assert (ticket.told_at, ticket.told_tries) == (None, 2)


async def test_told_and_not_noted_is_not_told_again(
    database: Database, store: TicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, crm = await an_office(store), Crm()
    await keep(database, opened(office))

    async def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(TicketStore, "told", away)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailableError):
                await office.look(crm.tell)
    await office.look(crm.tell)
    assert len(crm.asked) == 1
    assert (await store.counts(START)).untold == 0


async def test_a_restart_goes_on_and_another_switch_tells_its_own(
    database: Database, store: TicketStore
) -> None:
    clock, crm = Clock(), Crm()
    fact = opened(await an_office(store, clock=clock))
    await keep(database, fact)
    crm.down = True
    await (await an_office(store, clock=clock)).look(crm.tell)
    crm.down = False
    other = TicketOffice("pbx2", numbers_of(store), store, None, clock)
    await other.look(crm.tell)
    assert crm.known == {}
    await (await an_office(store, clock=clock)).look(crm.tell)
    assert list(crm.known) == [fact.number]


async def test_the_background_tells_and_survives_a_database_that_is_away(
    database: Database, store: TicketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linea800.ticket_office.LOOK_SECONDS", 0.001)
    crm, numbers = Crm(), numbers_of(store)
    office = TicketOffice(PBX, numbers, store, crm.tell, Clock())
    looks = 0
    untold = store.untold

    async def fails_first(pbx: str, limit: int) -> list[Ticket]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise DatabaseUnavailableError("away")
        return await untold(pbx, limit)

    monkeypatch.setattr(store, "untold", fails_first)
    running = asyncio.create_task(office.run())
    try:
        async with asyncio.timeout(60):
            while not numbers.in_hand:  # noqa: ASYNC110 - they tell nobody
                await asyncio.sleep(0.001)
            fact = opened(office)
            await keep(database, fact)
            while fact.number not in crm.known:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.001)
    finally:
        running.cancel()


class Office(FrontOffice):
    """Answers as it is told to."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[Question] = []

    def services(self) -> dict[str, Service]:
        """None."""
        return {}

    async def ask(self, question: Question) -> Answer:
        """Note it."""
        self.asked.append(question)
        return self.answer


async def test_it_is_told_by_a_service_under_the_tickets_number(
    database: Database, store: TicketStore
) -> None:
    office = await an_office(store)
    fact = opened(office, account="4711", phone="573001234567")
    await keep(database, fact)
    refusing = Office(Answer("refused"))
    await office.look(telling(refusing))
    assert (await store.counts(START)).untold == 1
    taking = Office(Answer("done", {"reference": "A-1"}))
    await (await an_office(store)).look(telling(taking))
    ticket = await store.get(fact.number)
    assert ticket is not None
    assert (ticket.told_as, ticket.told_tries) == ("A-1", 2)
    (question,) = taking.asked
    assert (question.service, question.key) == (SERVICE, fact.number)
    assert question.arguments["account"] == "4711"
    assert datetime.fromisoformat(str(question.arguments["due_at"])) == fact.due_at
    assert at(0) == START
