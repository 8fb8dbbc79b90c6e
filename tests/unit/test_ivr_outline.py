"""Every kind of node says where it leads, and a new kind has to."""

from __future__ import annotations

from typing import get_args

import pytest

from documents.faults import Misfit
from ivr.callback import CALLBACK_PROMPTS
from ivr.checks.case import Case
from ivr.checks.draft import Draft
from ivr.checks.roads import meant, roads
from ivr.checks.rules import repeats_for_ever
from ivr.exits import exits
from ivr.nodes import Node
from ivr.outline import Exit, Leads, Outline, handovers, outline, prompts
from ivr.parts import Part
from tests.made_menus import ask, menu_of, say


class Patient(Part):
    """A kind of node to come, which leads nowhere when nothing is pressed."""


@outline.register
def _(_node: Patient) -> Outline:
    silent = Exit(leads=Leads.NOWHERE)
    return Outline(exits=(Exit(leads=Leads.END, key="1"), silent), asks=True)


def test_every_kind_of_node_has_an_outline() -> None:
    kinds = get_args(get_args(Node)[0])
    assert len(kinds) >= 5
    assert all(outline.dispatch(kind) is not outline.dispatch(object) for kind in kinds)


def test_a_kind_that_has_said_nothing_is_told_so() -> None:
    with pytest.raises(TypeError, match=r"Part has no outline: say in ivr/outline.py"):
        outline(Part())


def test_the_ways_of_a_menu_and_those_added_to_it() -> None:
    menu = menu_of(
        {
            "a": ask(
                {
                    "1": {"goto": "b"},
                    "2": {"queue": "sales"},
                    "3": {"hang_up": True},
                    "4": {"back": True},
                    "5": {"repeat": True},
                    "6": {"language": "next"},
                },
                too_many={"queue": "patient"},
            ),
            "b": {"kind": "callback", "queue": "later"},
        }
    )
    assert [(way.key, way.leads, way.to) for way in exits(menu, "a")] == [
        ("1", Leads.NODE, "b"),
        ("2", Leads.PERSON, "sales"),
        ("3", Leads.END, ""),
        ("4", Leads.BACK, ""),
        ("5", Leads.NOWHERE, ""),
        ("6", Leads.NOWHERE, ""),
        ("0", Leads.PERSON, "people"),
        ("", Leads.PERSON, "patient"),
    ]
    assert exits(menu, "b") == (Exit(leads=Leads.PERSON, to="later"),)
    assert outline(menu.nodes["b"]).plays == CALLBACK_PROMPTS


def test_queues_and_prompts_are_found_wherever_they_are_written() -> None:
    menu = menu_of(
        {"a": say("b"), "b": ask({"1": {"queue": "sales", "prompts": ["p"]}})},
        defaults={"no_match_prompts": ["q"], "too_many": {"queue": "late"}},
    )
    assert [(place, way.queue) for place, way in handovers(menu)] == [
        (("person",), "people"),
        (("defaults", "too_many"), "late"),
        (("nodes", "b", "choices", "1"), "sales"),
    ]
    assert [name for _, name in prompts(menu)] == ["q", "before_b", "ask", "p"]


def test_a_node_that_leads_nowhere_without_a_key_repeats_for_ever() -> None:
    menu = menu_of({"a": ask({"1": {"repeat": True}})}).model_copy(
        update={"nodes": {"a": Patient()}}
    )
    case = Case(draft=Draft(menu, frozenset()), roads=roads(menu))
    (misfit,) = repeats_for_ever(case)
    assert misfit == Misfit(("nodes", "a"), "repeats for ever when nothing is pressed")


def test_back_leads_to_the_menus_one_comes_from() -> None:
    menu = menu_of(
        {
            "a": ask({"1": {"goto": "b"}}),
            "b": say("c"),
            "c": ask({"1": {"back": True}, "0": {"repeat": True}}),
        }
    )
    known = roads(menu)
    assert known.onward == {"a": ("b",), "b": ("c",), "c": ()}
    assert known.back == {"a": (), "b": (), "c": ("a",)}
    assert known.goals("c") == ("a",)
    assert known.circle("c") == ("c", "a", "b", "c")
    assert known.ends("c") == frozenset()


def test_a_misspelt_goal_is_the_node_most_like_it() -> None:
    assert meant("mian", {"main", "more"}) == "main"
    assert meant("offers", {"main", "more"}) == ""
