"""Text to speech by independent programs fed through their standard input: espeak-ng."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from calls.errors import Linea800Error

_VOICES = {"es": "es-419", "en": "en-us"}

# a piece stands in the middle of a sentence: there the voice is level, a little higher than where
# it falls, and hurries more than in a word said alone
_IN_MID_SENTENCE = '<prosody pitch="+20%" range="20%">{}</prosody>'
_WORDS_A_MINUTE = {"sentence": 165, "piece": 180}

# espeak-ng's own loudness of 100 comes close to clipping; the level is set afterwards anyway
_AMPLITUDE = 70
_TIMEOUT_SECONDS = 60.0


class SpeechError(Linea800Error):
    """A text could not be turned into speech."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is to be said; a `piece` is a part of something longer, put together when played."""

    language: str
    text: str
    piece: bool = False

    @property
    def voice(self) -> str:
        """The espeak-ng voice that speaks the language."""
        return _VOICES[self.language]


class Speaker:
    """One espeak-ng, found at a path, with its data where it looks by itself or where told."""

    def __init__(self, espeak_ng: Path, espeak_data: Path | None = None) -> None:
        self._program = str(espeak_ng)
        self._environment = dict(os.environ)
        if espeak_data is not None:
            self._environment["ESPEAK_DATA_PATH"] = str(espeak_data)

    def version(self) -> str:
        """What espeak-ng says of itself: another version sounds different."""
        words = self._run(["--version"]).decode("utf-8", "replace").split("Data at")
        return words[0].strip()

    def say(self, utterance: Utterance) -> bytes:
        """The utterance as a WAV of espeak-ng's own rate; raises `SpeechError`."""
        markup = escape(utterance.text)
        if utterance.piece:
            markup = _IN_MID_SENTENCE.format(markup)
        speed = _WORDS_A_MINUTE["piece" if utterance.piece else "sentence"]
        options = ["-v", utterance.voice, "-s", str(speed), "-a", str(_AMPLITUDE)]
        # -b 1: UTF-8; -m: markup; -z: no pause after the last sentence
        return self._run([*options, "-b", "1", "-m", "-z", "--stdin", "--stdout"], markup)

    def _run(self, options: list[str], text: str = "") -> bytes:
        output = run([self._program, *options], text, environment=self._environment)
        if not output:
            raise SpeechError(f"{self._program} failed on {text or options!r}: it said nothing")
        return output


def run(
    command: Sequence[str],
    text: str,
    *,
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> bytes:
    """What a speech program writes when it is given a text; raises `SpeechError`."""
    program = command[0]
    try:
        done = subprocess.run(  # noqa: S603 - a list of our own, no shell; the text is input
            command,
            input=text.encode(),
            capture_output=True,
            env=environment,
            timeout=timeout_seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise SpeechError(
            f"there is no {Path(program).name} at {program}: install it or set its path"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SpeechError(f"{program} could not be run: {error}") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip() or f"code {done.returncode}"
        raise SpeechError(f"{program} failed on {text or list(command[1:])!r}: {said}")
    return done.stdout
