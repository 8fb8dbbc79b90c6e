"""Callers and what the dialogue makes of them, one by one."""

from __future__ import annotations

import pytest

from ivr.dialogue import MAX_TYPED_AHEAD, TABLE, Phase, State, Step, start, step
from ivr.menu import Menu
from ivr.menu_file import MENUS, read_menu
from ivr.vocabulary import (
    Action,
    Answered,
    Chosen,
    Entered,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Listen,
    Missed,
    OfferCallback,
    Play,
    Played,
    Pressed,
    Recorded,
    SayPosition,
    SetLanguage,
    Waited,
)
from tests.made_menus import ask, menu_of, say

OPERATOR = read_menu(MENUS / "simple.yaml")


class Call:
    """One caller: remembers all that was done and all that became true."""

    def __init__(self, menu: Menu = OPERATOR, language: str = "") -> None:
        self.menu = menu
        self.facts: list[Happened] = []
        self.state: State
        self.actions: tuple[Action, ...]
        self._take(start(menu, language))

    def _take(self, taken: Step) -> None:
        self.state, self.actions = taken.state, taken.actions
        self.facts += taken.facts

    def __call__(self, *events: Event | str) -> tuple[Action, ...]:
        """The actions of the last event; texts are keys pressed one after the other."""
        for event in events:
            for each in [Pressed(key) for key in event] if isinstance(event, str) else [event]:
                self._take(step(self.menu, self.state, each))
        return self.actions


REPEAT = {"*": {"name": "repeat", "repeat": True}}


def test_a_caller_listens_chooses_and_comes_to_the_queue() -> None:
    call = Call()
    assert call.actions == (SetLanguage("es"), Play(("welcome",), barge_in=True))
    assert call(Played()) == (Play(("main_menu",), barge_in=True),)
    assert call(Played()) == (Listen(5.0),)
    assert call("2") == (Play(("support_menu",), barge_in=True),)
    assert call(Played()) == (Listen(5.0),)
    assert call("1") == (Play(("transfer_support",), barge_in=False),)
    assert call(Played()) == (GoToQueue("soporte", 5),)
    assert call.state.phase is Phase.DONE
    assert call.facts == [
        Entered("welcome", "es"),
        Entered("main", "es"),
        Chosen("main", "support"),
        Entered("support", "es"),
        Chosen("support", "no_signal"),
    ]


def test_who_knows_the_menu_presses_through_it_without_hearing_it() -> None:
    call = Call()
    assert call("1") == (Play(("billing_menu",), barge_in=True),)
    assert call("1", Played()) == (GoToQueue("facturacion", 0),)


def test_after_the_dialogue_nothing_counts() -> None:
    call = Call()
    call("3", Played())
    before = call.state
    assert call("1", Played(), Waited(), "0") == ()
    assert call.state == before


def _patient(**patience: object) -> Call:
    """A menu that waits for three misses of each kind."""
    words = {"no_input_prompts": ["n1", "n2"], "no_match_prompts": ["m1", "m2"], **patience}
    node = ask(REPEAT, max_no_input=3, max_no_match=3, **words)
    return Call(menu_of({"main": node}))


def test_silence_is_answered_with_more_words_each_time_and_then_with_a_person() -> None:
    call = _patient(too_many={"queue": "help", "prompts": ["sorry"]})
    call(Played())
    for words in ("n1", "n2"):
        assert call(Waited()) == (Play((words, "ask"), barge_in=True),)
        call(Played())
    assert call(Waited()) == (Play(("sorry",), barge_in=False),)
    assert call(Played()) == (GoToQueue("help", 0),)
    assert call.facts[-3:] == [Missed("main", "no_input")] * 3


def test_wrong_keys_and_silence_are_counted_apart() -> None:
    call = _patient(too_many={"queue": "help", "prompts": ["sorry"]})
    call(Played(), Waited(), Played(), Waited(), Played())
    assert call("7") == (Play(("m1", "ask"), barge_in=True),)
    assert call("8") == (Play(("m2", "ask"), barge_in=True),)
    assert (call.state.no_input, call.state.no_match) == (2, 2)
    assert call("7") == (Play(("sorry",), barge_in=False),)


def test_the_operator_hands_over_at_the_second_silence() -> None:
    call = Call()
    call(Played(), Played())
    assert call(Waited()) == (Play(("no_input_1", "main_menu"), barge_in=True),)
    call(Played())
    assert call(Waited()) == (Play(("sorry_trouble",), barge_in=False),)


def test_more_misses_than_prompts_play_the_last_one_again_and_none_none() -> None:
    node = ask(REPEAT, max_no_match=9, no_match_prompts=["x", "y"])
    call = Call(menu_of({"main": node}))
    played = [call("5") for _ in range(3)]
    assert played == [(Play((which, "ask"), barge_in=True),) for which in ("x", "y", "y")]
    call(Played())
    assert call(Waited()) == (Play(("ask",), barge_in=True),)


def test_misses_are_forgotten_in_the_next_node_but_not_by_a_repeat() -> None:
    call = Call()
    call("7", "*")
    assert call.state.no_match == 1
    call("1")
    assert call.state.no_match == 0
    call("7", "#")
    assert (call.state.node, call.state.no_match) == ("main", 0)


def test_without_words_of_its_own_too_many_leads_to_the_person_of_the_menu() -> None:
    call = Call(menu_of({"main": ask(REPEAT, max_no_match=1)}))
    assert call("5") == (GoToQueue("people", 0),)
    assert call.state.phase is Phase.DONE


def test_a_node_may_send_its_misses_elsewhere() -> None:
    node = ask(REPEAT, max_no_match=1, too_many={"queue": "late", "priority": 7})
    assert Call(menu_of({"main": node}))("5") == (GoToQueue("late", 7),)


def test_zero_is_a_person_everywhere() -> None:
    for way in ("0", "10", "20"):
        call = Call()
        assert call(way) == (Play(("please_hold",), barge_in=False),)
        assert call(Played()) == (GoToQueue("soporte", 0),)
        assert isinstance(call.facts[-1], Chosen)
        assert call.facts[-1].choice == "person"


def test_keys_during_words_that_must_be_heard_wait_until_they_end() -> None:
    notice = say("main", barge_in=False)
    menu = menu_of({"notice": notice, "main": ask({"1": {"goto": "deep"}}), "deep": ask(REPEAT)})
    call = Call(menu)
    assert call.actions[-1] == Play(("before_main",), barge_in=False)
    assert call("10") == ()
    assert call.state.phase is Phase.TELLING
    assert call(Played()) == (GoToQueue("people", 0),)
    assert call.facts[1:] == [
        Entered("main", "es"),
        Chosen("main", "key_1"),
        Entered("deep", "es"),
        Chosen("deep", "person"),
    ]


def test_keys_typed_ahead_wait_again_where_the_next_words_must_be_heard() -> None:
    nodes = {"main": ask({"1": {"goto": "notice"}}, barge_in=False)}
    nodes |= {"notice": say("deep", barge_in=False), "deep": ask({"2": {"queue": "q"}})}
    call = Call(menu_of(nodes))
    assert call("12") == ()
    assert call(Played()) == (Play(("before_deep",), barge_in=False),)
    assert call(Played()) == (GoToQueue("q", 0),)


def test_a_wrong_key_forgets_what_was_typed_after_it() -> None:
    call = Call(menu_of({"main": ask(REPEAT, barge_in=False)}))
    call("70", Played())
    assert call.state.phase is Phase.TELLING
    assert call.state.typed == ()
    assert call(Played()) == (Listen(5.0),)


def test_only_so_many_keys_are_kept() -> None:
    call = Call(menu_of({"main": ask(REPEAT, barge_in=False)}))
    call("*" * 100)
    assert len(call.state.typed) == MAX_TYPED_AHEAD


def test_a_key_skips_any_number_of_nodes_that_only_speak() -> None:
    nodes = {f"n{number}": say(f"n{number + 1}") for number in range(2000)}
    call = Call(menu_of({**nodes, "n2000": ask(REPEAT)}))
    assert call("0") == (GoToQueue("people", 0),)


def test_back_goes_to_the_menu_before_and_at_the_top_repeats() -> None:
    nodes = {
        "a": ask({"1": {"goto": "hint"}, "#": {"back": True}}),
        "hint": say("b"),
        "b": ask({"1": {"goto": "c"}, "#": {"back": True}}),
        "c": ask({"1": {"goto": "a"}, "2": {"goto": "c"}, "#": {"back": True}}),
    }
    call = Call(menu_of(nodes))
    assert call("#") == (Play(("ask",), barge_in=True),)
    assert call.state.node == "a"
    call("1", Played(), "12")
    assert (call.state.node, call.state.trail) == ("c", ("a", "b"))
    call("#")
    assert (call.state.node, call.state.trail) == ("b", ("a",))
    call("#")
    assert (call.state.node, call.state.trail) == ("a", ())
    call("1", Played(), "11")
    assert (call.state.node, call.state.trail) == ("a", ())
    assert not any(isinstance(fact, Missed) for fact in call.facts)


def test_another_language_says_the_same_node_again() -> None:
    call = Call(language="en")
    assert call.actions[0] == SetLanguage("en")
    again = Play(("main_menu",), barge_in=True)
    assert call(Played(), "79") == (SetLanguage("es"), again)
    assert (call.state.no_match, call.facts[-1]) == (0, Entered("main", "es"))
    assert call("9") == (SetLanguage("en"), again)
    fixed = menu_of({"main": ask({"1": {"language": "en"}})})
    assert Call(fixed)("1")[0] == SetLanguage("en")


def test_a_language_nobody_offers_means_the_language_of_the_menu() -> None:
    assert Call(language="fr").actions[0] == SetLanguage("es")


def test_the_position_is_said_between_the_prompts_and_the_queue() -> None:
    queue = {"queue": "q", "priority": 2, "say_position": True}
    call = Call(menu_of({"main": ask({"1": {**queue, "prompts": ["hold"]}, "2": {**queue}})}))
    assert call("1") == (Play(("hold",), barge_in=False), SayPosition("q"))
    assert call(Played()) == (GoToQueue("q", 2),)
    call = Call(call.menu)
    assert call("2") == (SayPosition("q"),)
    assert call("9", Played()) == (GoToQueue("q", 2),)


def test_nodes_and_keys_may_end_the_call() -> None:
    nodes = {
        "main": ask({"1": {"hang_up": True, "prompts": ["bye"]}, "2": {"goto": "end"}}),
        "end": {"kind": "hang_up"},
    }
    call = Call(menu_of(nodes))
    assert call("1") == (Play(("bye",), barge_in=False),)
    assert call(Played()) == (HangUp(),)
    assert Call(menu_of(nodes))("2") == (HangUp(),)


def test_a_menu_may_begin_with_a_queue() -> None:
    menu = menu_of({"main": {"kind": "queue", "queue": "q"}})
    assert Call(menu).actions == (SetLanguage("es"), GoToQueue("q", 0))


def test_a_call_back_is_offered_after_the_words_of_its_node() -> None:
    nodes = {
        "main": ask({"1": {"goto": "offer"}}),
        "offer": {"kind": "callback", "queue": "q", "priority": 3, "prompts": ["busy"],
                  "say_position": True},
    }  # fmt: skip
    call = Call(menu_of(nodes))
    assert call("1") == (Play(("busy",), barge_in=False),)
    assert call("5", Played()) == (OfferCallback("q", 3, say_position=True),)
    del nodes["offer"]["prompts"]
    assert Call(menu_of(nodes))("1") == (OfferCallback("q", 3, say_position=True),)


def test_the_table_has_an_answer_to_every_event_in_every_phase() -> None:
    assert {phase: set(row) for phase, row in TABLE.items()} == {
        phase: {Pressed, Played, Waited, Answered, Recorded} for phase in Phase
    }


@pytest.mark.parametrize("name", ["main", "billing", "support"])
def test_every_menu_of_the_operator_can_be_left_for_a_person(name: str) -> None:
    state = State(phase=Phase.LISTENING, node=name, language="en")
    assert step(OPERATOR, state, Pressed("0")).state.leaving == GoToQueue("soporte", 0)
