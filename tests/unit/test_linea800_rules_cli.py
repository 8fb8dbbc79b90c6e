"""`linea800 rules`: its answers as JSON and as sentences, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose
from linea800.cli import app
from linea800.rules_words import WORDS

SUNDAY = "2026-11-22T15:00:00Z"
MONDAY = "2026-11-23T15:00:00Z"


def rules(*words: str, home: Path = Path("/nowhere")) -> Result:
    """What `linea800 rules …` does."""
    runner = CliRunner(env={"COLUMNS": "200", "LINEA800_HOME": str(home)})
    return runner.invoke(app, ["rules", *words])


def checked(
    *more: str, preset: str = "co-2300", number: str = "+573001234567", at: str = SUNDAY,
    purpose: str = "marketing",
) -> Result:  # fmt: skip
    """`rules check` with these words added."""
    asked = ["--preset", preset, "--purpose", purpose, "--number", number, "--at", at]
    return rules("check", *asked, *more)


def answer(result: Result) -> dict[str, Any]:
    """Its JSON."""
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_a_sunday_in_colombia() -> None:
    result = checked("--json")
    assert result.exit_code == 1
    found = answer(result)
    asked_for = {
        "allowed": False,
        "reasons": ["outside_hours"],
        "preset": "co-2300",
        "version": "2026-11",
        "local_time": "2026-11-22T10:00:00-05:00",
    }
    assert {name: found[name] for name in asked_for} == asked_for
    assert found["next_allowed_at"] == "2026-11-23T12:00:00+00:00"
    assert found["zones"] == "America/Bogota"
    assert "abandonment" in found["house_rules"]


def test_a_monday_in_colombia() -> None:
    result = checked("--json", at=MONDAY)
    assert result.exit_code == 0
    assert answer(result)["allowed"] is True
    assert answer(result)["reasons"] == []
    assert answer(result)["not_judged"] == [
        "history", "do_not_call", "register_age", "caller_id", "abandonment"
    ]  # fmt: skip


def test_the_same_in_a_sentence() -> None:
    spanish = checked().output
    assert "No se puede llamar (domingo 2026-11-22, 10:00 en America/Bogota)" in spanish
    assert "fuera del horario permitido" in spanish
    assert "Se podrá desde: lunes 2026-11-23, 07:00 en America/Bogota." in spanish
    english = checked("--language", "en", at=MONDAY).output
    assert "The call may be made (Monday 2026-11-23, 10:00 in America/Bogota)" in english
    assert "house-strict holds where" in english


def test_the_persons_own_zone() -> None:
    found = answer(checked("--json", "--timezone", "Asia/Tokyo", at=MONDAY))
    assert found["local_time"] == "2026-11-24T00:00:00+09:00"
    assert found["reasons"] == ["outside_hours"]


def test_every_fact_can_be_given() -> None:
    facts = [
        "--attempt", "2026-11-23T13:00:00Z", "--contact", "2026-11-20", "--listed-in", "RNE",
        "--register-age", "RNE=9", "--caller-id", "", "--json",
    ]  # fmt: skip
    found = answer(checked(*facts, at=MONDAY))
    assert found["reasons"] == ["dnc_listed", "dnc_stale", "bad_caller_id"]
    assert found["not_judged"] == ["abandonment"]
    spoken = answer(checked("--contact", "2026-11-23T13:00:00Z", "--json", at=MONDAY))
    assert spoken["reasons"] == ["daily_cap"]


def test_consent_and_contract() -> None:
    peru = {"preset": "pe-32323", "number": "+51912345678", "at": MONDAY}
    assert checked(**peru).exit_code == 1
    assert checked("--consent-on", "2026-01-31", **peru).exit_code == 0
    argentina = {"preset": "ar-nollame", "number": "+541123456789", "at": "2026-11-24T15:00Z"}
    assert checked(purpose="service", **argentina).exit_code == 1
    assert checked("--contract", purpose="service", **argentina).exit_code == 0


def test_a_number_that_is_not_dialed_is_an_answer() -> None:
    result = checked("--json", number="+573001234567&Local/1")
    assert result.exit_code == 1
    assert answer(result)["reasons"] == ["number_invalid"]
    assert answer(result)["local_time"] is None
    abroad = checked("--language", "en", number="+14155550132", at=MONDAY)
    assert "country that is not allowed (+1)" in abroad.output
    assert checked("--country", "US", "--json", number="+14155550132", at=MONDAY).exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"preset": "co-2301"}, "preset 'co-2301' does not exist; there are: ar-nollame"),
        ({"at": "yesterday"}, "--at 'yesterday'"),
        ({"at": "0900-01-01T00:00Z"}, "from 2000 to 2099"),
    ],
)
def test_a_question_that_makes_no_sense(words: dict[str, str], told: str) -> None:
    result = checked(**words)
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--timezone", "Mars/Olympus"), "time zone 'Mars/Olympus' does not exist"),
        (("--timezone", "MX:*"), "does not exist"),
        (("--register-age", "RNE"), "registers of this preset: RNE"),
        (("--register-age", "XYZ=3"), "registers of this preset: RNE"),
        (("--consent-on", "soon"), "--at 'soon'"),
        (("--country", "Colombia"), "two capital letters"),
        (("--presets", "/nowhere"), "is no folder"),
    ],
)
def test_an_option_that_makes_no_sense(words: tuple[str, str], told: str) -> None:
    result = checked(*words)
    assert result.exit_code == 2
    assert told in result.output


def test_the_list_has_every_preset() -> None:
    spanish, english = rules("list").output, rules("list", "--language", "en").output
    for name in PresetCatalog.read().ids:
        assert name in spanish
    assert "confianza" in spanish
    assert "confidence" in english
    found = json.loads(rules("list", "--json").output)
    assert {each["id"] for each in found} == set(PresetCatalog.read().ids)


@pytest.mark.parametrize("name", PresetCatalog.read().ids)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_preset_is_shown_with_sources_and_doubts(name: str, language: str) -> None:
    preset = PresetCatalog.read().rules(name).preset
    shown = rules("show", name, "--language", language).output
    assert preset.sources[0] in shown
    assert WORDS[language]["no_lawyer"] in shown
    for purpose in preset.purposes:
        assert f"- {WORDS[language][purpose]}: " in shown
    for note in [*preset.uncertain.values(), *preset.remarks]:
        assert note.sentence(language) in shown
    whole = json.loads(rules("show", name, "--json").output)
    assert whole["id"] == name


def test_presets_of_ones_own(tmp_path: Path) -> None:
    text = "id: ours\nextends: co-2300\nversion: v9\nchecked_on: 2026-11-22\n"
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    found = answer(checked("--presets", str(tmp_path), "--json", preset="ours"))
    assert (found["preset"], found["version"]) == ("ours", "v9")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "ours.yaml").write_text(text, encoding="utf-8")
    assert rules("show", "ours").exit_code == 2
    assert rules("show", "ours", home=tmp_path).exit_code == 0
    (tmp_path / "ours.yaml").write_text(text + "hour: 3\n", encoding="utf-8")
    wrong = checked("--presets", str(tmp_path), preset="ours")
    assert wrong.exit_code == 2
    assert "ours.yaml:5: hour: is no setting known here" in wrong.output


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["es"]) == set(WORDS["en"])
    for language, words in WORDS.items():
        assert {str(purpose) for purpose in Purpose} <= set(words), language
        assert all(words.values())
