"""A caller in a menu made for one test: events in, what is heard and told out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from ivr import dialogue
from ivr.dialogue import start, step
from ivr.menu import Menu
from ivr.nodes import Node
from ivr.parts import Handover
from ivr.schedules import Schedule
from ivr.terms import QueueTerms
from ivr.turn import State
from ivr.vocabulary import (
    Action,
    Event,
    Happened,
    Play,
    Pressed,
)
from ivr.world import World

_NODE: TypeAdapter[Node] = TypeAdapter(Node)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Bogotá
WORLD = World(call_id="1700000000.12", caller="3001234567", called="0800", now=lambda: NOW)
END = {"kind": "hang_up", "prompts": ["goodbye"]}


class Caller:
    """One caller: what the last event led to, and everything that became true."""

    def __init__(self, menu: Menu, world: World = WORLD, **begin: Any) -> None:
        self.menu, self.world = menu, world
        self.facts: list[Happened] = []
        self._took(start(menu, "", world, **begin))

    def _took(self, after: dialogue.Step) -> None:
        self.state: State = after.state
        self.actions: tuple[Action, ...] = after.actions
        self.facts += after.facts

    def does(self, *events: Event) -> Caller:
        for event in events:
            self._took(step(self.menu, self.state, event, self.world))
        return self

    def keys(self, digits: str) -> Caller:
        return self.does(*map(Pressed, digits))

    @property
    def heard(self) -> tuple[str, ...]:
        return tuple(
            prompt for each in self.actions if isinstance(each, Play) for prompt in each.prompts
        )

    def told(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def node_menu(first: dict[str, Any], **others: dict[str, Any]) -> Menu:
    """A menu that begins with one node; `end` hangs up."""
    return bare_menu({"first": first, "end": END, **others})


def bare_menu(nodes: dict[str, Any], **rest: Any) -> Menu:
    """A menu of these nodes, whether or not they make a sound one."""
    return Menu.model_construct(
        name="m",
        language="es",
        languages=("es", "en"),
        start="first",
        person=Handover(queue="people"),
        nodes={name: _NODE.validate_python(node) for name, node in nodes.items()},
        schedules={
            name: Schedule.model_validate(each) for name, each in rest.get("schedules", {}).items()
        },
        queues={
            name: QueueTerms.model_validate(each) for name, each in rest.get("queues", {}).items()
        },
    )
