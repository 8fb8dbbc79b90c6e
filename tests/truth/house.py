"""The made world in front of the real house: real stores, real desk and dialer, the API on top."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from agents.floor import Floor
from agents.preferred import Preferred
from calls.events import Fact, LinkUp
from dialer.attempt import Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import Options
from storage.campaigns import CampaignStore
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house
from tests.truth.called import Called
from tests.truth.callers import CALLED_BACK, NUMBER, QUEUES, Callers
from tests.truth.exchange import Exchange
from tests.truth.ledger import Ledger
from tests.truth.staff import PAUSES, Staff, shifts_of
from tests.truth.time import WorldClock
from tests.truth.wire import Wire
from tests.unit.facts import PBX

WRITE_UP_SECONDS = 10.0
#: agents whose phone rings for each call; the others are held on the line
_RUNG = 4
#: what was recorded is shipped and counted so often
_SHIPS_SECONDS = 300.0
#: the dialer looks again after so long at the latest
_LOOKS_SECONDS = 5.0
_OVERTIME = 3 * 3600.0
#: nobody said anything in so many turns of the loop: nobody will before time passes
_QUIET_TURNS = 2
#: method, threshold and short time by which a queue is told
Setting = tuple[str, int, int]
USUAL: Setting = ("exclude_short", 20, 5)
CHANGED_QUEUE, CHANGED = "ventas", ("offered_plus_flowout", 30, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of a world."""

    begins: datetime
    length: timedelta
    callers: int
    agents: int
    leads: int
    seed: int = 1
    #: of each hundred facts so many come twice, and five times as many of those that may cross
    unruly: float = 0.01
    hours: float = 8.0
    off: float = 6.0


def floor_of(agents: int) -> Floor:
    """Three queues of different weight, one that is dialed for, and agents of several of them."""
    numbers = [f"{1001 + at}" for at in range(agents)]
    skills = (
        ["soporte", "salida"], ["soporte", "ventas"], ["ventas", "retencion", "soporte"],
        ["retencion", "salida"],
    )  # fmt: skip
    return Floor.model_validate(
        {
            "pbx": PBX,
            "trunk": {"to": {"port": 15080}, "caller_number": "5716001234", "max_calls": 300},
            "numbers": [{"number": NUMBER, "menu": "simple.yaml"}],
            "queues": [
                *(
                    {"name": queue, "weight": weight, "wrap_up_seconds": WRITE_UP_SECONDS}
                    for queue, weight in zip(QUEUES, (10, 5, 20), strict=True)
                ),
                {"name": "salida", "wrap_up_seconds": WRITE_UP_SECONDS,
                 "announce_position_seconds": 0},
            ],
            "fallback_queue": "soporte",
            "agents": [
                {
                    "number": number, "name": f"Agente {number}",
                    "queues": skills[place % len(skills)], "phone": {"port": 16000},
                    "line": "rung" if place % 5 == _RUNG else "held",
                }
                for place, number in enumerate(numbers)
            ],
            "pause_reasons": [
                {"code": str(place), "name": name} for place, name in enumerate(PAUSES, 1)
            ],
        }
    )  # fmt: skip


class World:
    """The house and the world before it; `play` lets everything happen."""

    def __init__(self, plan: Plan, floor: Floor, exchange: Exchange, house: ApiHouse) -> None:
        self.plan, self.floor, self.house = plan, floor, house
        self.exchange, self.ledger = exchange, exchange.ledger
        self.clock = exchange.clock
        self._heard = self._heard_anything = False
        self._changed_from: datetime | None = None
        self._looked_at = -math.inf
        self.wire = Wire(self.clock, self._put, Random(f"wire {plan.seed}"), plan.unruly)
        exchange.tell = self.wire.tell
        desk, parts = house.parts.desk, house.parts
        self._preferred = Preferred(
            desk.keeper, parts.roster, parts.tracker, self._send_on, now=self.clock
        )
        desk.keeper.claim = lambda number: (
            self._preferred.claim(number) or parts.dialing.claim(number)
        )
        house.feed.fold(self._preferred.fold)
        self._desk_hears = house.feed.listen("desk")
        Called(exchange)
        self.callers = Callers(
            exchange, [agent.number for agent in floor.agents], self._preferred.offer,
            desk.end_call,
        )  # fmt: skip
        self._staff = Staff(exchange, desk, floor)

    def settings_in(
        self, queue: str, since: datetime, until: datetime
    ) -> list[tuple[tuple[datetime, datetime], Setting]]:
        """The setting of a queue, or those one after the other if it was changed in between."""
        if queue != CHANGED_QUEUE or self._changed_from is None:
            return [((since, until), USUAL)]
        changed = min(max(self._changed_from, since), until)
        pieces = [((since, changed), USUAL), ((changed, until), CHANGED)]
        return [(piece, setting) for piece, setting in pieces if piece[0] < piece[1]]

    async def _change_setting(self) -> None:
        """A supervisor tells the figures of a queue otherwise: from the next quarter on."""
        method, seconds, short_seconds = CHANGED
        asked = {
            "method": method, "seconds": seconds, "goal": 90, "short_seconds": short_seconds,
        }  # fmt: skip
        answer = await self.house.ask("PUT", f"/queues/{CHANGED_QUEUE}/settings", json=asked)
        assert answer.status_code == 200, answer.text
        quarter = timedelta(minutes=15)
        over = (self.clock() - datetime.min.replace(tzinfo=UTC)) % quarter
        self._changed_from = self.clock() - over + (quarter if over else timedelta())

    async def play(self) -> None:
        """From the first minute until everybody has gone home, shipped and counted."""
        draw = Random(f"callers {self.plan.seed}")
        seconds = self.plan.length.total_seconds()
        for _ in range(self.plan.callers):
            self.clock.at(draw.uniform(30, seconds), self.callers.arrive)
        for place, agent in enumerate(self.floor.agents):
            self._staff.begin(
                agent.number, shifts_of(place, self.plan.length, self.plan.hours, self.plan.off)
            )
        self.clock.at(seconds / 2, self._change_setting)
        async with asyncio.TaskGroup() as group:
            desk = group.create_task(self.house.parts.desk.run(self._desk_hears))
            booted = self.clock() - timedelta(days=1)
            self.wire.tell(LinkUp(at=self.clock(), pbx=PBX, booted_at=booted))
            self.exchange.look_around(first=True)
            await self._campaigns()
            self.clock.after(_SHIPS_SECONDS, self._ship)
            await self._settle()
            await self._until(seconds)
            for campaign in ("sales", "callbacks"):
                await self.house.parts.dialing.set_state(campaign, CampaignState.PAUSED, "test")
            while self.exchange.lines and self.clock.seconds < seconds + _OVERTIME:
                await self._until(self.clock.seconds + 60)
            await self._until(self.clock.seconds + 120)
            desk.cancel()
        assert not self.exchange.lines, "somebody is on a line still"
        await self._ship(again=False)

    async def _campaigns(self) -> None:
        store, dialing = CampaignStore(self.house.database), self.house.parts.dialing
        retry = RetryRule(max_attempts=3, minutes={Outcome.BUSY: 10.0, Outcome.NO_ANSWER: 30.0})

        async def leads() -> AsyncIterator[list[NewLead]]:
            yield [
                NewLead(number=f"57300{at:07d}", name="", extra={}) for at in range(self.plan.leads)
            ]

        for name, options in (
            ("sales", Options()),
            ("callbacks", Options(callbacks_of=(CALLED_BACK,), callback_tries=3)),
        ):
            await store.create(
                Campaign(
                    id=name, name=name, queue="salida", max_lines=4, retry=retry, country="CO",
                    caller_number="5716001234", created_at=self.clock(), options=options,
                )
            )  # fmt: skip
        await store.add_leads("sales", leads(), self.clock())
        for campaign in ("sales", "callbacks"):
            await dialing.set_state(campaign, CampaignState.RUNNING, "test")

    async def _until(self, second: float) -> None:
        while self.clock.next_at <= second:
            await self.clock.play_next()
            await self._settle()
            if self.clock.seconds - self._looked_at >= _LOOKS_SECONDS or self._heard_anything:
                self._looked_at, self._heard_anything = self.clock.seconds, False
                await self.house.parts.dialing.turn()
                await self._settle()

    async def _settle(self) -> None:
        """Carry every fact to everyone, and what the rooms answer to it."""
        quiet = 0
        while quiet < _QUIET_TURNS:
            self.wire.deliver()
            await self.house.parts.intake.carry()
            if self._heard or len(self._desk_hears):
                self._heard, self._heard_anything, quiet = False, True, 0
                await self._preferred.look()
            else:
                quiet += 1
            await asyncio.sleep(0)  # the desk's turn

    def _put(self, fact: Fact) -> None:
        self._heard = True
        self.house.parts.intake.put(fact)

    async def _send_on(self, call_id: str) -> None:
        line = self.exchange.lines.get(call_id)
        if line is not None:
            self.callers.send_on(line)

    async def _ship(self, *, again: bool = True) -> None:
        """As the recorder and the counting do in the background."""
        parts = self.house.parts
        await parts.recorder.ship_now()
        while await parts.reports.measures.recount(500):
            pass
        await parts.reports.measures.look(PBX)
        if again:
            self.clock.after(_SHIPS_SECONDS, self._ship)


@asynccontextmanager
async def made_world(plan: Plan, database: Database, folder: Path) -> AsyncIterator[World]:
    """The world, before a house on this database."""
    floor, clock = floor_of(plan.agents), WorldClock(plan.begins)
    exchange = Exchange(
        clock, Ledger(), {queue.name: queue.weight for queue in floor.queues},
        frozenset(agent.number for agent in floor.agents if agent.line == "rung"),
        Random(f"world {plan.seed}"),
    )  # fmt: skip
    async with open_house(database, folder, floor=floor, clock=clock, switch=exchange) as house:
        yield World(plan, floor, exchange, house)
