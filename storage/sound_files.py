"""Files of sound as Asterisk writes them: read whole, without following anything anywhere."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from calls.errors import Linea800Error


class SoundMissingError(Linea800Error):
    """There is no sound of that name that could be read."""


class SoundKeptError(Linea800Error):
    """The sound cannot be removed; its folder has to let this user write."""


def read_sound(path: Path, most_bytes: int) -> bytes:
    """The whole file; raises `SoundMissingError` for what is no file, or is larger than that."""
    try:
        with open(path, "rb", opener=_no_surprises) as sound:
            found = os.fstat(sound.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > most_bytes:
                raise SoundMissingError(f"{path.stem} is no file of sound")
            return sound.read(most_bytes)
    except OSError as error:
        raise SoundMissingError(f"{path.stem} cannot be read: {error.strerror}") from error


def remove_sound(path: Path) -> None:
    """The file is gone then, if it was there; raises `SoundKeptError`."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SoundKeptError(
            f"{path.stem} stays in {path.parent}: {error.strerror}; see that it may go"
        ) from error


def _no_surprises(path: str, flags: int) -> int:
    """Neither follow a link to somewhere else nor wait at a pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
