"""How often: caps per day, week and period, days apart, and until when a number is left alone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.rules.frequency import Cap, Kind, Past, Reached, reached, redial_until
from dialer.rules.place import place_from, whole_country
from dialer.rules.sections import FrequencyLimit, FrequencyRule

BOGOTA = place_from("America/Bogota")
#: Monday noon in Bogotá
NOON = dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC)


def limit(at_most: int, days: int, count: str = "attempts", per: str = "lead") -> FrequencyRule:
    """A rule with this limit only."""
    written = {"count": count, "per": per, "at_most": at_most, "days": days}
    return FrequencyRule(limits=(FrequencyLimit.model_validate(written),))


def past(kind: Kind = Kind.ATTEMPT, *, hours: float = 0, days: float = 0, **which: bool) -> Past:
    """A call so long before noon."""
    return Past(NOON - dt.timedelta(hours=hours, days=days), kind, **which)


def midnight(day: int) -> dt.datetime:
    """When a day of November begins in Bogotá."""
    return dt.datetime(2026, 11, day, 5, tzinfo=dt.UTC)


def caps(rule: FrequencyRule, *history: Past) -> list[Reached]:
    """The limits reached on Monday at noon."""
    return reached([rule], history, BOGOTA, NOON)


def test_nothing_before_reaches_nothing() -> None:
    assert caps(limit(1, 1)) == []


def test_a_day_is_the_called_persons_day() -> None:
    # 11:59 hours ago it was Monday 00:01 in Bogotá, 12:01 hours ago Sunday 23:59.
    today, yesterday = past(hours=11 + 59 / 60), past(hours=12 + 1 / 60)
    assert caps(limit(1, 1), yesterday) == []
    assert caps(limit(1, 1), today) == [Reached(Cap.DAILY_CAP, midnight(24))]


def test_a_limit_is_free_when_the_call_that_filled_it_leaves_the_period() -> None:
    history = [past(days=5), past(days=3), past(days=1)]
    assert caps(limit(4, 7), *history) == []
    assert caps(limit(3, 7), *history) == [Reached(Cap.WEEKLY_CAP, midnight(25))]
    assert caps(limit(2, 7), *history) == [Reached(Cap.WEEKLY_CAP, midnight(27))]
    assert caps(limit(1, 30), *history)[0].cap is Cap.PERIOD_CAP
    assert caps(limit(3, 5), *history) == []


def test_contacts_are_attempts_too_and_messages_are_neither() -> None:
    contact, message = past(Kind.CONTACT, hours=1), past(Kind.OTHER_CHANNEL, hours=1)
    assert caps(limit(1, 1, "contacts"), past(hours=1), past(Kind.MACHINE, hours=1)) == []
    assert caps(limit(1, 1, "contacts"), contact)
    for kind in (Kind.CONTACT, Kind.ABANDONED, Kind.MACHINE):
        assert caps(limit(1, 1), past(kind, hours=1))
    assert caps(limit(1, 1), message) == []


def test_a_number_and_a_lead_are_counted_apart() -> None:
    elsewhere = past(hours=1, this_number=False)
    namesake = past(hours=1, this_lead=False)
    assert caps(limit(1, 1, per="lead"), elsewhere)
    assert caps(limit(1, 1, per="lead"), namesake) == []
    assert caps(limit(1, 1, per="number"), elsewhere) == []
    assert caps(limit(1, 1, per="number"), namesake)


def test_days_between() -> None:
    apart = FrequencyRule(min_days_between_attempts=2)
    assert caps(apart, past(days=1)) == [Reached(Cap.TOO_SOON, midnight(24))]
    assert caps(apart, past(days=2)) == []
    contacts = FrequencyRule(min_days_between_contacts=3)
    assert caps(contacts, past(days=1)) == []
    assert caps(contacts, past(Kind.CONTACT, days=1)) == [Reached(Cap.TOO_SOON, midnight(25))]


def test_one_channel_a_week() -> None:
    rule = FrequencyRule(one_channel_per_week=True)
    assert caps(rule, past(Kind.CONTACT, days=1)) == []
    message = past(Kind.OTHER_CHANNEL, days=1)
    assert caps(rule, message) == [Reached(Cap.TOO_SOON, midnight(29))]


def test_where_several_zones_count_the_strictest_calendar_does() -> None:
    ecuador = whole_country("EC")
    # 05:30 UTC is Monday in Guayaquil and still Sunday in Galapagos.
    early = Past(dt.datetime(2026, 11, 23, 5, 30, tzinfo=dt.UTC), Kind.ATTEMPT)
    (found,) = reached([limit(1, 1)], [early], ecuador, NOON)
    assert found == Reached(Cap.DAILY_CAP, dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC))
    later = Past(dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC), Kind.ATTEMPT)
    (found,) = reached([limit(1, 1)], [later], ecuador, NOON)
    assert found.until == dt.datetime(2026, 11, 24, 6, tzinfo=dt.UTC)


def test_a_call_from_the_future_counts_as_one_just_made() -> None:
    assert caps(limit(1, 1), past(hours=-30)) == [Reached(Cap.DAILY_CAP, midnight(25))]


HISTORIES = st.lists(
    st.builds(
        Past,
        st.integers(0, 80 * 24 * 60).map(lambda minutes: NOON - dt.timedelta(minutes=minutes)),
        st.sampled_from(Kind),
    ),
    max_size=20,
)
RULES = st.builds(
    limit, st.integers(1, 4), st.integers(1, 31), st.sampled_from(["attempts", "contacts"])
)


@pytest.mark.parametrize("zone", ["America/Bogota", "America/Santiago", "EC:*"])
@given(history=HISTORIES, rules=st.lists(RULES, max_size=3))
def test_when_it_ends_it_is_over_and_not_before(
    zone: str, history: list[Past], rules: list[FrequencyRule]
) -> None:
    place = place_from(zone)
    found = reached(rules, history, place, NOON)
    if not found:
        return
    until = max(each.until for each in found)
    assert until > NOON
    assert reached(rules, history, place, until) == []
    assert reached(rules, history, place, until - dt.timedelta(seconds=1))


def test_a_number_whose_call_was_abandoned_is_left_alone() -> None:
    history = [past(Kind.ABANDONED, hours=2), past(Kind.ABANDONED, hours=30)]
    until = redial_until(history, BOGOTA, after_abandoned_hours=72, machine_same_day=True)
    assert until == NOON + dt.timedelta(hours=70)
    assert redial_until(history, BOGOTA, after_abandoned_hours=None, machine_same_day=True) is None


def test_a_number_where_a_machine_answered_waits_for_another_day() -> None:
    history = [past(Kind.MACHINE, hours=2), past(Kind.MACHINE, hours=1, this_number=False)]
    until = redial_until(history, BOGOTA, after_abandoned_hours=None, machine_same_day=False)
    assert until == midnight(24)
    assert redial_until(history, BOGOTA, after_abandoned_hours=None, machine_same_day=True) is None
