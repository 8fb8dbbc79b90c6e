"""Where the sounds lie, for those who play them and those who make them.

<sounds>/<language>/linea800/<prompt>.wav   what linea800 says
<sounds>/<language>/digits/<name>.wav       what Asterisk's own number saying needs
<sounds>/moh/hold_tune.wav                  music on hold
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


def played_as(name: str) -> str:
    """The prompt as Asterisk is asked to play it: in the channel's language, without an ending."""
    return f"{PROMPT_FOLDER}/{name}"


def known_sounds(sounds: Path, language: str) -> frozenset[str]:
    """The names of the prompts that exist as files in a language; none if there is no folder."""
    return frozenset(file.stem for file in (sounds / language / PROMPT_FOLDER).glob("[a-z]*.wav"))
