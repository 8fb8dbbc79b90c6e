"""Agents of the made world: they come and go, write up, and pause, at the house's own desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from agents.desk import Desk, NotNowError
from agents.floor import Floor
from calls.errors import Linea800Error
from tests.truth.exchange import Exchange
from tests.truth.ledger import Came
from tests.truth.phones import spell_of

PAUSES = ("descanso", "almuerzo")
_SAID = ("resuelto", "unresolved", "resolved", "no_resuelto", "other", "")
_SAID_DIALED = ("sold", "promised", "not_interested", "wrong_person", "machine", "")
_AGAIN_SECONDS = 20.0


class Staff:
    """Everybody who works."""

    def __init__(self, exchange: Exchange, desk: Desk, floor: Floor) -> None:
        self._exchange = exchange
        self._clock = exchange.clock
        self._draw = exchange.draw
        self._desk = desk
        self._limit_seconds = max(queue.wrap_up_seconds for queue in floor.queues)
        exchange.on_wrap_up = self._writes_up

    def begin(self, agent: str, shifts: Sequence[tuple[float, float]]) -> None:
        """These are the hours, in seconds of the world."""
        for begins, ends in shifts:
            self._clock.at(begins, self._desk.sign_in, agent)
            self._clock.at(ends, self._goes, agent)
            pause = begins + self._draw.uniform(60, 1800)
            while pause < ends - 600:
                self._clock.at(pause, self._pauses, agent)
                pause += self._draw.uniform(1200, 4800)

    async def _goes(self, agent: str) -> None:
        """Home, as soon as the desk lets one go."""
        try:
            await self._desk.sign_out(agent)
        except NotNowError:
            self._clock.after(_AGAIN_SECONDS, self._goes, agent)

    async def _pauses(self, agent: str) -> None:
        """Now, or after the talk that is on."""
        try:
            await self._desk.pause(agent, self._draw.choice(PAUSES))
        except NotNowError:
            return
        self._clock.after(self._draw.uniform(30, 900), self._is_back, agent)

    async def _is_back(self, agent: str) -> None:
        state, _ = spell_of(self._exchange, agent)
        if state == "paused":
            await self._desk.ready(agent)
        elif state:
            # the pause that was asked for in the talk has not begun
            self._clock.after(60.0, self._is_back, agent)

    def _writes_up(self, agent: str, call: Came) -> None:
        draw, chance = self._draw, self._draw.random()
        _, began_at = spell_of(self._exchange, agent)
        if chance < 0.6:
            self._later(agent, began_at, draw.uniform(0.5, 9), self._says, agent, call)
        elif chance < 0.7:
            self._later(agent, began_at, draw.uniform(0.5, 9), self._desk.ready, agent)
        elif chance < 0.78:
            self._later(agent, began_at, draw.uniform(0.5, 9), self._pauses, agent)
        elif chance < 0.8:
            self._later(agent, began_at, draw.uniform(0.5, 9), self._goes_and_returns, agent)
        self._later(agent, began_at, self._limit_seconds, self._clock_looks, agent)

    def _later(
        self,
        agent: str,
        since: datetime | None,
        seconds: float,
        what: Callable[..., Awaitable[None] | None],
        *how: object,
    ) -> None:
        """If that same wrap-up goes on by then."""

        def then() -> Awaitable[None] | None:
            goes_on = spell_of(self._exchange, agent) == ("wrapping_up", since)
            return what(*how) if goes_on else None

        self._clock.after(seconds, then)

    def _clock_looks(self, agent: str) -> None:
        """Asterisk tells something of the phone: the desk looks at its clock."""
        self._exchange.looked_at(self._exchange.phone(agent))

    async def _says(self, agent: str, call: Came) -> None:
        said = self._draw.choice(_SAID_DIALED if call.dialed else _SAID)
        try:
            await self._desk.wrap_up(agent, said)
        except Linea800Error:
            return
        call.said = call.said or said
        tried = self._exchange.ledger.tries.get(call.call_id)
        if tried is not None:
            tried.said = tried.said or said

    async def _goes_and_returns(self, agent: str) -> None:
        """Out in the middle of the wrap-up, and back."""
        await self._desk.sign_out(agent)
        self._clock.after(self._draw.uniform(60, 300), self._desk.sign_in, agent)


def shifts_of(place: int, length: timedelta, hours: float, off: float) -> list[tuple[float, float]]:
    """So many hours on, so many off, each agent an hour after the one before."""
    found, begins = [], place * 3600.0 * (hours + off) / 7 % (3600 * (hours + off))
    begins -= 3600 * (hours + off)
    while begins < length.total_seconds():
        ends = begins + hours * 3600
        if ends > 900:
            found.append((max(0.0, begins), ends))
        begins += (hours + off) * 3600
    return found
