"""The ways through a menu's nodes: where each leads, which run in a circle, what none reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from documents.faults import Misfit, Place
from ivr.choices import Choice
from ivr.exits import Charted, exits
from ivr.nodes import Asking, CallbackNode, MenuNode, Node, QueueNode, WaitOnNode
from ivr.outline import Exit, Leads, outline


def choices(nodes: Mapping[str, Node]) -> Iterator[tuple[Place, str, Choice]]:
    """Every choice: where it is written, the node it is made at, and itself."""
    for name, node in nodes.items():
        if isinstance(node, MenuNode):
            for key, choice in node.choices.items():
                yield ("nodes", name, "choices", key), name, choice


def _onward(menu: Charted, name: str) -> list[Exit]:
    return [way for way in exits(menu, name) if way.leads is Leads.NODE]


def lost(menu: Charted) -> Iterator[Misfit]:
    """Ways that lead to no node."""
    if menu.start not in menu.nodes:
        yield Misfit(("start",), f'starts at "{menu.start}", which is no node of this menu')
    for name, terms in menu.queues.items():
        for setting, goal in terms.goals():
            if goal not in menu.nodes:
                where: Place = ("queues", name, setting)
                yield Misfit(where, f'goes to "{goal}", which is no node of this menu')
    for name in menu.nodes:
        for way in _onward(menu, name):
            if way.to not in menu.nodes and not way.term:
                where = ("nodes", name, *way.place)
                yield Misfit(where, f'goes to "{way.to}", which is no node of this menu')


def circles(menu: Charted) -> Iterator[Misfit]:
    """Nodes that wait for no key and go on to one another: nothing ever stops them."""
    passing = {
        name: [way for way in _onward(menu, name) if way.term not in _LATER]
        for name, node in menu.nodes.items()
        if not outline(node).asks
    }
    done: set[str] = set()
    for begin in passing:
        circle = _circle(passing, begin, done)
        if circle:
            name = circle[0][0]
            trail = " > ".join([*(each for each, _ in circle), name])
            place = ("nodes", name, *circle[0][1].place)
            yield Misfit(place, f"prompts in a circle without end: {trail}")


#: only after a wait or a talk: a caller who comes here again has lived through something
_LATER = ("too_long", "after_call")


def _circle(
    passing: Mapping[str, list[Exit]], begin: str, done: set[str]
) -> list[tuple[str, Exit]]:
    """The first circle met from a node, each node with the way it goes on by; [] for none."""
    trail: list[tuple[str, Iterator[Exit]]] = [(begin, iter(passing[begin]))]
    taken: list[Exit] = []
    if begin in done:
        return []
    while trail:
        name, ways = trail[-1]
        way = next(ways, None)
        if way is None:
            done.add(name)
            trail.pop()
            taken = taken[: len(trail) - 1] if trail else []
            continue
        names = [each for each, _ in trail]
        if way.to in names:
            taken = [*taken[: len(trail) - 1], way]
            first = names.index(way.to)
            done.update(names)
            return list(zip(names, taken, strict=True))[first:]
        if way.to in passing and way.to not in done:
            taken = [*taken[: len(trail) - 1], way]
            trail.append((way.to, iter(passing[way.to])))
    return []


def unreached(menu: Charted) -> Iterator[Misfit]:
    """Nodes no caller comes to, and a menu whose callers come to no person."""
    goals = {name: {way.to for way in _onward(menu, name)} for name in menu.nodes}
    reached: set[str] = set()
    ahead = {menu.start}
    while ahead:
        reached |= ahead
        ahead = {goal for name in ahead for goal in goals.get(name, ())} - reached
    for name in menu.nodes:
        if name not in reached:
            yield Misfit(("nodes", name), "no way leads here")
    people = Asking | QueueNode | CallbackNode | WaitOnNode
    if not any(isinstance(menu.nodes.get(name), people) for name in reached):
        yield Misfit(("nodes",), "no caller can reach a person: there is no menu and no queue")
