"""Which column of a list is what: as whoever sends it says, else as the columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: in the order in which they are believed
_PHONES = ("phone", "telefono", "celular", "movil")
#: "numero" may well be the number of a house: taken only when no other column is a phone's
_MAYBE_PHONES = ("numero", "number")
_PHONE = re.compile(rf"(?P<word>{'|'.join(_PHONES)})[ _.-]?(?P<number>[0-9]{{0,2}})")

#: what else a column may be, and how it is then called
_GUESSED = {
    "name": ("name", "nombre"),
    "external_id": ("externalid", "idexterno"),
    "zone": ("timezone", "zonahoraria"),
    "priority": ("priority", "prioridad"),
    "score": ("score", "puntaje"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The names of columns: what is None (or no phone at all) is guessed, what is "" is nowhere."""

    phones: tuple[str, ...] = ()
    name: str | None = None
    external_id: str | None = None
    zone: str | None = None
    priority: str | None = None
    score: str | None = None

    def positions(self, names: Sequence[str]) -> dict[str, int | None]:
        """Where everything but the phones is; raises `KeyError` with a column that is not there."""
        at = _by_plain_name(names)
        found: dict[str, int | None] = {}
        for role, usual in _GUESSED.items():
            said: str | None = getattr(self, role)
            if said:
                found[role] = _where(at, said)
            elif said is None:
                joined = {re.sub(r"[ _.-]", "", name): place for name, place in at.items()}
                found[role] = next((joined[name] for name in usual if name in joined), None)
            else:
                found[role] = None
        return found

    def phone_positions(self, names: Sequence[str]) -> tuple[int, ...]:
        """Where the phones are, in the order in which they are tried; empty: nowhere.

        Raises `KeyError` with a column that was asked for and is not there.
        """
        at = _by_plain_name(names)
        if self.phones:
            return tuple(_where(at, name) for name in self.phones)
        found = []
        for name, place in at.items():
            match = _PHONE.fullmatch(name)
            if match is not None:
                found.append((_PHONES.index(match["word"]), int(match["number"] or 0), place))
        if found:
            return tuple(place for _, _, place in sorted(found))
        return next(((at[name],) for name in _MAYBE_PHONES if name in at), ())


#: every column is what its name says
GUESSED = Columns()


def plain_name(text: str) -> str:
    """Without case and accents, so that Teléfono, TELEFONO and telefono are one."""
    apart = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _by_plain_name(names: Sequence[str]) -> dict[str, int]:
    return {plain_name(name): at for at, name in reversed(list(enumerate(names)))}


def _where(at: dict[str, int], said: str) -> int:
    try:
        return at[plain_name(said)]
    except KeyError:
        raise KeyError(said) from None
