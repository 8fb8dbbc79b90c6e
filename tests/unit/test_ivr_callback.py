"""The offer of a call back, as decisions: which number, agreed or not, and nobody is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.callback import (
    CALLBACK_PROMPTS,
    FIRST_KEY_SECONDS,
    MOST_MISSES,
    NEXT_KEY_SECONDS,
    YES_SECONDS,
    Later,
    Phase,
    Reachable,
    Terms,
    start,
    step,
)
from ivr.vocabulary import (
    Action,
    Asked,
    BackInLine,
    Event,
    GoToQueue,
    HangUp,
    Listen,
    Play,
    Played,
    Pressed,
    SayPosition,
    Waited,
)
from prompts.catalog import prompt_names
from prompts.spoken import LANGUAGES, say_digits

MOBILE = Reachable("573001234567", "3001234567")


def known(written: str) -> Reachable | None:
    """Ten digits that begin with a three are a number."""
    digits = written.removeprefix("57")
    good = len(digits) == 10 and digits.startswith("3")
    return Reachable(f"57{digits}", digits) if good else None


def terms(caller_number: str = "573001234567", **rest: object) -> Terms:
    back = (Play(("callback_back",), barge_in=False), BackInLine("soporte"))
    fields: dict[str, object] = {
        "queue": "soporte", "language": "es", "caller_number": caller_number, "check": known,
        "otherwise": back, **rest,
    }  # fmt: skip
    return Terms(**fields)  # type: ignore[arg-type]


class Call:
    """One caller's offer, event by event."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.last = start(terms)
        self.facts = list(self.last.facts)

    def __call__(self, *events: Event | str) -> tuple[Action, ...]:
        for event in events:
            happened = Pressed(event) if isinstance(event, str) else event
            self.last = step(self.terms, self.last.state, happened)
            self.facts += self.last.facts
        return self.last.actions


def heard(actions: tuple[Action, ...]) -> list[str]:
    return [prompt for action in actions if isinstance(action, Play) for prompt in action.prompts]


READ_OUT = ["callback_number_is", *say_digits("3001234567", "es"), "callback_confirm"]


def test_the_number_that_calls_is_read_out_and_agreed_by_one_key() -> None:
    call = Call(terms())
    assert heard(call.last.actions) == READ_OUT
    assert call(Played()) == (Listen(FIRST_KEY_SECONDS),)
    assert call("1") == (Listen(YES_SECONDS),)
    assert heard(call(Waited())) == ["callback_promised"]
    assert call.facts == [Asked("soporte", MOBILE.number)]
    assert call(Played()) == (HangUp(),)
    assert call.last.state.phase is Phase.DONE


def test_the_key_counts_while_the_prompt_plays_and_pound_is_quicker() -> None:
    call = Call(terms())
    assert call("1") == (Listen(YES_SECONDS),), "what plays is stopped by it"
    assert heard(call("#")) == ["callback_promised"]
    assert call.facts == [Asked("soporte", MOBILE.number)]


def test_another_number_is_read_back_before_it_counts() -> None:
    call = Call(terms())
    assert call(Played(), "3") == (Listen(NEXT_KEY_SECONDS),)
    said = heard(call(*"105550000", "#"))
    assert said == ["callback_number_is", *say_digits("3105550000", "es"), "callback_confirm"]
    assert call.facts == []
    call(Played(), "1", Waited())
    assert call.facts == [Asked("soporte", "573105550000")]


def test_a_number_that_begins_with_the_key_for_yes_is_a_number() -> None:
    def eleven(written: str) -> Reachable | None:
        return Reachable(f"54{written}", written) if len(written) == 10 else None

    call = Call(terms("5491112345678", check=eleven))
    call(Played())
    call(*"1112345678", Waited())
    assert call.facts == []
    call("1", "#")
    assert call.facts == [Asked("soporte", "541112345678")]


@pytest.mark.parametrize("hidden", ["", "0", "18005550100"])
def test_who_hides_the_number_or_calls_from_one_we_may_not_call_is_asked(hidden: str) -> None:
    call = Call(terms(hidden))
    assert heard(call.last.actions) == ["callback_enter"]
    assert heard(call(Played(), "1", "#")) == ["callback_bad_number", "callback_enter"]
    call(*"3001234567", "#")
    call("1", "#")
    assert call.facts == [Asked("soporte", MOBILE.number)]


def test_the_star_begins_the_number_anew() -> None:
    call = Call(terms(""))
    call(*"999*3001234567#")
    call("1", "#")
    assert call.facts == [Asked("soporte", MOBILE.number)]


def test_who_says_nothing_is_asked_twice_and_waits_on_at_the_same_place() -> None:
    call = Call(terms())
    assert heard(call(Played(), Waited())) == READ_OUT
    assert heard(call(Played(), Waited())) == ["callback_back"]
    assert call(Played()) == (BackInLine("soporte"),)
    assert call.facts == []


def test_two_numbers_that_may_not_be_called_lead_back_to_the_line() -> None:
    call = Call(terms())
    call(*"906", "#")
    assert heard(call(*"1234", Waited())) == ["callback_bad_number", "callback_back"]
    assert call(Played()) == (BackInLine("soporte"),)


def test_while_nobody_calls_back_the_caller_is_told_and_waits() -> None:
    call = Call(terms(check=None))
    assert heard(call.last.actions) == ["callback_not_now", "callback_back"]
    assert call(Played()) == (BackInLine("soporte"),)


def test_who_cannot_be_called_at_this_hour_hears_from_when_before_agreeing() -> None:
    today = date(2026, 11, 23)

    def at_night(written: str) -> Reachable | None:
        found = known(written)
        return found and found._replace(later=Later(today + timedelta(days=1), today))

    call = Call(terms(check=at_night))
    digits = say_digits("3001234567", "es")
    tomorrow = "d_a_partir_de_manana_end"
    said = ["callback_number_is", *digits, tomorrow, "callback_confirm"]
    assert heard(call.last.actions) == said
    assert heard(call(Played(), "1", "#")) == ["callback_promised"]
    assert call.facts == [Asked("soporte", MOBILE.number)]
    other = Call(terms("", check=at_night))
    assert tomorrow in heard(other(*"3001234567", "#"))
    english = Call(terms(check=at_night, language="en"))
    assert "d_from_tomorrow_on_end" in heard(english.last.actions)


def test_from_a_menu_the_caller_goes_to_the_queue_with_the_position_said() -> None:
    otherwise = (SayPosition("soporte"), GoToQueue("soporte", 5))
    call = Call(terms(otherwise=otherwise))
    assert call(Played(), Waited(), Played(), Waited()) == (SayPosition("soporte"),)
    assert call(Played()) == (GoToQueue("soporte", 5),)
    silent = Call(terms(otherwise=(GoToQueue("soporte", 0),)))
    assert silent(Played(), Waited(), Played(), Waited()) == (GoToQueue("soporte", 0),)


keys = st.sampled_from([*"0123456789*#"]).map(Pressed)
events = st.lists(keys | st.sampled_from([Played(), Waited()]), max_size=40)


@given(events, st.sampled_from(["573001234567", "", "123"]))
def test_whatever_is_pressed_the_caller_ends_up_promised_or_in_line(
    happened: list[Event], caller: str
) -> None:
    call = Call(terms(caller))
    left: list[Action] = []
    silence: list[Event] = [Played(), Waited()] * (2 * MOST_MISSES + 2)
    for event in [*happened, *silence]:
        left += [one for one in call(event) if isinstance(one, HangUp | BackInLine)]
    assert len(left) == 1
    promised = [one for one in call.facts if isinstance(one, Asked)]
    assert len(promised) == isinstance(left[0], HangUp)
    assert all(known(one.number) for one in promised)


def test_every_sentence_is_in_every_language_and_otherwise_ends_in_a_queue() -> None:
    for language in LANGUAGES:
        names = prompt_names(language)
        assert set(CALLBACK_PROMPTS) <= names
        assert {f"queue_callback_{key}" for key in range(1, 10)} <= names
    with pytest.raises(TypeError):
        start(terms(check=None, otherwise=(SayPosition("soporte"),)))
