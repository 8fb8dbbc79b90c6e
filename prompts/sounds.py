"""Where the sounds lie, for those who play them and those who make them.

<sounds>/<language>/linea800/<prompt>.wav   what linea800 says
<sounds>/<language>/digits/<name>.wav       what Asterisk's own number saying needs
<the same>.wav16                            the same at 16 kHz, for wideband calls
<sounds>/moh/hold_tune.wav                  music on hold
<sounds>/beep.wav                           after it a caller's message is recorded
<sounds>/silence_20ms.wav                   the beep an agent on the held line does not hear
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

#: the folder of our prompts inside a language, as Asterisk's `Playback` names it
PROMPT_FOLDER = "linea800"

HOLD_TUNE = PurePosixPath("moh/hold_tune.wav")


def prompt_file(language: str, name: str) -> PurePosixPath:
    """The file of a prompt, relative to the sounds."""
    return PurePosixPath(language, PROMPT_FOLDER, f"{name}.wav")


def digit_file(language: str, name: str) -> PurePosixPath:
    """The file of something Asterisk says by itself, relative to the sounds."""
    return PurePosixPath(language, "digits", f"{name}.wav")


def wide_file(file: Path) -> Path:
    """The same sound at 16 kHz: Asterisk takes it, by its ending, where the call can carry it."""
    return file.with_suffix(".wav16")


def played_as(name: str) -> str:
    """The prompt as Asterisk is asked to play it: in the channel's language, without an ending."""
    return f"{PROMPT_FOLDER}/{name}"


def known_sounds(sounds: Path, language: str) -> frozenset[str]:
    """The names of the prompts that exist as files in a language; none if there is no folder."""
    return frozenset(file.stem for file in (sounds / language / PROMPT_FOLDER).glob("[a-z]*.wav"))
