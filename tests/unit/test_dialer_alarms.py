"""Alarms: what is on, how long, and how it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agents.floor import Guard
from calls.events import CarrierSlowed
from dialer.alarm_words import alarm_sentence
from dialer.alarms import (
    Alarm,
    AlarmKind,
    AlarmWatch,
    Overdue,
    carrier_alarm,
    guard_alarms,
    promise_alarms,
    register_alarms,
)
from dialer.guards import Guards, Tripped
from dialer.rules.sections import Register
from tests.unit.facts import PBX, START


def slowed(speed: float | None) -> CarrierSlowed:
    return CarrierSlowed(at=START, pbx=PBX, calls_per_second=speed, congested_share=0.4)


ALARM = Alarm(kind=AlarmKind.CARRIER_SLOWED, subject="trunk", details={})


def test_an_alarm_begins_once_and_is_over_when_it_has_stayed_away() -> None:
    watch = AlarmWatch()
    ended = []
    for second in range(0, 200, 5):
        # on for half a minute, then now and then, then never more
        found = [ALARM] if second < 30 or second in (60, 80) else []
        assert bool(watch.begun(found)) == (second == 0)
        over = watch.over(found, second)
        ended += [(second, *over.items())] if over else []
        watch.remember(found, over, second)
    assert ended == [(140, (("carrier_slowed", "trunk"), 80))]
    assert watch.begun([ALARM]) == [ALARM], "it may come again"


def test_what_was_on_at_the_last_end_is_over_only_after_a_look() -> None:
    watch = AlarmWatch()
    watch.resume([ALARM.key], 1000.0)
    assert watch.begun([ALARM]) == []
    assert watch.over([], 1059.0) == {}
    assert watch.over([], 1060.0) == {ALARM.key: 1000.0}


def test_a_guard_is_told_while_it_stops_calls_and_only_if_it_stopped_one() -> None:
    guards = Guards([Guard(digits=2, calls=1, seconds=300)])
    guards.counted("573001234567", 100.0)
    assert guards.tripped(110.0) == [], "full, but nobody was stopped"
    assert guards.stops("573001234568", 110.0) is not None
    (alarm,) = guard_alarms(guards.tripped(120.0))
    assert (alarm.subject, alarm.quiet_seconds) == ("guard_2_1_300/57", 300.0)
    assert guard_alarms(guards.tripped(400.0)) == []


def test_the_carrier_is_told_while_it_is_slow() -> None:
    assert carrier_alarm(None) == carrier_alarm(slowed(None)) == []
    (alarm,) = carrier_alarm(slowed(2.0))
    assert alarm.details == {"calls_per_second": 2.0, "congested_share": 0.4}


def test_registers_that_are_missing_or_too_old() -> None:
    needed = Register(name="RNE", required=True, max_age_days=5)
    asked = {"c1": [needed], "c2": [needed, Register(name="other", required=False)]}
    (missing,) = register_alarms(asked, {}, START)
    assert missing.subject == "registers/RNE"
    assert missing.details == {"as_of": None, "campaigns": ["c1", "c2"]}
    assert register_alarms(asked, {"RNE": START - timedelta(days=5)}, START) == []
    (old,) = register_alarms(asked, {"RNE": START - timedelta(days=5, seconds=1)}, START)
    assert old.details["as_of"] is not None
    assert register_alarms({}, {}, START) == [], "nobody asks"


FOUND = [
    *guard_alarms([Tripped(Guard(calls=9), "", 60.0)]),
    *guard_alarms([Tripped(Guard(digits=2, calls=9), "57", 60.0)]),
    *carrier_alarm(slowed(2.5)),
    *promise_alarms([Overdue(campaign_id="c1", calls=2, oldest_promised_at=START)]),
    *register_alarms({"c1": [Register(name="RNE", required=True)]}, {}, START),
    *register_alarms(
        {"c1": [Register(name="RNE", required=True, max_age_days=1)]},
        {"RNE": START - timedelta(days=2)},
        START,
    ),
]


@pytest.mark.parametrize("alarm", FOUND, ids=lambda alarm: f"{alarm.kind}-{alarm.subject}")
def test_each_is_told_in_both_languages(alarm: Alarm) -> None:
    spanish, english = (
        alarm_sentence(alarm.kind, alarm.subject, alarm.details, language)
        for language in ("es", "en")
    )
    assert spanish != english
    for told in (spanish, english):
        assert told.endswith(".")
        assert "{" not in told
        assert "None" not in told


def test_every_kind_is_tried() -> None:
    # the words of targets are with their figures, in another room
    assert {alarm.kind for alarm in FOUND} == set(AlarmKind) - {AlarmKind.TARGET}
