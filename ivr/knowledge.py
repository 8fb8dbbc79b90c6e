"""Everything a menu may speak of at one moment, found out only when it is spoken of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.menu import Menu
from ivr.values import Value, Values
from ivr.world import World


class Knowledge(Mapping[str, Value]):
    """What is given (`expressions.GIVEN`) and what was learned; anything else is null."""

    def __init__(
        self,
        menu: Menu,
        world: World,
        *,
        language: str,
        reason: str,
        learned: Values,
        visits: Mapping[str, int],
    ) -> None:
        self._menu = menu
        self._world = world
        self._language = language
        self._reason = reason
        self._learned = learned
        self._visits = visits

    def __getitem__(self, name: str) -> Value:
        given = _GIVEN.get(name)
        return self._learned.get(name) if given is None else given(self)

    def __iter__(self) -> Iterator[str]:
        return iter({*_GIVEN, *self._learned})

    def __len__(self) -> int:
        return len({*_GIVEN, *self._learned})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def local(self) -> datetime:
        return self._world.now().astimezone(ZoneInfo(self._menu.zone))

    def _open(self) -> Value:
        now = self._world.now()
        return {name: each.is_open(now) for name, each in self._menu.schedules.items()}

    def _opens(self) -> Value:
        now, zone = self._world.now(), ZoneInfo(self._menu.zone)
        return {
            name: at.astimezone(zone).isoformat() if (at := each.opens_at(now)) else None
            for name, each in self._menu.schedules.items()
        }

    def _queues(self) -> Value:
        return {name: self._queue(name) for name in self._menu.queue_names}

    def _queue(self, name: str) -> Value:
        now = self._world.queue(name)
        return {
            "waiting": now.waiting,
            "staffed": now.staffed,
            "free": now.free,
            "wait_seconds": now.wait_seconds,
        }


_GIVEN: Mapping[str, Callable[[Knowledge], Value]] = {
    "caller": lambda seen: seen._world.caller,
    "called": lambda seen: seen._world.called,
    "language": lambda seen: seen._language,
    "today": lambda seen: seen.local().date().isoformat(),
    "hour": lambda seen: seen.local().hour,
    "open": Knowledge._open,
    "opens": Knowledge._opens,
    "queues": Knowledge._queues,
    "reason": lambda seen: seen._reason,
    "visits": lambda seen: dict(seen._visits),
}
