"""What Asterisk itself says: the files its own number saying asks for, and their words.

`app_queue` announces positions with Asterisk's `say number`, which plays `digits/<name>`. The
names are those of Asterisk 22 for es and en up to the millions and billions, with the keys it
spells (`star`, `pound`, `minus`). It knows no gender for the hundreds, so they are masculine.
"""

from __future__ import annotations

from prompts.numbers_en import number as number_en
from prompts.numbers_es import number as number_es

_ES = {
    "1F": "una",
    "1M": "un",
    "100": "cien",
    "100-and": "ciento",
    "and": "y",
    "thousand": "mil",
    "million": "millón",
    "millions": "millones",
    "minus": "menos",
    "star": "asterisco",
    "pound": "numeral",
}
_EN = {
    "hundred": "hundred",
    "thousand": "thousand",
    "million": "million",
    "billion": "billion",
    "and": "and",
    "minus": "minus",
    "star": "star",
    "pound": "pound",
}


def asterisk_digits(language: str) -> dict[str, str]:
    """Words by file name for a language; raises `KeyError` for one that is not spoken."""
    return {"es": _spanish, "en": _english}[language]()


def _spanish() -> dict[str, str]:
    whole = (*range(31), *range(40, 100, 10), *range(200, 1000, 100))
    return {str(value): number_es(value, "alone")[0].words for value in whole} | _ES


def _english() -> dict[str, str]:
    whole = (*range(21), *range(30, 100, 10))
    return {str(value): number_en(value, "alone")[0].words for value in whole} | _EN
