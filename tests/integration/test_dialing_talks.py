"""What agents say of dialed talks, before both databases: the rows it leads to, crash or not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from calls.events import (
    AgentConnected,
    CallAnswered,
    CallDialed,
    CallEnded,
    QueueJoined,
    TalkDisposed,
    WrapUpEnded,
    from_body,
    to_body,
)
from dialer.attempt import Outcome
from dialer.callbacks import CallbackState
from dialer.campaign import CampaignState, RetryRule
from dialer.lead import Lead, LeadState
from monitoring.recorder import Recorder
from storage import tables
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.database import Database
from tests.integration.test_dialing import Office
from tests.unit.facts import PBX, at, fact


@pytest.fixture
def office(database: Database) -> Office:
    """A dialer in front of either database, with a campaign's agent at work."""
    made = Office(database)
    made.open_shop("1001")
    return made


async def _talked(office: Office) -> str:
    """The next lead is dialed, talks to the agent and hangs up; the attempt's id."""
    await office.dialing.turn()
    attempt_id = office.line.orders[-1].attempt_id
    of: dict[str, Any] = {"call_id": attempt_id, "at": office.now, "pbx": PBX}
    office.put(
        CallDialed(**of),
        CallAnswered(**of),
        QueueJoined(**of, queue="salida", position=1),
        AgentConnected(**of, queue="salida", agent="1001"),
        CallEnded(**of, cause=16, sip_code=200),
    )
    return attempt_id


def _said(
    attempt_id: str, code: str, promised_at: datetime | None = None, *, only_me: bool = False
) -> TalkDisposed:
    return fact(
        TalkDisposed, 60, agent="1001", call_id=attempt_id, disposition=code,
        promised_at=promised_at, only_me=only_me,
    )  # fmt: skip


def _ready(attempt_id: str) -> WrapUpEnded:
    return fact(WrapUpEnded, 61, agent="1001", call_id=attempt_id, how="agent")


async def _lead(office: Office, attempt_id: str) -> Lead:
    attempt = await office.store.attempt(attempt_id)
    assert attempt is not None
    lead = await office.store.lead(attempt.lead_id)
    assert lead is not None
    return lead


async def _listed(database: Database) -> list[tuple[str, str, str]]:
    listing = tables.do_not_call
    columns = (listing.c.number, listing.c.source, listing.c.added_by)
    return [tuple(row) for row in await database.rows(select(*columns).order_by(listing.c.number))]


async def test_a_sale_ends_the_lead_and_is_on_its_attempt(office: Office) -> None:
    await office.campaign(3)
    attempt_id = await _talked(office)
    office.put(_said(attempt_id, "sold"))
    await office.dialing.turn()
    attempt = await office.store.attempt(attempt_id)
    assert attempt is not None
    assert (attempt.outcome, attempt.disposition) == (Outcome.CONNECTED, "sold")
    lead = await _lead(office, attempt_id)
    assert (lead.state, lead.reason) == (LeadState.DONE, "sold")
    (count,) = await office.store.disposition_counts("c")
    assert (count.code, count.talks, count.contacts) == ("sold", 1, 1)


async def test_the_wrong_person_is_dialed_again_and_was_no_contact(office: Office) -> None:
    await office.campaign(3)
    attempt_id = await _talked(office)
    office.put(_said(attempt_id, "wrong_person"))
    await office.dialing.turn()
    lead = await _lead(office, attempt_id)
    assert (lead.state, lead.next_at) == (LeadState.WAITING, at(24 * 3600))
    (count,) = await office.store.disposition_counts("c")
    assert (count.talks, count.contacts) == (1, 0)


async def test_a_lead_that_had_all_its_attempts_is_done_unless_a_call_is_promised(
    office: Office,
) -> None:
    await office.campaign(2, RetryRule(max_attempts=1))
    first = await _talked(office)
    office.put(_said(first, "wrong_person"), _ready(first))
    await office.dialing.turn()
    assert (await _lead(office, first)).state is LeadState.DONE
    second = await _talked(office)
    assert second != first
    office.put(_said(second, "call_back", at(3600)))
    await office.dialing.turn()
    assert (await _lead(office, second)).state is LeadState.WAITING


async def test_a_promise_goes_first_at_its_time_for_the_agent_who_gave_it(office: Office) -> None:
    await office.campaign(3)
    attempt_id = await _talked(office)
    office.put(_said(attempt_id, "call_back", at(3600), only_me=True))
    await office.dialing.turn()
    lead = await _lead(office, attempt_id)
    assert (lead.state, lead.next_at, lead.wanted_agent) == (LeadState.WAITING, at(3600), "1001")
    (kept,) = (await office.store.callbacks("c")).callbacks
    promise = kept.callback
    assert (promise.agent, promise.made_by, promise.state) == ("1001", "1001", CallbackState.OPEN)
    assert (promise.promised_at, promise.lead_id) == (at(3600), lead.id)
    (owed,) = await office.store.owed("c")
    assert (owed.at, owed.agent) == (at(3600), "1001")


async def test_who_wants_no_calls_is_listed_at_once_with_every_number(
    office: Office, database: Database
) -> None:
    await office.campaign(2)
    attempt_id = await _talked(office)
    lead = await _lead(office, attempt_id)
    second = tables.phones.insert().values(
        lead_id=lead.id, ordinal=1, campaign_id="c", number="5712345678", zone="", label="casa",
        dead=0,
    )  # fmt: skip
    await database.write(lambda connection: connection.execute(second))
    office.put(_said(attempt_id, "do_not_call"))
    await office.dialing.turn()
    assert await _listed(database) == [
        ("5712345678", "agent", "1001"),
        (lead.number, "agent", "1001"),
    ]
    lead = await _lead(office, attempt_id)
    assert (lead.state, lead.reason) == (LeadState.DONE, "do_not_call")


async def test_what_was_said_waits_for_the_end_of_the_attempt(office: Office) -> None:
    await office.campaign(2)
    await office.dialing.turn()
    attempt_id = office.line.orders[-1].attempt_id
    of: dict[str, Any] = {"call_id": attempt_id, "at": office.now, "pbx": PBX}
    office.put(
        CallAnswered(**of), AgentConnected(**of, queue="salida", agent="1001"),
        _said(attempt_id, "call_back", at(3600)),
    )  # fmt: skip
    await office.dialing.turn()
    assert (await _lead(office, attempt_id)).state is LeadState.RESERVED
    office.put(CallEnded(**of, cause=16, sip_code=200))
    await office.dialing.turn()
    assert (await _lead(office, attempt_id)).next_at == at(3600)


async def test_a_crash_between_the_fact_and_the_row_loses_nothing_and_doubles_nothing(
    office: Office, database: Database
) -> None:
    await office.campaign(2)
    attempt_id = await _talked(office)
    await office.dialing.turn()
    office.put(_said(attempt_id, "call_back", at(3600)))  # and the process dies
    told = [one for one in office.facts if getattr(one, "call_id", "") == attempt_id]
    for _ in range(2):
        again = Office(database)
        again.now = at(120)
        again.put(*told)
        await again.dialing.recover()
        await again.dialing.turn()
    assert len((await office.store.callbacks("c")).callbacks) == 1
    assert (await _lead(office, attempt_id)).next_at == at(3600)


async def test_what_left_the_journal_unwritten_is_found_among_the_records(
    office: Office, database: Database
) -> None:
    class Forgetful:
        id = "journal"

        async def forget(self, seqs: object) -> None:
            """As the journal: these rows are safe in the database."""

    await office.campaign(2)
    attempt_id = await _talked(office)
    await office.dialing.turn()
    office.facts.append(_said(attempt_id, "call_back", at(3600)))  # told, never heard by the dialer
    recorder = Recorder(Forgetful(), CallStore(database), AgentStateStore(database))
    for seq, one in enumerate(office.facts):
        recorder.fold(replace(office.tracker.apply(one), seq=seq if one.durable else None))
    await recorder.ship_now()
    again = Office(database)
    again.now = at(120)
    await again.dialing.recover()
    await again.dialing.turn()
    lead = await _lead(again, attempt_id)
    assert (lead.state, lead.next_at) == (LeadState.WAITING, at(3600))
    assert await again.store.unwritten_talks(PBX, at(0)) == []


async def test_a_campaign_that_finished_too_early_goes_on_for_the_promise(office: Office) -> None:
    await office.campaign(1)
    attempt_id = await _talked(office)
    await office.dialing.turn()
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.FINISHED
    office.put(_said(attempt_id, "call_back", at(3600)), _ready(attempt_id))
    await office.dialing.turn()
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.RUNNING
    office.now = at(3600)
    await office.dialing.turn()
    assert len(office.line.orders) == 2
    assert (await _lead(office, attempt_id)).state is LeadState.RESERVED


async def test_nonsense_is_dropped_and_dialing_goes_on(office: Office) -> None:
    await office.campaign(3)
    attempt_id = await _talked(office)
    office.put(_said(attempt_id, "no_such_code"), _said("attempt-unknown", "sold"))
    office.put(_ready(attempt_id))
    await office.dialing.turn()
    attempt = await office.store.attempt(attempt_id)
    assert attempt is not None
    assert attempt.disposition == ""
    assert len(office.line.orders) == 2


def test_what_was_said_comes_through_the_journal_as_it_was() -> None:
    for said in (_said("attempt-1", "call_back", at(3600), only_me=True), _said("a", "sold")):
        assert from_body("TalkDisposed", json.loads(json.dumps(to_body(said)))) == said
