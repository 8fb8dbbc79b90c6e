"""Somebody else's sign-in as it is set: a file in the home, or one that a variable names."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.outside_tokens import OutsideTokens
from documents.faults import DocumentRefusedError
from linea800.outside import outside_tokens
from linea800.settings import Settings, SettingsError
from tests.unit.facts import FLOOR, START

TRUST = """
issuer: https://sso.example.com
audience: linea800
role:
  claim: groups
  supervisor: [supervisores]
"""


def _settings(home: Path, **others: str) -> Settings:
    return Settings.from_environment({"LINEA800_HOME": str(home), **others})


def test_without_a_file_nobody_elses_tokens_are_accepted(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    assert settings.read_oidc() is None
    assert settings.session_hours == 12


def test_it_is_in_the_home_or_where_the_variable_says(tmp_path: Path) -> None:
    (tmp_path / "oidc.yaml").write_text(TRUST, encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(TRUST.replace("sso", "login"), encoding="utf-8")
    own = _settings(tmp_path).read_oidc()
    named = _settings(tmp_path, LINEA800_OIDC_FILE=str(other)).read_oidc()
    assert own is not None
    assert named is not None
    assert (own.issuer, named.issuer) == ("https://sso.example.com", "https://login.example.com")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (TRUST.replace("https", "http"), "issuer"),
        (TRUST.replace("audience: linea800\n", ""), "audience"),
        (TRUST + "colour: red\n", "colour"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "oidc.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(DocumentRefusedError, match=rf"oidc\.yaml.*{said}"):
        _settings(tmp_path).read_oidc()


@pytest.mark.parametrize("hours", ["0", "-1", "169", "x"])
def test_a_session_lasts_a_week_at_most(tmp_path: Path, hours: str) -> None:
    with pytest.raises(SettingsError, match="LINEA800_SESSION_HOURS"):
        _settings(tmp_path, LINEA800_SESSION_HOURS=hours)


async def test_what_knows_them_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "oidc.yaml").write_text(TRUST, encoding="utf-8")
    async with outside_tokens(_settings(tmp_path).read_oidc(), FLOOR) as outside:
        assert isinstance(outside, OutsideTokens)
        assert await outside.find("a.b.c", now=START) is None, "nobody is asked for that"
    async with outside_tokens(None, FLOOR) as nothing:
        assert nothing is None
