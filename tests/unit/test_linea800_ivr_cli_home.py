"""`linea800 ivr` with sentences of one's own, and with the rules of whom may be called back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.menu_file import MENUS
from tests.unit.test_linea800_ivr_cli import BROKEN, OPERATOR, ivr

# --- sentences of one's own -------------------------------------------------------------------


def _own(home: Path, es: str, en: str) -> None:
    (home / "catalog").mkdir()
    (home / "catalog" / "es.yaml").write_text(es, encoding="utf-8")
    (home / "catalog" / "en.yaml").write_text(en, encoding="utf-8")


def test_a_menu_names_sentences_of_ones_own_and_says_them(tmp_path: Path) -> None:
    menu = (MENUS / "simple.yaml").read_text(encoding="utf-8").replace("main_menu", "may_offer", 1)
    (tmp_path / "own.yaml").write_text(menu, encoding="utf-8")
    refused = ivr("check", str(tmp_path / "own.yaml"), home=tmp_path)
    assert (refused.exit_code, "may_offer" in refused.output) == (1, True)
    _own(tmp_path, "may_offer: En mayo es gratis.", "may_offer: May is free.")
    assert ivr("check", str(tmp_path / "own.yaml"), home=tmp_path).exit_code == 0
    tried = ivr("try", str(tmp_path / "own.yaml"), "--keys", "", home=tmp_path)
    assert "[may_offer] En mayo es gratis." in tried.output


@pytest.mark.parametrize("command", [("check", OPERATOR), ("try", OPERATOR, "--keys", "")])
def test_bad_sentences_of_ones_own_are_told_with_their_line(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    _own(tmp_path, "welcome: Hola\nmay_offer: En mayo es gratis.", "welcome: Hello")
    result = ivr(*command, home=tmp_path)
    assert result.exit_code == 1
    assert "catalog/es.yaml:2: may_offer: falta en catalog/en.yaml" in result.output


# --- who may be called back -------------------------------------------------------------------


def _offers(folder: Path) -> str:
    path = folder / "later.yaml"
    text = BROKEN.replace("goto: sales", "goto: later")
    path.write_text(f"{text}  later: {{kind: callback, queue: soporte}}\n", encoding="utf-8")
    return str(path)


def _tried(path: str, *more: str, number: str = "3001234567") -> str:
    words = ("try", path, "--keys", "1", "--number", number, "--rules", "co-2300", *more)
    return ivr(*words).output


def test_at_night_the_rules_decide_when_as_on_the_line(tmp_path: Path) -> None:
    path = _offers(tmp_path)
    by_day = _tried(path, "--at", "2026-11-24 10:00")
    assert "[callback_confirm]" in by_day
    assert "a partir de" not in by_day
    assert "a partir de mañana" in _tried(path, "--at", "2026-11-24 23:00")
    assert "hoy más tarde" in _tried(path, "--at", "2026-11-24 05:00")
    assert "a partir del lunes" in _tried(path, "--at", "2026-11-28 16:00")
    # the house's own rules end at 13:00 on a Saturday, those of the country at 15:00
    at_noon = ("try", path, "--keys", "1", "--number", "3001234567", "--at", "2026-11-28 14:00")
    assert "a partir del lunes" in ivr(*at_noon).output
    assert "a partir del lunes" not in _tried(path, "--at", "2026-11-28 14:00")


def test_a_number_that_no_campaign_would_dial_is_none_in_a_try_out(tmp_path: Path) -> None:
    path = _offers(tmp_path)
    assert "[callback_enter]" in _tried(path, number="14155550100")
    assert ivr("try", path, "--keys", "1", "--rules", "co-none").exit_code == 2


def test_a_flow_is_held_to_the_rules_too(tmp_path: Path) -> None:
    _offers(tmp_path)
    flow = """\
menú: later.yaml
número: 3001234567
hora: 2026-11-28 14:00

flujo: Un sábado por la tarde
  marca: 1
  oye: callback_number_is, {cifras 3001234567}, callback_confirm
  marca: 1
  calla
  termina: devolución 3001234567
"""
    (tmp_path / "later.flow").write_text(flow, encoding="utf-8")
    assert ivr("test", str(tmp_path), "--rules", "co-2300").exit_code == 0
    by_the_house = ivr("test", str(tmp_path))
    assert by_the_house.exit_code == 1
    assert "d_a_partir_del_lunes_end" in by_the_house.output
    later = flow.replace("567}, callback", "567}, d_a_partir_del_lunes_end, callback")
    (tmp_path / "later.flow").write_text(later, encoding="utf-8")
    assert ivr("test", str(tmp_path)).exit_code == 0
