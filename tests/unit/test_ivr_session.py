"""Callers led by the reception: to a queue, back in the line, or to be called back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest

from calls.call import CALLBACK_KEY
from calls.events import (
    CallAnswered,
    CallArrived,
    CallbackAsked,
    DialogueClosed,
    DialogueOffered,
    DigitPressed,
    Fact,
    MenuEntered,
    QueueGaveUp,
    QueueJoined,
)
from calls.feed import Feed
from calls.tracker import Tracker
from ivr import callback
from ivr.callback import NumberCheck, Reachable
from ivr.menu import Menu
from ivr.neighbours import Neighbours
from ivr.reception import Reception
from ivr.shelf import MenuShelf
from tests.made_menus import ask, menu_of
from tests.unit.facts import PBX, at

MENU = menu_of(
    {
        "main": ask({
            "1": {"queue": "soporte", "priority": 5},
            "2": {"goto": "devolver"},
            "9": {"language": "en"},
        }),
        "devolver": {"kind": "callback", "queue": "soporte", "say_position": True},
    }
)  # fmt: skip


def reachable(written: str) -> Reachable | None:
    digits = written.removeprefix("57")
    return Reachable(f"57{digits}", digits) if len(digits) == 10 else None


class Switch:
    """Notes what it is told; what plays is over at once."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []
        self.heard: list[tuple[str, str]] = []

    async def play(self, call_id: str, language: str, prompt: str) -> None:
        self.heard.append((language, prompt))
        await asyncio.sleep(0)

    async def stop_playing(self, call_id: str) -> None:
        await asyncio.sleep(0)

    async def speak_language(self, call_id: str, language: str) -> None:
        await asyncio.sleep(0)

    async def keep(self, call_id: str, seconds: int) -> None:
        await asyncio.sleep(0)

    async def rescue(self, call_id: str) -> None:
        self.told.append((call_id, "rescue"))

    async def send_to_queue(self, call_id: str, queue: str, priority: int) -> None:
        self.told.append((call_id, "queue", queue, str(priority)))

    async def send_back_to_queue(self, call_id: str, queue: str, position: int) -> None:
        self.told.append((call_id, "back", queue, str(position)))

    async def hang_up(self, channel_id: str) -> None:
        self.told.append((channel_id, "hang up"))

    async def play_recording(self, call_id: str, recording: str) -> None:
        self.heard.append(("", recording))
        await asyncio.sleep(0)

    async def record(
        self, call_id: str, recording: str, *, most_seconds: float, silence_seconds: float
    ) -> float:
        self.told.append((call_id, "record", recording))
        await asyncio.sleep(0)
        return 7.5

    async def mute_recorders(self, call_id: str, *, muted: bool) -> None:
        self.told.append((call_id, "mute" if muted else "unmute"))

    async def transfer(self, call_id: str, target: str) -> None:
        self.told.append((call_id, "transfer", target))

    async def back_to_dialogue(self, call_id: str) -> None:
        self.told.append((call_id, "back to dialogue"))

    async def ask_after_call(self, call_id: str) -> None:
        self.told.append((call_id, "after call"))


class Desk:
    """A reception and those who call it."""

    def __init__(self, menu: Menu, neighbours: Neighbours) -> None:
        self.tracker, self.feed, self.switch = Tracker(), Feed(), Switch()
        self.facts: list[Fact] = []
        self.seconds = 100.0
        self.reception = Reception(
            PBX, MenuShelf(lambda: {"0800": menu}), self.switch, self.facts.append, self.tracker,
            neighbours, now=self.now,
        )  # fmt: skip

    def now(self) -> datetime:
        return at(self.seconds)

    def put(self, *facts: Fact) -> None:
        for fact in facts:
            self.feed.publish(self.tracker.apply(fact))

    def waits(self, call_id: str, since: float, number: str = "") -> None:
        """Somebody is in the line since then, as the switch tells it."""
        self.put(
            CallArrived(at=at(since), pbx=PBX, call_id=call_id, number_called="0800",
                        caller_number=number),
            CallAnswered(at=at(since), pbx=PBX, call_id=call_id),
            QueueJoined(at=at(since), pbx=PBX, call_id=call_id, queue="soporte", position=1),
        )  # fmt: skip

    def presses_the_key(self, call_id: str, second: float) -> None:
        """Asterisk takes the caller out of the queue and offers the dialogue."""
        of: dict[str, Any] = {"at": at(second), "pbx": PBX, "call_id": call_id}
        self.put(
            QueueGaveUp(**of, queue="soporte", status=CALLBACK_KEY),
            DialogueOffered(**of, number_called="", reason="callback_key"),
        )

    async def keys(self, call_id: str, digits: str) -> None:
        """Each key after what is said before it."""
        for digit in digits:
            self.put(DigitPressed(at=self.now(), pbx=PBX, call_id=call_id, digit=digit))
            await self.calm()

    async def calm(self) -> None:
        """Until nobody has anything to do."""
        for _ in range(200):
            await asyncio.sleep(0)

    def asked(self) -> list[CallbackAsked]:
        return [fact for fact in self.facts if isinstance(fact, CallbackAsked)]


@asynccontextmanager
async def opened(
    menu: Menu = MENU,
    calls_back: Callable[[str], NumberCheck | None] = lambda _: reachable,
    **neighbours: Any,
) -> AsyncIterator[Desk]:
    desk = Desk(menu, Neighbours(calls_back=calls_back, **neighbours))
    running = asyncio.create_task(desk.reception.run(desk.feed.listen("reception")))
    try:
        # here every key is told before what it ends
        with patch("ivr.carrying_out._KEY_SECONDS", 0.0):
            yield desk
        await desk.calm()
        assert not running.done() or running.result() is None
    finally:
        running.cancel()
        await asyncio.wait({running})


async def test_who_waits_and_asks_by_key_is_called_back_and_keeps_the_place() -> None:
    async with opened() as desk:
        desk.waits("a", 10)
        desk.waits("b", 20, "573001234567")
        desk.waits("c", 30)
        desk.presses_the_key("b", 60)
        await desk.calm()
        assert desk.switch.heard[0] == ("es", "callback_number_is")
        await desk.keys("b", "1#")
        (asked,) = desk.asked()
        assert (asked.call_id, asked.queue, asked.number) == ("b", "soporte", "573001234567")
        assert asked.waiting_since == at(20)
        assert desk.switch.told == [("b", "hang up")]
        assert desk.switch.heard[-1] == ("es", "callback_promised")
        assert not any(isinstance(fact, MenuEntered) for fact in desk.facts)


async def test_who_does_not_agree_comes_back_to_the_place_that_is_theirs_by_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(callback, "FIRST_KEY_SECONDS", 0.01)
    async with opened() as desk:
        desk.waits("a", 10)
        desk.waits("b", 20, "573001234567")
        desk.waits("c", 30)
        desk.presses_the_key("b", 60)
        desk.put(QueueGaveUp(at=at(61), pbx=PBX, call_id="a", queue="soporte", status="LEFT"))
        async with asyncio.timeout(60):
            while not desk.switch.told:  # noqa: ASYNC110 - two silences of the caller
                await asyncio.sleep(0.005)
        assert desk.switch.told == [("b", "back", "soporte", "1")]
        assert desk.asked() == []
        # in the line again, and asking once more: it is the first moment that counts
        desk.put(
            DialogueClosed(at=at(70), pbx=PBX, call_id="b"),
            QueueJoined(at=at(70), pbx=PBX, call_id="b", queue="soporte", position=1),
        )
        call = desk.tracker.get("b")
        assert call is not None
        assert (call.waiting_since, call.queued_at) == (at(20), at(70))
        await desk.calm()
        desk.presses_the_key("b", 80)
        await desk.calm()
        await desk.keys("b", "1#")
        assert desk.asked()[0].waiting_since == at(20)


async def test_while_nobody_calls_back_the_key_leads_back_to_the_line() -> None:
    async with opened(calls_back=lambda _: None) as desk:
        desk.waits("a", 10)
        desk.waits("b", 20, "573001234567")
        desk.presses_the_key("b", 60)
        await desk.calm()
        assert [prompt for _, prompt in desk.switch.heard] == ["callback_not_now", "callback_back"]
        assert desk.switch.told == [("b", "back", "soporte", "2")]


async def _called(desk: Desk, digits: str, number: str = "573001234567") -> None:
    of: dict[str, Any] = {"at": at(50), "pbx": PBX, "call_id": "m"}
    desk.put(
        CallArrived(**of, number_called="0800", caller_number=number),
        CallAnswered(**of),
        DialogueOffered(**of, number_called="0800"),
    )
    await desk.calm()
    await desk.keys("m", digits)


async def test_a_menu_offers_it_and_the_place_begins_now() -> None:
    async with opened() as desk:
        await _called(desk, "921#")
        (asked,) = desk.asked()
        assert (asked.queue, asked.number) == ("soporte", "573001234567")
        assert asked.waiting_since == at(100)
        assert desk.switch.told == [("m", "hang up")]
        assert desk.switch.heard[-1] == ("en", "callback_promised")
        entered = [fact.node for fact in desk.facts if isinstance(fact, MenuEntered)]
        assert entered == ["main", "main", "devolver"]


async def test_a_hidden_number_is_asked_for() -> None:
    async with opened() as desk:
        await _called(desk, "2", number="")
        assert desk.switch.heard[-1] == ("es", "callback_enter")
        await desk.keys("m", "3105550000#1#")
        assert desk.asked()[0].number == "573105550000"


async def test_in_a_menu_nobody_calls_back_means_the_queue() -> None:
    async with opened(calls_back=lambda _: None) as desk:
        desk.waits("a", 10)
        await _called(desk, "2")
        assert desk.switch.told == [("m", "queue", "soporte", "0")]
        assert ("es", "callback_not_now") in desk.switch.heard
        assert desk.switch.heard[-1] == ("es", "position_suffix_one")


async def test_the_priority_and_the_language_of_the_menu_are_known_in_the_line() -> None:
    async with opened() as desk:
        desk.waits("a", 10)
        await _called(desk, "91")
        assert desk.switch.told == [("m", "queue", "soporte", "5")]
        of: dict[str, Any] = {"at": at(60), "pbx": PBX, "call_id": "m"}
        desk.put(
            DialogueClosed(**of),
            QueueJoined(**of, queue="soporte", position=1),
        )
        await desk.calm()
        desk.presses_the_key("m", 90)
        await desk.calm()
        assert desk.switch.heard[-1][0] == "en"
        await desk.keys("m", "1#")
        assert desk.asked()[0].waiting_since < at(10), "the priority had led past the other"
