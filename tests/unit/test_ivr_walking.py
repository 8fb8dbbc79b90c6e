"""A caller's way without a telephone is the way the steps of real calls decide."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.menu import Menu
from ivr.menu_file import MENUS, read_menu
from ivr.vocabulary import Asked, Chosen, Entered, Missed
from ivr.walked import CalledBack, Caller, HungUp, Queued
from ivr.walking import Walk
from tests.made_menus import ask, menu_of, say

OPERATOR = read_menu(MENUS / "simple.yaml")
LATER = menu_of(
    {
        "a": ask({"1": {"goto": "later"}, "2": {"goto": "quiet"}, "#": {"hang_up": True}}),
        "later": {"kind": "callback", "queue": "sales", "priority": 7, "say_position": True},
        "quiet": ask({"1": {"queue": "sales", "say_position": True}}, barge_in=False),
    }
)


def walked(menu: Menu, *turns: str, **caller: object) -> Walk:
    """Where the keys lead; "" is silence."""
    walk = Walk(menu, Caller(**caller))  # type: ignore[arg-type]  # fields as words
    for keys in turns:
        if keys:
            walk.press(keys)
        else:
            walk.wait()
    return walk


def test_the_first_turn_is_what_is_heard_before_any_key() -> None:
    walk = walked(OPERATOR)
    assert walk.heard == ("welcome", "main_menu")
    assert walk.language == "es"
    assert walk.end is None


def test_keys_lead_to_a_queue() -> None:
    walk = walked(OPERATOR, "2", "1")
    assert walk.end == Queued("soporte", 5)
    assert walk.turn[0] == Chosen("support", "no_signal")
    assert walk.heard == ("transfer_support",)


def test_keys_typed_ahead_are_not_kept_waiting_by_prompts() -> None:
    walk = walked(OPERATOR, "21")
    assert walk.heard == ("transfer_support",)
    assert Entered("support", "es") in walk.turn
    assert walk.end == Queued("soporte", 5)


def test_keys_ahead_of_prompts_that_no_key_stops_come_after_them() -> None:
    walk = walked(LATER, "21", waiting=1)
    assert walk.heard == ("ask", "position_prefix", "n_una", "position_suffix_one")
    assert walk.end == Queued("sales")


def test_silence_is_counted() -> None:
    walk = walked(OPERATOR, "")
    assert walk.turn[0] == Missed("main", "no_input")
    assert walk.heard == ("no_input_1", "main_menu")
    walk.wait()
    assert walk.end == Queued("soporte")


def test_the_language_changes() -> None:
    assert walked(OPERATOR, "9").language == "en"
    assert walked(OPERATOR, "9", language="en").language == "es"


def test_a_call_back_at_the_number_that_calls() -> None:
    walk = walked(LATER, "1", number="3001234567")
    assert walk.heard[0] == "callback_number_is"
    walk.press("1")
    assert walk.heard == ()
    walk.wait()
    assert walk.end == CalledBack("sales", "3001234567")
    assert Asked("sales", "3001234567") in walk.turn


def test_a_call_back_at_another_number() -> None:
    walk = walked(LATER, "1", "6011234567#")
    assert walk.heard[0] == "callback_number_is"
    walk.press("1#")
    assert walk.end == CalledBack("sales", "6011234567")


def test_who_agrees_on_nothing_waits_for_a_person() -> None:
    walk = walked(LATER, "1", "", "", waiting=2)
    assert walk.heard == ("position_prefix", "n_dos", "position_suffix_many")
    assert walk.end == Queued("sales", 7)
    assert walked(LATER, "1", called_back=False).heard == ("callback_not_now",)


def test_the_menu_hangs_up_and_keys_mean_nothing_then() -> None:
    walk = walked(LATER, "#")
    assert walk.end == HungUp()
    walk.press("1")
    assert walk.turn == []
    assert walk.end == HungUp()


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text("0123456789*#", max_size=4), max_size=12))
@pytest.mark.parametrize("menu", [OPERATOR, LATER], ids=["operator", "later"])
def test_whatever_is_pressed_the_caller_waits_or_has_come_to_an_end(
    menu: Menu, turns: list[str]
) -> None:
    walk = walked(menu, *turns)
    for _ in range(6):
        if walk.end is None:
            walk.wait()
    assert walk.end is not None


def test_prompts_that_lead_on_are_heard_in_one_turn() -> None:
    menu = menu_of(
        {"a": say("b"), "b": say("c", barge_in=False), "c": ask({"1": {"repeat": True}})}
    )
    assert walked(menu).heard == ("before_b", "before_c", "ask")
