"""A file that says a database is in use: SQLite here must have exactly one writing process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from storage.errors import FileInUseError, StorageError


class FileLock:
    """An advisory lock held until `release` or the end of the process, however it ends.

    A file of its own, beside the database: opening and closing the database file itself would
    drop SQLite's own locks on it.
    """

    def __init__(self, guarded: Path) -> None:
        """Take the lock; raises `FileInUseError`, or `StorageError` if it cannot be made."""
        path = guarded.with_name(guarded.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"cannot make {path}: {error.strerror}; its folder must exist and be writable"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise FileInUseError(
                f"{guarded} is in use by another process; stop it first, only one may write there"
            ) from error

    def release(self) -> None:
        """Give the lock back; the empty file stays, removing it would race with the next taker."""
        os.close(self._descriptor)


def make_private(path: Path) -> None:
    """Make the file, if it is not there, so that only its owner may read it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StorageError(f"cannot open {path}: {error.strerror}") from error
