"""Paths with places for arguments (`/accounts/{account}/balance`): data never changes the path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_PLACE = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z0-9._~/!$&'()*+,;=:@-]*")
#: servers and proxies undo the encoding of these before they choose what answers
_CHANGES_PATH = frozenset("/\\%")
_NO_STEP = frozenset({".", ".."})


class UnfitArgumentError(ValueError):
    """An argument cannot stand where it should; `str()` is its name, never its value."""


def places(template: str) -> tuple[str, ...]:
    """The names of its places, in order."""
    return tuple(_PLACE.findall(template))


def fault(template: str) -> str | None:
    """Why it is no template, None where it is one; names are not looked at."""
    plain = _PLACE.sub("", template)
    if not template.startswith("/"):
        return "has to begin with /"
    if "{" in plain or "}" in plain:
        return "has a brace that is not closed: a place is like {account}"
    if not _PLAIN.fullmatch(plain):
        return "has a character that a path cannot have: no spaces, ? or #"
    if "//" in template or not _NO_STEP.isdisjoint(template.split("/")):
        return "has an empty step, . or .. in it"
    return None


def filled(template: str, texts: Mapping[str, str]) -> str:
    """The path with every place filled and encoded; raises `UnfitArgumentError`.

    Refused are values that a server might read as more than one step, or as none.
    """
    for name in places(template):
        text = texts[name]
        if not text or not text.isprintable() or not _CHANGES_PATH.isdisjoint(text):
            raise UnfitArgumentError(name)
    path = _PLACE.sub(lambda place: quote(texts[place[1]], safe=""), template)
    if not _NO_STEP.isdisjoint(path.split("/")):
        raise UnfitArgumentError(", ".join(places(template)))
    return path
