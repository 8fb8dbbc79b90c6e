"""The sentences linea800 says, read from one YAML file per language and checked."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, RootModel, StringConstraints

from documents.faults import Misfit
from documents.yaml_document import Document
from prompts.names import first_names, name_prompt
from prompts.spoken import LANGUAGES, PAUSE, SILENCE, pieces

#: the catalog that comes with linea800
CATALOG = Path(__file__).with_name("catalog")


def _printable(text: str) -> str:
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise ValueError("has a control character: remove it")
    if not text.strip():
        raise ValueError("has no words")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Text = Annotated[str, StringConstraints(max_length=600), AfterValidator(_printable)]


class Sentences(RootModel[dict[Name, Text]]):
    """One language's file: texts by the name of the prompt."""


def sentences(folder: Path = CATALOG) -> dict[str, dict[str, str]]:
    """Text by prompt name by language; every language has the same names.

    Raises `DocumentRefusedError`, which names file, line and prompt.
    """
    documents = {language: Document.read(folder / f"{language}.yaml") for language in LANGUAGES}
    found = {
        language: document.as_model(Sentences).root for language, document in documents.items()
    }
    every = set().union(*found.values())
    for language, document in documents.items():
        missing = sorted(every - found[language].keys())
        document.refuse(
            Misfit((name,), "is missing, but another language has it") for name in missing
        )
        taken = sorted(found[language].keys() & _made_names(language))
        document.refuse(
            Misfit((name,), "is a name linea800 makes itself: take another") for name in taken
        )
    return found


def prompt_names(language: str, folder: Path = CATALOG) -> frozenset[str]:
    """Every prompt that can be played in a language: sentences, pieces, first names, silences.

    Without what a call center adds itself: names of its own, recordings under names of its own.
    """
    return _made_names(language) | sentences(folder)[language].keys()


def _made_names(language: str) -> frozenset[str]:
    return _names_of_names() | {PAUSE, SILENCE, *(piece.name for piece in pieces(language))}


@functools.cache
def _names_of_names() -> frozenset[str]:
    return frozenset(map(name_prompt, first_names()))
