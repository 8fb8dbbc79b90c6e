"""A YAML text as a tree whose every part knows its line: maps, lists and texts, nothing cleverer.

Every scalar stays the text that was written, and the model says which text is a number. So `0800`
keeps its zero, `no` is not a truth value and `12:30` no sum of minutes, as plain YAML would have
it. Anchors, aliases, tags, doubled names and deep nesting are refused: no bombs, no surprises.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml

from documents.faults import DocumentRefusedError, Fault, Place, place_text

_MAX_DEPTH = 20
_NOTHING = {"", "~", "null", "Null", "NULL"}

#: what PyYAML says (a part of it), and what it means to the person who wrote the file
_MEANINGS = (
    ("'\\t'", "a tab: YAML is indented with spaces"),
    ("expected alphabetic or numeric", '* and & mean something to YAML: put them in quotes: "*"'),
    (
        "mapping values are not allowed",
        "a colon out of place: check the indentation, and put text with a colon in quotes",
    ),
    ("end of stream", "the file ends inside a quoted text"),
    ("stream end", "the file ends before everything is closed"),
    ("cannot start any token", "text cannot begin with this character: put it in quotes"),
)

Value: TypeAlias = "str | dict[str, Node] | list[Node] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a document. In a map it stands where its name stands, else where it begins."""

    line: int
    column: int
    value: Value

    def plain(self) -> Any:
        """The same as nested dicts, lists, texts and None."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def grow_tree(text: str, file: str) -> Node:
    """Read a text with exactly one YAML document; raises `DocumentRefusedError` with all faults."""
    root, faults = grow_as_far(text, file)
    if root is None or faults:
        raise DocumentRefusedError(faults)
    return root


def grow_as_far(text: str, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """As much of it as can be known (None where that is nothing) and every fault; raises none.

    A doubled name, an anchor or a tag leaves a tree with the first of each; bad syntax does not.
    """
    grower = _Grower(text, file)
    root: Node | None = None
    with contextlib.suppress(DocumentRefusedError):  # the grower keeps what it stopped at
        root = _grown(grower, text)
    return root, tuple(grower.faults)


def _grown(grower: _Grower, text: str) -> Node:
    try:
        return grower.document()
    except yaml.reader.ReaderError as error:
        line_begin = text.rfind("\n", 0, error.position) + 1
        line = text.count("\n", 0, error.position) + 1
        at = (line, error.position - line_begin + 1)
        grower.stop(at, (), "a character that cannot be printed: remove it")
    except yaml.MarkedYAMLError as error:
        problem = f"{error.problem or error.context}"
        meaning = next((words for part, words in _MEANINGS if part in problem), problem)
        grower.stop(_from_one(error.problem_mark or error.context_mark), (), meaning)


def _from_one(mark: Any) -> tuple[int, int]:
    """Line and column as editors count them; PyYAML counts from 0, and types its marks loosely."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


class _Grower:
    """Builds the tree from PyYAML's events, so that nothing is constructed before it is checked."""

    def __init__(self, text: str, file: str) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))

    def document(self) -> Node:
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self.stop((0, 0), (), "is empty")
        root = self._node(next(self._events), ())
        next(self._events)  # the document ends
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            at = _from_one(after.start_mark)
            self._fault(at, (), "a second document begins here: one file holds one")
        return root

    def stop(self, at: tuple[int, int], place: Place, reason: str) -> NoReturn:
        """Give up, with this fault and those found before."""
        self._fault(at, place, reason)
        raise DocumentRefusedError(self.faults)

    def _fault(self, at: tuple[int, int], place: Place, reason: str) -> None:
        self.faults.append(Fault(self._file, *at, place_text(place), reason))

    def _node(self, event: yaml.Event, place: Place, named: yaml.Event | None = None) -> Node:
        at = _from_one((named or event).start_mark)
        if len(place) > _MAX_DEPTH:
            self.stop(at, place, f"is nested deeper than {_MAX_DEPTH} levels")
        self._refuse_references(event, place)
        value: Value = None
        if isinstance(event, yaml.ScalarEvent):
            written = event.style is not None or event.value not in _NOTHING
            value = event.value if written else None
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._list(place)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._map(place)
        return Node(*at, value)

    def _refuse_references(self, event: yaml.Event, place: Place) -> None:
        at = _from_one(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._fault(at, place, "refers to another part (*): write it out")
        elif getattr(event, "anchor", None) is not None:
            self._fault(at, place, "carries an anchor (&): leave it out")
        if getattr(event, "tag", None) is not None:
            self._fault(at, place, "carries a tag (!): leave it out")

    def _list(self, place: Place) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*place, len(items))))
        return items

    def _map(self, place: Place) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            at = _from_one(key.start_mark)
            if not isinstance(key, yaml.ScalarEvent):
                self.stop(at, place, "a name has to be plain text")
            here = (*place, key.value)
            self._refuse_references(key, here)
            node = self._node(next(self._events), here, named=key)
            first = entries.setdefault(key.value, node)
            if first is not node:
                self._fault(at, here, f"is given twice; first in line {first.line}")
        return entries
