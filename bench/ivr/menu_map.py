"""A menu's file as a caller's map: what is heard where, and what each key does.

It reads the YAML and not our own model of it, so that proofs do not share that model's mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import yaml


class Leads(StrEnum):
    """What a key does."""

    NODE = "node"
    QUEUE = "queue"
    BACK = "back"
    REPEAT = "repeat"
    LANGUAGE = "language"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A key of a menu node, by the name that records have; `to` is a node or a queue."""

    key: str
    name: str
    leads: Leads
    to: str = ""


#: the way on from a node that awaits no key, for a caller nobody knows, where all goes well
_BY_ITSELF = {
    "say": "goto",
    "look_up": "missing",
    "condition": "otherwise",
    "language": "goto",
    "incidents": "goto",
    "ticket": "goto",
    "action": "done",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A node; `prompts` are those that are plain names, `goto` the way on without a key."""

    name: str
    kind: str
    prompts: tuple[str, ...]
    ways: tuple[Way, ...]
    goto: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuMap:
    """The whole menu."""

    start: str
    language: str
    languages: tuple[str, ...]
    stops: Mapping[str, Stop]
    #: what is said to a key that means nothing, the first time
    no_match: str
    #: every queue the file names
    queues: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises `KeyError` for a file that is no menu."""
        document = yaml.safe_load(path.read_text())
        return cls(
            start=document["start"],
            language=document["language"],
            languages=tuple(document["languages"]),
            stops={name: _stop(name, node) for name, node in document["nodes"].items()},
            no_match=next(iter(document.get("defaults", {}).get("no_match_prompts", ())), ""),
            queues=frozenset(_named(document, "queue")),
        )

    def by_prompt(self) -> dict[str, Stop]:
        """The menu nodes by the first prompt that is heard there, if no other node has it."""
        found: dict[str, list[Stop]] = {}
        for stop in self.stops.values():
            if stop.prompts:
                found.setdefault(stop.prompts[0], []).append(stop)
        return {
            prompt: stops[0]
            for prompt, stops in found.items()
            if len(stops) == 1 and stops[0].kind == "menu"
        }

    def keeps_talking(self, stop: Stop) -> list[Way]:
        """The keys after which another menu is heard, or the same in another language."""
        menus = self.by_prompt().values()
        return [
            way
            for way in stop.ways
            if way.leads is Leads.LANGUAGE
            or (way.leads is Leads.BACK and stop.name != self.start)
            or (way.leads is Leads.NODE and self.stops[way.to] in menus and way.to != stop.name)
        ]

    def paths(self) -> Iterator[tuple[tuple[Way, ...], Stop]]:
        """Every menu node that keys alone lead a stranger to, with the shortest way there."""
        seen: set[str] = set()
        ahead: list[tuple[tuple[Way, ...], str]] = [((), self.start)]
        while ahead:
            path, name = ahead.pop(0)
            stop, passed = self.stops[name], set[str]()
            while stop.kind != "menu" and stop.goto and stop.name not in passed:
                passed.add(stop.name)
                stop = self.stops[stop.goto]
            name = stop.name
            if name in seen or stop.kind != "menu":
                continue
            seen.add(name)
            yield path, stop
            ahead += [((*path, way), way.to) for way in stop.ways if way.leads is Leads.NODE]


def _stop(name: str, node: dict[str, Any]) -> Stop:
    choices = node.get("choices") or {}
    listed = node.get("prompts") or ()
    prompts = listed if isinstance(listed, list) else [listed]
    goto = node.get(_BY_ITSELF.get(node["kind"], ""), "")
    return Stop(
        name=name,
        kind=node["kind"],
        prompts=tuple(prompt for prompt in prompts if isinstance(prompt, str)),
        ways=tuple(_way(str(key), choice) for key, choice in choices.items()),
        goto=goto if isinstance(goto, str) else "",
    )


def _way(key: str, choice: dict[str, Any]) -> Way:
    for field, leads in (("goto", Leads.NODE), ("queue", Leads.QUEUE)):
        if isinstance(choice.get(field), str):
            return Way(key=key, name=choice.get("name", ""), leads=leads, to=choice[field])
    for leads in (Leads.BACK, Leads.REPEAT, Leads.LANGUAGE):
        if choice.get(leads.value):
            return Way(key=key, name=choice.get("name", ""), leads=leads)
    return Way(key=key, name=choice.get("name", ""), leads=Leads.OTHER)


def _named(part: Any, field: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == field and isinstance(value, str):
                yield value
            yield from _named(value, field)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value, field)
