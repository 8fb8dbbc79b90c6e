"""Recordings that come back from a studio, matched with the script and kept where they are used."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts.intake import Delivered, delivered, stem_of
from prompts.recipes import finished_content
from prompts.recordings import take_file, take_in
from prompts.script import Line
from prompts.wav_file import RecordingRefusedError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file that came in; `refused` says why, or is None when it was taken."""

    file: str
    prompt: str | None = None
    #: there was a recording of this prompt before
    replaces: bool = False
    refused: str | None = None


def import_recordings(
    source: Path, recordings: Path, language: str, lines: Iterable[Line], *, dry_run: bool = False
) -> Iterator[Outcome]:
    """Take in every file that is the recording of a prompt, and tell of each what became of it.

    Each is taken as it came, once it is known that it can be played. Raises
    `RecordingRefusedError` when the folder or zip itself cannot be read, and `RecordingsError`
    when a recording cannot be kept.
    """
    known = {line.name: line for line in lines}
    taken: dict[str, str] = {}
    for file in delivered(source):
        try:
            line = _line_of(file, known, taken)
            content = file.content()
            finished_content(content)
        except RecordingRefusedError as error:
            yield Outcome(file.shown, refused=str(error))
            continue
        taken[line.name] = file.shown
        replaces = take_file(recordings, language, line.name).is_file()
        if not dry_run:
            take_in(recordings, language, line.name, content, line.text)
        yield Outcome(file.shown, prompt=line.name, replaces=replaces)


def _line_of(file: Delivered, known: dict[str, Line], taken: dict[str, str]) -> Line:
    """The line whose recording this might be; raises `RecordingRefusedError`."""
    stem = stem_of(file.name)
    if stem not in known:
        near = difflib.get_close_matches(stem, known, n=1)
        meant = f": is it {near[0]}.wav?" if near else ""
        raise RecordingRefusedError(f"no prompt has its name{meant}")
    if stem in taken:
        raise RecordingRefusedError(f"{taken[stem]} is the same prompt, and was taken before")
    return known[stem]
