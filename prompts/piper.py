"""Text to speech with Piper, where somebody has put its program and a voice: whole sentences only.

What is joined to a number, an amount or a name stays with the voice of the numbers, so that no
sentence changes its voice half way.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts.speech import SpeechError, Utterance, run
from prompts.spoken import LANGUAGES

#: loading a voice takes seconds on a small machine, a long sentence some more
_TIMEOUT_SECONDS = 180.0
_PROGRAM = "piper"


@dataclass(frozen=True, slots=True)
class Piper:
    """The program, and by language its voice and what tells this voice from another."""

    program: Path
    voices: Mapping[str, Path]
    marks: Mapping[str, str]

    def speaks(self, utterance: Utterance) -> bool:
        """Whether this is a whole sentence in a language it has a voice for."""
        text = utterance.text
        whole = not (utterance.piece or text.endswith(",") or text[:1].islower())
        return whole and utterance.language in self.voices

    def say(self, utterance: Utterance) -> bytes:
        """The utterance as a WAV of the voice's own rate; raises `SpeechError`."""
        with tempfile.TemporaryDirectory(prefix="linea800-piper-") as folder:
            file = Path(folder) / "said.wav"
            voice = self.voices[utterance.language]
            command = [str(self.program), "--model", str(voice), "--output_file", str(file)]
            run(command, f"{utterance.text}\n", timeout_seconds=_TIMEOUT_SECONDS)
            try:
                return file.read_bytes()
            except OSError as error:
                raise SpeechError(f"{self.program} wrote nothing for {utterance.text!r}") from error


def find_piper(
    voices: Path | None, environment: Mapping[str, str] = os.environ
) -> tuple[Piper | None, tuple[str, ...]]:
    """Piper with the voices of a folder, or None; and what keeps a voice there from speaking.

    A voice is `<language>.onnx` with its `<language>.onnx.json`. The program is in the folder:
    `piper`, or `piper/piper` as its archives unpack; or `piper` on the path.
    """
    if voices is None:
        return None, ()
    models = {language: voices / f"{language}.onnx" for language in LANGUAGES}
    found = {language: model for language, model in models.items() if model.is_file()}
    program = _program(voices, environment)
    if found and program is None:
        return None, (f"{voices}: there are voices, but no program piper: put it on the PATH",)
    told: list[str] = []
    for language, model in list(found.items()):
        if not Path(f"{model}.json").is_file():
            told.append(f"{model}: its {model.name}.json is missing, so it does not speak")
            del found[language]
    if not found or program is None:
        return None, tuple(told)
    marks = {language: _mark(model) for language, model in found.items()}
    return Piper(program, found, marks), tuple(told)


def _program(voices: Path, environment: Mapping[str, str]) -> Path | None:
    # first what lies beside the voices: Debian has a `piper` for the buttons of mice
    places = (voices, voices / _PROGRAM)
    path = os.pathsep.join([*map(str, places), environment.get("PATH", "")])
    program = shutil.which(_PROGRAM, path=path)
    return Path(program) if program else None


def _mark(model: Path) -> str:
    """Another voice under the same name sounds different: what counts is what is in the files."""
    settings = Path(f"{model}.json").read_bytes()
    with model.open("rb") as opened:
        return (
            hashlib.file_digest(opened, "sha256").hexdigest() + hashlib.sha256(settings).hexdigest()
        )
