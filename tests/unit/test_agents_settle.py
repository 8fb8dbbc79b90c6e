"""What follows when an agent's world changes, and more has happened by the time it is looked at."""

from __future__ import annotations

from agents.roster import Roster
from agents.settle import after_change
from agents.states import AgentState
from calls.events import AgentMissed, AgentOffered, AgentPaused, AgentReadied, AgentSignInAsked
from calls.tracker import Change
from tests.unit.facts import CALL, FLOOR, at, fact


def test_a_pause_asked_for_while_the_phone_rings_begins_when_it_rings_no_more() -> None:
    """Both are heard at once: the pause must not begin before what it ends."""
    roster = Roster(FLOOR)
    call = {"call_id": CALL, "queue": "soporte", "agent": "1003"}
    asked = fact(AgentPaused, 18, agent="1003", reason="almuerzo")
    for each in (
        fact(AgentSignInAsked, 0, agent="1003"), fact(AgentReadied, 1, agent="1003"),
        fact(AgentOffered, 10, **call), asked, fact(AgentMissed, 19, **call),
    ):  # fmt: skip
        roster.fold(Change(each))
    (order,) = after_change(FLOOR, roster, Change(asked))
    (paused,) = order.facts
    assert isinstance(paused, AgentPaused)
    assert (paused.at, paused.reason, order.pause) == (at(19), "almuerzo", "almuerzo")
    roster.fold(Change(paused))
    agent = roster.get("1003")
    assert agent is not None
    assert (agent.state, agent.since) == (AgentState.PAUSED, at(19))
