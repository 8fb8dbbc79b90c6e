"""What lies in the folder of sounds, measured: who speaks, how loud, how long, what is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts.audio import PEAK_DBFS, peak
from prompts.loudness import TARGET_LUFS, lufs
from prompts.recipes import finished_recording, source_of
from prompts.recordings import Takes, take_file
from prompts.render import read_manifest
from prompts.script import Line
from prompts.script_sheet import seconds_at_most
from prompts.sounds import prompt_file, wide_file
from prompts.studio import Studio
from prompts.wav_file import MOST_BYTES, RecordingRefusedError, read_wav

#: who speaks in a file that is there, but that no rendering made
BY_HAND = "by hand"
#: so far from the target a prompt stands out among the others
_LU_OFF = 2.0
_DB_OFF = 0.2


@dataclass(frozen=True, slots=True)
class Inspected:
    """One prompt as it would be heard now; figures are None when it cannot be heard."""

    language: str
    name: str
    #: espeak-ng, piper, recording, `BY_HAND`, or none without a file
    source: str
    lufs: float | None
    peak_dbfs: float | None
    seconds: float | None
    problems: tuple[str, ...]


def inspected(
    sounds: Path, studio: Studio, language: str, lines: Iterable[Line]
) -> Iterator[Inspected]:
    """Every prompt of the script, and every recording of its own, in order of the script.

    Raises `RecordingsError` when nobody knows what the recordings say.
    """
    manifest = read_manifest(sounds)
    known = {line.name: line for line in lines}
    takes = studio.takes(language, known.values())
    for name in (*known, *sorted(takes.notes.keys() - known.keys())):
        line = known.get(name)
        file = str(line.files[0] if line else prompt_file(language, name))
        source = source_of(manifest.get(file, BY_HAND))
        problems = _of_its_recording(studio, takes, language, name, source)
        yield _inspected(sounds / file, language, name, source, line, tuple(problems))
    for refused, why in takes.refused.items():
        yield Inspected(language, refused, "none", None, None, None, (why,))


def _of_its_recording(
    studio: Studio, takes: Takes, language: str, name: str, source: str
) -> Iterator[str]:
    if name in takes.stale:
        yield f"stale: its recording says {takes.stale[name].says!r}; speech is played"
    if studio.recordings is not None and name in takes.fitting and source != "recording":
        try:
            finished_recording(take_file(studio.recordings, language, name))
        except RecordingRefusedError as error:
            yield f"its recording cannot be used: {error}"
        else:
            yield "its recording is not played: run `linea800 prompts render`"
    if name not in takes.fitting and source == "recording":
        yield "its recording is gone or stale: run `linea800 prompts render`"


def _inspected(
    file: Path,
    language: str,
    name: str,
    source: str,
    line: Line | None,
    problems: tuple[str, ...],
) -> Inspected:
    try:
        with file.open("rb") as opened:
            heard = read_wav(opened.read(MOST_BYTES + 1))
    except FileNotFoundError:
        told = "has no file: run `linea800 prompts render`"
        return Inspected(language, name, "none", None, None, None, (*problems, told))
    except (OSError, RecordingRefusedError) as error:
        told = f"cannot be heard: {error}"
        return Inspected(language, name, source, None, None, None, (*problems, told))
    loudness = lufs(heard.samples, heard.rate)
    highest = 20 * math.log10(max(peak(heard.samples), 1e-9))
    seconds = len(heard.samples) / heard.rate
    if source != BY_HAND and not wide_file(file).is_file():
        problems += ("has no 16 kHz sister: run `linea800 prompts render`",)
    problems += tuple(_faults(loudness, highest, seconds, line))
    return Inspected(language, name, source, loudness, highest, seconds, problems)


def _faults(loudness: float, highest: float, seconds: float, line: Line | None) -> Iterator[str]:
    if abs(loudness - TARGET_LUFS) > _LU_OFF:
        yield f"is at {loudness:.1f} LUFS, the others at {TARGET_LUFS:.0f}"
    if highest > PEAK_DBFS + _DB_OFF:
        yield f"has peaks of {highest:.1f} dBFS, {PEAK_DBFS} at most"
    if line is not None and seconds > seconds_at_most(line):
        yield f"takes {seconds:.1f} s, {seconds_at_most(line)} at most"
