"""A menu drawn as a Mermaid flowchart, for Markdown pages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.exits import exits
from ivr.menu import Menu
from ivr.outline import Exit, Leads, outline

_END = 'the_end(("end"))'
#: the number sign first: it begins the entities the others become
_ESCAPES = (("#", "#35;"), ('"', "#quot;"), ("&", "#amp;"), ("<", "#lt;"), (">", "#gt;"))


def menu_picture(menu: Menu) -> str:
    """The lines of a `flowchart`, without the fence; dotted is the way of too many misses."""
    title = _text(f"{menu.name} ({', '.join(menu.languages)})")
    lines = ["flowchart TD", f"begin([{title}]) --> {_id(menu.start)}"]
    for name in menu.nodes:
        lines.append(f"{_id(name)}{_shape(menu, name)}")
        lines += [f"{_id(name)} {edge}" for edge in _edges(menu, name)]
    return "\n  ".join(lines) + "\n"


def _shape(menu: Menu, name: str) -> str:
    seen = outline(menu.nodes[name])
    if not seen.asks:
        return f"[{_text(name)}]"
    staying = [f"{way.key}: {way.name}" for way in seen.exits if way.key and not _goal(way)]
    return f"{{{{{_text(name, *staying)}}}}}"


def _edges(menu: Menu, name: str) -> Iterator[str]:
    asks = outline(menu.nodes[name]).asks
    for way in exits(menu, name):
        if not (goal := _goal(way)):
            continue
        if way.key:
            yield f"-->|{_text(f'{way.key}: {way.name}')}| {goal}"
        else:
            yield f"{'-.->' if asks else '-->'} {goal}"


def _goal(way: Exit) -> str:
    """Where it leads; nowhere for those that stay or go back."""
    match way.leads:
        case Leads.NODE:
            return _id(way.to)
        case Leads.PERSON:
            return f"queue_{way.to}[[{_text(way.to)}]]"
        case Leads.END:
            return _END
        case _:
            return ""


def _id(name: str) -> str:
    return f"node_{name}"  # a bare `end` would be Mermaid's own word


def _text(*lines: str) -> str:
    escaped = []
    for line in lines:
        for sign, entity in _ESCAPES:
            line = line.replace(sign, entity)
        escaped.append(line)
    return f'"{"<br/>".join(escaped)}"'
