"""The link to Asterisk: connects, logs in, keeps alive and reconnects for ever.

Everything that is heard, and every change of the link itself, comes out of one queue in the
order in which it happened. What is asked gets its answer, or an error that says whether it was
sent. Nothing is ever sent twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any

from ami.errors import LoginRefusedError
from ami.message import Down, Event, Item, LoginInfo, RawMessage, Up
from ami.protocol import Connection, Order
from ami.wire import encode
from calls.errors import CommandRefusedError, LinkDownError, OutcomeUnknownError

Fields = Iterable[tuple[str, str]]

_log = logging.getLogger(__name__)
_random = SystemRandom()

#: why the link is down when we ended it ourselves
_STOPPED = "the link was stopped"


class AmiLink:
    """One AMI user's connection to one Asterisk, for as long as `run` runs.

    `backoff_seconds` is the first and the longest pause between attempts, `refused_seconds` the
    pause after a refused login. At `queue_limit` waiting events the connection is given up and
    made again when half of them are handled. Raises `ValueRefusedError` when user or secret
    cannot be sent as they are.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        ping_seconds: float = 1.0,
        mute_seconds: float = 3.0,
        action_seconds: float = 5.0,
        backoff_seconds: tuple[float, float] = (0.1, 2.0),
        refused_seconds: float = 5.0,
        queue_limit: int = 50_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._host = host
        self._port = port
        self._login = (("Action", "Login"), ("Username", user), ("Secret", secret))
        encode(self._login)
        self._ping_seconds = ping_seconds
        self._mute_seconds = mute_seconds
        self._action_seconds = action_seconds
        self._backoff_seconds = backoff_seconds
        self._refused_seconds = refused_seconds
        self._queue_limit = queue_limit
        self._clock = clock
        self._queue: asyncio.Queue[Item] = asyncio.Queue()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._connection: Connection | None = None
        self._unanswered_pings = 0
        self._failures = 0
        #: logged in to a fully booted Asterisk; only then is anything sent
        self.up = False
        #: why the link is down; empty while it is up
        self.reason = "not connected yet"
        #: Asterisk's refusal of the last login, None after one that was accepted
        self.refusal: LoginRefusedError | None = None
        #: Asterisk's own time in the last answer to a ping, epoch seconds
        self.switch_time: float | None = None

    def __repr__(self) -> str:
        return f"<AmiLink {self._host}:{self._port} {'up' if self.up else self.reason}>"

    @property
    def queue_length(self) -> int:
        """How many items wait to be taken."""
        return self._queue.qsize()

    # --- what comes in

    async def next(self) -> Item:
        """The next thing that happened, in order; waits for it."""
        item = await self._queue.get()
        if self._queue.qsize() <= self._queue_limit // 2:
            self._has_room.set()
        return item

    async def items(self) -> AsyncIterator[Item]:
        """Everything that happens, in order, without end."""
        while True:
            yield await self.next()

    # --- what goes out

    async def send(self, fields: Fields, *, timeout_seconds: float | None = None) -> RawMessage:
        """Send one action, `("Action", name)` first, and return its single answer.

        Raises `LinkDownError` (not sent), `OutcomeUnknownError` (sent, and the link was lost or no
        answer came in time), `CommandRefusedError` (Asterisk's own words), `ValueRefusedError`.
        """
        answers = await self._carry_out(Order(fields), timeout_seconds)
        return answers[0]

    async def ask(
        self, fields: Fields, complete: str, *, timeout_seconds: float | None = None
    ) -> list[RawMessage]:
        """Send an action that is answered by a list, and return the list's items.

        `complete` is the name of the event that ends the list. Raises what `send` raises.
        """
        answers = await self._carry_out(Order(fields, complete), timeout_seconds)
        return answers[1:-1]

    async def _carry_out(self, order: Order, timeout_seconds: float | None) -> list[RawMessage]:
        connection = self._connection
        if connection is None or not self.up:
            raise LinkDownError(f"{order['Action']} was not sent: {self.reason}")
        seconds = self._action_seconds if timeout_seconds is None else timeout_seconds
        connection.post(order)
        try:
            await asyncio.wait({order.future}, timeout=seconds)
        finally:
            connection.forget(order)
        if not order.future.done():
            raise OutcomeUnknownError(f"{order['Action']}: no answer within {seconds:g} s")
        order.future.result()
        answers: list[RawMessage] = order.responses
        if answers[0].get("Response") == "Error":
            raise CommandRefusedError(f"{order['Action']}: {answers[0].get('Message')}")
        return answers

    # --- the life of the link

    async def run(self) -> None:
        """Be connected, for ever; ends by cancellation only, and then nothing is left open."""
        while True:
            await self._has_room.wait()
            await self._live_once()
            await asyncio.sleep(self._pause_seconds())

    async def _live_once(self) -> None:
        connection = Connection(self._host, self._port, on_event=self._heard, on_lost=self._lost)
        self._connection = connection
        began = time.monotonic()
        try:
            await self._connect(connection)
            if await self._logged_in(connection):
                await self._keep_alive(connection)
        finally:
            connection.abort(_STOPPED)
            self._connection = None
            await connection.socket_closed.wait()
        if time.monotonic() - began > self._backoff_seconds[1]:
            self._failures = 0

    async def _connect(self, connection: Connection) -> None:
        where = f"{self._host}:{self._port}"
        try:
            async with asyncio.timeout(self._action_seconds):
                await connection.connect()
        except TimeoutError:
            connection.abort(f"no connection to {where} within {self._action_seconds:g} s")
        except OSError as error:
            connection.abort(f"no connection to {where}: {error.strerror or error}")

    async def _in_time(self, connection: Connection, answer: asyncio.Future[Any]) -> bool:
        """Whether the peer said what is due before it was lost, or mute for too long."""
        await asyncio.wait(
            {answer, connection.lost},
            timeout=self._mute_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not answer.done():
            connection.abort(self._mute_reason)
        return answer.done() and answer.exception() is None

    async def _logged_in(self, connection: Connection) -> bool:
        if not await self._in_time(connection, connection.greeting) or connection.lost.done():
            return False
        order = Order(self._login)
        connection.post(order)
        if not await self._in_time(connection, order.future):
            return False
        answer: RawMessage = order.responses[0]
        if answer.get("Response") == "Success":
            return True
        self.refusal = LoginRefusedError(f"login refused: {answer.get('Message')}")
        connection.abort(str(self.refusal))
        return False

    async def _keep_alive(self, connection: Connection) -> None:
        """Ping until the connection is lost; the ping also wakes events that Asterisk forgot.

        Silence is counted in ticks of our own loop: a stall of ours is not the peer's fault.
        """
        self._unanswered_pings = 0
        boot_is_late_at = time.monotonic() + self._action_seconds
        while not connection.lost.done():
            if self._unanswered_pings * self._ping_seconds >= self._mute_seconds:
                connection.abort(self._mute_reason)
                return
            if not self.up and time.monotonic() > boot_is_late_at:
                self._go_down(
                    "logged in, but Asterisk does not say FullyBooted: it is still starting, "
                    "or this AMI user may not read the class system"
                )
            ping = Order([("Action", "Ping")])
            ping.future.add_done_callback(self._answered)
            connection.post(ping)
            self._unanswered_pings += 1
            await asyncio.wait({connection.lost}, timeout=self._ping_seconds)

    def _answered(self, pong: asyncio.Future[RawMessage]) -> None:
        if pong.cancelled() or pong.exception() is not None:
            return
        self._unanswered_pings = 0
        timestamp = pong.result().timestamp
        if timestamp is not None:
            self.switch_time = timestamp

    def _heard(self, message: RawMessage) -> None:
        if not self.up:
            self._hear_boot(message)
        elif self._queue.qsize() < self._queue_limit:
            self._queue.put_nowait(Event(message))
        elif self._connection is not None:
            self._has_room.clear()
            self._connection.abort(f"{self._queue_limit} events wait to be handled")

    def _hear_boot(self, message: RawMessage) -> None:
        """Before `FullyBooted` nothing counts: what exists by then is asked for after it."""
        if message.event != "FullyBooted" or self._connection is None:
            return
        info = LoginInfo(
            at=datetime.fromtimestamp(self._clock(), UTC),
            uptime_seconds=int(message.get("Uptime", "0")),
            version=self._connection.greeting.result(),
        )
        self.up, self.reason, self.refusal = True, "", None
        self._queue.put_nowait(Up(info))
        _log.info("linked to Asterisk at %s:%d", self._host, self._port)

    def _lost(self, reason: str) -> None:
        if reason != str(self.refusal):
            self.refusal = None
        self._go_down(reason)

    def _go_down(self, reason: str) -> None:
        self.up = False
        if reason != self.reason:
            self.reason = reason
            self._queue.put_nowait(Down(reason))
            level = logging.INFO if reason == _STOPPED else logging.WARNING
            _log.log(level, "no link to Asterisk at %s:%d: %s", self._host, self._port, reason)

    @property
    def _mute_reason(self) -> str:
        return f"mute for {self._mute_seconds:g} s"

    def _pause_seconds(self) -> float:
        if self.refusal is not None:
            return self._refused_seconds
        first, longest = self._backoff_seconds
        pause = min(longest, first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return pause * _random.uniform(0.5, 1.0)
