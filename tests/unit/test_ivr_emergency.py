"""Who is told what, and when, while something is told to those who wait."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls.errors import CallGoneError, SwitchError
from calls.events import AgentConnected, CallDialed, CallEnded, QueueGaveUp, QueueJoined
from calls.tracker import Tracker
from ivr.emergency import EmergencyRounds
from tests.unit.facts import CALL, arrived, at, fact, on_call

OTHER = "other"


@dataclass(frozen=True)
class _Message:
    id: int
    prompt: str
    every_seconds: int = 60


class _World:
    """Callers, a clock, and what each was told."""

    def __init__(self) -> None:
        self.tracker, self.seconds = Tracker(), 0.0
        self.on: dict[str, _Message] = {"soporte": _Message(1, "outage")}
        self.told: list[tuple[str, str, str]] = []
        self.error: SwitchError | None = None
        self.rounds = EmergencyRounds(
            lambda: self.on, self.tracker, self._tell, lambda call_id: "en" if call_id == OTHER
            else "es", now=lambda: at(self.seconds),
        )  # fmt: skip

    async def _tell(self, call_id: str, language: str, prompt: str) -> None:
        self.told.append((call_id, language, prompt))
        if self.error is not None:
            raise self.error

    def waits(self, seconds: float, call_id: str = CALL, queue: str = "soporte") -> None:
        self.tracker.apply(replace(arrived(seconds), call_id=call_id))
        joined = on_call(QueueJoined, seconds, queue=queue, position=1)
        self.tracker.apply(replace(joined, call_id=call_id))

    async def at(self, seconds: float) -> list[str]:
        """What is said in the look at this moment."""
        self.seconds, before = seconds, len(self.told)
        await self.rounds.look()
        return [prompt for _, _, prompt in self.told[before:]]


async def test_each_is_told_again_and_again_from_when_they_came() -> None:
    world = _World()
    world.waits(0)
    assert await world.at(2) == [], "the queue's own greeting comes first"
    assert await world.at(3) == ["outage"]
    world.waits(10, OTHER)
    assert await world.at(13) == ["outage"]
    assert world.told == [(CALL, "es", "outage"), (OTHER, "en", "outage")]
    for seconds, said in ((14, 0), (62.9, 0), (63, 1), (72, 0), (73, 1), (123, 1), (132, 0)):
        assert len(await world.at(seconds)) == said, seconds
    world.on.clear()
    assert await world.at(500) == []


async def test_another_message_and_another_queue_are_told_at_once() -> None:
    world = _World()
    world.waits(0)
    await world.at(3)
    world.on["soporte"] = _Message(2, "storm")
    assert await world.at(4) == ["storm"]
    world.on = {"soporte": _Message(2, "storm"), "ventas": _Message(3, "flood")}
    world.tracker.apply(on_call(QueueGaveUp, 5, queue="soporte", status="MOVED"))
    assert await world.at(6) == []
    world.tracker.apply(on_call(QueueJoined, 6, queue="ventas", position=1))
    assert await world.at(9) == ["flood"]
    assert await world.at(60) == []


async def test_who_does_not_wait_there_is_told_nothing() -> None:
    world = _World()
    world.waits(0, queue="ventas")
    world.tracker.apply(fact(CallDialed, 0, call_id="attempt-1"))
    world.tracker.apply(fact(QueueJoined, 1, call_id="attempt-1", queue="soporte", position=1))
    world.waits(0, OTHER)
    talks = on_call(AgentConnected, 2, queue="soporte", agent="1001")
    world.tracker.apply(replace(talks, call_id=OTHER))
    assert await world.at(60) == []


async def test_who_comes_back_is_told_as_somebody_new_and_who_has_gone_is_forgotten() -> None:
    world = _World()
    world.waits(0)
    await world.at(3)
    world.tracker.apply(on_call(QueueGaveUp, 4, queue="soporte", status="OVERFLOW"))
    await world.at(5)
    world.tracker.apply(on_call(QueueJoined, 6, queue="soporte", position=1))
    assert await world.at(9) == ["outage"]
    world.tracker.apply(on_call(CallEnded, 10, cause=16, sip_code=200))
    assert await world.at(100) == []


async def test_one_who_cannot_be_told_keeps_nobody_from_being_told() -> None:
    world = _World()
    world.waits(0)
    world.waits(0, OTHER)
    world.error = CallGoneError("gone")
    assert await world.at(3) == ["outage"] * 2
    world.error = None
    assert await world.at(4) == [], "not every second again"
    assert await world.at(63) == ["outage"] * 2
