"""The folder of recorded talks: private, mended where cut, and no name leads out of it."""

from __future__ import annotations

import wave
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from storage.call_recording_files import CallRecordingFolder, call_of
from storage.sound_files import SoundMissingError
from tests.made_talks import lay, wav

NAME = "20260301_pbx1-1772366400.1_1"
ATTEMPT = "20260302_attempt-0123456789abcdef_12"


def test_a_file_is_private_and_known_by_its_hash_from_then_on(tmp_path: Path) -> None:
    path = lay(tmp_path, NAME, wav(1.5))
    found = CallRecordingFolder(tmp_path).look(NAME)
    assert found is not None
    assert (found.bytes, found.seconds, found.cut_short) == (44 + 24_000, 1.5, False)
    assert found.sha256 == sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_asterisk_did_not_finish_is_mended_once(tmp_path: Path) -> None:
    whole = wav(2)
    unfinished = whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:-1000]
    path = lay(tmp_path, NAME, unfinished)
    folder = CallRecordingFolder(tmp_path)
    found = folder.look(NAME)
    assert found is not None
    assert (found.cut_short, found.seconds) == (True, 2 - 500 / 8000)
    assert found.sha256 == sha256(path.read_bytes()).hexdigest()
    with wave.open(str(path)) as file:
        assert file.getnframes() == 16_000 - 500
    again = folder.look(NAME)
    assert again is not None
    assert (again.cut_short, again.sha256) == (False, found.sha256)


@pytest.mark.parametrize("sound", [b"", b"RIFF", wav(0), b"x" * 100])
def test_no_sound_is_none(tmp_path: Path, sound: bytes) -> None:
    lay(tmp_path, NAME, sound)
    assert CallRecordingFolder(tmp_path).look(NAME) is None
    assert CallRecordingFolder(tmp_path).look(ATTEMPT) is None


@pytest.mark.parametrize(
    "name",
    [
        "", "..", "../secret", "20260301_../../secret_1", "20260301_a/b_1", "20260301_a_1.wav",
        "2026030_a_1", "20260301_a", "20260301__1", "20260301_a_b_1", "20260301_a_1\n", "-rf",
    ],
)  # fmt: skip
def test_nothing_else_is_a_name(tmp_path: Path, name: str) -> None:
    folder = CallRecordingFolder(tmp_path)
    for ask in (folder.look, folder.read, folder.remove):
        with pytest.raises(SoundMissingError):
            ask(name)
    with pytest.raises(ValueError, match="is not the name of a recording"):
        call_of(name)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(1))
    lay(tmp_path / "talks", NAME, b"").unlink()
    (tmp_path / "talks" / NAME[:8] / f"{NAME}.wav").symlink_to(secret)
    folder = CallRecordingFolder(tmp_path / "talks")
    with pytest.raises(SoundMissingError):
        folder.read(NAME)
    with pytest.raises(SoundMissingError):
        folder.look(NAME)


def test_the_folder_tells_its_recordings_since_a_day_and_nothing_else(tmp_path: Path) -> None:
    folder = CallRecordingFolder(tmp_path / "talks")
    since = datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert folder.names(since) == [], "Asterisk makes it with the first one"
    for name in (NAME, ATTEMPT, "20260228_pbx1-1.1_1"):
        lay(folder.folder, name, wav(0.1))
    for odd in ("20260301/20260302_a_1.wav", "20260301/notes.txt", "20260301/x.wav", "a_1.wav"):
        (folder.folder / odd).write_bytes(b"")
    assert folder.names(since) == [NAME, ATTEMPT]
    assert [call_of(name) for name in folder.names(since)] == [
        "pbx1-1772366400.1", "attempt-0123456789abcdef",
    ]  # fmt: skip
    folder.remove(ATTEMPT)
    folder.remove(ATTEMPT)  # gone already
    assert not (folder.folder / ATTEMPT[:8]).exists(), "a day without any goes with its last"
    folder.remove(NAME)
    assert (folder.folder / NAME[:8] / "notes.txt").exists()
