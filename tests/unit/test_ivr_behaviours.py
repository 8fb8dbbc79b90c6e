"""What nodes that ask do: entries, confirmations, services, conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.menu import Menu
from ivr.services import FAILED, Answer
from ivr.values import Values
from ivr.vocabulary import (
    Answered,
    Ask,
    Chosen,
    GoToQueue,
    Known,
    Listen,
    Missed,
    MuteRecorders,
    Played,
    Waited,
)
from ivr.world import QueueNow
from tests.made_menus import ask, say
from tests.unit.ivr_caller import END, WORLD, Caller, bare_menu, node_menu

# --- entries ----------------------------------------------------------------------------------


def collect(**more: Any) -> Menu:
    wanted = {"kind": "collect", "prompts": ["enter"], "into": "entered", "goto": "end", **more}
    return node_menu(wanted)


@pytest.mark.parametrize(
    ("settings", "keys", "value"),
    [
        ({}, "123#", "123"),
        ({"most": 4}, "1234", "1234"),
        ({}, "12*345#", "345"),
        ({"what": "amount"}, "0450#", 450),
        ({"what": "date", "fewest": 4, "most": 4}, "3011", "2026-11-30"),
        ({"what": "date", "fewest": 4, "most": 4}, "0101", "2027-01-01"),
        ({"what": "date", "fewest": 4, "most": 4}, "2902", "2028-02-29"),
        ({"what": "date", "fewest": 8, "most": 8}, "24122026", "2026-12-24"),
        ({"what": "date", "fewest": 4, "most": 4, "within_days": 60}, "2411", "2026-11-24"),
        ({"what": "date", "fewest": 4, "most": 4, "within_days": 60}, "2301", "2027-01-23"),
        ({"check": "luhn"}, "79927398713#", "79927398713"),
        ({"check": "rut"}, "123456785#", "123456785"),
        ({"check": "mod11"}, "123456789#", "123456789"),
    ],
)
def test_an_entry_is_understood(settings: dict[str, Any], keys: str, value: object) -> None:
    caller = Caller(collect(**settings)).keys(keys)
    assert caller.state.values["entered"] == value
    assert caller.told(Chosen) == [Chosen("first", "entered")]
    assert caller.state.node == "end"


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"fewest": 4}, "123#"),
        ({"what": "amount"}, "000#"),
        ({"what": "date", "fewest": 4, "most": 4}, "3113"),
        ({"what": "date", "fewest": 8, "most": 8}, "30022026"),
        ({"what": "date", "fewest": 4, "most": 4, "within_days": 60}, "2401"),
        # yesterday comes again in a year
        ({"what": "date", "fewest": 4, "most": 4, "within_days": 60}, "2311"),
        ({"what": "date", "fewest": 8, "most": 8, "within_days": 60}, "23112026"),
        ({"check": "luhn"}, "79927398714#"),
        ({"check": "rut"}, "123456784#"),
        ({}, "12A#"),
    ],
)
def test_an_entry_that_makes_no_sense_is_asked_for_again(
    settings: dict[str, Any], keys: str
) -> None:
    caller = Caller(collect(**settings)).keys(keys)
    assert caller.told(Missed) == [Missed("first", "no_match")]
    assert (caller.state.node, caller.state.entry) == ("first", "")
    assert caller.heard[-1] == "enter"


def test_a_pause_ends_an_entry_and_silence_is_a_miss() -> None:
    caller = Caller(collect(no_input_seconds=7, next_key_seconds=3)).does(Played())
    assert caller.actions == (Listen(7.0),)
    assert caller.keys("12").actions == (Listen(3.0),)
    assert caller.does(Waited()).state.values["entered"] == "12"
    silent = Caller(collect()).does(Played(), Waited())
    assert silent.told(Missed) == [Missed("first", "no_input")]


def test_a_lone_zero_is_a_person_where_no_entry_is_so_short() -> None:
    person = Caller(collect(fewest=4)).keys("0#")
    assert person.state.leaving == GoToQueue("people", 0)
    assert Caller(collect()).keys("0#").state.values["entered"] == "0"


def test_keys_typed_ahead_are_an_entry() -> None:
    menu = node_menu(
        {**say("next"), "barge_in": False},
        next={"kind": "collect", "prompts": ["enter"], "into": "it", "most": 3, "goto": "end"},
    )
    caller = Caller(menu).keys("123").does(Played())
    assert caller.state.values["it"] == "123"
    assert caller.heard == ("goodbye",)


def test_too_many_misses_lead_where_the_node_says() -> None:
    menu = node_menu(
        {
            "kind": "collect", "prompts": ["enter"], "into": "it", "goto": "end",
            "max_no_input": 1, "too_many": {"goto": "end", "prompts": ["sorry"]},
        }
    )  # fmt: skip
    caller = Caller(menu).does(Played(), Waited())
    assert caller.heard == ("sorry",)
    assert caller.does(Played()).state.node == "end"


@pytest.mark.parametrize(("key", "node"), [("1", "end"), ("2", "first")])
def test_a_confirmation(key: str, node: str) -> None:
    menu = node_menu({"kind": "confirm", "prompts": ["sure"], "yes": "end", "no": "first"})
    caller = Caller(menu).keys(key)
    assert caller.state.node == node
    assert caller.told(Chosen)[0] == Chosen("first", "yes" if key == "1" else "no")
    assert Caller(menu).keys("0").state.leaving == GoToQueue("people", 0)
    assert Caller(menu).keys("7").told(Missed) == [Missed("first", "no_match")]


def test_keys_from_before_a_question_answer_it_unless_it_has_to_be_heard() -> None:
    def asked(**more: bool) -> Caller:
        sure = {"kind": "confirm", "prompts": ["sure"], "yes": "end", "no": "end", **more}
        return Caller(node_menu({**say("sure"), "barge_in": False}, sure=sure)).keys("12")

    assert asked().does(Played()).told(Chosen) == [Chosen("sure", "yes")]
    heard = asked(typed_ahead=False).does(Played())
    assert (heard.heard, heard.told(Chosen)) == (("sure",), [])
    assert heard.keys("2").told(Chosen) == [Chosen("sure", "no")]
    person = asked(typed_ahead=False).keys("0").does(Played())
    assert person.state.leaving == GoToQueue("people", 0)


# --- services ---------------------------------------------------------------------------------


def look_up(**more: Any) -> Menu:
    wanted = {
        "kind": "look_up", "service": "balance", "arguments": {"account": "caller"}, "into": "bill",
        "prompts": ["moment"], "found": "tell", "missing": "end", "failed": "first_menu", **more,
    }  # fmt: skip
    told = {
        "kind": "say", "goto": "end",
        "prompts": ["balance_is", {"amount": "bill.amount", "currency": "bill.currency"}],
    }  # fmt: skip
    return node_menu(wanted, tell=told, first_menu=ask({"1": {"goto": "end"}}), end=END)


def test_a_service_is_asked_and_its_answer_is_said() -> None:
    caller = Caller(look_up())
    asked = Ask("balance", {"account": "3001234567"}, "1700000000.12-first-1")
    assert caller.actions[-2:] == (asked, Listen(0.7))
    caller.does(Answered(Answer("found", {"amount": 21.5, "currency": "USD"})))
    assert caller.heard[0] == "balance_is"
    assert caller.state.values["bill"]["outcome"] == "found"  # type: ignore[index,call-overload]


def test_a_quick_answer_needs_no_prompt_and_a_slow_one_waits_until_it_was_heard() -> None:
    caller = Caller(look_up()).does(Waited())
    assert caller.heard == ("moment",)
    assert caller.does(Answered(Answer("missing"))).actions == ()
    assert caller.does(Played()).state.node == "end"


@pytest.mark.parametrize(
    ("outcome", "node"), [("found", "tell"), ("missing", "end"), (FAILED, "first_menu")]
)
def test_the_outcome_decides(outcome: str, node: str) -> None:
    values: Values = {"amount": 1, "currency": "COP"}
    assert Caller(look_up()).does(Answered(Answer(outcome, values))).state.node == node


def test_an_outcome_nobody_declared_is_a_failure() -> None:
    assert Caller(look_up()).does(Answered(Answer("kind"))).state.node == "first_menu"


def test_without_an_argument_nobody_is_asked() -> None:
    menu = look_up(arguments={"account": "bill.account"})
    assert Caller(menu).state.node == "first_menu"


def test_what_cannot_be_said_is_passed_over_as_a_whole() -> None:
    broken = Answer("found", {"amount": "much", "currency": "COP"})
    assert Caller(look_up()).does(Answered(broken)).heard == ("goodbye",)


def test_keys_while_a_service_is_asked_are_kept() -> None:
    caller = Caller(look_up()).keys("1").does(Answered(Answer(FAILED)))
    assert caller.told(Chosen) == [Chosen("first_menu", "key_1")]


def test_who_calls_becomes_known_and_proven() -> None:
    menu = node_menu(
        {
            "kind": "look_up", "service": "customer_by_number", "arguments": {"number": "caller"},
            "into": "customer", "found": "prove", "missing": "end", "failed": "end",
        },
        prove={
            "kind": "look_up", "service": "prove_customer", "into": "proven", "sensitive": True,
            "arguments": {"customer": "customer.id", "digits": '"1234"'},
            "found": "end", "missing": "end", "failed": "end",
        },
    )  # fmt: skip
    caller = Caller(menu).does(Answered(Answer("found", {"id": 7, "account": "99"})))
    assert caller.told(Known) == [Known(7, "99", proven=False)]
    assert MuteRecorders(muted=True) in caller.actions
    caller.does(Answered(Answer("found")))
    assert caller.told(Known)[-1] == Known(7, "", proven=True)
    assert MuteRecorders(muted=False) in caller.actions


def test_keys_of_a_sensitive_node_are_nobodys_business() -> None:
    menu = node_menu(
        {
            "kind": "menu", "prompts": ["secret"], "sensitive": True,
            "choices": {"1": {"name": "tell_all", "goto": "end"}},
        }
    )  # fmt: skip
    assert Caller(menu).keys("1").told(Chosen) == [Chosen("first", "private")]


# --- conditions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("open.office", True),
        ("opens.office == null", True),
        ("opens.market == '2026-11-28T09:00:00-05:00'", True),
        ("opens.never == null && !open.never", True),
        ("hour < 12 && today == '2026-11-24'", True),
        ("queues.people.waiting > 3", True),
        ("visits.first == 1", True),
        ("caller.startsWith('300')", True),
        ("customer != null", False),
        ("customer.status == 'active'", False),
        ("customer == null", True),
        ("language + 1 == 2", False),
    ],
)
def test_conditions(when: str, holds: bool) -> None:
    first = {"kind": "condition", "cases": [{"when": when, "goto": "end"}], "otherwise": "menu"}
    enter = {"kind": "collect", "prompts": ["enter"], "into": "customer", "goto": "end"}
    people = {"kind": "queue", "queue": "people"}
    office = {"zone": "America/Bogota", "days": {"tue": ["08:00-12:00"]}}
    menu = bare_menu(
        {"first": first, "menu": enter, "end": END, "people": people},
        schedules={
            "office": office,
            # told by the clock of the menu, which is Bogotá's
            "market": {"zone": "America/Santiago", "days": {"sat": ["11:00-12:00"]}},
            "never": {**office, "days": {"tue": []}},
        },
    )
    world = replace(WORLD, queue=lambda _: QueueNow(waiting=4))
    assert Caller(menu, world).state.node == ("end" if holds else "menu")
