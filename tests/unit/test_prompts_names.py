"""First names as prompts: said when they are recorded, in any spelling, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts.catalog import prompt_names
from prompts.names import (
    NamesRefusedError,
    add_names,
    first_names,
    name_prompt,
    read_names,
    say_name,
)

KNOWN = prompt_names("es")


def test_the_list_that_comes_along_is_long_and_has_no_name_twice() -> None:
    assert len(first_names()) >= 300
    assert len({name_prompt(name) for name in first_names()}) == len(first_names())
    assert {"María", "José", "Ángel", "Ximena", "Begoña"} - set(first_names()) == {"Begoña"}


@pytest.mark.parametrize(
    ("first_name", "said"),
    [
        ("María", "name_maria"),
        ("MARIA", "name_maria"),
        ("maría josé", "name_maria name_jose"),
        ("María-José", "name_maria name_jose"),
        (" Juan  Carlos ", "name_juan name_carlos"),
        ("Mari\u0301a", "name_maria"),
        ("María del Carmen", "name_maria_del_carmen"),
        ("María del Carmen Rosa", "name_maria_del_carmen name_rosa"),
        ("Ángel", "name_angel"),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_names_are_said(first_name: str, said: str, language: str) -> None:
    assert say_name(first_name, language, prompt_names(language)) == tuple(said.split())


@pytest.mark.parametrize(
    "first_name",
    [
        *("", "  ", "Xóchitl", "María Xóchitl", "J0sé", "María2", "../maria", "<b>María</b>"),
        *("Juan\nPedro", "María" * 40, "Мария", "A B C D E", "-", "O'Brien", "{{7*7}}", "\0"),
    ],
)
def test_what_is_not_recorded_or_no_name_is_not_said(first_name: str) -> None:
    assert say_name(first_name, "es", KNOWN) is None


def test_without_recordings_nobody_is_named() -> None:
    assert say_name("María", "es", frozenset()) is None
    with pytest.raises(ValueError, match="cannot speak the language 'pt'"):
        say_name("María", "pt", KNOWN)


def test_names_of_ones_own_are_added_once(tmp_path: Path) -> None:
    own = tmp_path / "home" / "names.txt"
    assert add_names(["Xóchitl", "María", "XOCHITL"], own) == ("XOCHITL",)
    assert add_names(["Xóchitl", "Iñaki"], own) == ("Iñaki",)
    assert read_names(own) == ("XOCHITL", "Iñaki")
    assert say_name("Xóchitl", "es", {"name_xochitl"}) == ("name_xochitl",)


def test_comments_of_a_list_are_kept(tmp_path: Path) -> None:
    own = tmp_path / "names.txt"
    own.write_text("\ufeff# ours\r\n\r\n  Xóchitl  \r\n", encoding="utf-8")
    assert add_names(["Iñaki"], own) == ("Iñaki",)
    assert own.read_text(encoding="utf-8").splitlines()[0] == "# ours"
    assert read_names(own) == ("Xóchitl", "Iñaki")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"Mar\xeda", "no UTF-8"),
        (b"Juan\nJ0se\n", "names.txt:2: 'J0se' is no first name"),
        (b"=1+1", "names.txt:1"),
        (b"a b c d e", "at most 4 words"),
        ("Łukasz".encode(), "Latin letters"),
        (b"1\n" * 30, "and 20 more"),
        (b"x" * 50, "at most 40"),
        (b"\n" * 1_000_001, "too many names"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_whole(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(content)
    with pytest.raises(NamesRefusedError) as refusal:
        read_names(file)
    assert complaint in str(refusal.value)


def test_a_list_that_is_not_there_has_no_names(tmp_path: Path) -> None:
    assert read_names(tmp_path / "names.txt") == ()
    with pytest.raises(NamesRefusedError, match="cannot be read"):
        read_names(tmp_path)
