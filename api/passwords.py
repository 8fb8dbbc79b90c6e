"""What a new password has to be: long, and not what is guessed first (NIST SP 800-63B, 3.1.1.2)."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import Field

from api.problems import invalid

NewPassword = Annotated[str, Field(min_length=12, max_length=200)]
#: what people write when a password is to be long
_GUESSED_FIRST = (
    "password", "contrasena", "clave", "qwerty", "asdf", "linea", "callcenter", "bienvenido",
    "welcome", "administrador", "admin", "letmein", "abc", "secret", "secreto",
)  # fmt: skip


def refuse_weak(password: str, login: str, place: str) -> None:
    """Raise `ProblemError` for one that a list of guesses has near its top."""
    left = _letters(password)
    for word in (_letters(login), *_GUESSED_FIRST):
        left = left.replace(word, "") if word else left
    # what is left beside such words has to be worth something
    if len(set(left)) < 5:
        raise invalid(place, "weak_password")


def _letters(text: str) -> str:
    """Only the letters, small, and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalpha())
