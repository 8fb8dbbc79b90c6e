"""What agents say of a call that came: words that mean it was resolved, and that it was not.

Words are compared whatever their case, with accents or without, and a space is an underscore: an
agent who writes "No Resuelto" means `no_resuelto`.
"""

from __future__ import annotations

from dataclasses import dataclass

#: so that the database compares as we do here; its own small letters may be those of English alone
LETTERS = (
    ("á", "a"), ("é", "e"), ("í", "i"), ("ó", "o"), ("ú", "u"), ("ü", "u"), ("ñ", "n"),
    ("Á", "a"), ("É", "e"), ("Í", "i"), ("Ó", "o"), ("Ú", "u"), ("Ü", "u"), ("Ñ", "n"),
    # the same, written as a letter and its mark
    ("\u0301", ""), ("\u0308", ""), ("\u0303", ""), (" ", "_"),
)  # fmt: skip


def plain(word: str) -> str:
    """The word as it is compared."""
    for letter, bare in LETTERS:
        word = word.replace(letter, bare)
    return word.lower()


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one house, plain."""

    resolved: frozenset[str]
    unresolved: frozenset[str]


#: of a floor that names none
USUAL = Said(
    resolved=frozenset({"resolved", "resuelto", "resuelta"}),
    unresolved=frozenset({"unresolved", "not_resolved", "no_resuelto", "no_resuelta"}),
)
