"""Values in flow files as people write them: `{45000.50 COP}`, `{fecha 2026-11-30}`, `{cifras 12}`.

What callers hear of them are many recorded pieces, which nobody wants to write down.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from agents.wait_bands import band
from ivr.flow_words import Word, meaning
from prompts import spoken
from prompts.names import name_prompt, say_name
from prompts.pieces import Gender

_AMOUNT = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,2})?) ([A-Z]{3})")
_TOKEN = re.compile(r"\{([^{}]*)\}|([a-z][a-z0-9_]*)|[\s,]+")
_GENDERS: dict[Word, Gender] = {Word.FEMININE: "feminine", Word.MASCULINE: "masculine"}


@dataclass(frozen=True, slots=True)
class SaidValue:
    """Something said in pieces."""

    written: str

    def prompts(self, language: str) -> tuple[str, ...]:
        """The pieces in a language; raises `ValueError` for what is no such thing."""
        if found := _AMOUNT.fullmatch(self.written):
            return spoken.say_amount(Decimal(found[1]), found[2], language)
        word, _, rest = self.written.partition(" ")
        return _said(meaning(word), rest.strip(), language)


#: a prompt by name, or a value
Expected: TypeAlias = str | SaidValue


def read_prompts(text: str) -> tuple[Expected, ...] | None:
    """The prompts of a line, between commas or spaces; None when it is no such line."""
    found: list[Expected] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            return None
        place = token.end()
        if token[1] is not None:
            value = SaidValue(" ".join(token[1].split()))
            if not _can_be_said(value):
                return None
            found.append(value)
        elif token[2]:
            found.append(token[2])
    return tuple(found) or None


def expanded(prompts: tuple[Expected, ...], language: str) -> tuple[str, ...]:
    """The names of what is heard in a language."""
    return tuple(
        name
        for each in prompts
        for name in ((each,) if isinstance(each, str) else each.prompts(language))
    )


def _can_be_said(value: SaidValue) -> bool:
    try:
        return bool(value.prompts(spoken.LANGUAGES[0]))
    except ValueError:
        return False


def _said(word: Word | None, text: str, language: str) -> tuple[str, ...]:
    """Raises `ValueError`."""
    first, *rest = text.split() or [""]
    more = [meaning(each) for each in rest]
    match word:
        case Word.DATE:
            return spoken.say_date(
                datetime.date.fromisoformat(first), language, year=more == [Word.YEAR]
            )
        case Word.TIME:
            return spoken.say_time(datetime.time.fromisoformat(first), language)
        case Word.DIGITS:
            return spoken.say_digits(text, language)
        case Word.NAME:
            name = name_prompt(text)
            return say_name(text, language, {name}) or (name,)
        case Word.AHEAD:
            return spoken.say_people_ahead(int(first), language)
        case Word.WAIT:
            told = band(float(first))
            return spoken.say_wait(told.low_minutes, told.high_minutes, language) if told else ()
        case Word.NUMBER | Word.ORDINAL:
            gender = _GENDERS.get(more[0], "alone") if more and more[0] else "alone"
            say = spoken.say_number if word is Word.NUMBER else spoken.say_ordinal
            return say(int(first), language, gender)
        case _:
            raise ValueError("is nothing that can be said")
