"""`linea800 prompts say` tells words and prompts, or why something cannot be said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linea800.cli import app
from prompts.catalog import prompt_names
from tests.made_wavs import recording

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "prompts.md"


def say(*words: str) -> tuple[int, str, str]:
    """The exit code, what was printed, and what was complained."""
    result = CliRunner().invoke(app, ["prompts", "say", *words])
    return result.exit_code, result.stdout.strip(), result.stderr.strip()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("--number 21", "veintiuno"),
        ("--number -21 --gender feminine", "menos veintiuna"),
        ("--number 21 --gender masculine", "veintiún"),
        ("--ordinal 3", "tercero"),
        ("--ordinal 3 --gender masculine", "tercer"),
        ("--money 1021.01 --currency ARS", "mil veintiún pesos con un centavo"),
        ("--money -0.5 --currency cop", "menos cincuenta centavos"),
        ("--date 2026-11-22", "el veintidós de noviembre de dos mil veintiséis"),
        ("--date 2026-11-22 --no-year", "el veintidós de noviembre"),
        ("--time 15:30", "las tres y media de la tarde"),
        ("--time 9:05", "las nueve y cinco de la mañana"),
        ("--time 15:30 --24-hour", "las quince y treinta"),
        ("--digits 12345678 --groups 3,3,2", "uno dos tres, cuatro cinco seis, siete ocho"),
        ("--digits 12-34", "uno dos, tres cuatro"),
        (
            "--language en --money 1021.01 --currency USD",
            "one thousand twenty-one dollars and one cent",
        ),
        ("--language en --time 15:30", "three thirty p.m."),
    ],
)
def test_the_words_are_printed(asked: str, said: str) -> None:
    assert say(*asked.split()) == (0, said, "")


def test_the_page_shows_what_is_said() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(--[^`]+)`[^|]*\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert len(rows) >= 10
    for asked, spanish, english in rows:
        assert say(*asked.split()) == (0, spanish, ""), asked
        assert say(*asked.split(), "--language", "en") == (0, english, ""), asked


def test_as_json_there_are_the_prompts_too() -> None:
    code, said, _ = say("--money", "1021.01", "--currency", "ARS", "--json")
    assert code == 0
    assert json.loads(said) == {
        "language": "es",
        "words": "mil veintiún pesos con un centavo",
        "prompts": ["n_mil", "n_veintiun", "c_pesos_con", "n_un", "c_centavo_end"],
    }
    assert prompt_names("es").issuperset(json.loads(said)["prompts"])


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("", "give one of --number, --ordinal"),
        ("--number 1 --digits 1", "one thing is said at a time"),
        ("--number veinte", "--number 'veinte' is no whole number"),
        ("--number 1.5", "is no whole number"),
        ("--number 1.000", "is no whole number"),
        ("--number ٣", "is no whole number"),
        ("--number 1e3", "is no whole number"),
        ("--number 1000000000000", "nearer to zero than"),
        ("--number -1000000000000", "nearer to zero than"),
        (f"--number {'9' * 5000}", "is no whole number"),
        ("--ordinal 0", "from 1 to 99"),
        ("--ordinal 100", "from 1 to 99"),
        ("--ordinal -1", "from 1 to 99"),
        ("--money 10", "--money needs --currency"),
        ("--money 10 --currency XXX", "the currencies are ARS, BOB"),
        ("--money 1.021,01 --currency ARS", "with a point before the cents"),
        ("--money 1021,01 --currency ARS", "with a point before the cents"),
        ("--money NaN --currency ARS", "is no amount"),
        ("--money .50 --currency ARS", "is no amount"),
        ("--money 1.005 --currency ARS", "round it to cents"),
        ("--money 1000000000000 --currency ARS", "nearer to zero than"),
        ("--date 2026-02-30", "is no day of the calendar"),
        ("--date 22-11-2026", "is no day of the calendar"),
        ("--date 20261122", "is no day of the calendar"),
        ("--date 1899-12-31", "say years from 1900 to 2099"),
        ("--time 24:00", "is no time from 00:00 to 23:59"),
        ("--time 15:60", "is no time"),
        ("--time 15", "is no time"),
        ("--time 15:30:10", "is no time"),
        ("--digits 12a", "only digits in groups"),
        ("--digits 12345 --groups 3,3", "add up to 5"),
        ("--digits 12345 --groups 3;2", "are no sizes of groups"),
        ("--digits 12345 --groups 5,0", "sizes are from 1 on"),
        ("--number 5 --gender neuter", "none of masculine, feminine, alone"),
        ("--number 5 --groups 1", "--groups says nothing about --number"),
        ("--number 5 --currency ARS", "it goes with --money"),
        ("--money 5 --currency ARS --gender feminine", "goes with --number or --ordinal"),
        ("--number 5 --no-year", "it goes with --date"),
        ("--number 5 --24-hour", "it goes with --time"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(asked: str, complaint: str) -> None:
    code, said, complained = say(*asked.split())
    assert (code, said) == (2, "")
    assert complaint in complained
    assert complained.startswith("linea800: ")


def test_what_cannot_be_said_is_refused_when_it_is_empty() -> None:
    for kind in ("number", "ordinal", "money", "date", "time", "digits"):
        code, _, complained = say(f"--{kind}", "", *(["--currency", "ARS"] * (kind == "money")))
        assert (code, complained[:9]) == (2, "linea800:"), kind


def test_a_language_nobody_speaks_is_refused() -> None:
    assert say("--language", "pt", "--number", "1")[0] == 2


@pytest.mark.parametrize("command", [["prompts"], ["prompts", "render"]])
def test_prompts_alone_renders(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[None] = []
    monkeypatch.setattr("linea800.prompts_cli.render_what_is_due", lambda: rendered.append(None))
    assert CliRunner().invoke(app, command).exit_code == 0
    assert rendered == [None]
    assert CliRunner().invoke(app, ["prompts", "say", "--number", "1"]).exit_code == 0
    assert rendered == [None], "saying renders nothing"


# --- list, check, script, import, names; without rendering anything


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINEA800_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("linea800.prompts_cli.render_what_is_due", lambda: None)
    return tmp_path / "home"


def run(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["prompts", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_a_script_goes_out_and_recordings_come_in(home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "guion.csv"
    code, told, _ = run("script", "--language", "es", "--output", sheet)
    assert (code, sheet.read_bytes()[:3]) == (0, b"\xef\xbb\xbf")
    count = int(told.split()[0])
    came = tmp_path / "came"
    came.mkdir()
    (came / "welcome.wav").write_bytes(recording())
    (came / "welcom.wav").write_bytes(recording())
    code, told, complained = run("import", came, "--language", "es", "--dry-run")
    assert code == 1
    assert "taken    welcome.wav" in told
    assert "1 would be taken, 1 refused" in told
    assert "refused  welcom.wav: no prompt has its name: is it welcome.wav?" in complained
    assert not home.exists()
    (came / "welcom.wav").unlink()
    code, told, _ = run("import", came, "--language", "es")
    assert code == 0
    assert "They are played after `linea800 prompts render`." in told
    assert (home / "recordings" / "es" / "welcome.wav").read_bytes() == recording()
    code, told, _ = run("import", came, "--language", "es", "--json")
    assert json.loads(told) == [
        {"file": "welcome.wav", "prompt": "welcome", "replaces": True, "refused": None}
    ]
    code, told, _ = run("script", "--missing", "--output", sheet)
    assert int(told.split()[0]) == count - 1


def test_a_page_goes_to_the_screen(home: Path) -> None:
    code, told, _ = run("script", "--language", "en", "--format", "html")
    assert code == 0
    assert told.startswith("<!DOCTYPE html>")


def test_what_cannot_be_imported_is_told_and_the_exit_says_so(home: Path, tmp_path: Path) -> None:
    code, _, complained = run("import", tmp_path / "nowhere", "--language", "es")
    assert (code, complained[:9]) == (1, "linea800:")
    (tmp_path / "empty").mkdir()
    assert run("import", tmp_path / "empty", "--language", "es")[0] == 1
    assert run("import", tmp_path / "empty")[0] == 2, "the language is not guessed"
    code, _, complained = run("script", "--output", tmp_path)
    assert (code, "cannot be written" in complained) == (1, True)


def test_prompts_are_listed_and_checked(home: Path) -> None:
    file = home / "sounds" / "es" / "linea800" / "welcome.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(recording())
    code, told, _ = run("list", "--language", "es", "--json")
    assert code == 0
    found = {each["name"]: each for each in json.loads(told)}
    assert found.keys() >= prompt_names("es") - {"pause", "silence_20ms"}
    assert found["welcome"]["source"] == "by hand"
    assert found["welcome"]["seconds"] == pytest.approx(1.36, abs=0.01)
    assert found["goodbye"]["lufs"] is None
    code, told, _ = run("list", "--language", "es")
    assert code == 0
    assert re.search(r"^es welcome +by hand +-\d+\.\d +-10\.5 +1\.4", told, re.MULTILINE)
    code, told, _ = run("check", "--language", "es")
    assert code == 1
    assert "es goodbye" in told
    assert told.splitlines()[-1].endswith("to be looked at")


def test_names_are_added_before_a_rendering(home: Path, tmp_path: Path) -> None:
    names = tmp_path / "names"
    names.write_text("Xóchitl\nMaría\n", encoding="utf-8")
    code, told, _ = run("render", "--names", names)
    assert (code, told.split(":")[0]) == (0, "1 names added")
    assert (home / "names.txt").read_text(encoding="utf-8") == "Xóchitl\n"
    names.write_text("<b>\n", encoding="utf-8")
    code, _, complained = run("render", "--names", names)
    assert code == 1
    assert "names:1: '<b>' is no first name" in complained
    assert run("render", "--names", tmp_path / "nowhere")[0] == 1
