"""English numbers against hand-written words and against a parser that knows nothing of ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.calendar_en import date
from prompts.numbers_en import amount, number
from prompts.pieces import LIMIT, Piece

NUMBERS = {
    0: "zero",
    1: "one",
    8: "eight",
    11: "eleven",
    13: "thirteen",
    15: "fifteen",
    18: "eighteen",
    20: "twenty",
    21: "twenty-one",
    40: "forty",
    99: "ninety-nine",
    100: "one hundred",
    101: "one hundred one",
    112: "one hundred twelve",
    342: "three hundred forty-two",
    999: "nine hundred ninety-nine",
    1000: "one thousand",
    1001: "one thousand one",
    1100: "one thousand one hundred",
    21_000: "twenty-one thousand",
    100_000: "one hundred thousand",
    1_000_000: "one million",
    1_000_001: "one million one",
    2_300_000: "two million three hundred thousand",
    1_000_000_000: "one billion",
    1_001_001_001: "one billion one million one thousand one",
    999_999_999_999: (
        "nine hundred ninety-nine billion nine hundred ninety-nine million "
        "nine hundred ninety-nine thousand nine hundred ninety-nine"
    ),
}
AMOUNTS = {
    (0, 0, "USD"): "zero dollars",
    (1, 0, "USD"): "one dollar",
    (1, 1, "USD"): "one dollar and one cent",
    (12, 50, "USD"): "twelve dollars and fifty cents",
    (0, 99, "EUR"): "ninety-nine cents",
    (2_300_000, 0, "COP"): "two million three hundred thousand pesos",
    (1_000_000, 0, "ARS"): "one million pesos",
    (1, 0, "MXN"): "one peso",
    (3, 20, "PEN"): "three soles and twenty centimos",
}
WORDS = """
0 zero 1 one 2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven 12 twelve
13 thirteen 14 fourteen 15 fifteen 16 sixteen 17 seventeen 18 eighteen 19 nineteen 20 twenty
30 thirty 40 forty 50 fifty 60 sixty 70 seventy 80 eighty 90 ninety
"""
UNITS = {word: int(value) for value, word in re.findall(r"(\d+) (\S+)", WORDS)}
SCALES = {"thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
values = st.one_of(st.integers(0, LIMIT - 1), st.integers(0, 2000))


def words(pieces: tuple[Piece, ...]) -> str:
    return " ".join(piece.words for piece in pieces)


def understood(text: str) -> int:
    """What a listener adds up."""
    total = rest = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            rest *= 100
        elif word in SCALES:
            total, rest = total + rest * SCALES[word], 0
        else:
            rest += UNITS[word]
    return total + rest


@pytest.mark.parametrize(("value", "said"), NUMBERS.items())
def test_number(value: int, said: str) -> None:
    assert words(number(value, "alone")) == said


@pytest.mark.parametrize(("asked", "said"), AMOUNTS.items())
def test_amount(asked: tuple[int, int, str], said: str) -> None:
    assert words(amount(*asked)) == said


def test_date() -> None:
    assert words(date(3, 1, None)) == "March first"
    assert words(date(12, 22, None)) == "December twenty-second"
    assert words(date(5, 31, 2026)) == "May thirty-first twenty twenty-six"


@given(values)
def test_a_listener_understands_the_number(value: int) -> None:
    assert understood(words(number(value, "alone"))) == value


@given(values, values)
def test_distinct_numbers_have_distinct_words(one: int, other: int) -> None:
    assert (number(one, "alone") == number(other, "alone")) == (one == other)
