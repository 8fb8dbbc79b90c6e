"""What there is to draw of a menu: boxes and the lines between them, for whoever draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.exits import exits
from ivr.menu import Menu
from ivr.nodes import Node
from ivr.outline import Exit, Leads, outline

#: the shape of each kind of node; all others are told
_SHAPES = {
    "menu": "menu",
    "confirm": "menu",
    "survey": "menu",
    "collect": "entry",
    "record": "entry",
    "look_up": "asked",
    "action": "asked",
    "condition": "decided",
    "ticket": "ticket",
}
_END = "the_end"
#: the place in line a caller came from
_LINE = "the_line"


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one box to another."""

    of: str
    to: str
    words: str = ""
    #: nobody chooses it: too many misses, or a queue sends the caller on
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes by name, each with its shape and its lines of words, in the order of the file."""

    boxes: dict[str, tuple[str, tuple[str, ...]]]
    edges: tuple[Edge, ...]
    #: the boxes that are nodes of the menu
    nodes: frozenset[str]


def drawing(menu: Menu) -> Drawing:
    """Everything in the menu; what stays at its node or goes back stands in the node's box."""
    boxes: dict[str, tuple[str, tuple[str, ...]]] = {}
    title = f"{menu.name} ({', '.join(menu.languages)})"
    boxes["begin"] = ("begin", (title,))
    edges = [Edge("begin", _id(menu.start))]
    for name, node in menu.nodes.items():
        boxes[_id(name)] = (_SHAPES.get(_kind(node), "told"), (name, *_staying(node)))
        for way in exits(menu, name):
            goal = _goal(way)
            if goal and not way.term:
                if way.leads is not Leads.NODE:
                    boxes.setdefault(goal, _outer(way))
                edges.append(Edge(_id(name), goal, _words(node, way), _missed(node, way)))
    edges += _terms(menu, boxes)
    nodes = frozenset(map(_id, menu.nodes))
    return Drawing(boxes, tuple(dict.fromkeys(edges)), nodes)


def _terms(menu: Menu, boxes: dict[str, tuple[str, tuple[str, ...]]]) -> Iterator[Edge]:
    """Where queues send callers on, once for each queue that is drawn."""
    for name, terms in menu.queues.items():
        if f"queue_{name}" in boxes:
            for setting, goal in terms.goals():
                yield Edge(f"queue_{name}", _id(goal), setting, dotted=True)


def _kind(node: Node) -> str:
    return getattr(node, "kind", "")


def _staying(node: Node) -> list[str]:
    return [f"{way.key}: {way.name}" for way in outline(node).exits if way.key and not _goal(way)]


def _words(node: Node, way: Exit) -> str:
    if way.key:
        return f"{way.key}: {way.name}"
    only = len(outline(node).exits) == 1 or _missed(node, way)
    return "" if only or not way.name else way.name


def _missed(node: Node, way: Exit) -> bool:
    return outline(node).asks and not way.key


def _goal(way: Exit) -> str:
    """The box it leads to; "" for those that stay or go back."""
    match way.leads:
        case Leads.NODE:
            return _id(way.to)
        case Leads.PERSON if way.outside:
            return f"target_{way.to}"
        case Leads.PERSON:
            return f"queue_{way.to}" if way.to else _LINE
        case Leads.END:
            return _END
        case _:
            return ""


def _outer(way: Exit) -> tuple[str, tuple[str, ...]]:
    if way.leads is Leads.END:
        return "end", ("end",)
    if way.outside:
        return "outside", (way.to,)
    return ("queue", (way.to,)) if way.to else ("queue", ("the same place in line",))


def _id(name: str) -> str:
    return f"node_{name}"  # a bare `end` would be Mermaid's own word
