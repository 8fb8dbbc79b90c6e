"""What a campaign wants done with a machine: never late, never on a doubt; and doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from pydantic import ValidationError

from calls.call import Call, Verdict
from calls.errors import LinkDownError, OutcomeUnknownError
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    CallFact,
    EndAsked,
    EndNotTaken,
    Fact,
    MachineJudged,
    MessageLeft,
)
from calls.switch import Dial
from calls.tracker import Tracker
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign
from dialer.machine_calls import MachineCalls
from dialer.machines import MachineRule, Then, what_to_do
from dialer.options import Options
from dialer.outcomes import outcome_of
from dialer.pacing.decision import Rules
from dialer.pacing.policies import policy
from dialer.running import Running
from dialer.telling import known
from simulator.unruled import Unruled
from tests.unit.facts import CALL, PBX, at, fact, on_call

_TALK = {"queue": "salida", "agent": "1001"}
HANG_UP = MachineRule(then=Then.HANG_UP)
LEAVE = MachineRule(then=Then.LEAVE_MESSAGE)


def _tracked(*facts: Fact) -> Tracker:
    """A dialed call, answered after a second, and what else is told of it."""
    tracker = Tracker()
    started = on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    for one in (started, on_call(CallAnswered, 1), *facts):
        tracker.apply(one)
    return tracker


def _call(*facts: Fact) -> Call:
    call = _tracked(*facts).get(CALL)
    assert call is not None
    return call


def _judged(verdict: str, seconds: float) -> MachineJudged:
    return on_call(MachineJudged, seconds, verdict=verdict, cause="LONGGREETING-2800-2800")


# --- what is done -----------------------------------------------------------------------------


@pytest.mark.parametrize("then", list(Then))
def test_a_machine_is_treated_as_the_campaign_says(then: Then) -> None:
    call = _call(_judged("machine", 4))
    assert what_to_do(MachineRule(then=then), call, at(4), at(4.1)) is then


@pytest.mark.parametrize("verdict", ["human", "unsure", "whatever"])
def test_nobody_is_hung_up_on_for_a_doubt(verdict: str) -> None:
    call = _call(_judged(verdict, 4))
    assert what_to_do(HANG_UP, call, at(4), at(4.1)) is Then.TELL_AGENT


@pytest.mark.parametrize(
    ("connected", "judged", "now", "then"),
    [
        (2.0, 8.0, 9.0, Then.HANG_UP),
        (2.0, 8.0, 9.01, Then.TELL_AGENT),  # they have talked for more than seven seconds
        (None, 4.0, 11.0, Then.HANG_UP),
        (None, 4.0, 11.01, Then.TELL_AGENT),  # a verdict of before, heard again after a restart
    ],
)
def test_what_comes_late_is_only_told(
    connected: float | None, judged: float, now: float, then: Then
) -> None:
    talk = [] if connected is None else [on_call(AgentConnected, connected, **_TALK)]
    call = _call(*talk, _judged("machine", judged))
    assert what_to_do(HANG_UP, call, at(judged), at(now)) is then


def test_what_is_over_or_was_never_answered_is_left_alone() -> None:
    over = _call(_judged("machine", 4), on_call(CallEnded, 5, cause=16, sip_code=0))
    assert what_to_do(HANG_UP, over, at(4), at(5)) is Then.TELL_AGENT
    # a message is being left already, and the verdict is heard again after a restart
    done = _call(_judged("machine", 4), on_call(EndAsked, 4.1, by="service"))
    assert what_to_do(LEAVE, done, at(4), at(5)) is Then.TELL_AGENT


def test_a_rule_is_checked() -> None:
    assert MachineRule().then is Then.TELL_AGENT
    assert not MachineRule().ends_calls
    assert LEAVE.ends_calls
    assert LEAVE.message == "machine_message"
    for wrong in ({"then": "shout"}, {"listen_seconds": 0}, {"message": "../welcome"}, {"x": 1}):
        with pytest.raises(ValidationError):
            MachineRule.model_validate(wrong)
    assert Options().machines is None


# --- what is known of the call ----------------------------------------------------------------


def test_the_first_verdict_stands() -> None:
    call = _call(_judged("human", 3), _judged("machine", 4))
    assert call.machine == Verdict.HUMAN


def test_only_who_was_judged_a_machine_and_ended_by_us_is_one_to_an_agent() -> None:
    talk = on_call(AgentConnected, 2, **_TALK)
    by_us = on_call(EndAsked, 5, by="service")
    end = on_call(CallEnded, 6, cause=16, sip_code=0)

    def ended(*facts: CallFact) -> Outcome:
        return outcome_of(known(_call(talk, *facts, end), cancelled=False))

    machine = _judged("machine", 4)
    assert ended(machine, by_us) is Outcome.MACHINE
    assert ended(machine, on_call(MessageLeft, 5)) is Outcome.MACHINE
    assert ended(machine) is Outcome.CONNECTED
    refused = on_call(EndNotTaken, 5, by="service")
    assert ended(machine, by_us, refused) is Outcome.CONNECTED
    assert ended(machine, on_call(EndAsked, 5, by="agent")) is Outcome.CONNECTED
    assert ended(_judged("unsure", 4), by_us) is Outcome.CONNECTED


def test_a_machine_that_no_agent_heard_is_not_abandoned() -> None:
    end = on_call(CallEnded, 6, cause=16, sip_code=0)
    assert outcome_of(known(_call(_judged("machine", 4), end), cancelled=False)) is Outcome.MACHINE
    unsure = _call(_judged("unsure", 4), end)
    assert outcome_of(known(unsure, cancelled=False)) is Outcome.ABANDONED


# --- doing it ---------------------------------------------------------------------------------


class Line:
    """A placer that notes orders, or fails."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self.error: Exception | None = None

    async def dial(self, order: Dial) -> None:
        """As `calls.switch.CallPlacer`."""

    async def hang_up(self, channel_id: str) -> None:
        """As `calls.switch.CallPlacer`."""
        self._order(f"hang up {channel_id}")

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """As `calls.switch.CallPlacer`."""
        self._order(f"leave {prompt} on {call_id}")

    def _order(self, order: str) -> None:
        if self.error is not None:
            raise self.error
        self._told(order)


class Desk:
    """One campaign with one answered call, and everything that is told and ordered, in order."""

    def __init__(self, rule: MachineRule | None, *facts: Fact) -> None:
        self.told: list[str | type[Fact]] = []
        self.facts: list[Fact] = []
        self.now: datetime = at(4.2)
        self.line = Line(self.told.append)
        self.tracker = _tracked(*facts)
        campaign = Campaign(
            id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
            options=Options(machines=rule), created_at=at(0),
        )  # fmt: skip
        running = Running(
            campaign, Unruled(campaign), "progressive", policy("progressive", Rules())
        )
        running.attempts[CALL] = Attempt(
            id=CALL, pbx=PBX, campaign_id="c", lead_id=1, ordinal=1, number="573001234567",
            intended_at=at(0),
        )  # fmt: skip
        self.calls = MachineCalls(
            PBX, {"c": running}, self.tracker, self.line, self._put, lambda: self.now
        )

    def _put(self, one: Fact) -> None:
        self.told.append(type(one))
        self.facts.append(one)

    async def judge(self, verdict: str) -> None:
        """Somebody listened for three seconds."""
        self.calls.hear(self.tracker.apply(_judged(verdict, 4)))
        await self.calls.act()


async def test_a_machine_is_hung_up_on_and_the_end_is_told_as_ours_before() -> None:
    desk = Desk(HANG_UP, on_call(AgentConnected, 2, **_TALK))
    await desk.judge("machine")
    assert desk.told == [EndAsked, f"hang up {CALL}"]
    (asked,) = desk.facts
    assert isinstance(asked, EndAsked)
    assert asked.by == "service"
    await desk.calls.act()
    assert len(desk.told) == 2, "a verdict was acted on twice"


async def test_a_message_is_left_and_the_agent_let_go() -> None:
    desk = Desk(LEAVE, on_call(AgentConnected, 2, **_TALK))
    await desk.judge("machine")
    assert desk.told == [EndAsked, f"leave machine_message on {CALL}", AgentReleased]
    released = desk.facts[-1]
    assert isinstance(released, AgentReleased)
    assert (released.agent, released.queue, released.ended_by) == ("1001", "salida", "service")


async def test_with_no_agent_there_nobody_is_let_go() -> None:
    desk = Desk(LEAVE)
    await desk.judge("machine")
    assert desk.told == [EndAsked, f"leave machine_message on {CALL}"]


@pytest.mark.parametrize("rule", [None, MachineRule()])
async def test_nothing_happens_where_nothing_is_asked(rule: MachineRule | None) -> None:
    desk = Desk(rule, on_call(AgentConnected, 2, **_TALK))
    await desk.judge("machine")
    assert desk.told == []


@pytest.mark.parametrize("verdict", ["human", "unsure"])
async def test_a_person_stays(verdict: str) -> None:
    desk = Desk(HANG_UP, on_call(AgentConnected, 2, **_TALK))
    await desk.judge(verdict)
    assert desk.told == []


async def test_a_switch_that_fails_leaves_the_agent_with_the_call() -> None:
    desk = Desk(LEAVE, on_call(AgentConnected, 2, **_TALK))
    desk.line.error = LinkDownError("gone")
    await desk.judge("machine")
    assert desk.told == [EndAsked, EndNotTaken]


async def test_a_switch_that_may_have_done_it_is_taken_to_have_done_it() -> None:
    desk = Desk(HANG_UP, on_call(AgentConnected, 2, **_TALK))
    desk.line.error = OutcomeUnknownError("no answer")
    await desk.judge("machine")
    assert desk.told == [EndAsked]


async def test_a_call_of_nobody_we_know_is_left_alone() -> None:
    desk = Desk(HANG_UP)
    other = fact(MachineJudged, 4, call_id="attempt-" + "f" * 32, verdict="machine", cause="")
    desk.calls.hear(desk.tracker.apply(other))
    await desk.calls.act()
    assert desk.told == []
