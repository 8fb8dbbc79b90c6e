"""The data dictionary: every column of every export, what it is and in which unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from documents.yaml_document import read_document
from monitoring.wait_histogram import EDGES_SECONDS
from storage.export_sources import What
from storage.scopes import Scope


class Type(StrEnum):
    """What a column holds."""

    TEXT = "text"
    PHONE = "phone"  # a person's: masked for who has not `pii:read`
    NAME = "name"  # likewise
    WHOLE = "whole"
    NUMBER = "number"
    TRUTH = "truth"
    MOMENT = "moment"
    DATA = "data"  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of an export."""

    name: str
    type: Type
    unit: str
    es: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One export; `scope` is what its reader must be allowed to read besides."""

    what: What
    scope: Scope
    es: str
    en: str
    columns: tuple[Column, ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Said(_Part):
    """A column as the file says it; of type `bands` it stands for one column per band."""

    type: str
    unit: str = ""
    es: str
    en: str


class _Export(_Part):
    scope: Scope
    es: str
    en: str
    columns: dict[str, _Said | None]


class _Dictionary(_Part):
    shared: dict[str, _Said]
    exports: dict[What, _Export]


@cache
def dictionary() -> Mapping[What, Described]:
    """Every export; raises `DocumentRefusedError`, `KeyError`, `ValueError` for a bad file."""
    file = read_document(Path(__file__).with_name("export_columns.yaml"), _Dictionary)
    return {
        what: Described(
            what=what,
            scope=export.scope,
            es=export.es,
            en=export.en,
            columns=tuple(
                column
                for name, said in export.columns.items()
                for column in _columns(name, said or file.shared[name])
            ),
        )
        for what, export in file.exports.items()
    }


def _columns(name: str, said: _Said) -> Iterator[Column]:
    if said.type != "bands":
        yield Column(name=name, type=Type(said.type), unit=said.unit, es=said.es, en=said.en)
        return
    for band, (es, en) in enumerate(_bands()):
        yield Column(
            name=f"{name}_{band}",
            type=Type.WHOLE,
            unit=said.unit,
            es=said.es.format(band=es),
            en=said.en.format(band=en),
        )


def _bands() -> Iterator[tuple[str, str]]:
    """Each band of waits in words, Spanish and English."""
    first, last = EDGES_SECONDS[0], EDGES_SECONDS[-1]
    yield f"hasta {first} s", f"up to {first} s"
    for low, high in pairwise(EDGES_SECONDS):
        yield f"más de {low} y hasta {high} s", f"more than {low} and up to {high} s"
    yield f"más de {last} s", f"more than {last} s"
