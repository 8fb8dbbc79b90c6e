"""A menu drawn as a Mermaid flowchart, for Markdown pages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.drawing import Edge, drawing
from ivr.menu import Menu

#: the number sign first: it begins the entities the others become
_ESCAPES = (("#", "#35;"), ('"', "#quot;"), ("&", "#amp;"), ("<", "#lt;"), (">", "#gt;"))
#: by shape, what stands around the words
_AROUND = {
    "begin": ("([", "])"),
    "menu": ("{{", "}}"),
    "entry": ("[/", "/]"),
    "told": ("[", "]"),
    "asked": ("[(", ")]"),
    "decided": ("{", "}"),
    "ticket": (">", "]"),
    "queue": ("[[", "]]"),
    "outside": ("[\\", "/]"),
    "end": ("((", "))"),
}


def menu_picture(menu: Menu) -> str:
    """The lines of a `flowchart`, without the fence.

    Dotted are the ways of too many misses, and where a queue sends callers on.
    """
    drawn = drawing(menu)
    shown: set[str] = set()
    lines = ["flowchart TD"]

    def named(box: str) -> str:
        """A box that is no node has its words where it is met first."""
        if box in drawn.nodes or box in shown:
            return box
        shown.add(box)
        return box + _box(*drawn.boxes[box])

    for box in drawn.boxes:
        if box in drawn.nodes:
            lines.append(box + _box(*drawn.boxes[box]))
        edges = [edge for edge in drawn.edges if edge.of == box]
        lines += [f"{named(box)} {_arrow(edge)} {named(edge.to)}" for edge in edges]
    return "\n  ".join(lines) + "\n"


def _arrow(edge: Edge) -> str:
    line = "-.->" if edge.dotted else "-->"
    return f"{line}|{_text(edge.words)}|" if edge.words else line


def _box(shape: str, words: tuple[str, ...]) -> str:
    before, after = _AROUND[shape]
    return f"{before}{_text(*words)}{after}"


def _text(*lines: str) -> str:
    return f'"{"<br/>".join(_escaped(lines))}"'


def _escaped(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        for sign, entity in _ESCAPES:
            line = line.replace(sign, entity)
        yield line
