"""The recorded pieces that numbers, amounts, dates and times are put together from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

#: the noun that follows: "un peso", "una persona", or none: "uno". English does not care.
Gender = Literal["masculine", "feminine", "alone"]

#: whole units that can be said, exclusive, below zero as well
LIMIT = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words recorded as one file; `closing` means the voice falls, as nothing follows."""

    # number, ordinal, currency, date, time: keeps the names of files apart
    kind: Literal["n", "o", "c", "d", "t"]
    words: str
    closing: bool = False

    @property
    def name(self) -> str:
        """The prompt's name, such as `n_treinta_y_un` or `c_pesos_end`."""
        plain = unicodedata.normalize("NFKD", self.words.lower()).encode("ascii", "ignore").decode()
        spaced = re.sub("[^a-z0-9]+", "_", plain).strip("_")
        return f"{self.kind}_{spaced}{'_end' if self.closing else ''}"

    @property
    def text(self) -> str:
        """What the voice is given; the comma makes it expect more."""
        # "p.m." has its full stop already
        return f"{self.words.removesuffix('.')}{'.' if self.closing else ','}"


@dataclass(frozen=True, slots=True)
class Money:
    """The nouns of a currency in one language; every one of them is masculine in Spanish."""

    one: str
    many: str
    cent: str
    cents: str
