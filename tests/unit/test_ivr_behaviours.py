"""What each kind of node does: entries, confirmations, services, messages, tickets, surveys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from ivr import dialogue
from ivr.dialogue import Phase, start, step
from ivr.menu import Menu
from ivr.nodes import Node
from ivr.parts import Handover
from ivr.schedules import Schedule
from ivr.services import FAILED, Answer
from ivr.terms import QueueTerms
from ivr.turn import State
from ivr.values import Values
from ivr.vocabulary import (
    Action,
    Answered,
    Ask,
    BackInLine,
    Chosen,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Known,
    Listen,
    Missed,
    Moved,
    MuteRecorders,
    OpenTicket,
    Play,
    Played,
    PlayRecording,
    Pressed,
    Reasoned,
    Record,
    Recorded,
    SayWait,
    Sent,
    SetLanguage,
    Surveyed,
    Transfer,
    TurnedAway,
    Waited,
)
from ivr.world import QueueNow, World
from tests.made_menus import ask, say

_NODE: TypeAdapter[Node] = TypeAdapter(Node)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Bogotá
WORLD = World(call_id="1700000000.12", caller="3001234567", called="0800", now=lambda: NOW)
END = {"kind": "hang_up", "prompts": ["goodbye"]}


class Caller:
    """One caller: what the last event led to, and everything that became true."""

    def __init__(self, menu: Menu, world: World = WORLD, **begin: Any) -> None:
        self.menu, self.world = menu, world
        self.facts: list[Happened] = []
        self._took(start(menu, "", world, **begin))

    def _took(self, after: dialogue.Step) -> None:
        self.state: State = after.state
        self.actions: tuple[Action, ...] = after.actions
        self.facts += after.facts

    def does(self, *events: Event) -> Caller:
        for event in events:
            self._took(step(self.menu, self.state, event, self.world))
        return self

    def keys(self, digits: str) -> Caller:
        return self.does(*map(Pressed, digits))

    @property
    def heard(self) -> tuple[str, ...]:
        return tuple(
            prompt for each in self.actions if isinstance(each, Play) for prompt in each.prompts
        )

    def told(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def node_menu(first: dict[str, Any], **others: dict[str, Any]) -> Menu:
    """A menu that begins with one node; `end` hangs up."""
    return bare_menu({"first": first, "end": END, **others})


def bare_menu(nodes: dict[str, Any], **rest: Any) -> Menu:
    """A menu of these nodes, whether or not they make a sound one."""
    return Menu.model_construct(
        name="m",
        language="es",
        languages=("es", "en"),
        start="first",
        person=Handover(queue="people"),
        nodes={name: _NODE.validate_python(node) for name, node in nodes.items()},
        schedules={
            name: Schedule.model_validate(each) for name, each in rest.get("schedules", {}).items()
        },
        queues={
            name: QueueTerms.model_validate(each) for name, each in rest.get("queues", {}).items()
        },
    )


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
        schedules={"office": office},
    )
    world = replace(WORLD, queue=lambda _: QueueNow(waiting=4))
    assert Caller(menu, world).state.node == ("end" if holds else "menu")


# --- messages ---------------------------------------------------------------------------------


def recording() -> Menu:
    return node_menu(
        {
            "kind": "record", "purpose": "suggestion", "into": "note", "prompts": ["speak"],
            "goto": "end", "nothing": "menu", "max_no_input": 2, "review_prompts": ["review"],
        },
        menu=ask({"1": {"goto": "end"}}),
    )  # fmt: skip


def test_a_message_is_recorded_heard_recorded_again_and_sent() -> None:
    caller = Caller(recording()).does(Played())
    name = "suggestion-1700000000-12-1"
    assert caller.actions == (Record(name, 90.0, 4.0),)
    assert caller.keys("5").actions == ()  # the key ends the recording, and is no answer
    assert caller.does(Recorded(9.5)).heard == ("review",)
    assert caller.keys("1").actions[0] == PlayRecording(name)
    assert caller.keys("2").state.phase is Phase.RECORDING
    caller.does(Recorded(4.0)).keys("3")
    assert caller.told(Sent) == [Sent(name, "suggestion", 4.0)]
    assert caller.heard == ("record_sent",)
    assert caller.does(Played()).state.values["note"] == name


def test_who_says_nothing_after_speaking_meant_to_leave_it() -> None:
    caller = Caller(recording()).does(Played(), Recorded(5.0), Played(), Waited())
    assert caller.told(Sent)[0].seconds == 5.0


def test_silence_is_no_message() -> None:
    caller = Caller(recording()).does(Played(), Recorded(0.3))
    assert caller.heard == ("record_nothing",)
    caller.does(Played(), Recorded(0.0))
    assert caller.heard == ("record_nothing",)
    assert caller.does(Played()).state.node == "menu"
    assert caller.told(Sent) == []


# --- tickets, surveys, tasks ------------------------------------------------------------------


def test_a_ticket_is_opened_and_spoken() -> None:
    menu = node_menu(
        {**say("ticket"), "reason": "no_signal", "starts": "complaint"},
        ticket={
            "kind": "ticket", "ticket": "complaint", "goto": "tell", "failed": "menu",
            "working_days": 5,
        },
        tell={
            "kind": "say", "goto": "end", "completes": "complaint",
            "prompts": ["number_is", {"digits": "ticket.number"}],
        },
        menu=ask({"1": {"goto": "end"}}),
    )  # fmt: skip
    caller = Caller(menu).does(Played())
    assert caller.actions == (OpenTicket("complaint", "no_signal", "", 5),)
    failed = step(menu, caller.state, Answered(Answer(FAILED)), WORLD)
    assert failed.state.node == "menu"
    caller.does(Answered(Answer("done", {"number": "26-12"})))
    assert caller.heard == ("number_is", "n_dos", "n_seis", "pause", "n_uno", "n_dos_end")
    assert caller.told(Moved) == [Moved("complaint", "started")]
    caller.does(Played())
    assert caller.told(Moved)[-1] == Moved("complaint", "done")
    assert caller.told(Reasoned) == [Reasoned("no_signal")]


def survey(*questions: dict[str, Any], ask: str = "all") -> Menu:
    return node_menu({"kind": "survey", "questions": questions, "ask": ask, "goto": "end"})


CSAT = {"name": "csat", "prompts": ["how"]}
NPS = {"name": "nps", "prompts": ["recommend"], "low": 0, "high": 10}


def test_a_survey_takes_figures_of_one_and_two_digits() -> None:
    caller = Caller(survey(CSAT, NPS)).keys("4")
    assert caller.keys("1").actions == (Listen(2.0),)
    caller.keys("0")
    assert caller.told(Surveyed) == [
        Surveyed("csat", None, 1, 5),
        Surveyed("csat", 4, 1, 5),
        Surveyed("nps", None, 0, 10),
        Surveyed("nps", 10, 0, 10),
    ]
    assert caller.state.node == "end"


def test_a_one_and_a_pause_is_one() -> None:
    caller = Caller(survey(NPS)).keys("1").does(Waited())
    assert caller.told(Surveyed)[-1].answer == 1


def test_nonsense_is_asked_once_more_and_silence_goes_on() -> None:
    caller = Caller(survey(CSAT)).keys("9")
    assert caller.heard == ("how",)
    assert caller.keys("9").state.node == "end"
    assert Caller(survey(CSAT)).does(Played(), Waited()).state.node == "end"


def test_one_question_is_drawn_by_the_call_and_stays() -> None:
    menu = survey(CSAT, {**NPS, "weight": 3}, ask="one")
    drawn = [
        Caller(menu, replace(WORLD, call_id=str(number))).told(Surveyed)[0].question
        for number in range(400)
    ]
    assert 0.6 < drawn.count("nps") / 400 < 0.9
    again = Caller(menu, replace(WORLD, call_id="17")).told(Surveyed)
    assert again == Caller(menu, replace(WORLD, call_id="17")).told(Surveyed)


# --- incidents, language, transfer ------------------------------------------------------------


def test_incidents_of_the_area_are_told() -> None:
    menu = node_menu({"kind": "incidents", "area": '"norte"', "goto": "end"})
    world = replace(WORLD, incidents=lambda area: ("outage",) if area == "norte" else ())
    assert Caller(menu, world).heard == ("outage",)
    assert Caller(menu).heard == ("goodbye",)


@pytest.mark.parametrize(("written", "spoken"), [('"en"', "en"), ('"fr"', "es"), ("hour", "es")])
def test_the_language_of_the_customer(written: str, spoken: str) -> None:
    menu = node_menu({"kind": "language", "language": written, "goto": "end"})
    caller = Caller(menu)
    assert caller.state.language == spoken
    assert (SetLanguage("en") in caller.actions) is (spoken == "en")


def test_a_transfer_is_to_a_name() -> None:
    menu = node_menu({"kind": "transfer", "target": "payments", "failed": "end"})
    assert Caller(menu).actions[-1] == Transfer("payments")


# --- what holds for a queue -------------------------------------------------------------------


def queued(**terms: Any) -> Menu:
    nodes = {
        "first": {"kind": "queue", "queue": "sales"},
        "away": ask({"1": {"goto": "end"}, "2": {"goto": "wait"}}),
        "wait": {"kind": "wait_on"},
        "end": END,
    }
    office = {"zone": "America/Bogota", "days": {"mon": ["08:00-12:00"]}}
    return bare_menu(nodes, schedules={"office": office}, queues={"sales": terms})


AWAY = "away"


@pytest.mark.parametrize(
    ("terms", "now", "why"),
    [
        ({"schedule": "office", "closed": AWAY}, QueueNow(), "closed"),
        ({"nobody": AWAY}, QueueNow(staffed=0), "nobody"),
        ({"most_waiting": 3, "full": AWAY}, QueueNow(waiting=3), "full"),
    ],
)
def test_a_queue_that_takes_nobody(terms: dict[str, Any], now: QueueNow, why: str) -> None:
    caller = Caller(queued(**terms), replace(WORLD, queue=lambda _: now))
    assert caller.told(TurnedAway) == [TurnedAway("sales", why)]
    assert caller.state.node == AWAY


@pytest.mark.parametrize(
    "terms", [{"nobody": AWAY}, {"most_waiting": 3, "full": AWAY}, {"after_call": AWAY}]
)
def test_a_queue_that_takes_the_caller(terms: dict[str, Any]) -> None:
    caller = Caller(queued(**terms))
    assert caller.actions[-1] == GoToQueue("sales", 0)
    assert caller.told(TurnedAway) == []


def test_the_wait_is_told_before_it() -> None:
    caller = Caller(queued(say_wait=True, nobody=AWAY))
    assert caller.actions[-1] == SayWait("sales", 0)
    assert caller.does(Played()).actions == (GoToQueue("sales", 0),)


def test_who_waits_already_goes_back_to_the_same_place() -> None:
    menu = queued(most_waiting=1, full=AWAY)
    crowd = replace(WORLD, queue=lambda _: QueueNow(waiting=9))
    caller = Caller(menu, crowd, node="away", waits_in="sales").keys("2")
    assert caller.actions[-1] == BackInLine("sales")
    new = Caller(menu, WORLD, node="away").keys("2")
    assert new.actions[-1] == GoToQueue("people", 0)


def test_a_caller_comes_back_with_what_was_learned() -> None:
    menu = queued(after_call=AWAY)
    caller = Caller(menu, node="away", values={"x": 1}, reason="why")
    assert (caller.state.node, caller.state.values, caller.state.reason) == (AWAY, {"x": 1}, "why")
    assert caller.keys("1").actions[-1] == Play(("goodbye",), barge_in=False)
    assert caller.does(Played()).actions == (HangUp(),)
