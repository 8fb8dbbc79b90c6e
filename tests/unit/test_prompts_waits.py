"""How long it takes, in words. Written by hand, never copied from what the code says."""

from __future__ import annotations

import pytest

from agents.wait_bands import band
from prompts.catalog import prompt_names, sentences
from prompts.spoken import LANGUAGES, say_wait, words

CASES = (
    (0, 1, "es", "Su tiempo de espera es de menos de, un minuto."),
    (0, 2, "es", "Su tiempo de espera es de menos de, dos minutos."),
    (1, 3, "es", "Su tiempo de espera es de entre, uno y, tres minutos."),
    (3, 5, "es", "Su tiempo de espera es de entre, tres y, cinco minutos."),
    (5, 10, "es", "Su tiempo de espera es de entre, cinco y, diez minutos."),
    (10, 15, "es", "Su tiempo de espera es de entre, diez y, quince minutos."),
    (15, 20, "es", "Su tiempo de espera es de entre, quince y, veinte minutos."),
    (20, None, "es", "Su tiempo de espera es de más de, veinte minutos."),
    (1, None, "es", "Su tiempo de espera es de más de, un minuto."),
    (21, 31, "es", "Su tiempo de espera es de entre, veintiuno y, treinta y un minutos."),
    (16, 21, "es", "Su tiempo de espera es de entre, dieciséis y, veintiún minutos."),
    (0, 1, "en", "Your wait is less than, one minute."),
    (1, 3, "en", "Your wait is between, one and, three minutes."),
    (20, None, "en", "Your wait is more than, twenty minutes."),
)


@pytest.mark.parametrize(("low", "high", "language", "said"), CASES)
def test_words(low: int, high: int | None, language: str, said: str) -> None:
    texts = sentences()[language]
    names = say_wait(low, high, language)
    assert " ".join(texts.get(name) or words([name], language) for name in names) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_band_is_made_of_prompts_that_exist(language: str) -> None:
    known = prompt_names(language)
    for seconds in range(0, 3600, 30):
        found = band(seconds)
        assert found is not None
        assert known.issuperset(say_wait(*found, language))


@pytest.mark.parametrize(("low", "high"), [(3, 3), (5, 1), (-1, 2), (0, None), (-2, None)])
def test_what_cannot_be_said(low: int, high: int | None) -> None:
    with pytest.raises(ValueError, match="cannot say a wait of"):
        say_wait(low, high, "es")
