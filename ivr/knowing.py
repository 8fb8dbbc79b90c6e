"""What a menu speaks of in its expressions, and whether it can know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Protocol

from documents.faults import Misfit, Place
from ivr import expressions, members
from ivr.nodes import ActionNode, Case, IncidentsNode, LanguageNode, LookUpNode, Node
from ivr.outline import below
from ivr.parts import Spoken

_SPOKEN = (*Spoken.WAYS, "currency")
#: where else an expression stands
_FIELDS = ((Case, "when"), (IncidentsNode, "area"), (LanguageNode, "language"))


class Speaking(Protocol):
    """The part of a menu that has expressions in it."""

    @property
    def nodes(self) -> Mapping[str, Node]: ...


def learned(menu: Speaking) -> frozenset[str]:
    """The names under which the menu's nodes keep what they learn."""
    found = (getattr(node, "into", None) for node in menu.nodes.values())
    return frozenset(name for name in found if name)


def said_expressions(part: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every expression anywhere below, with its place."""
    if isinstance(part, Spoken):
        for way in _SPOKEN:
            if (written := getattr(part, way)) is not None:
                yield (*place, way), written
        return
    for name, value in below(part):
        here = (*place, name)
        if isinstance(value, str) and (type(part), name) in _FIELDS:
            yield here, value
        elif name == "arguments" and isinstance(part, LookUpNode | ActionNode):
            for argument, source in part.arguments.items():
                yield (*here, argument), source
        else:
            yield from said_expressions(value, here)


def unknown_names(menu: Speaking, also: Set[str] = frozenset()) -> Iterator[Misfit]:
    """Expressions that speak of what no node learns; `also` is known besides."""
    known = expressions.GIVEN | learned(menu) | also
    for name, node in menu.nodes.items():
        for place, source in said_expressions(node):
            for unknown in sorted(expressions.names(source) - known - members.bound(source)):
                reason = f'speaks of "{unknown}", which no node of this menu learns'
                yield Misfit(("nodes", name, *place), reason)
