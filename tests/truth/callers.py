"""Callers of the made world: who they are, what they ask for, how long they wait, how they part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from agents.floor import own_queue
from calls.events import (
    CallAnswered,
    CallArrived,
    CallbackAsked,
    CustomerKnown,
    DialogueClosed,
    DialogueOffered,
    EndAsked,
    HangUpAsked,
    MenuEntered,
    QueueRefused,
    ReasonGiven,
    TaskMoved,
    WaitTold,
)
from tests.truth.exchange import Exchange
from tests.truth.ledger import Came, Wait
from tests.truth.lines import Line
from tests.truth.talks import Talks

NUMBER = "08001234567"
QUEUES = ("soporte", "ventas", "retencion")
CALLED_BACK = "soporte"
#: the words of reception for who is not let in
WHYS = ("closed", "full", "nobody")
_STATUSES = ("FULL", "JOINEMPTY", "JOINUNAVAIL")
_REASONS = ("", "billing", "no_signal", "moving")
#: how many callers are remembered, to call again
_RECENT = 200
Prefer = Callable[[str, str, datetime], Awaitable[bool]]


class Callers:
    """Everybody who calls. `prefer` keeps an agent for a caller; `end_call` is an agent's."""

    def __init__(
        self,
        exchange: Exchange,
        agents: list[str],
        prefer: Prefer,
        end_call: Callable[[str], Awaitable[None]],
    ) -> None:
        self._exchange = exchange
        self._clock = exchange.clock
        self._draw = exchange.draw
        self._agents = agents
        self._prefer = prefer
        self._known: list[tuple[str, int | None]] = []
        self._count = 0
        Talks(exchange, end_call, self._joins_another, self._hangs_up_in_the_menu)

    def arrive(self) -> None:
        """Somebody calls."""
        self._count += 1
        number, customer = self._who()
        call = Came(
            call_id=f"call-{self._count}", dialed=False, arrived_at=self._clock(), number=number,
            customer=customer, reason=self._draw.choice(_REASONS),
        )  # fmt: skip
        line = Line(call=call, number_called=NUMBER)
        self._exchange.ledger.calls[call.call_id] = call
        self._exchange.lines[call.call_id] = line
        say = self._exchange.say
        say(CallArrived, line, number_called=NUMBER, caller_number=number)
        say(CallAnswered, line)
        say(DialogueOffered, line, number_called=NUMBER)
        say(MenuEntered, line, menu="simple", node="start", language="es")
        if customer is not None:
            say(CustomerKnown, line, customer_id=customer)
        if call.reason:
            say(ReasonGiven, line, reason=call.reason)
        self._clock.after(self._draw.uniform(1, 25), self._chooses, line)

    def _who(self) -> tuple[str, int | None]:
        """One who called lately, one who called before from elsewhere, or somebody new."""
        chance = self._draw.random()
        if self._known and chance < 0.2:
            number, customer = self._draw.choice(self._known)
            if customer is not None and self._draw.random() < 0.3:
                number = f"57320{self._count:07d}"
            return number, customer
        if chance > 0.97:
            return "", None
        customer = self._count if self._draw.random() < 0.5 else None
        found = f"57310{self._count:07d}", customer
        self._known = [*self._known[-_RECENT:], found]
        return found

    # --- in the menu

    async def _chooses(self, line: Line) -> None:
        chance, queue = self._draw.random(), self._draw.choice(QUEUES)
        if chance < 0.05:
            self._exchange.hang_up_in_line(line)
        elif chance < 0.08:
            self._exchange.say(TaskMoved, line, task="balance", step="done")
            self._service_ends(line)
        elif chance < 0.14:
            self._turned_away_by_the_menu(line, queue)
        elif chance < 0.18:
            self._turned_away(line, queue)
        elif chance < 0.23:
            await self._wants_one(line)
        else:
            self._to_queue(line, queue)

    def _turned_away_by_the_menu(self, line: Line, queue: str) -> None:
        self._asks_elsewhere_in_vain(line, queue)
        self._elsewhere_or_out(line, queue)

    def _asks_elsewhere_in_vain(self, line: Line, queue: str) -> None:
        """The dialogue knows that the queue takes nobody, and says so."""
        at = self._clock()
        line.call.waits.append(Wait(queue=queue, joined_at=at, left_at=at, ended="refused"))
        self._exchange.say(QueueRefused, line, queue=queue, why=self._draw.choice(WHYS))

    def _turned_away(self, line: Line, queue: str) -> None:
        self._exchange.say(DialogueClosed, line)
        self._exchange.turned_away(line, queue, self._draw.choice(_STATUSES))
        self._elsewhere_or_out(line, queue)

    def _elsewhere_or_out(self, line: Line, queue: str) -> None:
        if self._draw.random() < 0.5:
            self._clock.after(self._draw.uniform(0, 4), self._goes_on, line, self._other(queue))
        else:
            self._clock.after(self._draw.uniform(0, 4), self._service_ends, line)

    def _other(self, queue: str) -> str:
        return self._draw.choice([one for one in QUEUES if one != queue])

    def _service_ends(self, line: Line) -> None:
        if line.place == "menu":
            self._exchange.say(EndAsked, line, by="service")
            self._exchange.end(line)

    async def _wants_one(self, line: Line) -> None:
        """The agent of the last time, if that one is there."""
        agent = self._draw.choice(self._agents)
        until = self._clock() + timedelta(seconds=self._draw.uniform(20, 90))
        if await self._prefer(line.call.call_id, agent, until):
            self._to_queue(line, own_queue(agent))
        else:
            self._to_queue(line, self._draw.choice(QUEUES))

    def send_on(self, line: Line) -> None:
        """The one agent does not come: to the others."""
        if line.place == "waiting":
            self._exchange.leave(line, "withdrawn", "MOVED")
            self._to_queue(line, self._draw.choice(QUEUES))

    # --- in the line

    def _to_queue(self, line: Line, queue: str) -> None:
        if line.place != "menu":
            return
        self._exchange.say(DialogueClosed, line)
        if self._draw.random() < 0.3:
            expected = float(self._draw.randint(5, 120))
            told = (expected, expected * 0.5, expected * 1.5)
            line.call.told.append((self._clock(), queue, *told))
            self._exchange.say(
                WaitTold, line, queue=queue, position=1, expected_seconds=told[0],
                low_seconds=told[1], high_seconds=told[2],
            )  # fmt: skip
        self._exchange.join(line, queue, priority=int(self._draw.random() < 0.2))
        self._waits(line, queue)

    def _waits(self, line: Line, queue: str) -> None:
        """What the caller does, or what is done, if nobody comes before."""
        draw, chance = self._draw, self._draw.random()
        if chance < 0.10:
            seconds = draw.choice((0.0, 5.0, draw.uniform(0, 5)))
            self._later(line, seconds, self._exchange.hang_up_in_line)
        elif chance < 0.66 or queue.startswith("own_"):
            seconds = draw.choice((20.0, 60.0, draw.expovariate(1 / 150)))
            self._later(line, seconds, self._exchange.hang_up_in_line)
        elif chance < 0.78:
            self._later(line, 90.0, self._gives_up, "timed_out", "TIMEOUT")
        elif chance < 0.86:
            self._later(line, draw.uniform(2, 60), self._presses_the_key)
        elif chance < 0.90:
            self._later(line, draw.uniform(2, 60), self._led_away)
        elif chance < 0.94:
            self._later(line, draw.uniform(2, 40), self._moved)
        elif chance < 0.96:
            self._later(line, draw.uniform(2, 40), self._put_ahead)
        else:
            how = draw.choice((
                ("withdrawn", "WITHDRAW"), ("empty_exit", "LEAVEEMPTY"),
                ("empty_exit", "LEAVEUNAVAIL"), ("failed", "UNKNOWN"),
            ))  # fmt: skip
            self._later(line, draw.uniform(2, 60), self._gives_up, *how)

    def _later(self, line: Line, seconds: float, what: Callable[..., None], *how: str) -> None:
        """If the caller still waits the same wait by then."""
        wait, ordinal = line.wait, len(line.call.waits)

        def then() -> None:
            same = line.wait is wait and len(line.call.waits) == ordinal
            if same and line.place in ("waiting", "offered"):
                what(line, *how)

        self._clock.after(seconds, then)

    def _gives_up(self, line: Line, ended: str, status: str) -> None:
        assert line.wait is not None
        queue = line.wait.queue
        self._exchange.leave(line, ended, status)
        chance = self._draw.random()
        if chance < 0.5:
            self._clock.after(0.0, self._goes_on, line, self._other(queue))
        elif chance < 0.6:
            self._exchange.turned_away(line, queue, "FULL")
            self._service_ends(line)
        else:
            self._clock.after(2.0, self._service_ends, line)

    def _presses_the_key(self, line: Line) -> None:
        """For being called back; the place is kept until it is clear what becomes of it."""
        assert line.wait is not None
        queue, chance = line.wait.queue, self._draw.random()
        # as what it counts if nothing else is said any more
        self._exchange.leave(line, "abandoned", "CALLBACK_KEY", hung_up=False)
        self._exchange.say(DialogueOffered, line, number_called="", reason="callback_key")
        seconds = self._draw.uniform(1, 15)
        if chance < 0.6 and queue == CALLED_BACK:
            self._clock.after(seconds, self._books, line, queue)
        elif chance < 0.8:
            self._clock.after(seconds, self._hangs_up_in_the_menu, line)
        else:
            self._clock.after(seconds, self._comes_back, line, queue)

    def _books(self, line: Line, queue: str) -> None:
        if line.place != "menu" or line.wait is None:
            return
        line.wait.ended, line.wait.booked = "key_exit", True
        number = line.call.number or f"57310{self._count:07d}"
        self._exchange.say(
            CallbackAsked, line, queue=queue, number=number.replace("57320", "57310"),
            waiting_since=line.since,
        )  # fmt: skip
        self._clock.after(1.5, self._service_ends, line)

    def _hangs_up_in_the_menu(self, line: Line) -> None:
        if line.place == "menu":
            self._exchange.say(HangUpAsked, line, cause=0)
            self._exchange.end(line)

    def _comes_back(self, line: Line, queue: str) -> None:
        if line.place == "menu":
            self._exchange.say(DialogueClosed, line)
            self._exchange.join(line, queue, same_place=True)
            self._waits(line, queue)

    def _led_away(self, line: Line) -> None:
        """We take the caller into a dialogue; then to another queue, back, or gone."""
        assert line.wait is not None
        queue, chance = line.wait.queue, self._draw.random()
        self._exchange.leave(line, "abandoned", "OVERFLOW")
        self._exchange.say(DialogueOffered, line, number_called="", reason="overflow")
        seconds = self._draw.uniform(1, 12)
        if chance < 0.4:
            self._clock.after(seconds, self._goes_on, line, self._other(queue))
        elif chance < 0.75:
            if chance < 0.55:
                self._asks_elsewhere_in_vain(line, self._other(queue))
            self._clock.after(seconds, self._comes_back, line, queue)
        else:
            if chance > 0.9:
                self._asks_elsewhere_in_vain(line, self._other(queue))
            self._clock.after(seconds, self._hangs_up_in_the_menu, line)

    def _goes_on(self, line: Line, queue: str) -> None:
        """In another queue: who kept a place gave it up by that, but was led away."""
        if line.place != "menu":
            return
        if line.wait is not None and line.wait.ended == "abandoned":
            line.wait.ended = "withdrawn"
        self._to_queue(line, queue)

    def _moved(self, line: Line) -> None:
        """By a supervisor."""
        assert line.wait is not None
        queue = line.wait.queue
        self._exchange.leave(line, "withdrawn", "MOVED")
        self._joins_another(line, queue)

    def _joins_another(self, line: Line, queue: str) -> None:
        self._exchange.join(line, other := self._other(queue))
        self._waits(line, other)

    def _put_ahead(self, line: Line) -> None:
        """By a supervisor: the same wait goes on."""
        assert line.wait is not None
        queue = line.wait.queue
        self._exchange.leave(line, "abandoned", "AHEAD")
        self._exchange.join(line, queue, priority=line.priority, same_place=True)
        self._waits(line, queue)
