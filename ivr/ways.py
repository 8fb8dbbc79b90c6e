"""The ways through a menu's nodes: where each leads, which run in a circle, what none reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from documents.faults import Misfit, Place
from ivr.nodes import CallbackNode, Choice, MenuNode, Node, QueueNode, SayNode
from ivr.outline import Leads, outline


def choices(nodes: Mapping[str, Node]) -> Iterator[tuple[Place, str, Choice]]:
    """Every choice: where it is written, the node it is made at, and itself."""
    for name, node in nodes.items():
        if isinstance(node, MenuNode):
            for key, choice in node.choices.items():
                yield ("nodes", name, "choices", key), name, choice


def ways(nodes: Mapping[str, Node]) -> Iterator[tuple[Place, str, str]]:
    """Every way from node to node: where it is written, from, to."""
    for name, node in nodes.items():
        for way in outline(node).exits:
            if way.leads is Leads.NODE:
                yield ("nodes", name, *way.place), name, way.to


def lost(nodes: Mapping[str, Node], start: str) -> Iterator[Misfit]:
    """Ways that lead to no node."""
    if start not in nodes:
        yield Misfit(("start",), f'starts at "{start}", which is no node of this menu')
    for place, _, goal in ways(nodes):
        if goal not in nodes:
            yield Misfit(place, f'goes to "{goal}", which is no node of this menu')


def circles(nodes: Mapping[str, Node]) -> Iterator[Misfit]:
    """Say nodes have one way out each, so a circle of them is heard for ever."""
    seen: set[str] = set()
    for begin in nodes:
        trail: list[str] = []
        name, node = begin, nodes.get(begin)
        while isinstance(node, SayNode) and name not in seen:
            seen.add(name)
            trail.append(name)
            name, node = node.goto, nodes.get(node.goto)
        if name in trail:
            circle = " > ".join([*trail[trail.index(name) :], name])
            yield Misfit(("nodes", name, "goto"), f"prompts in a circle without end: {circle}")


def unreached(nodes: Mapping[str, Node], start: str) -> Iterator[Misfit]:
    """Nodes no caller comes to, and a menu whose callers come to no person."""
    goals: dict[str, set[str]] = {}
    for _, origin, goal in ways(nodes):
        goals.setdefault(origin, set()).add(goal)
    reached: set[str] = set()
    ahead = {start}
    while ahead:
        reached |= ahead
        ahead = {goal for name in ahead for goal in goals.get(name, ())} - reached
    for name in nodes:
        if name not in reached:
            yield Misfit(("nodes", name), "no way leads here")
    people = MenuNode | QueueNode | CallbackNode
    if not any(isinstance(nodes.get(name), people) for name in reached):
        yield Misfit(("nodes",), "no caller can reach a person: there is no menu and no queue")
