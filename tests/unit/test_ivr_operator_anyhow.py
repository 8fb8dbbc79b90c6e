"""Whatever callers press, and whatever the systems behind the menu say, nobody gets stuck."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from ivr.dialogue import Phase, Step, start, step
from ivr.menu_file import MENUS, read_menu
from ivr.outline import handovers
from ivr.services import Answer
from ivr.values import Value
from ivr.vocabulary import (
    Answered,
    Ask,
    BackInLine,
    Event,
    GoToQueue,
    HangUp,
    Listen,
    OfferCallback,
    OpenTicket,
    Play,
    Played,
    PlayRecording,
    Pressed,
    Record,
    Recorded,
    SayWait,
    Waited,
)
from ivr.world import QueueNow, World

MENU = read_menu(MENUS / "operator.yaml")
QUEUES = {handover.queue for _, handover in handovers(MENU)}
KEYS = "0123456789*#ABCD"
_LAST = GoToQueue | OfferCallback | HangUp | BackInLine
#: what a lying system says where a figure, a day or a customer is due
_LIES: tuple[Value, ...] = (
    None, True, -1, 0, 7, 1e308, float("nan"), "", "12", "2026-13-45", "x" * 5000, (), ("a",), {},
)  # fmt: skip
_FIELDS = (
    "id", "first_name", "language", "account", "status", "area", "decoder", "provable",
    "open_ticket", "owner", "reasons", "amount", "currency", "due_on", "state", "number",
)  # fmt: skip


def world(chance: random.Random) -> World:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(9000))
    queue = QueueNow(waiting=chance.randrange(80), staffed=chance.randrange(2))
    return World(
        call_id=f"{chance.random()}",
        caller=chance.choice(("", "3001234567")),
        now=lambda: now,
        queue=lambda _: queue,
        incidents=lambda _: ("outage",) * chance.randrange(2),
    )


def answer(chance: random.Random) -> Answer:
    outcome = chance.choice(("found", "missing", "failed", "done", "refused", "", "kind", "goto"))
    values = {name: chance.choice(_LIES) for name in _FIELDS if chance.random() < 0.7}
    if chance.random() < 0.5:
        values |= {"id": 7, "account": "1002", "provable": True, "amount": 10, "currency": "COP"}
    return Answer(outcome, values)


def next_event(chance: random.Random, now: Step) -> Event:
    """What may happen after these actions; sometimes what may not."""
    if chance.random() < 0.5:
        return Pressed(chance.choice(KEYS))
    for action in now.actions:
        match action:
            case Play() | PlayRecording() | SayWait():
                return Played()
            case Ask() | OpenTicket():
                return Answered(answer(chance))
            case Record():
                return Recorded(chance.choice((0.0, 0.4, 3.0, 120.0)))
            case Listen():
                return Waited()
            case _:
                pass
    events: tuple[Event, ...] = (
        Played(), Waited(), Answered(answer(chance)), Recorded(1.0), Pressed("1")
    )  # fmt: skip
    return chance.choice(events)


@pytest.mark.parametrize("seed", range(8))
def test_every_caller_comes_to_an_end_that_is_in_the_table(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(120):
        here = world(chance)
        node = chance.choice(("", "", "", "survey", "long_wait"))
        waits_in = "soporte" if node else ""
        now = start(MENU, chance.choice(("", "en")), here, node=node, waits_in=waits_in)
        for _ in range(400):
            if now.state.phase is Phase.DONE:
                break
            now = step(MENU, now.state, next_event(chance, now), here)
        else:
            pytest.fail(f"a caller is still at {now.state.node} after 400 events, seed {seed}")
        last = now.actions[-1]
        assert isinstance(last, _LAST), last
        if isinstance(last, GoToQueue | OfferCallback | BackInLine):
            assert last.queue in QUEUES
