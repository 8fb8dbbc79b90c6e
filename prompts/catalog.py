"""The sentences linea800 says, and those of a call center: a YAML file per language, checked."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, RootModel, StringConstraints

from documents.faults import DocumentRefusedError, Fault, Misfit
from documents.yaml_document import Document
from prompts.names import first_names, name_prompt
from prompts.spoken import LANGUAGES, PAUSE, SILENCE, pieces

#: the catalog that comes with linea800
CATALOG = Path(__file__).with_name("catalog")
#: the folder of a home where a call center keeps its own sentences, and what faults call it
OWN = "catalog"

#: texts by the name of the prompt
Texts = dict[str, str]

_MADE = "is a name linea800 makes itself: take another"


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


def sentences(folder: Path = CATALOG, own: Path | None = None) -> dict[str, Texts]:
    """Text by prompt name by language; every language has the same names.

    `own` is the folder of a call center, `es.yaml` and `en.yaml`, neither of which need be there:
    its sentences replace those of the catalog, or add to them. Raises `DocumentRefusedError`,
    which names file, line and prompt.
    """
    shipped = _shipped(folder)
    added = own_sentences(own, shipped) if own is not None else {}
    return {language: texts | added.get(language, {}) for language, texts in shipped.items()}


def own_sentences(folder: Path, shipped: Mapping[str, Texts] | None = None) -> dict[str, Texts]:
    """What a call center says in its own words, by language; raises as `sentences` does."""
    known = _shipped(CATALOG) if shipped is None else shipped
    documents, faults = _own_documents(folder)
    found: dict[str, Texts] = {language: {} for language in LANGUAGES}
    for language, document in documents.items():
        try:
            found[language] = document.as_model(Sentences).root
        except DocumentRefusedError as error:
            faults += error.faults
    _refuse(faults)
    for language, document in documents.items():
        taken = found[language].keys() & _made_names(language)
        misfits = [Misfit((name,), _MADE) for name in taken]
        for other in LANGUAGES:
            lacking = found[language].keys() - found[other].keys() - known[other].keys() - taken
            misfits += [Misfit((name,), _lacks(other)) for name in lacking]
        faults += map(document.fault, misfits)
    _refuse(faults)
    return found


def told_of_own(own: Mapping[str, Texts]) -> str:
    """How many sentences are a call center's own, and which have old words elsewhere; "": none."""
    if not any(own.values()):
        return ""
    counts = ", ".join(f"{len(texts)} in {language}" for language, texts in own.items())
    alone = [
        f"only in {language}: {', '.join(names)}"
        for language, texts in own.items()
        if (
            names := sorted(
                texts.keys() - set[str]().union(*(own[o] for o in own if o != language))
            )
        )
    ]
    return "; ".join((f"sentences of your own: {counts}", *alone))


def _own_documents(folder: Path) -> tuple[dict[str, Document], list[Fault]]:
    """The files that can be read, and what is wrong with the others."""
    documents, faults = {}, list(_strange_files(folder))
    for language in LANGUAGES:
        file = folder / f"{language}.yaml"
        if file.exists():
            try:
                documents[language] = Document.read(file, file=f"{OWN}/{file.name}")
            except DocumentRefusedError as error:
                faults += error.faults
    return documents, faults


def _lacks(language: str) -> str:
    return f"is missing in {OWN}/{language}.yaml: a sentence you add has to be in every language"


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise DocumentRefusedError(sorted(faults, key=lambda fault: (fault.file, fault.line)))


def _strange_files(folder: Path) -> Iterator[Fault]:
    """Files that somebody believes to be read."""
    read = [f"{language}.yaml" for language in LANGUAGES]
    for file in sorted(folder.glob("*.y*ml")):
        if file.name not in read:
            told = f"is not read: the files are {' and '.join(read)}"
            yield Fault(f"{OWN}/{file.name}", 0, 0, "", told)


def _shipped(folder: Path) -> dict[str, Texts]:
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
        document.refuse(Misfit((name,), _MADE) for name in taken)
    return found


def prompt_names(language: str, folder: Path = CATALOG, own: Path | None = None) -> frozenset[str]:
    """Every prompt that can be played in a language: sentences, pieces, first names, silences.

    `own` is as in `sentences`. Without first names that a call center adds, and recordings under
    names of its own.
    """
    return _made_names(language) | sentences(folder, own)[language].keys()


def _made_names(language: str) -> frozenset[str]:
    return _names_of_names() | {PAUSE, SILENCE, *(piece.name for piece in pieces(language))}


@functools.cache
def _names_of_names() -> frozenset[str]:
    return frozenset(map(name_prompt, first_names()))
