"""Whatever number from 0 to 999,999,999 Asterisk says, the files it asks for are made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.asterisk_digits import asterisk_digits

ES = asterisk_digits("es")
EN = asterisk_digits("en")


def asked_in_spanish(value: int, gender: str = "") -> list[str]:
    """The files Asterisk 22 plays for a number on a channel that speaks es."""
    if value >= 1_000_000:
        count, rest = divmod(value, 1_000_000)
        one = count == 1
        head = asked_in_spanish(count, "M" if one else gender)
        head.append("million" if one else "millions")
        return head + (asked_in_spanish(rest, gender) if rest else [])
    if value >= 1000:
        count, rest = divmod(value, 1000)
        head = asked_in_spanish(count, gender) if count > 1 else []
        return [*head, "thousand", *(asked_in_spanish(rest, gender) if rest else [])]
    if value > 100:
        head = ["100-and" if value < 200 else str(value // 100 * 100)]
        return head + (asked_in_spanish(value % 100, gender) if value % 100 else [])
    if value > 30 and value < 100:
        tens, units = divmod(value, 10)
        return [str(tens * 10), *(["and", *asked_in_spanish(units, gender)] if units else [])]
    return [f"1{gender}" if value == 1 else str(value)]


def asked_in_english(value: int) -> list[str]:
    """The files Asterisk 22 plays for a number on a channel that speaks en."""
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if value >= size:
            count, rest = divmod(value, size)
            return [*asked_in_english(count), name, *(asked_in_english(rest) if rest else [])]
    if value >= 100:
        rest = value % 100
        return [str(value // 100), "hundred", *(asked_in_english(rest) if rest else [])]
    if value < 20 or value % 10 == 0:
        return [str(value)]
    return [str(value // 10 * 10), str(value % 10)]


def test_every_position_in_a_queue_can_be_announced() -> None:
    for value in range(1000):
        assert ES.keys() >= set(asked_in_spanish(value)), value
        assert EN.keys() >= set(asked_in_english(value)), value


@given(st.integers(0, 999_999_999), st.sampled_from(("", "F", "M")))
def test_larger_numbers_can_be_said_too(value: int, gender: str) -> None:
    assert ES.keys() >= set(asked_in_spanish(value, gender))
    assert EN.keys() >= set(asked_in_english(value))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1, "uno"),
        (21, "veintiuno"),
        (31, "treinta y uno"),
        (100, "cien"),
        (145, "ciento cuarenta y cinco"),
        (999, "novecientos noventa y nueve"),
        (2_001_000, "dos millones mil"),
    ],
)
def test_spanish_words(value: int, said: str) -> None:
    assert " ".join(ES[name] for name in asked_in_spanish(value)) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "zero"), (42, "forty two"), (315, "three hundred fifteen")]
)
def test_english_words(value: int, said: str) -> None:
    assert " ".join(EN[name] for name in asked_in_english(value)) == said


@pytest.mark.parametrize("said", [ES, EN])
def test_keys_can_be_spelled(said: dict[str, str]) -> None:
    assert said.keys() >= {*"0123456789", "star", "pound", "minus", "and"}
