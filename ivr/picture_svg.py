"""A menu drawn as SVG, a tree from left to right; what is drawn already is only named again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from ivr.drawing import Drawing, Edge, drawing
from ivr.menu import Menu

_COLUMN, _ROW, _MARGIN = 350, 30, 20
_WIDTH, _HEIGHT = 190, 22
_MOST_LETTERS = 26
_STYLE = (
    "text{font:11px sans-serif;fill:#222}.way{font-size:10px;fill:#555}"
    ".again{font-style:italic;fill:#246}path,polygon,rect{fill:none;stroke:#678}"
    "polygon,rect{fill:#f4f7fa}.queue{fill:#fdf2dc}.end{fill:#eee}.dotted{stroke-dasharray:4 3}"
)
#: corners of each shape within its box, in pixels from the left and from the right edge
_CORNERS: Mapping[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "menu": ((10, 10), (0, 0), (10, 10)),
    "entry": ((10, 0), (5, 5), (0, 10)),
    "decided": ((20, 20), (0, 0), (20, 20)),
    "ticket": ((0, 0), (10, 0), (0, 0)),
    "outside": ((0, 0), (5, 5), (10, 10)),
}
#: how round the others are
_ROUND: Mapping[str, int] = {"begin": 11, "end": 11, "asked": 6, "told": 0, "queue": 3}


@dataclass(slots=True)
class _Leaf:
    """A box, or the name of one that stands elsewhere, below the way that leads there."""

    name: str
    way: Edge | None
    again: bool = False
    below: list[_Leaf] = field(default_factory=list)
    column: int = 0
    row: int = 0


def menu_svg(menu: Menu) -> str:
    """The whole picture as one SVG document.

    The key to a person is left out where it is as everywhere, and so is what follows misses.
    """
    drawn = drawing(menu)
    leaves = [leaf for root in _grown(drawn) for leaf in _placed(root)]
    rows = _rows(leaves)
    wide = (max(leaf.column for leaf in leaves) + 1) * _COLUMN + 2 * _MARGIN
    high = (rows + 1) * _ROW + 2 * _MARGIN
    parts = [line for leaf in leaves for line in _ways(leaf)]
    parts += [line for leaf in leaves for line in _box(drawn, leaf)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
            f'width="{wide}" height="{high}">',
            f"<style>{_STYLE}</style>",
            *parts,
            "</svg>\n",
        ]
    )


def _grown(drawn: Drawing) -> list[_Leaf]:
    """The trees: what begins, and each queue with what it sends callers on to.

    Each box stands where the shortest way leads to it.
    """
    ways: dict[str, list[Edge]] = {}
    for edge in drawn.edges:
        as_everywhere = edge.words == "0: person" or (edge.dotted and not _is_term(edge))
        if not as_everywhere:
            ways.setdefault(edge.of, []).append(edge)
    roots = [_Leaf("begin", None)]
    roots += [_Leaf(name, None) for name in ways if name.startswith("queue_")]
    met = {root.name for root in roots}
    ahead = list(roots)
    for leaf in ahead:
        for way in ways.get(leaf.name, ()):
            below = _Leaf(way.to, way, again=way.to in met and way.to in drawn.nodes)
            leaf.below.append(below)
            if way.to not in met and way.to in drawn.nodes:
                met.add(way.to)
                ahead.append(below)
    return roots


def _is_term(edge: Edge) -> bool:
    return edge.of.startswith("queue_")


def _placed(root: _Leaf) -> Iterator[_Leaf]:
    """The leaves of a tree from top to bottom, each in its column."""
    yield root
    for leaf in root.below:
        leaf.column = root.column + 1
        yield from _placed(leaf)


def _rows(leaves: list[_Leaf]) -> int:
    """Give each leaf its row, in which the first one below it stands too; how many there are."""
    row = -1
    first: set[int] = set()
    for leaf in leaves:
        if id(leaf) not in first:
            row += 1
        leaf.row = row
        first |= {id(leaf.below[0])} if leaf.below else set()
    return row


def _at(leaf: _Leaf) -> tuple[int, int]:
    return _MARGIN + leaf.column * _COLUMN, _MARGIN + leaf.row * _ROW


def _ways(leaf: _Leaf) -> Iterator[str]:
    """The lines to what is below, each with its words."""
    x, y = _at(leaf)
    begin, middle = x + _WIDTH, y + _HEIGHT // 2
    for below in leaf.below:
        goal, height = _at(below)
        level = height + _HEIGHT // 2
        dotted = ' class="dotted"' if below.way is not None and below.way.dotted else ""
        yield f'<path{dotted} d="M{begin} {middle}H{begin + 8}V{level}H{goal}"/>'
        words = below.way.words if below.way is not None else ""
        yield _words(words, begin + 12, level - 3, "way")


def _box(drawn: Drawing, leaf: _Leaf) -> Iterator[str]:
    x, y = _at(leaf)
    shape, words = drawn.boxes[leaf.name]
    if leaf.again:
        yield _words(f"→ {words[0]}", x + 4, y + 15, "again")
        return
    yield _outline(shape, x, y)
    yield _words(words[0], x + 24, y + 15, "")


def _outline(shape: str, x: int, y: int) -> str:
    if shape not in _CORNERS:
        return (
            f'<rect class="{shape}" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" '
            f'rx="{_ROUND[shape]}"/>'
        )
    heights = (y, y + _HEIGHT // 2, y + _HEIGHT)
    corners = _CORNERS[shape]
    right = [
        (x + _WIDTH - corner[1], height) for corner, height in zip(corners, heights, strict=True)
    ]
    left = [(x + corner[0], height) for corner, height in zip(corners, heights, strict=True)]
    points = " ".join(f"{across},{down}" for across, down in (*right, *reversed(left)))
    return f'<polygon class="{shape}" points="{points}"/>'


def _words(words: str, x: int, y: int, kind: str) -> str:
    """Short enough for its place; a pointer that rests on it shows the whole."""
    if not words:
        return ""
    short = words if len(words) <= _MOST_LETTERS else f"{words[: _MOST_LETTERS - 1]}…"
    title = f"<title>{escape(words)}</title>" if short != words else ""
    mark = f' class="{kind}"' if kind else ""
    return f'<text{mark} x="{x}" y="{y}">{title}{escape(short)}</text>'
