"""Recordings held against the texts of now: they fit, they are stale, or they cannot be prompts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prompts.recordings import (
    TEXTS,
    RecordingsError,
    take_file,
    take_in,
    takes,
    write_notes,
)

TEXT = {"welcome": "Bienvenido."}
CHANGED = {"welcome": "Bienvenida."}


def dropped(folder: Path, name: str = "welcome", content: bytes = b"one") -> Path:
    file = take_file(folder, "es", name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_a_recording_fits_the_text_it_came_in_for_and_is_stale_for_another(tmp_path: Path) -> None:
    take_in(tmp_path, "es", "welcome", b"one", TEXT["welcome"])
    assert takes(tmp_path, "es", TEXT).fitting.keys() == {"welcome"}
    found = takes(tmp_path, "es", CHANGED)
    assert not found.fitting
    told = str(found.stale["welcome"])
    assert "es/welcome: the recording says 'Bienvenido.', the prompt is now 'Bienvenida.'" in told
    assert takes(tmp_path, "es", TEXT).fitting, "the text is the old one again"
    assert takes(tmp_path, "en", TEXT).fitting == {}


def test_what_is_imported_again_or_replaced_by_hand_says_the_text_of_now(tmp_path: Path) -> None:
    take_in(tmp_path, "es", "welcome", b"one", TEXT["welcome"])
    take_in(tmp_path, "es", "welcome", b"one", CHANGED["welcome"])
    assert takes(tmp_path, "es", CHANGED).fitting
    assert takes(tmp_path, "es", TEXT).stale
    dropped(tmp_path, content=b"two")
    assert takes(tmp_path, "es", TEXT).fitting


def test_what_is_dropped_in_is_noted_when_notes_are_written(tmp_path: Path) -> None:
    dropped(tmp_path)
    found = takes(tmp_path, "es", TEXT)
    assert takes(tmp_path, "es", CHANGED).fitting, "looking writes nothing"
    write_notes(tmp_path, "es", found.notes)
    assert takes(tmp_path, "es", CHANGED).stale
    dropped(tmp_path).unlink()
    write_notes(tmp_path, "es", takes(tmp_path, "es", TEXT).notes)
    dropped(tmp_path)
    assert takes(tmp_path, "es", CHANGED).fitting, "a removed recording is forgotten"


def test_notes_are_written_only_when_they_changed(tmp_path: Path) -> None:
    dropped(tmp_path)
    write_notes(tmp_path, "es", takes(tmp_path, "es", TEXT).notes)
    file = tmp_path / "es" / TEXTS
    before = file.stat().st_mtime_ns, file.stat().st_ino
    write_notes(tmp_path, "es", takes(tmp_path, "es", TEXT).notes)
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    write_notes(tmp_path, "en", {})
    assert not (tmp_path / "en").exists()


def test_a_name_without_a_text_is_a_prompt_of_its_own(tmp_path: Path) -> None:
    dropped(tmp_path, "our_own")
    assert takes(tmp_path, "es", TEXT).fitting.keys() == {"our_own"}


def test_what_cannot_be_a_prompt_is_told(tmp_path: Path) -> None:
    dropped(tmp_path, "Welcome (1)")
    dropped(tmp_path, "a" * 65)
    (tmp_path / "es" / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "es" / "pipe.wav")
    (tmp_path / "es" / "nothing.wav").symlink_to(tmp_path / "nowhere")
    found = takes(tmp_path, "es", TEXT)
    assert found.refused.keys() == {"Welcome (1).wav", f"{'a' * 65}.wav"}
    assert not found.fitting


@pytest.mark.parametrize("content", ["", "{", "[]", '{"welcome": 1}', '{"welcome": {}}', "\0"])
def test_broken_notes_are_not_guessed_at(tmp_path: Path, content: str) -> None:
    dropped(tmp_path)
    (tmp_path / "es" / TEXTS).write_text(content)
    with pytest.raises(RecordingsError, match=r"es/texts\.json: cannot be read"):
        takes(tmp_path, "es", TEXT)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    take_file(tmp_path, "es", "welcome").mkdir(parents=True)
    with pytest.raises(RecordingsError, match=r"welcome\.wav: cannot be written"):
        take_in(tmp_path, "es", "welcome", b"one", "")
