"""What is said, word for word, against tables written by people who speak the language."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from prompts.catalog import prompt_names
from prompts.spoken import (
    LANGUAGES,
    say_amount,
    say_date,
    say_digits,
    say_number,
    say_ordinal,
    say_time,
    words,
)

#: a table has at least so many cases
LEAST = {"es": 300, "en": 100}
KNOWN = {language: prompt_names(language) for language in LANGUAGES}


def _table(language: str) -> Iterator[tuple[str, str, str]]:
    """What is asked, of which kind, and the words for it."""
    file = Path(__file__).with_name(f"spoken_{language}.txt")
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            asked, _, said = line.partition(" = ")
            kind, _, what = asked.partition(" ")
            yield kind, what, said


CASES = [(language, *case) for language in LANGUAGES for case in _table(language)]


def _prompts(language: str, kind: str, what: str) -> tuple[str, ...]:
    match kind:
        case "number":
            return say_number(int(what), language)
        case "masculine" | "feminine":
            return say_number(int(what), language, kind)
        case "ordinal":
            return say_ordinal(int(what), language)
        case "ordinal_m":
            return say_ordinal(int(what), language, "masculine")
        case "ordinal_f":
            return say_ordinal(int(what), language, "feminine")
        case "money":
            amount, currency = what.split()
            return say_amount(Decimal(amount), currency, language)
        case "day" | "date":
            return say_date(datetime.date.fromisoformat(what), language, year=kind == "date")
        case "time" | "clock":
            time = datetime.time.fromisoformat(what)
            return say_time(time, language, by_24_hours=kind == "clock")
        case "digits":
            text, _, groups = what.partition("/")
            sizes = [int(size) for size in groups.split(",")] if groups else None
            return say_digits(text, language, sizes)
    raise AssertionError(f"a table has a kind nobody knows: {kind}")


@pytest.mark.parametrize(("language", "kind", "what", "said"), CASES)
def test_it_is_said_as_people_say_it(language: str, kind: str, what: str, said: str) -> None:
    prompts = _prompts(language, kind, what)
    assert words(prompts, language) == said
    assert KNOWN[language].issuperset(prompts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_large_and_asks_nothing_twice(language: str) -> None:
    asked = [case[:2] for case in _table(language)]
    assert len(asked) >= LEAST[language]
    assert len(set(asked)) == len(asked)
