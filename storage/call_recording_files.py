"""The folder of recorded talks: `20261122/20261122_<call>_<number>.wav`, the dialplan's names.

A name never leads out of the folder. What Asterisk did not live to finish is mended: its header
says how long the sound would have been at the last moment that it was known.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from storage.sound_files import SoundMissingError, read_sound, remove_sound

NAME = re.compile(r"(?P<day>[0-9]{8})_(?P<call>[A-Za-z0-9.-]{1,60})_(?P<take>[0-9]{1,4})")
#: three hours in telephone quality
MOST_BYTES = 200_000_000
_HEADER_BYTES = 44
_SAMPLE_BYTES = 2
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file of sound, as it is now."""

    bytes: int
    seconds: float
    sha256: str
    #: its end was never written
    cut_short: bool
    written_at: datetime


class CallRecordingFolder:
    """Recorded talks on disk. Everything here waits for the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def look(self, name: str) -> Found | None:
        """The file, private and whole from now on; None: it is not there, or no sound is in it.

        Raises `SoundMissingError` for one that is there and cannot be read.
        """
        path = self._path(name)
        try:
            written_at = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            cut_short = _mended(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SoundMissingError(f"{name} cannot be read: {error.strerror}") from error
        sound = read_sound(path, MOST_BYTES)
        seconds = _seconds(sound)
        if seconds <= 0:
            return None
        with contextlib.suppress(PermissionError):  # another Asterisk's own: its folder is private
            path.chmod(0o600)
        return Found(
            bytes=len(sound), seconds=seconds, sha256=sha256(sound).hexdigest(),
            cut_short=cut_short, written_at=written_at,
        )  # fmt: skip

    def read(self, name: str) -> bytes:
        """The whole file, a WAV; raises `SoundMissingError`."""
        return read_sound(self._path(name), MOST_BYTES)

    def remove(self, name: str) -> None:
        """The file is gone then, if it was there; raises `SoundKeptError`, `SoundMissingError`."""
        path = self._path(name)
        remove_sound(path)
        with contextlib.suppress(OSError):  # others are in it
            path.parent.rmdir()

    def names(self, since: datetime) -> list[str]:
        """The recordings of that day and later, in order; anything else in the folder is no one's.

        Raises `OSError` when the folder cannot be read.
        """
        return sorted(self._names(since.strftime("%Y%m%d")))

    def _names(self, first_day: str) -> Iterator[str]:
        if not self.folder.is_dir():
            return  # Asterisk makes it with the first recording
        for day in self.folder.iterdir():
            if len(day.name) != len(first_day) or day.name < first_day or not day.is_dir():
                continue
            for path in day.iterdir():
                match = NAME.fullmatch(path.stem)
                if path.suffix == ".wav" and match is not None and match["day"] == day.name:
                    yield path.stem

    def _path(self, name: str) -> Path:
        match = NAME.fullmatch(name)
        if match is None:
            raise SoundMissingError("a recording is called by its day, its call and a number")
        return self.folder / match["day"] / f"{name}.wav"


def call_of(name: str) -> str:
    """The call that a recording is of; raises `ValueError` for what is no recording's name."""
    match = NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name[:80]!r} is not the name of a recording")
    return match["call"]


def _seconds(sound: bytes) -> float:
    """How long a WAV of Asterisk's is; 0 for what is none."""
    if len(sound) < _HEADER_BYTES:
        return 0.0
    riff, _, wave, _, _, _, channels, rate, _, _, bits, _, _ = _HEADER.unpack_from(sound)
    if (riff, wave) != (b"RIFF", b"WAVE") or bits != 8 * _SAMPLE_BYTES or not channels * rate:
        return 0.0
    return (len(sound) - _HEADER_BYTES) / float(_SAMPLE_BYTES * channels * rate)


def _mended(path: Path) -> bool:
    """Write into the header how long the sound is, if it says something else. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        header = os.read(descriptor, _HEADER_BYTES)
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if len(header) < _HEADER_BYTES or not header.startswith(b"RIFF"):
        return False
    data = size - _HEADER_BYTES
    if _HEADER.unpack(header)[-1] == data:
        return False
    with contextlib.suppress(PermissionError):  # players reckon with it
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.pwrite(descriptor, struct.pack("<I", data + _HEADER_BYTES - 8), 4)
            os.pwrite(descriptor, struct.pack("<I", data), _HEADER_BYTES - 4)
        finally:
            os.close(descriptor)
    return True
