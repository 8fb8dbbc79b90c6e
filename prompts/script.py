"""All that is spoken in a language, line by line: what speech, a studio and a check go by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from prompts.asterisk_digits import asterisk_digits
from prompts.catalog import CATALOG, sentences
from prompts.names import first_names, name_prompt
from prompts.sounds import digit_file, prompt_file
from prompts.speech import Utterance
from prompts.spoken import pieces

Kind = Literal["sentence", "piece", "name", "digit"]

#: names are Spanish in both languages: an English voice would not say them as their owners do
_NAMES_ARE = "es"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the script: what is said, and the files that need it, relative to the sounds."""

    name: str
    language: str
    kind: Kind
    said: Utterance
    files: tuple[PurePosixPath, ...]

    @property
    def text(self) -> str:
        """What somebody who records it reads; a sentence that goes on keeps its comma."""
        return self.said.text if self.kind == "sentence" else self.said.text.rstrip(",.")


def scripts(
    catalog: Path = CATALOG, own_names: Sequence[str] = (), own: Path | None = None
) -> dict[str, tuple[Line, ...]]:
    """Every line by language: sentences, pieces of numbers, names, what Asterisk says itself.

    Where Asterisk needs a word that a piece has, the piece is its line too. `own` is as in
    `prompts.catalog.sentences`. Raises `DocumentRefusedError` for the catalog.
    """
    return {
        language: tuple(_lines(language, texts, own_names))
        for language, texts in sentences(catalog, own).items()
    }


def _lines(language: str, texts: Mapping[str, str], own_names: Sequence[str]) -> list[Line]:
    lines = [
        _line(language, name, "sentence", Utterance(language, text)) for name, text in texts.items()
    ]
    said_by_asterisk: dict[Utterance, list[str]] = {}
    for name, words in asterisk_digits(language).items():
        said_by_asterisk.setdefault(Utterance(language, f"{words},", piece=True), []).append(name)
    for piece in sorted(pieces(language), key=lambda piece: piece.name):
        said = Utterance(language, piece.text, piece=not piece.closing)
        digits = said_by_asterisk.pop(said, [])
        lines.append(_line(language, piece.name, "piece", said, digits))
    for said, digits in said_by_asterisk.items():
        name = "_".join(("digits", *re.findall("[a-z0-9]+", digits[0].lower())))
        files = tuple(digit_file(language, digit) for digit in digits)
        lines.append(Line(name, language, "digit", said, files))
    taken = {line.name for line in lines}
    for first_name in (*first_names(), *own_names):
        prompt = name_prompt(first_name)
        if prompt not in taken:
            taken.add(prompt)
            said = Utterance(_NAMES_ARE, f"{first_name},", piece=True)
            lines.append(_line(language, prompt, "name", said))
    return lines


def _line(
    language: str, name: str, kind: Kind, said: Utterance, digits: Iterable[str] = ()
) -> Line:
    files = (prompt_file(language, name), *(digit_file(language, digit) for digit in digits))
    return Line(name, language, kind, said, files)
