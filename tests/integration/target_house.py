"""Targets over the API, figures that are what a test says, and the watchman who looks at them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import update

from dialer.guards import Guards
from linea800 import target_watch
from linea800.watchman import Watchman
from monitoring.watched_figures import Figure, SubjectKind
from storage.tables import tokens
from tests.integration.api_house import ApiHouse
from tests.unit.facts import PBX

NEW = {
    "kpi": "service_level", "subject_kind": "queue", "subject": "soporte", "low": 0.8,
    "window_seconds": 120, "out_seconds": 10, "in_seconds": 10, "margin": 0.05,
}  # fmt: skip


class Figures:
    """Tells what it is told to: the same of everything, but of those who have one of their own."""

    def __init__(self) -> None:
        self.now: float | None = 1.0
        self.of: dict[str, float | None] = {}
        self.there = {SubjectKind.QUEUE: ["soporte", "salida"], SubjectKind.AGENT: ["1001", "1002"]}

    def subjects(self, kind: SubjectKind, queues: Collection[str] | None) -> list[str]:
        """Two of a kind; of queues only those that are meant."""
        there = self.there.get(kind, [])
        return there if queues is None else [name for name in there if name in queues]

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """What it is of this subject."""
        return self.of.get(subject, self.now)


def watchman(house: ApiHouse, figures: target_watch.Figures) -> Watchman:
    """Who looks at all that may be wrong, with these figures."""
    parts = house.parts
    return Watchman(
        PBX, Guards([]), parts.presets, parts.dialing.campaigns_in_hand, parts.alerts,
        parts.registers, parts.board, house.clock, target_watch.TargetWatch(parts.targets, figures),
    )  # fmt: skip


async def made(house: ApiHouse, **values: Any) -> str:
    """A target of `NEW` with these values; its id."""
    response = await house.ask("POST", "/targets", json={**NEW, **values})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def walked(house: ApiHouse, watching: Watchman, figures: Figures, *values: Any) -> None:
    """One look for each value, five seconds apart."""
    for value in values:
        figures.now = value
        await watching.look()
        house.clock.advance(5)


async def alerts(house: ApiHouse, **params: Any) -> list[dict[str, Any]]:
    """The alerts of targets."""
    items: list[dict[str, Any]] = (await house.get("/alerts", kind="target", **params))["items"]
    return items


async def limited_to(house: ApiHouse, who: str, queues: list[str]) -> None:
    """Who has this key sees these queues from now on."""
    change = update(tokens).where(tokens.c.name == who).values(queues=queues)
    await house.database.write(lambda connection: connection.execute(change).rowcount)
