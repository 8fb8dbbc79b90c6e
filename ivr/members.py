"""What an expression of a menu says by name, read from its text: only what is sure.

The language's library tells which variables an expression has, and not which of their parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

#: a variable, then the names of parts: `customer.status` and `visits["account"]`
Path = tuple[str, ...]

_TOKEN = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"|(?P<name>[A-Za-z_]\w*)|(?P<other>[0-9]\w*(?:\.[0-9]\w*)?|==|!=|\S)"
)
_WORDS = frozenset({"true", "false", "null", "in"})
_LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter"})
#: text over several lines, and text with a mark before it: what stands in them is not looked at
_UNUSUAL = re.compile(r"\"\"\"|'''|\b[rRbB]{1,2}[\"']")


class _Token(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=2048)
def _tokens(source: str) -> tuple[_Token, ...]:
    if _UNUSUAL.search(source):
        return ()
    return tuple(_Token(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(source))


def bound(source: str) -> frozenset[str]:
    """The names that loops give their items: `reasons.exists(each, each == "balance")`."""
    found = set()
    told = _tokens(source)
    for before, opening, name, comma in zip(told, told[1:], told[2:], told[3:], strict=False):
        if before.text in _LOOPS and (opening.text, name.kind, comma.text) == ("(", "name", ","):
            found.add(name.text)
    return frozenset(found)


def paths(source: str) -> Iterator[Path]:
    """Every variable with the parts that are named of it."""
    own = bound(source)
    for _, path in _placed(_tokens(source)):
        if path[0] not in own:
            yield path


def compared(source: str) -> Iterator[tuple[Path, str]]:
    """What is held against a text: `reason == "balance"`, either side first."""
    told = _tokens(source)
    for place, path in _placed(told):
        length = _length(told, place, path)
        for sign, text in (
            (place + length, place + length + 1),
            (place - 1, place - 2),
        ):
            if 0 <= text < len(told) and told[sign].text == "==" and told[text].kind == "text":
                yield path, _unquoted(told[text].text)


def _placed(told: tuple[_Token, ...]) -> Iterator[tuple[int, Path]]:
    for place, token in enumerate(told):
        after = told[place + 1].text if place + 1 < len(told) else ""
        before = told[place - 1].text if place else ""
        if token.kind == "name" and before != "." and after != "(" and token.text not in _WORDS:
            yield place, (token.text, *_parts(told, place + 1))


def _parts(told: tuple[_Token, ...], place: int) -> Iterator[str]:
    while place + 1 < len(told):
        sign, part = told[place], told[place + 1]
        after = told[place + 2].text if place + 2 < len(told) else ""
        if sign.text == "." and part.kind == "name" and after != "(":
            yield part.text
            place += 2
        elif sign.text == "[" and part.kind == "text" and after == "]":
            yield _unquoted(part.text)
            place += 3
        else:
            return


def _length(told: tuple[_Token, ...], place: int, path: Path) -> int:
    """How many tokens a path has."""
    length = 1
    for _ in path[1:]:
        length += 2 if told[place + length].text == "." else 3
    return length


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
