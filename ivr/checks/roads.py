"""Where a caller can get from each node, by keys and by waiting for prompts to end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from ivr.exits import exits
from ivr.menu import Menu
from ivr.nodes import MenuNode, TransferNode
from ivr.outline import Exit, Leads, outline


def meant(goal: str, nodes: Collection[str]) -> str:
    """The node a way leads to; for a misspelt one the node most like it, "" when none is."""
    if goal in nodes:
        return goal
    return next(iter(get_close_matches(goal, list(nodes), n=1, cutoff=0.7)), "")


@dataclass(frozen=True, slots=True)
class Roads:
    """The nodes of a menu as a map of roads.

    Silence leads callers on as well (`onward`, `reached`), but it is no road that anybody takes: it
    would have to be waited out.
    """

    menu: Menu
    #: every way on from a node, by key or by itself
    exits: dict[str, tuple[Exit, ...]]
    #: the nodes that await a key
    asking: frozenset[str]
    #: where a node leads on to, by whatever way
    onward: dict[str, tuple[str, ...]]
    #: the same without silence
    chosen: dict[str, tuple[str, ...]]
    #: the menus `back` may lead to; "" for a caller who comes from none
    back: dict[str, tuple[str, ...]]
    #: the menus that somebody hears first: which one hangs on who calls, and when
    first_menus: tuple[str, ...]
    #: nodes with a way whose goal is not known: nothing can be said of where they lead
    unknown: frozenset[str]

    def goals(self, name: str) -> tuple[str, ...]:
        """Every node a caller may choose to go on to."""
        return (*self.chosen[name], *(goal for goal in self.back[name] if goal))

    def finding(self, *wanted: Leads) -> frozenset[str]:
        """The nodes whose callers can get to one of these, wherever they came from."""
        found = {name for name in self.menu.nodes if self.ends(name) & {*wanted}} | self.unknown
        while more := {name for name in self.menu.nodes if self._leads_into(name, found)} - found:
            found |= more
        return frozenset(found)

    def _leads_into(self, name: str, found: set[str]) -> bool:
        back = self.back[name]
        return not found.isdisjoint(self.chosen[name]) or (bool(back) and found.issuperset(back))

    def taken(self, name: str) -> tuple[Exit, ...]:
        """The ways a caller can choose, or is led when there is nothing to choose."""
        asks = self.asks(name)
        return tuple(way for way in self.exits[name] if way.key or not asks)

    def asks(self, name: str) -> bool:
        """Whether keys are awaited there."""
        return name in self.asking

    def ends(self, name: str) -> frozenset[Leads]:
        """Which ends the node itself has a way to: a person, the end of the call."""
        found = {way.leads for way in self.taken(name)} & {Leads.PERSON, Leads.END}
        return frozenset(found)

    def reached(self, *begin: str) -> dict[str, str]:
        """Every node on the roads from these on, each with the node before it; these with ""."""
        before = dict.fromkeys(begin, "")
        ahead = list(begin)
        for name in ahead:
            for goal in (*self.onward[name], *self.goals(name)):
                if goal not in before:
                    before[goal] = name
                    ahead.append(goal)
        return before

    def circle(self, name: str) -> tuple[str, ...]:
        """A way from the node back to itself, its name first and last; () when there is none."""
        before = self.reached(*self.goals(name))
        if name not in before:
            return ()
        trail = []
        earlier = before[name]
        while earlier:
            trail.append(earlier)
            earlier = before[earlier]
        return (name, *reversed(trail), name)


def roads(menu: Menu) -> Roads:
    """The roads of a menu, with misspelt goals mended."""
    every = {name: exits(menu, name) for name in menu.nodes}
    onward: dict[str, list[str]] = {name: [] for name in menu.nodes}
    chosen: dict[str, list[str]] = {name: [] for name in menu.nodes}
    asking = frozenset(name for name, node in menu.nodes.items() if outline(node).asks)
    unknown: set[str] = set()
    for name, ways in every.items():
        for way in ways:
            if way.leads is not Leads.NODE:
                continue
            if goal := meant(way.to, menu.nodes):
                onward[name].append(goal)
                chosen[name] += [goal] if way.key or name not in asking else []
            else:
                unknown.add(name)
    trails = _trails(menu, every)
    return Roads(
        menu,
        exits=every,
        asking=asking,
        onward={name: tuple(goals) for name, goals in onward.items()},
        chosen={name: tuple(goals) for name, goals in chosen.items()},
        back={
            name: trails.back(name) if any(way.leads is Leads.BACK for way in ways) else ()
            for name, ways in every.items()
        },
        first_menus=trails.first(menu.start),
        unknown=frozenset(unknown),
    )


#: who comes back from a wait, a talk or a transfer has come from no menu
_ANEW = ("too_long", "after_call")


def _trails(menu: Menu, every: dict[str, tuple[Exit, ...]]) -> _Trails:
    found = _Trails(
        begin=[meant(menu.start, menu.nodes)],
        menus=frozenset(name for name, node in menu.nodes.items() if isinstance(node, MenuNode)),
        chosen={name: [] for name in menu.nodes},
        passed={name: [] for name in menu.nodes},
    )
    for name, ways in every.items():
        for way in ways:
            goal = meant(way.to, menu.nodes) if way.leads is Leads.NODE else ""
            if not goal:
                continue
            failed = isinstance(menu.nodes[name], TransferNode)
            if way.term in _ANEW or failed:
                found.begin.append(goal)
            elif way.place[:1] == ("choices",) and not way.term:
                found.chosen[name].append(goal)
            else:
                found.passed[name].append(goal)
    return found


@dataclass(frozen=True, slots=True)
class _Trails:
    """Which menus callers come from by a key, whatever else lies between that is no menu's key."""

    begin: list[str]
    menus: frozenset[str]
    #: where the keys of a menu lead: `back` leads to it from there
    chosen: dict[str, list[str]]
    #: all other ways
    passed: dict[str, list[str]]

    def first(self, start: str) -> tuple[str, ...]:
        """The menus met from the start with no other menu between."""
        ahead = [meant(start, self.chosen)]
        for name in ahead:
            if name not in self.menus and name:
                ahead += [goal for goal in self.passed[name] if goal not in ahead]
        return tuple(name for name in ahead if name in self.menus)

    def back(self, name: str) -> tuple[str, ...]:
        """Where `back` may lead from a menu.

        A menu met again is returned to, so nobody is led back to what only lies behind it.
        """
        came = [("", self.begin)]
        came += [(earlier, self.chosen[earlier]) for earlier in self._before(name)]
        return tuple(
            earlier for earlier, goals in came if name in self._next_menus(goals, without=earlier)
        )

    def _before(self, name: str) -> list[str]:
        """The menus there are ways to that do not lead through this one."""
        found = sorted(self._next_menus(self.begin, without=name))
        seen = {name, *found}
        for menu in found:
            new = self._next_menus(self.chosen[menu], without=name) - seen
            seen |= new
            found += sorted(new)
        return found

    def _next_menus(self, goals: list[str], *, without: str) -> set[str]:
        """The menus met with no key of a menu between."""
        seen: set[str] = {without, ""}
        ahead = list(goals)
        found: set[str] = set()
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                found |= {name} & self.menus
                ahead += self.passed[name]
        return found
