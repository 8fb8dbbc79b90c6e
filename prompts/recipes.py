"""How each sound is made: spoken by a program, taken from a recording, or by arithmetic."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prompts.audio import silence, speech_samples, wav
from prompts.beep import BEEP, beep
from prompts.finishing import Finished, finished
from prompts.hold_tune import hold_tune
from prompts.piper import Piper
from prompts.script import Line
from prompts.sounds import HOLD_TUNE, prompt_file
from prompts.speech import Speaker, SpeechError, Utterance
from prompts.spoken import LANGUAGES, PAUSE, SILENCE
from prompts.wav_file import MOST_BYTES, RecordingRefusedError, read_wav

#: raise it whenever the same text or recording would sound different than before
RENDERING = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one file is made; files with the same mark sound the same."""

    mark: str
    make: Callable[[], Finished]
    wide: bool = True


def source_of(mark: str) -> str:
    """Who speaks in a file, by its mark in the manifest: espeak-ng, piper, recording, none."""
    return mark.partition(":")[0]


def spoken_recipes(
    lines: Mapping[str, tuple[Line, ...]], speaker: Speaker, piper: Piper | None
) -> dict[str, Recipe]:
    """What speech makes, by the file's name relative to the sounds."""
    version = speaker.version()
    wanted: dict[str, Recipe] = {}
    for line in (line for of_language in lines.values() for line in of_language):
        said = line.said
        if piper is not None and line.kind == "sentence" and piper.speaks(said):
            mark = mark_of("piper", piper.marks[said.language], said.text)
            recipe = Recipe(mark, partial(_speak, piper.say, said))
        else:
            mark = mark_of("espeak-ng", version, said.voice, said.text, str(said.piece))
            recipe = Recipe(mark, partial(_speak, speaker.say, said))
        wanted |= {str(file): recipe for file in line.files}
    return wanted


def unspoken_recipes() -> dict[str, Recipe]:
    """Silences, tune and beep; nobody would hear more of them at 16 kHz."""
    tune = Recipe(mark_of("none", "tune"), lambda: Finished(wav(hold_tune())), wide=False)
    tone = Recipe(mark_of("none", "beep"), lambda: Finished(wav(beep())), wide=False)
    wanted = {str(HOLD_TUNE): tune, str(BEEP): tone}
    for name, seconds in ((PAUSE, 0.25), (SILENCE, 0.02)):
        recipe = Recipe(
            mark_of("none", "silence", str(seconds)), partial(_silent, seconds), wide=False
        )
        wanted |= {str(prompt_file(language, name)): recipe for language in LANGUAGES}
    return wanted


def finished_recording(file: Path) -> Finished:
    """A recording as it is played; raises `RecordingRefusedError`."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise RecordingRefusedError(f"it cannot be read: {error.strerror}") from error
    return finished_content(content)


def finished_content(content: bytes) -> Finished:
    """A recording's bytes as they are played; raises `RecordingRefusedError`."""
    recorded = read_wav(content)
    try:
        return finished(recorded.samples, recorded.rate)
    except ValueError as error:
        raise RecordingRefusedError(str(error)) from error


def mark_of(source: str, *parts: str) -> str:
    """The mark of a file made from these parts; the manifest keeps it."""
    digest = hashlib.sha256("\0".join((str(RENDERING), source, *parts)).encode()).hexdigest()
    return f"{source}:{digest[:32]}"


def _speak(say: Callable[[Utterance], bytes], said: Utterance) -> Finished:
    try:
        return finished(*speech_samples(say(said)))
    except ValueError as error:
        raise SpeechError(f"{said.text!r} in {said.voice} cannot be heard: {error}") from error


def _silent(seconds: float) -> Finished:
    return Finished(silence(seconds))
