"""Callers per node: where each is, and that nobody stays who is in no menu any more."""

from __future__ import annotations

from typing import Any

import pytest

from calls.events import (
    CallEnded,
    CallFact,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueJoined,
)
from calls.tracker import Tracker
from monitoring.menu_places import MenuPlaces
from tests.unit.facts import arrived, at, on_call


def _entered(seconds: float, node: str, menu: str = "main") -> MenuEntered:
    return on_call(MenuEntered, seconds, menu=menu, node=node, language="es")


OFFERED = on_call(DialogueOffered, 1, number_called="08001234567")


class Menus:
    """Places of callers, and the tracker before them."""

    def __init__(self) -> None:
        self.tracker, self.places = Tracker(), MenuPlaces()

    def happen(self, *facts: CallFact) -> set[str]:
        """Let facts happen; the menus that the last one changed."""
        touched: set[str] = set()
        for fact in facts:
            touched = self.places.fold(self.tracker.apply(fact))
        return touched

    def at(self, node: str, menu: str = "main") -> dict[str, Any]:
        """What is told of a node."""
        told: dict[str, Any] = self.places.thing(menu)["nodes"][node]
        return told


def test_a_caller_is_at_the_last_node_entered() -> None:
    menus = Menus()
    assert menus.happen(arrived(0), OFFERED) == set()
    assert menus.happen(_entered(1, "welcome")) == {"main"}
    assert menus.happen(on_call(MenuMissed, 5, menu="main", node="welcome", kind="no_input")) == {
        "main"
    }
    menus.happen(on_call(MenuChosen, 8, menu="main", node="welcome", choice="help"))
    menus.happen(_entered(8, "help"))
    assert menus.at("welcome") == {"callers": 0, "entered": 1, "chosen": 1, "missed": 1}
    assert menus.at("help") == {"callers": 1, "entered": 1, "chosen": 0, "missed": 0}
    assert menus.places.thing("main")["callers"] == 1
    # on to another menu: both look different
    assert menus.happen(_entered(9, "first", menu="other")) == {"main", "other"}
    assert menus.at("help")["callers"] == 0
    assert menus.at("first", "other")["callers"] == 1


@pytest.mark.parametrize(
    "leaving",
    [
        on_call(QueueJoined, 9, queue="soporte", position=1),
        on_call(DialogueClosed, 9),
        on_call(CallEnded, 9, cause=16, sip_code=200),
        on_call(CallVanished, 9, last_seen_at=at(8), reason="lost_sync"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_who_leaves_the_dialogue_is_at_no_node(leaving: CallFact) -> None:
    menus = Menus()
    menus.happen(arrived(0), OFFERED, _entered(1, "welcome"))
    assert menus.happen(leaving) == {"main"}
    assert menus.places.thing("main") == {
        "name": "main",
        "callers": 0,
        "nodes": {"welcome": {"callers": 0, "entered": 1, "chosen": 0, "missed": 0}},
    }
    # a word of the dialogue that comes late counts, and brings nobody back
    menus.happen(_entered(9, "welcome"))
    assert menus.at("welcome") == {"callers": 0, "entered": 2, "chosen": 0, "missed": 0}


def test_a_menu_nobody_was_in_has_no_nodes() -> None:
    assert MenuPlaces().thing("main") == {"name": "main", "callers": 0, "nodes": {}}
