"""Agents look at a lead and decide, before both databases: what follows, also after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from agents.codes import Code
from agents.states import AgentState
from calls.errors import LinkDownError
from calls.events import (
    AgentConnected,
    AgentFreed,
    AgentPaused,
    AgentSignedOut,
    LinkLost,
)
from dialer.attempt import Outcome
from dialer.blending import BlendRule
from dialer.book import BookError
from dialer.campaign import CampaignState
from dialer.lead import LeadState
from dialer.looking import NoLineError, NothingShownError, PreviewOverError, RulesRefuseError
from dialer.options import Options
from dialer.pacing.decision import Reason
from dialer.previews import NO_DECISION
from dialer.ruling import Candidate, Ruling, Seen
from dialer.showing import Decision, WhenOver
from simulator.unruled import Unruled
from storage.database import Database
from storage.errors import DatabaseRefusedError, DatabaseUnavailableError
from tests.integration.preview_bench import Bench
from tests.unit.facts import at, fact


@pytest.fixture
def bench(database: Database) -> Bench:
    """A dialer in front of either database, with two agents who are free."""
    bench = Bench(database)
    bench.open_shop("1001", "1002")
    return bench


async def test_each_free_agent_looks_at_a_lead_and_nobody_is_dialed(bench: Bench) -> None:
    await bench.begin()
    await bench.look(2)
    assert await bench.number_shown_to("1001") == "00"
    assert await bench.number_shown_to("1002") == "01"
    assert bench.state("1001") is bench.state("1002") is AgentState.RESERVED
    assert ("1001", "pause reserved") in bench.phones.told
    await bench.look(20)
    assert bench.line.orders == []
    assert (await bench.summary()).shown == 2
    told = bench.dialing.campaigns_in_hand()["c"].told
    assert told is not None
    assert bench.dialing.patience_seconds == 5.0
    bench.now = at(30)
    assert bench.dialing.patience_seconds == 2.0, "it wakes when the time to decide is over"


async def test_dial_reaches_that_agent_alone(bench: Bench) -> None:
    await bench.begin()
    await bench.look(2)
    assert await bench.decide("1002", Decision.DIAL) is None
    (order,) = bench.line.orders
    assert (order.number, order.queue) == ("573000000001", "own_1002")
    agent = bench.roster.get("1002")
    assert agent is not None
    assert (agent.state, agent.call_id) == (AgentState.RESERVED, order.attempt_id)
    assert bench.state("1001") is AgentState.RESERVED, "the other one looks on"
    told = await bench.shown_to("1002")
    assert told is not None
    assert told.attempt_id == order.attempt_id
    bench.answer(order.attempt_id, "1002", 8)
    assert bench.state("1002") is AgentState.TALKING
    bench.end(order.attempt_id, 16, 200)
    await bench.look(60)
    assert bench.outcomes() == [Outcome.CONNECTED]
    assert (await bench.summary()).dialed == 1


async def test_who_is_not_reached_gives_the_agent_the_next_lead(bench: Bench) -> None:
    await bench.begin()
    await bench.look(2)
    await bench.decide("1001", Decision.DIAL)
    (order,) = bench.line.orders
    bench.end(order.attempt_id, 17, 486)
    await bench.look(10)
    freed = [one.how for one in bench.facts if isinstance(one, AgentFreed)]
    assert freed == ["no_talk"]
    assert await bench.number_shown_to("1001") == "02"
    assert bench.state("1001") is AgentState.RESERVED


async def test_who_is_passed_over_comes_back_later(bench: Bench) -> None:
    await bench.begin(2)
    await bench.look(2)
    assert await bench.decide("1001", Decision.SKIP, "ya pagó") is None
    assert await bench.shown_to("1001") is None
    assert bench.state("1001") is AgentState.READY
    await bench.look(3)
    assert bench.line.orders == []
    assert await bench.shown_to("1001") is None, "nobody else is left"
    await bench.decide("1002", Decision.SKIP)
    await bench.look(605)
    assert {await bench.number_shown_to(agent) for agent in ("1001", "1002")} == {"00", "01"}
    assert await bench.campaign_state() is CampaignState.RUNNING


async def test_a_campaign_is_finished_when_the_last_lead_is_passed_over_for_good(
    bench: Bench,
) -> None:
    await bench.begin(1, most_skips=1)
    await bench.look(2)
    await bench.look(3)
    assert await bench.campaign_state() is CampaignState.RUNNING
    await bench.decide("1001", Decision.SKIP)
    await bench.look(4)
    assert await bench.campaign_state() is CampaignState.FINISHED
    assert bench.state("1001") is AgentState.READY


async def test_who_does_not_decide_is_paused_and_the_lead_is_the_next_ones(bench: Bench) -> None:
    await bench.begin(2)
    await bench.look(2)
    await bench.decide("1002", Decision.DIAL)
    await bench.look(31.9)
    assert bench.state("1001") is AgentState.RESERVED
    await bench.look(32)
    agent = bench.roster.get("1001")
    assert agent is not None
    assert (agent.state, agent.reason) == (AgentState.PAUSED, NO_DECISION)
    assert ("1001", f"pause {NO_DECISION}") in bench.phones.told
    bench.end(bench.line.orders[0].attempt_id, 17, 486)
    await bench.look(33)
    assert await bench.number_shown_to("1002") == "00", "it kept its place"
    told = await bench.summary()
    assert (told.returned, told.timed_out, told.skipped) == (1, 1, 0)


async def test_the_clock_may_dial_or_pass_over_instead(bench: Bench) -> None:
    await bench.begin(when_over=WhenOver.DIAL)
    await bench.look(2)
    await bench.look(32)
    assert [order.queue for order in bench.line.orders] == ["own_1001", "own_1002"]
    told = await bench.summary()
    assert (told.dialed, told.timed_out, told.mean_look_seconds) == (2, 2, None)


async def test_the_clock_passes_over(bench: Bench) -> None:
    await bench.begin(2, when_over=WhenOver.SKIP)
    await bench.look(2)
    await bench.look(32)
    await bench.look(33)
    assert bench.state("1001") is bench.state("1002") is AgentState.READY
    assert (await bench.summary()).skipped == 2
    assert bench.line.orders == []


async def test_a_lead_goes_back_at_once_when_its_agent_leaves(bench: Bench) -> None:
    await bench.begin(2)
    await bench.look(2)
    bench.put(fact(AgentPaused, 5, agent="1001", reason="descanso"))
    bench.put(fact(AgentSignedOut, 5, agent="1002", reason="asked"))
    assert isinstance(await bench.decide("1001", Decision.DIAL), NothingShownError)
    await bench.look(6)
    assert (await bench.summary()).returned == 2
    assert bench.state("1001") is AgentState.PAUSED
    assert ("1001", "pause") not in bench.phones.told, "whoever has a break keeps it"
    lead = await bench.store.lead(1)
    assert lead is not None
    assert (lead.state, lead.next_at) == (LeadState.WAITING, at(0))


async def test_a_lead_goes_back_when_its_agent_gets_a_call_after_all(bench: Bench) -> None:
    await bench.begin(2, when_over=WhenOver.DIAL)
    await bench.look(2)
    bench.put(fact(AgentConnected, 5, call_id="caller", queue="soporte", agent="1001"))
    await bench.look(40)
    assert [order.queue for order in bench.line.orders] == ["own_1002"]
    assert (await bench.summary()).returned == 1


async def test_a_campaign_that_is_paused_takes_its_leads_back(bench: Bench) -> None:
    await bench.begin(2)
    await bench.look(2)
    await bench.dialing.set_state("c", CampaignState.PAUSED, "test")
    assert isinstance(await bench.decide("1001", Decision.DIAL), PreviewOverError)
    assert bench.state("1001") is bench.state("1002") is AgentState.READY
    assert (await bench.summary()).returned == 2
    assert bench.line.orders == []


async def test_the_rules_of_the_moment_have_the_last_word(bench: Bench) -> None:
    class Forbids(Unruled):
        def judge(
            self, candidate: Candidate, seen: Seen, registers: Mapping[str, object], now: object
        ) -> Ruling:
            """As `dialer.ruling.Judge`."""
            allowed = super().judge(candidate, seen, {}, bench.now)
            return replace(allowed, allowed=False, reasons=("dnc_listed",))

        def look(
            self, candidate: Candidate, seen: Seen, registers: Mapping[str, object], now: object
        ) -> Ruling:
            """As `dialer.ruling.Judge`."""
            return super().judge(candidate, seen, {}, bench.now)

    await bench.begin(2)
    running = bench.dialing.campaigns_in_hand()["c"]
    running.judge = Forbids(running.campaign)
    await bench.look(2)
    refused = await bench.decide("1001", Decision.DIAL)
    assert isinstance(refused, RulesRefuseError)
    assert refused.ruling.reasons == ("dnc_listed",)
    assert bench.line.orders == []
    assert bench.state("1001") is AgentState.READY
    assert (await bench.store.lead_counts("c", bench.now)).done == 1


async def test_what_cannot_be_done_is_said_and_the_lead_is_looked_at_on(bench: Bench) -> None:
    await bench.begin(5, max_lines=1)
    assert isinstance(await bench.decide("1001", Decision.DIAL), NothingShownError)
    await bench.look(2)
    assert await bench.shown_to("1002") is None, "no line would be there for it"
    bench.put(fact(LinkLost, 3, reason="mute"))
    assert isinstance(await bench.decide("1001", Decision.DIAL), LinkDownError)
    bench.open_shop()
    bench.dialing.campaigns_in_hand()["c"].campaign = replace(
        bench.dialing.campaigns_in_hand()["c"].campaign, max_lines=0
    )
    assert isinstance(await bench.decide("1001", Decision.DIAL), NoLineError)
    assert bench.state("1001") is AgentState.RESERVED
    bench.now = at(33)
    assert isinstance(await bench.decide("1001", Decision.DIAL), PreviewOverError), "too late"


async def test_without_a_line_the_clock_gives_the_lead_back(bench: Bench) -> None:
    await bench.begin(1, when_over=WhenOver.DIAL)
    await bench.look(2)
    bench.put(fact(LinkLost, 3, reason="mute"))
    await bench.look(33)
    assert bench.state("1001") is AgentState.READY
    told = await bench.summary()
    assert (told.returned, told.timed_out) == (1, 1)


async def test_a_key_decides_as_well(bench: Bench) -> None:
    await bench.begin()
    with pytest.raises(NothingShownError):
        bench.dialing.previews.press("1001", Code.DIAL_LEAD)
    await bench.look(2)
    bench.dialing.previews.press("1001", Code.DIAL_LEAD)
    with pytest.raises(PreviewOverError):
        bench.dialing.previews.press("1001", Code.SKIP_LEAD)
    await bench.look(3)
    assert [order.queue for order in bench.line.orders] == ["own_1001"]


async def test_agents_are_kept_free_for_callers(bench: Bench) -> None:
    options = Options(blend=BlendRule(keep_free=1))
    await bench.begin(options=options)
    await bench.look(2)
    shown = [agent for agent in ("1001", "1002") if await bench.shown_to(agent)]
    assert len(shown) == 1
    await bench.look(3)
    told = bench.dialing.campaigns_in_hand()["c"].told
    assert told is not None
    assert told.reason is Reason.AGENTS_DECIDE
    assert (await bench.summary()).shown == 1


async def test_a_promised_call_is_shown_first_and_not_dialed_by_itself(bench: Bench) -> None:
    await bench.begin(3)
    await bench.store.make_callback(
        3, at=at(1), agent="1002", zone="", made_by="ana", made_at=at(0), note="por la factura"
    )
    await bench.dialing.callback_changed("c")
    await bench.look(2)
    await bench.look(3)
    assert bench.line.orders == []
    assert await bench.number_shown_to("1001") == "00"
    assert await bench.number_shown_to("1002") == "02"


async def test_after_a_restart_who_looks_goes_on_looking(bench: Bench, database: Database) -> None:
    await bench.begin()
    await bench.look(2)
    again = Bench(database)
    again.now = at(10)
    again.put(*[one for one in bench.facts if getattr(one, "agent", "") == "1001"])
    await again.dialing.recover()
    assert again.state("1001") is AgentState.RESERVED
    again.open_shop()
    assert await again.decide("1001", Decision.DIAL) is None
    assert [order.queue for order in again.line.orders] == ["own_1001"]
    told = await again.summary()
    assert (told.dialed, told.returned, told.looking) == (1, 1, 0), "1002 was gone, its lead is not"


async def test_after_a_restart_what_is_over_is_over(bench: Bench, database: Database) -> None:
    await bench.begin(1)
    await bench.look(2)
    again = Bench(database)
    again.now = at(100)
    again.put(*[one for one in bench.facts if getattr(one, "agent", "") == "1001"])
    await again.dialing.recover()
    await again.look()
    assert again.state("1001") is AgentState.PAUSED
    assert (await again.summary()).timed_out == 1


async def test_what_was_decided_is_done_when_the_database_is_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.begin()
    await bench.look(2)
    bench.dialing.previews.press("1001", Code.DIAL_LEAD)

    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(bench.showings, "dial", away)
        with pytest.raises(BookError):
            await bench.look(3)
    assert bench.state("1001") is AgentState.RESERVED
    await bench.look(4)
    assert [order.queue for order in bench.line.orders] == ["own_1001"]


async def test_what_the_database_will_never_take_keeps_nobody_else_from_working(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.begin()
    await bench.look(2)

    async def refused(*_: object, **__: object) -> None:
        raise DatabaseRefusedError("a fault in the data")

    bench.dialing.previews.press("1001", Code.SKIP_LEAD)
    bench.dialing.previews.press("1002", Code.DIAL_LEAD)
    with monkeypatch.context() as patched:
        patched.setattr(bench.showings, "end", refused)
        await bench.look(3)
    assert [order.queue for order in bench.line.orders] == ["own_1002"]
    await bench.look(4)
    assert await bench.number_shown_to("1001") == "00", "the lead was found again by its row"
    assert bench.state("1001") is AgentState.RESERVED
