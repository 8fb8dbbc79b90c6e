"""Human recordings that go before speech: `<folder>/<language>/<prompt>.wav`, as they came in.

Beside them `texts.json` keeps what each recording says: the text of its prompt when it came in.
When the text changes, the recording is stale, and is not played until it is imported again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from calls.errors import Linea800Error
from prompts.wav_file import MOST_BYTES

TEXTS = "texts.json"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RecordingsError(Linea800Error):
    """The folder of recordings cannot be read or written; the message says where."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was noted of a recording: which one it is, and the text it says."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A recording that says another text than its prompt does now."""

    language: str
    name: str
    says: str
    text: str

    def __str__(self) -> str:
        return (
            f"{self.language}/{self.name}: the recording says {self.says!r}, the prompt is now "
            f"{self.text!r}: record it again, or import it again if it still fits"
        )


@dataclass(frozen=True, slots=True)
class Takes:
    """The recordings of a language, by the name of the prompt."""

    #: those to be played, with what tells one from another
    fitting: dict[str, str] = field(default_factory=dict)
    stale: dict[str, Stale] = field(default_factory=dict)
    #: files that cannot be a prompt, with the reason
    refused: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)


def take_file(folder: Path, language: str, name: str) -> Path:
    """Where the recording of a prompt lies."""
    return folder / language / f"{name}.wav"


def takes(folder: Path, language: str, texts: Mapping[str, str]) -> Takes:
    """The recordings of a language, held against the texts as they are now.

    A recording that was not noted before, or was replaced, says the text of now. One without a
    text is a prompt of its own. Nothing is written. Raises `RecordingsError`.
    """
    found = Takes()
    noted = _read_notes(folder, language)
    for file in sorted((folder / language).glob("*.wav")):
        name = file.stem
        if not file.is_file():
            continue
        if not _NAME.fullmatch(name):
            found.refused[file.name] = "its name is no prompt's: lower-case letters, digits and _"
            continue
        try:
            mark = _mark(file)
        except OSError as error:
            found.refused[file.name] = f"it cannot be read: {error.strerror}"
            continue
        text = texts.get(name, "")
        note = noted.get(name)
        if note is None or note.mark != mark:
            note = Note(mark, text)
        found.notes[name] = note
        if note.text == text:
            found.fitting[name] = mark
        else:
            found.stale[name] = Stale(language, name, note.text, text)
    return found


def take_in(folder: Path, language: str, name: str, content: bytes, text: str) -> None:
    """Keep a recording that says this text; raises `RecordingsError`."""
    file = take_file(folder, language, name)
    notes = _read_notes(folder, language)
    notes[name] = Note(hashlib.sha256(content).hexdigest(), text)
    try:
        _write(file, content)
    except OSError as error:
        raise RecordingsError(f"{file}: cannot be written: {error.strerror}") from error
    write_notes(folder, language, notes)


def write_notes(folder: Path, language: str, notes: Mapping[str, Note]) -> None:
    """Keep what the recordings say, if that is not written already; raises `RecordingsError`."""
    if dict(notes) == _read_notes(folder, language):
        return
    file = folder / language / TEXTS
    told = {name: {"sha256": note.mark, "text": note.text} for name, note in notes.items()}
    try:
        _write(file, json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False).encode())
    except OSError as error:
        raise RecordingsError(f"{file}: cannot be written: {error.strerror}") from error


def _read_notes(folder: Path, language: str) -> dict[str, Note]:
    file = folder / language / TEXTS
    try:
        told = json.loads(file.read_bytes())
        return {name: Note(note["sha256"], note["text"]) for name, note in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecordingsError(
            f"{file}: cannot be read, so nobody knows what the recordings say: put back a copy, or "
            "remove it if every recording fits its text"
        ) from error


def _mark(file: Path) -> str:
    """What is in the file; of one that is too large, as much as shows that."""
    with file.open("rb") as opened:
        return hashlib.sha256(opened.read(MOST_BYTES + 1)).hexdigest()


def _write(file: Path, content: bytes) -> None:
    """At once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
