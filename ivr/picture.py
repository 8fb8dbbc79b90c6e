"""A menu drawn as a Mermaid flowchart, for Markdown pages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu import PERSON_KEY, Menu
from ivr.nodes import Choice, EndCall, Goto, Handover, HangUpNode, MenuNode, Node, SayNode

_END = 'the_end(("end"))'
#: the number sign first: it begins the entities the others become
_ESCAPES = (("#", "#35;"), ('"', "#quot;"), ("&", "#amp;"), ("<", "#lt;"), (">", "#gt;"))


def menu_picture(menu: Menu) -> str:
    """The lines of a `flowchart`, without the fence; dotted is the way of too many misses."""
    title = _text(f"{menu.name} ({', '.join(menu.languages)})")
    lines = ["flowchart TD", f"begin([{title}]) --> {_id(menu.start)}"]
    for name, node in menu.nodes.items():
        lines.append(f"{_id(name)}{_shape(name, node)}")
        lines += [f"{_id(name)} {edge}" for edge in _edges(menu, node)]
    return "\n  ".join(lines) + "\n"


def _shape(name: str, node: Node) -> str:
    if not isinstance(node, MenuNode):
        return f"[{_text(name)}]"
    staying = [f"{key}: {choice.name}" for key, choice in node.choices.items() if not _goal(choice)]
    return f"{{{{{_text(name, *staying)}}}}}"


def _edges(menu: Menu, node: Node) -> Iterator[str]:
    if isinstance(node, SayNode):
        yield f"--> {_id(node.goto)}"
    elif isinstance(node, HangUpNode):
        yield f"--> {_END}"
    elif isinstance(node, Handover):
        yield f"--> {_queue(node)}"
    else:
        for key in dict.fromkeys((*node.choices, PERSON_KEY)):
            choice = menu.choice(node, key)
            if choice is not None and (goal := _goal(choice)):
                yield f"-->|{_text(f'{key}: {choice.name}')}| {goal}"
        yield f"-.-> {_queue(menu.patience(node).too_many or menu.person)}"


def _goal(choice: Choice) -> str:
    """Where the choice leads; nowhere for those that stay or go back."""
    match choice:
        case Goto(goto=goal):
            return _id(goal)
        case Handover():
            return _queue(choice)
        case EndCall():
            return _END
        case _:
            return ""


def _id(name: str) -> str:
    return f"node_{name}"  # a bare `end` would be Mermaid's own word


def _queue(handover: Handover) -> str:
    return f"queue_{handover.queue}[[{_text(handover.queue)}]]"


def _text(*lines: str) -> str:
    escaped = []
    for line in lines:
        for sign, entity in _ESCAPES:
            line = line.replace(sign, entity)
        escaped.append(line)
    return f'"{"<br/>".join(escaped)}"'
