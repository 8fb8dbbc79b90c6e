"""Leads shown to agents: each to one, with a lease; dialed by the rules, or put back."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from dialer.attempt import Attempt
from dialer.book import LeadCounts
from dialer.callbacks import CallbackState
from dialer.campaign import CampaignState
from dialer.lead import Lead, LeadState
from dialer.ruling import Candidate, Ruling, Seen
from dialer.showing import By, End, Ended, Shown
from simulator.unruled import Unruled
from storage import tables
from storage.callbacks import LeadBusyError
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.errors import DatabaseRefusedError
from storage.previewing import LEASE
from storage.previews import PreviewStore
from tests.integration.test_storage_campaigns import LATER, NOW, campaign, people
from tests.unit.judges import reserved

PBX = "pbx1"
LOOK = timedelta(seconds=30)
JUDGE = Unruled(campaign())


class Strict(Unruled):
    """Refuses some numbers: when they are looked at, and when they are to be dialed."""

    def __init__(self, *, at_look: Collection[str] = (), at_dial: Collection[str] = ()) -> None:
        super().__init__(campaign())
        self._at_look = at_look
        self._at_dial = at_dial
        self.again: datetime | None = LATER

    def judge(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        return self._ruled(super().judge(candidate, seen, registers, now), self._at_dial)

    def look(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        ruling = Unruled(campaign()).judge(candidate, seen, registers, now)
        return self._ruled(ruling, self._at_look)

    def _ruled(self, ruling: Ruling, refused: Collection[str]) -> Ruling:
        if ruling.number not in refused:
            return ruling
        reasons = ("outside_hours",)
        return replace(ruling, allowed=False, reasons=reasons, next_at=self.again)


class Desk:
    """The store, and a running campaign of so many leads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.campaigns, self.previews = CampaignStore(database), PreviewStore(database)

    async def show(
        self, agent: str = "1001", now: datetime = NOW, judge: Unruled = JUDGE
    ) -> Shown | None:
        """The next lead for this agent."""
        offer = await self.previews.show(
            "camp", agent, judge=judge, pbx=PBX, now=now, until=now + LOOK,
            grace=timedelta(minutes=15),
        )  # fmt: skip
        return offer.shown

    async def dial(
        self, shown: Shown, now: datetime = NOW, judge: Unruled = JUDGE
    ) -> Attempt | Ruling | None:
        """The agent wants to talk to the lead."""
        return await self.previews.dial(shown.id, judge=judge, pbx=PBX, now=now, by=By.AGENT)

    async def skip(self, shown: Shown, now: datetime = NOW, most: int = 3) -> bool:
        """The agent does not."""
        end = End(
            how=Ended.SKIPPED, by=By.AGENT, at=now, reason="no", again_at=now + LOOK,
            most_skips=most,
        )  # fmt: skip
        return await self.previews.end(shown.id, end)

    async def lead(self, lead_id: int) -> Lead:
        """The lead as it is."""
        found = await self.campaigns.lead(lead_id)
        assert found is not None
        return found

    async def hows(self) -> list[tuple[str | None, str | None]]:
        """How each showing ended, and by whom."""
        statement = select(tables.previews).order_by(tables.previews.c.id)
        return [(row.how, row.ended_by) for row in await self.database.rows(statement)]

    async def refused(self) -> list[str]:
        """The numbers that the rules refused, as the proof has them."""
        statement = select(tables.rulings.c.number).where(tables.rulings.c.allowed == 0)
        return [row.number for row in await self.database.rows(statement)]


@pytest.fixture
async def desk(database: Database) -> Desk:
    """Four leads, all due."""
    made = Desk(database)
    await made.campaigns.create(campaign(pacing="preview"))
    await made.campaigns.add_leads("camp", people(4), NOW)
    return made


def number(which: int) -> str:
    """The number of the list's lead."""
    return f"57{which:010}"


async def test_each_agent_is_shown_another_lead_in_the_order_of_the_list(desk: Desk) -> None:
    first, second = await desk.show("1001"), await desk.show("1002")
    assert first is not None
    assert second is not None
    lead = await desk.lead(first.lead_id)
    assert (lead.number, lead.state, lead.wanted_agent) == (number(0), LeadState.PREVIEWED, "1001")
    assert lead.next_at == NOW + LOOK + LEASE
    assert (await desk.lead(second.lead_id)).number == number(1)
    assert await reserved(desk.campaigns, "camp", 9, pbx=PBX, now=NOW) != []
    assert (await desk.lead(first.lead_id)).state is LeadState.PREVIEWED, "it was dialed as well"
    counts = await desk.campaigns.lead_counts("camp", NOW)
    assert counts == LeadCounts(due=0, later=0, reserved=4, done=0)


async def test_many_at_once_are_shown_no_lead_twice(desk: Desk) -> None:
    await desk.campaigns.add_leads("camp", people(40), NOW)
    agents = [f"{number:04}" for number in range(30)]
    shown = await asyncio.gather(*(desk.show(agent) for agent in agents))
    leads = [one.lead_id for one in shown if one is not None]
    assert len(leads) == len(set(leads))
    assert len(leads) >= 25, "locks of others were waited for, or leads were lost"


async def test_the_database_refuses_to_show_a_lead_twice(desk: Desk) -> None:
    shown = await desk.show()
    assert shown is not None
    row = {
        "pbx": PBX, "campaign_id": "camp", "lead_id": shown.lead_id, "agent": "1002",
        "shown_at": NOW, "until": NOW, "due_at": NOW, "reason": "",
    }  # fmt: skip
    with pytest.raises(DatabaseRefusedError):
        await desk.database.write(lambda c: c.execute(tables.previews.insert().values(row)))


async def test_dialing_commits_an_attempt_for_that_agent_alone(desk: Desk) -> None:
    shown = await desk.show()
    assert shown is not None
    attempt = await desk.dial(shown, NOW + timedelta(seconds=9))
    assert isinstance(attempt, Attempt)
    assert (attempt.wanted_agent, attempt.lead_id) == ("1001", shown.lead_id)
    lead = await desk.lead(shown.lead_id)
    assert (lead.state, lead.attempts, lead.wanted_agent) == (LeadState.RESERVED, 1, "")
    assert [one.id for one in await desk.campaigns.open_attempts(PBX)] == [attempt.id]
    assert await desk.dial(shown) is None, "twice"
    assert not await desk.skip(shown), "and passed over, too"
    assert await desk.hows() == [("dialed", "agent")]
    told = await desk.previews.shown_to(PBX, "1001")
    assert told is not None
    assert told.attempt_id == attempt.id


async def test_nobody_is_shown_who_may_not_be_called_now(desk: Desk) -> None:
    judge = Strict(at_look={number(0), number(2)})
    first = await desk.show(judge=judge)
    assert first is not None
    assert (await desk.lead(first.lead_id)).number == number(1)
    put_off = await desk.lead(first.lead_id - 1)
    assert (put_off.state, put_off.next_at, put_off.reason) == (
        LeadState.WAITING, LATER, "outside_hours",
    )  # fmt: skip
    assert await desk.refused() == [number(0)]
    judge = Strict(at_look={number(0), number(2), number(3)})
    offer = await desk.previews.show(
        "camp", "1002", judge=judge, pbx=PBX, now=NOW, until=NOW + LOOK, grace=timedelta(0)
    )
    assert offer.shown is None
    assert offer.next_at == NOW + LOOK + LEASE, "sooner than the rules: a lease may be lost"
    assert await desk.refused() == [number(0), number(2), number(3)]


async def test_the_rules_are_asked_again_when_the_agent_wants_to_dial(desk: Desk) -> None:
    judge = Strict(at_dial={number(0)})
    shown = await desk.show(judge=judge)
    assert shown is not None
    ruling = await desk.dial(shown, judge=judge)
    assert isinstance(ruling, Ruling)
    assert ruling.reasons == ("outside_hours",)
    lead = await desk.lead(shown.lead_id)
    assert (lead.state, lead.next_at, lead.wanted_agent, lead.attempts) == (
        LeadState.WAITING, LATER, "", 0,
    )  # fmt: skip
    assert await desk.refused() == [number(0)]
    assert await desk.hows() == [("refused", "agent")]
    assert await desk.campaigns.open_attempts(PBX) == []


async def test_who_must_never_be_called_is_done(desk: Desk) -> None:
    judge = Strict(at_dial={number(0)})
    judge.again = None
    shown = await desk.show(judge=judge)
    assert shown is not None
    await desk.dial(shown, judge=judge)
    assert (await desk.lead(shown.lead_id)).state is LeadState.DONE


async def test_a_lead_passed_over_comes_back_and_is_done_at_last(desk: Desk) -> None:
    others = Strict(at_look={number(1), number(2), number(3)})
    now = NOW
    for times in (1, 2, 3):
        shown = await desk.show(now=now, judge=others)
        assert shown is not None
        assert await desk.skip(shown, now)
        lead = await desk.lead(shown.lead_id)
        assert (lead.number, lead.reason, lead.attempts) == (number(0), "passed_over", 0)
        assert lead.state is (LeadState.DONE if times == 3 else LeadState.WAITING)
        assert lead.next_at == now + LOOK
        now += LOOK
    assert await desk.show(now=now, judge=others) is None


async def test_a_lead_that_nobody_decided_on_has_its_old_place(desk: Desk) -> None:
    first = await desk.show()
    assert first is not None
    back = End(how=Ended.RETURNED, by=By.CLOCK, at=NOW + LOOK)
    assert await desk.previews.end(first.id, back)
    assert not await desk.previews.end(first.id, back)
    lead = await desk.lead(first.lead_id)
    assert (lead.next_at, lead.wanted_agent, lead.reason) == (NOW, "", "")
    again = await desk.show("1002", NOW + LOOK)
    assert again is not None
    assert again.lead_id == first.lead_id


async def test_a_lease_that_is_over_is_found_by_whoever_asks_next(desk: Desk) -> None:
    lost = await desk.show()
    assert lost is not None
    assert await desk.previews.open_ones(PBX) == [lost]
    over = NOW + LOOK + LEASE
    just_before = await desk.show("1002", over - timedelta(seconds=1))
    assert just_before is not None
    assert just_before.lead_id != lost.lead_id
    found = await desk.show("1003", over)
    assert found is not None
    assert found.lead_id == lost.lead_id
    assert await desk.hows() == [("lost", "service"), (None, None), (None, None)]
    assert await desk.dial(lost, over) is None


async def test_an_agent_looks_at_one_lead(desk: Desk) -> None:
    before, after = await desk.show(), await desk.show()
    assert before is not None
    assert after is not None
    assert await desk.hows() == [("lost", "service"), (None, None)]
    assert await desk.previews.open_ones(PBX) == [after]


async def test_a_promised_call_is_shown_first_and_only_to_its_agent(desk: Desk) -> None:
    lead_id = await desk.campaigns.lead_at("camp", number(3))
    assert lead_id is not None
    await desk.campaigns.make_callback(
        lead_id, at=NOW, agent="1002", zone="", made_by="ana", made_at=NOW, note="por la factura"
    )
    other = await desk.show("1001")
    assert other is not None
    assert other.lead_id != lead_id
    theirs = await desk.show("1002")
    assert theirs is not None
    assert theirs.lead_id == lead_id
    told = await desk.previews.shown_to(PBX, "1002")
    assert told is not None
    assert told.promised is not None
    assert (told.promised.made_by, told.promised.note) == ("ana", "por la factura")
    with pytest.raises(LeadBusyError):
        await desk.campaigns.make_callback(
            lead_id, at=LATER, agent="", zone="", made_by="x", made_at=NOW, note=""
        )
    await desk.previews.end(theirs.id, End(how=Ended.RETURNED, by=By.SERVICE, at=NOW))
    assert (await desk.lead(lead_id)).wanted_agent == "1002", "it is still promised in that name"
    again = await desk.show("1002")
    assert again is not None
    assert isinstance(await desk.dial(again), Attempt)
    (kept,) = (await desk.campaigns.callbacks("camp")).callbacks
    assert kept.callback.tried_at == NOW


async def test_a_promise_that_the_rules_forbid_now_is_put_off_and_stays_its_agents(
    desk: Desk,
) -> None:
    lead_id = await desk.campaigns.lead_at("camp", number(3))
    assert lead_id is not None
    await desk.campaigns.make_callback(
        lead_id, at=NOW, agent="1001", zone="", made_by="ana", made_at=NOW, note=""
    )
    shown = await desk.show(judge=Strict(at_look={number(3)}))
    assert shown is not None
    assert shown.lead_id != lead_id
    lead = await desk.lead(lead_id)
    assert (lead.state, lead.next_at, lead.wanted_agent) == (LeadState.WAITING, LATER, "1001")


async def test_a_promise_taken_back_does_not_take_the_lead_from_who_looks_at_it(desk: Desk) -> None:
    lead_id = await desk.campaigns.lead_at("camp", number(3))
    assert lead_id is not None
    made = await desk.campaigns.make_callback(
        lead_id, at=NOW, agent="1001", zone="", made_by="ana", made_at=NOW, note=""
    )
    shown = await desk.show()
    assert shown is not None
    await desk.campaigns.cancel_callback("camp", made.callback.id, campaign().retry, NOW)
    assert isinstance(await desk.dial(shown), Attempt)


async def test_a_paused_campaign_shows_and_dials_nobody(desk: Desk) -> None:
    shown = await desk.show()
    assert shown is not None
    await desk.campaigns.set_state("camp", CampaignState.PAUSED, NOW)
    assert await desk.dial(shown) is None
    assert await desk.show("1002") is None
    assert await desk.previews.open_ones(PBX) == [shown], "it can still be put back"


async def test_what_an_agent_is_shown_has_its_past(desk: Desk) -> None:
    assert await desk.previews.shown_to(PBX, "1001") is None
    others = Strict(at_look={number(1), number(2), number(3)})
    skipped = await desk.show(judge=others)
    assert skipped is not None
    await desk.skip(skipped)
    await desk.show(now=NOW + LOOK, judge=others)
    told = await desk.previews.shown_to(PBX, "1001")
    assert told is not None
    assert (told.lead.name, told.lead.extra) == ("Señor 0", {"plan": "HD"})
    assert (told.campaign_name, told.list_name) == ("Recuperación de marzo", "1")
    assert (told.times_passed_over, told.past, told.promised) == (1, [], None)
    assert told.shown.until == NOW + 2 * LOOK
    assert await desk.previews.shown_to("pbx2", "1001") is None


async def test_how_leads_were_looked_at_is_counted(desk: Desk) -> None:
    ten = NOW + timedelta(seconds=10)
    for agent, how, by in (
        ("1", Ended.SKIPPED, By.AGENT),
        ("2", Ended.RETURNED, By.CLOCK),
        ("3", Ended.UNSEEN, By.SERVICE),
    ):
        shown = await desk.show(agent)
        assert shown is not None
        end = End(how=how, by=by, at=ten, again_at=LATER)
        await desk.previews.end(shown.id, end)
    dialed = await desk.show("1")
    assert dialed is not None
    await desk.dial(dialed, NOW + timedelta(seconds=20))
    await desk.show("2")
    told = await desk.previews.summary("camp")
    assert (told.shown, told.looking, told.dialed, told.skipped) == (4, 1, 1, 1)
    assert (told.refused, told.returned, told.timed_out) == (0, 1, 1)
    assert told.mean_look_seconds == pytest.approx(15.0)
    assert (await desk.previews.summary("camp", LATER)).shown == 0
    assert (await desk.previews.summary("nowhere")).mean_look_seconds is None


async def test_who_is_listed_while_an_agent_looks_is_not_dialed(desk: Desk) -> None:
    """As an opt-out by the person's other call does it: the lead is done."""
    shown = await desk.show()
    assert shown is not None
    done = update(tables.leads).where(tables.leads.c.id == shown.lead_id)
    await desk.database.write(lambda c: c.execute(done.values(state=LeadState.DONE)))
    assert await desk.dial(shown) is None
    assert await desk.hows() == [("lost", "service")]
    assert (await desk.lead(shown.lead_id)).state is LeadState.DONE


async def test_a_promise_that_is_passed_over_for_good_is_taken_back(desk: Desk) -> None:
    lead_id = await desk.campaigns.lead_at("camp", number(0))
    assert lead_id is not None
    await desk.campaigns.make_callback(
        lead_id, at=NOW, agent="", zone="", made_by="ana", made_at=NOW, note=""
    )
    shown = await desk.show()
    assert shown is not None
    assert shown.lead_id == lead_id
    await desk.skip(shown, most=1)
    (promise,) = (await desk.campaigns.callbacks("camp")).callbacks
    assert promise.callback.state is CallbackState.CANCELLED
    assert (await desk.lead(lead_id)).state is LeadState.DONE
