"""What comes back from a studio: the files of a folder or a zip, one by one, with distrust.

Nothing is unpacked to disk and no name from a zip is ever used as a path: a name only says which
prompt it might be. No file takes more memory than the largest recording may have.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from prompts.wav_file import MOST_BYTES, RecordingRefusedError

_MOST_FILES = 10_000
#: of a zip: what it may weigh, what its list of files may weigh, what its files may have together
_MOST_ZIP_BYTES = 2_000_000_000
_MOST_LIST_BYTES = 3_000_000
_MOST_UNPACKED_BYTES = 4_000_000_000
_END_RECORD = struct.Struct("<4s4H2LH")
_LOCATOR_BYTES = 20
_READ_ZIPS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file that came: its name, and where its bytes are."""

    #: as it came, from the folder or zip on; look at it with `stem_of`
    name: str
    _source: Path | zipfile.ZipInfo
    _archive: zipfile.ZipFile | None = None

    @property
    def shown(self) -> str:
        """The name, so that it cannot write a line of its own on somebody's screen."""
        return self.name if self.name.isprintable() else repr(self.name)

    def content(self) -> bytes:
        """Its bytes, read only now; raises `RecordingRefusedError`."""
        try:
            if isinstance(self._source, Path):
                return _read_file(self._source)
            if self._archive is None:
                raise ValueError("a file of a zip without its zip")
            return _read_member(self._archive, self._source)
        except OSError as error:
            raise RecordingRefusedError(f"it cannot be read: {error.strerror}") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise RecordingRefusedError(f"it cannot be unpacked: {error}") from error


def delivered(path: Path) -> Iterator[Delivered]:
    """The files of a folder, of a zip, or the one file; hidden ones are not looked at.

    Raises `RecordingRefusedError` when nothing of it can be read at all.
    """
    if path.is_dir():
        yield from _in_folder(path)
    elif path.suffix.lower() == ".zip":
        yield from _in_zip(path)
    elif path.is_file():
        yield Delivered(path.name, path)
    else:
        raise RecordingRefusedError(f"there is no folder, zip or file {path}")


def stem_of(name: str) -> str:
    """Which prompt a file's name might mean; raises `RecordingRefusedError` for a hostile name."""
    if not name.isprintable():
        raise RecordingRefusedError("its name has control characters")
    parts = PurePosixPath(name).parts
    if "\\" in name or ":" in name or name.startswith("/") or ".." in parts:
        raise RecordingRefusedError("its name leads out of its folder")
    file = PurePosixPath(name)
    if file.suffix.lower() != ".wav":
        raise RecordingRefusedError("it is no .wav")
    return file.stem.lower()


def _in_folder(folder: Path) -> Iterator[Delivered]:
    count = 0
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(files):
            if _is_hidden(name):
                continue
            count += 1
            if count > _MOST_FILES:
                raise RecordingRefusedError(f"{folder} has more than {_MOST_FILES} files")
            file = Path(here, name)
            yield Delivered(str(file.relative_to(folder)), file)


def _in_zip(path: Path) -> Iterator[Delivered]:
    try:
        _refuse_a_list_too_long(path)
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if sum(min(each.file_size, MOST_BYTES) for each in members) > _MOST_UNPACKED_BYTES:
                raise RecordingRefusedError(f"{path} holds too much: send it in parts")
            for member in members:
                # the name as it was written: zipfile cuts `filename` at a zero byte
                name = member.orig_filename
                if not any(map(_is_hidden, name.split("/"))):
                    yield Delivered(name, member, archive)
    except OSError as error:
        raise RecordingRefusedError(f"{path} cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        if isinstance(error, RecordingRefusedError):
            raise
        raise RecordingRefusedError(f"{path} is no zip that can be read: {error}") from error


def _refuse_a_list_too_long(path: Path) -> None:
    """Look at the end of a zip before `zipfile` takes its whole list of files into memory."""
    size = path.stat().st_size
    if size > _MOST_ZIP_BYTES:
        raise RecordingRefusedError(f"{path} is larger than 2 GB: send it in parts")
    with path.open("rb") as opened:
        opened.seek(max(0, size - _END_RECORD.size - _LOCATOR_BYTES))
        tail = opened.read()
    if len(tail) < _END_RECORD.size:
        raise RecordingRefusedError(f"{path} is no zip")
    locator, end = tail[: -_END_RECORD.size], tail[-_END_RECORD.size :]
    mark, *_, files, list_bytes, _, comment_bytes = _END_RECORD.unpack(end)
    if mark != b"PK\x05\x06" or comment_bytes:
        raise RecordingRefusedError(f"{path} is no zip, is cut off, or has a comment: zip it anew")
    if b"PK\x06\x07" in locator or files > _MOST_FILES or list_bytes > _MOST_LIST_BYTES:
        raise RecordingRefusedError(f"{path} has more than {_MOST_FILES} files: send it in parts")


def _read_file(file: Path) -> bytes:
    if not stat.S_ISREG(file.lstat().st_mode):
        raise RecordingRefusedError("it is no plain file")
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Never more than the largest recording, whatever the zip claims."""
    if member.flag_bits & _ENCRYPTED:
        raise RecordingRefusedError("it is encrypted: zip it without a password")
    if member.compress_type not in _READ_ZIPS:
        raise RecordingRefusedError("it is packed in an unusual way: use a plain zip")
    if member.file_size > MOST_BYTES:
        raise RecordingRefusedError("it is larger than 10 MB: a prompt takes seconds")
    with archive.open(member) as opened:
        return opened.read(MOST_BYTES + 1)


def _is_hidden(name: str) -> bool:
    # what begins with two points is no hidden file but a way out: that is told
    return (name.startswith(".") and not name.startswith("..")) or name == "__MACOSX"
