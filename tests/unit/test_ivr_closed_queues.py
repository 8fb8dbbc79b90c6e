"""A queue that a supervisor closed: what callers hear, and where they go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.menu import Menu
from ivr.vocabulary import BackInLine, GoToQueue, HangUp, Play, Played, TurnedAway
from ivr.world import QueueNow, World
from tests.made_menus import ask
from tests.unit.ivr_caller import END, WORLD, Caller, bare_menu


def _menu(**terms: Any) -> Menu:
    nodes: dict[str, Any] = {
        "first": {"kind": "queue", "queue": "sales", "prompts": ["transfer"]},
        "away": ask({"1": {"goto": "end"}, "2": {"goto": "wait"}}),
        "wait": {"kind": "wait_on"},
        "end": END,
    }
    return bare_menu(nodes, queues={"sales": terms} if terms else {})


def _closed(prompt: str, **now: Any) -> World:
    def stands(queue: str) -> QueueNow:
        return QueueNow(closed_with=prompt if queue == "sales" else None, **now)

    return replace(WORLD, queue=stands)


@pytest.mark.parametrize("terms", [{"nobody": "away"}, {"nobody": "away", "say_wait": True}])
def test_the_reason_is_heard_and_then_what_the_menu_has(terms: dict[str, Any]) -> None:
    caller = Caller(_menu(**terms), _closed("outage"))
    assert caller.told(TurnedAway) == [TurnedAway("sales", "closed")]
    assert caller.actions[1:] == (Play(("outage",), barge_in=False),)
    assert caller.does(Played()).state.node == "away"


def test_without_a_message_the_menu_says_why() -> None:
    assert Caller(_menu(nobody="away"), _closed("")).state.node == "away"


@pytest.mark.parametrize(("prompt", "heard"), [("outage", "outage"), ("", "nobody_available")])
def test_a_menu_that_has_nothing_for_it_says_so_and_ends(prompt: str, heard: str) -> None:
    caller = Caller(_menu(), _closed(prompt))
    assert caller.told(TurnedAway) == [TurnedAway("sales", "closed")]
    assert caller.actions[1:] == (Play((heard,), barge_in=False),)
    assert caller.does(Played()).actions == (HangUp(),)


def test_who_is_inside_is_served_and_other_queues_are_open() -> None:
    menu = _menu(nobody="away")
    inside = Caller(menu, _closed("outage"), node="away", waits_in="sales").keys("2")
    assert inside.actions[-1] == BackInLine("sales")
    elsewhere = Caller(menu, _closed("outage"), node="away").keys("2")
    assert elsewhere.actions[-1] == GoToQueue("people", 0)
