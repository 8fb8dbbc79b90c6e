"""Spanish numbers against hand-written words and against a parser that knows nothing of ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.calendar_es import date
from prompts.numbers_es import amount, number
from prompts.pieces import LIMIT, Gender, Piece

ALONE = {
    0: "cero",
    1: "uno",
    2: "dos",
    5: "cinco",
    10: "diez",
    11: "once",
    12: "doce",
    13: "trece",
    14: "catorce",
    15: "quince",
    16: "dieciséis",
    17: "diecisiete",
    18: "dieciocho",
    19: "diecinueve",
    20: "veinte",
    21: "veintiuno",
    22: "veintidós",
    23: "veintitrés",
    24: "veinticuatro",
    26: "veintiséis",
    29: "veintinueve",
    30: "treinta",
    31: "treinta y uno",
    42: "cuarenta y dos",
    55: "cincuenta y cinco",
    67: "sesenta y siete",
    78: "setenta y ocho",
    89: "ochenta y nueve",
    91: "noventa y uno",
    99: "noventa y nueve",
    100: "cien",
    101: "ciento uno",
    111: "ciento once",
    121: "ciento veintiuno",
    199: "ciento noventa y nueve",
    200: "doscientos",
    300: "trescientos",
    400: "cuatrocientos",
    500: "quinientos",
    501: "quinientos uno",
    600: "seiscientos",
    700: "setecientos",
    707: "setecientos siete",
    800: "ochocientos",
    900: "novecientos",
    999: "novecientos noventa y nueve",
    1000: "mil",
    1001: "mil uno",
    1100: "mil cien",
    1101: "mil ciento uno",
    1500: "mil quinientos",
    2000: "dos mil",
    2026: "dos mil veintiséis",
    10_000: "diez mil",
    21_000: "veintiún mil",
    31_000: "treinta y un mil",
    31_031: "treinta y un mil treinta y uno",
    100_000: "cien mil",
    100_100: "cien mil cien",
    101_000: "ciento un mil",
    200_000: "doscientos mil",
    500_500: "quinientos mil quinientos",
    999_999: "novecientos noventa y nueve mil novecientos noventa y nueve",
    1_000_000: "un millón",
    1_000_001: "un millón uno",
    1_001_000: "un millón mil",
    1_100_000: "un millón cien mil",
    2_000_000: "dos millones",
    2_300_000: "dos millones trescientos mil",
    21_000_000: "veintiún millones",
    31_000_000: "treinta y un millones",
    100_000_000: "cien millones",
    101_000_000: "ciento un millones",
    200_000_000: "doscientos millones",
    1_000_000_000: "mil millones",
    1_001_000_000: "mil un millones",
    1_001_001_001: "mil un millones mil uno",
    21_000_000_000: "veintiún mil millones",
    100_000_000_000: "cien mil millones",
    999_999_999_999: (
        "novecientos noventa y nueve mil novecientos noventa y nueve millones "
        "novecientos noventa y nueve mil novecientos noventa y nueve"
    ),
}
MASCULINE = {
    1: "un",
    11: "once",
    21: "veintiún",
    31: "treinta y un",
    91: "noventa y un",
    101: "ciento un",
    121: "ciento veintiún",
    200: "doscientos",
    1001: "mil un",
    1021: "mil veintiún",
    21_021: "veintiún mil veintiún",
    1_000_001: "un millón un",
}
FEMININE = {
    1: "una",
    2: "dos",
    11: "once",
    21: "veintiuna",
    31: "treinta y una",
    100: "cien",
    101: "ciento una",
    200: "doscientas",
    221: "doscientas veintiuna",
    500: "quinientas",
    700: "setecientas",
    900: "novecientas",
    1001: "mil una",
    21_000: "veintiún mil",
    200_000: "doscientas mil",
    201_000: "doscientas un mil",
    501_501: "quinientas un mil quinientas una",
    1_000_000: "un millón",
    200_000_000: "doscientos millones",
    200_000_200: "doscientos millones doscientas",
}
AMOUNTS = {
    (0, 0, "COP"): "cero pesos",
    (1, 0, "COP"): "un peso",
    (2, 0, "MXN"): "dos pesos",
    (21, 0, "ARS"): "veintiún pesos",
    (21_000, 0, "COP"): "veintiún mil pesos",
    (101, 0, "COP"): "ciento un pesos",
    (1_000_000, 0, "COP"): "un millón de pesos",
    (1_000_100, 0, "COP"): "un millón cien pesos",
    (2_000_000, 0, "COP"): "dos millones de pesos",
    (2_300_000, 0, "COP"): "dos millones trescientos mil pesos",
    (1_000_000_000, 0, "COP"): "mil millones de pesos",
    (0, 1, "MXN"): "un centavo",
    (0, 50, "MXN"): "cincuenta centavos",
    (1, 1, "MXN"): "un peso con un centavo",
    (35, 50, "MXN"): "treinta y cinco pesos con cincuenta centavos",
    (1_000_000, 21, "ARS"): "un millón de pesos con veintiún centavos",
    (1, 0, "PEN"): "un sol",
    (61, 90, "PEN"): "sesenta y un soles con noventa céntimos",
    (1, 0, "USD"): "un dólar",
    (12, 99, "USD"): "doce dólares con noventa y nueve centavos",
    (1, 0, "EUR"): "un euro",
    (200, 1, "EUR"): "doscientos euros con un céntimo",
}

WORDS = """
0 cero 1 uno 1 un 1 una 2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez
11 once 12 doce 13 trece 14 catorce 15 quince 16 dieciséis 17 diecisiete 18 dieciocho
19 diecinueve 20 veinte 21 veintiuno 21 veintiún 21 veintiuna 22 veintidós 23 veintitrés
24 veinticuatro 25 veinticinco 26 veintiséis 27 veintisiete 28 veintiocho 29 veintinueve
30 treinta 40 cuarenta 50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 noventa
100 cien 100 ciento 200 doscientos 200 doscientas 300 trescientos 300 trescientas
400 cuatrocientos 400 cuatrocientas 500 quinientos 500 quinientas 600 seiscientos
600 seiscientas 700 setecientos 700 setecientas 800 ochocientos 800 ochocientas
900 novecientos 900 novecientas
"""
UNITS = {word: int(value) for value, word in re.findall(r"(\d+) (\S+)", WORDS)}
values = st.one_of(
    st.integers(0, LIMIT - 1),
    st.integers(0, 2000),
    st.builds(lambda head, zeros: head * 10**zeros, st.integers(1, 999), st.integers(0, 9)),
)
genders = st.sampled_from(("masculine", "feminine", "alone"))


def words(pieces: tuple[Piece, ...]) -> str:
    return " ".join(piece.words for piece in pieces)


def understood(text: str) -> int:
    """What a listener adds up."""
    millions = thousands = rest = 0
    for word in text.split():
        if word == "y":
            continue
        if word == "mil":
            thousands, rest = max(rest, 1) * 1000, 0
        elif word in ("millón", "millones"):
            millions, thousands, rest = (thousands + rest) * 1_000_000, 0, 0
        else:
            rest += UNITS[word]
    return millions + thousands + rest


@pytest.mark.parametrize(("value", "said"), ALONE.items())
def test_number_alone(value: int, said: str) -> None:
    assert words(number(value, "alone")) == said


@pytest.mark.parametrize(("value", "said"), MASCULINE.items())
def test_number_before_a_masculine_noun(value: int, said: str) -> None:
    assert words(number(value, "masculine")) == said


@pytest.mark.parametrize(("value", "said"), FEMININE.items())
def test_number_before_a_feminine_noun(value: int, said: str) -> None:
    assert words(number(value, "feminine")) == said


@pytest.mark.parametrize(("asked", "said"), AMOUNTS.items())
def test_amount(asked: tuple[int, int, str], said: str) -> None:
    assert words(amount(*asked)) == said


def test_date() -> None:
    assert words(date(3, 1, None)) == "el primero de marzo"
    assert words(date(12, 31, None)) == "el treinta y uno de diciembre"
    assert words(date(6, 21, 2021)) == "el veintiuno de junio de dos mil veintiuno"


@given(values, genders)
def test_a_listener_understands_the_number(value: int, gender: Gender) -> None:
    assert understood(words(number(value, gender))) == value


@given(values, values, genders)
def test_distinct_numbers_have_distinct_words(one: int, other: int, gender: Gender) -> None:
    assert (number(one, gender) == number(other, gender)) == (one == other)


@given(st.integers(1, 999_999), st.integers(0, 999_999))
def test_millions_go_before_the_rest(millions: int, rest: int) -> None:
    said = words(number(millions * 1_000_000 + rest, "alone"))
    head, tail = words(number(millions, "masculine")), words(number(rest, "alone"))
    noun = "millón" if millions == 1 else "millones"
    assert said == (f"{head} {noun} {tail}" if rest else f"{head} {noun}")


@given(values)
def test_before_a_masculine_noun_nothing_ends_in_uno(value: int) -> None:
    assert "uno" not in words(number(value, "masculine")).split()
    assert not words(number(value, "masculine")).endswith("uno")


@given(st.integers(1, 999_999), genders)
def test_un_never_goes_before_a_lone_thousand(value: int, gender: Gender) -> None:
    assert not words(number(value, gender)).startswith(("un mil", "uno mil", "una mil"))
