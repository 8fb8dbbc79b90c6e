"""Messages, tickets, surveys, incidents, languages, transfers, and what holds for a queue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.dialogue import Phase, step
from ivr.hung_up import ticket_left
from ivr.menu import Menu
from ivr.services import FAILED, Answer
from ivr.vocabulary import (
    Answered,
    BackInLine,
    GoToQueue,
    HangUp,
    Listen,
    Moved,
    OpenTicket,
    Play,
    Played,
    PlayRecording,
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
from ivr.world import QueueNow
from tests.made_menus import ask, say
from tests.unit.ivr_caller import END, WORLD, Caller, bare_menu, node_menu

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


def test_a_message_is_of_one_ticket_only() -> None:
    menu = node_menu(
        {
            "kind": "record", "purpose": "complaint", "into": "said", "prompts": ["speak"],
            "goto": "complaint", "nothing": "complaint", "review_prompts": ["review"],
        },
        complaint={
            "kind": "ticket", "ticket": "complaint", "note": "said", "goto": "cancel",
            "failed": "end",
        },
        cancel={
            "kind": "ticket", "ticket": "cancellation", "goto": "menu", "failed": "end",
        },
        menu=ask({"1": {"goto": "end"}}),
    )  # fmt: skip
    caller = Caller(menu).does(Played(), Recorded(9.5), Played(), Waited(), Played())
    assert caller.actions == (OpenTicket("complaint", "", "complaint-1700000000-12-1", 15),)
    # whoever hangs up while there is no ticket has one opened for what they said
    assert ticket_left(menu, caller.state, "") == caller.actions[0]
    caller.does(Answered(Answer("done", {"number": "26-12"})))
    assert caller.actions == (OpenTicket("cancellation", "", "", 15),)
    assert ticket_left(menu, caller.state, "") is None
    caller.does(Answered(Answer("done", {"number": "26-13"})))
    assert ticket_left(menu, caller.state, "") is None


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
