"""Which number a called person sees."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dialer.caller_ids import CallerNumber, caller_number

BOGOTA = CallerNumber(number="5716001234", prefixes=("571", "57601"))
COLOMBIA = CallerNumber(number="5718005678", prefixes=("57",), calls_per_day=2)
ANY = CallerNumber(number="12025550100")


def test_the_nearest_number_is_shown() -> None:
    numbers = (ANY, COLOMBIA, BOGOTA)
    assert caller_number(numbers, "576012345678", {}) == BOGOTA.number
    assert caller_number(numbers, "573001234567", {}) == COLOMBIA.number
    assert caller_number(numbers, "5215512345678", {}) == ANY.number


def test_a_number_that_made_its_calls_of_the_day_rests() -> None:
    numbers = (COLOMBIA, ANY)
    assert caller_number(numbers, "573001234567", {COLOMBIA.number: 1}) == COLOMBIA.number
    assert caller_number(numbers, "573001234567", {COLOMBIA.number: 2}) == ANY.number
    assert caller_number((COLOMBIA,), "573001234567", {COLOMBIA.number: 2}) is None
    assert caller_number((BOGOTA,), "5215512345678", {}) is None


def test_equals_take_turns() -> None:
    pair = (CallerNumber(number="111"), CallerNumber(number="222"))
    shown: dict[str, int] = {}
    for _ in range(6):
        number = caller_number(pair, "573001234567", shown)
        assert number is not None
        shown[number] = shown.get(number, 0) + 1
    assert shown == {"111": 3, "222": 3}


def test_a_prefix_is_a_countrys() -> None:
    with pytest.raises(ValidationError):
        CallerNumber(number="111", prefixes=("+57",))
