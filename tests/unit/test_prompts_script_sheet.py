"""The script a studio gets: complete, harmless in a spreadsheet, harmless and whole as a page."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path, PurePosixPath

import pytest

from documents.spreadsheet import csv_rows
from prompts.asterisk_digits import asterisk_digits
from prompts.catalog import prompt_names
from prompts.script import Line, scripts
from prompts.script_sheet import script_as_csv, script_as_html, seconds_at_most
from prompts.sounds import digit_file, prompt_file
from prompts.speech import Utterance
from prompts.spoken import LANGUAGES, PAUSE, SILENCE

LINES = scripts()


def line(text: str, name: str = "hostile") -> Line:
    return Line(name, "es", "sentence", Utterance("es", text), (PurePosixPath("x.wav"),))


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_prompt_and_every_digit_has_exactly_one_line(language: str) -> None:
    files = [file for each in LINES[language] for file in each.files]
    wanted = {prompt_file(language, name) for name in prompt_names(language) - {PAUSE, SILENCE}}
    wanted |= {digit_file(language, name) for name in asterisk_digits(language)}
    assert len(files) == len(set(files))
    assert set(files) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_has_all_lines_with_their_hints(language: str) -> None:
    heading, *body = rows(script_as_csv(LINES[language], language))
    assert heading[0] == {"es": "Archivo", "en": "File"}[language]
    assert [row[0] for row in body] == [f"{each.name}.wav" for each in LINES[language]]
    told = {name: (text, hint, seconds) for name, text, hint, seconds in body}
    assert told["safe_harbour.wav"][2] == "8"
    assert told["name_maria.wav"][0] == "María"
    for each in LINES[language]:
        text, hint, seconds = told[f"{each.name}.wav"]
        assert int(seconds) == seconds_at_most(each)
        if each.kind == "sentence":
            assert text.endswith(",") == any(
                word in hint for word in ("sigue un número", "follows")
            )
        else:
            assert hint
            assert not text.endswith((",", "."))
        if each.name.endswith("_end"):
            assert {"es": "la voz baja", "en": "falls"}[language] in hint


@pytest.mark.parametrize(
    "text",
    ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\rx", " =1", "\uff1d1", "\nx"],
)
def test_no_cell_is_a_formula(text: str) -> None:
    cell = rows(script_as_csv([line(text)], "es"))[1][1]
    assert cell == f"'{text}"
    assert csv_rows([[text]]).startswith((b"'", b"\"'"))


def test_accents_survive_a_spreadsheet() -> None:
    assert script_as_csv([line("¿Qué señal?")], "es").startswith(b"\xef\xbb\xbf")
    assert rows(script_as_csv([line('él dijo "sí", ¿no?')], "es"))[1][1] == 'él dijo "sí", ¿no?'


def test_the_page_shows_text_as_text_and_loads_nothing() -> None:
    hostile = ['"><svg/onload=alert(1)>', "<script>x</script>", "{{7*7}}", "{title}", "&amp;"]
    page = script_as_html([line(text) for text in hostile], "es").decode()
    assert "<script" not in page
    assert "<svg" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "{title}" in page
    assert "&amp;amp;" in page
    assert not re.search(r"(src|href)\s*=|url\(|@import|http", page.replace("http-equiv", ""))
    assert page.startswith('<!DOCTYPE html>\n<html lang="es">')


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_line(language: str, tmp_path: Path) -> None:
    page = script_as_html(LINES[language], language).decode()
    assert page.count("<tr>") == len(LINES[language]) + 1
