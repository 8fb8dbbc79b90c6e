"""One connection to Asterisk, on panoramisk's classes with what they lack.

As released (1.4) panoramisk sends unanswered actions again after a reconnection, guesses which
answers are lists, decodes each segment on its own, and loses the rest of a segment when a
handler fails. Each override below takes one of these away; `test_ami_link*.py` and
`test_ami_protocol.py` show it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ami.errors import ValueRefusedError
from ami.message import RawMessage
from ami.wire import encode
from calls.errors import LinkDownError, OutcomeUnknownError

GREETING = b"Asterisk Call Manager/"
#: no genuine message is near this; it bounds what a peer that is no Asterisk can make us hold
MESSAGE_BYTES = 262_144
_GREETING_BYTES = 256
_END = b"\r\n\r\n"
_LIST_PREFIX = "list-"

_log = logging.getLogger(__name__)
_numbers = itertools.count(1)


class Order(Action):  # type: ignore[misc]  # panoramisk has no types
    """One action on its way: its text, checked at once, and the future of its answer.

    `complete` names the event that ends a list of answers; without it there is one answer.
    """

    def __init__(self, fields: Iterable[tuple[str, str]], complete: str = "") -> None:
        pairs = list(fields)
        given = [value for header, value in pairs if header.lower() == "actionid"]
        if complete and given:
            raise ValueRefusedError("a list is asked for under an ActionID of the link's own")
        if not given:
            given = [f"{_LIST_PREFIX if complete else 'order-'}{next(_numbers)}"]
            pairs.append(("ActionID", given[0]))
        self._text = encode(pairs).decode()
        super().__init__({"Action": dict(pairs).get("Action", ""), "ActionID": given[0]})
        self.complete = complete

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Order {self['Action']} {self.id}>"

    @property
    def multi(self) -> bool:
        """Stated by who asks, not guessed from the wording; a refusal is a single answer."""
        return bool(self.complete) and self.responses[0].get("Response") != "Error"

    @property
    def completed(self) -> bool:
        """Whether the last message ends the answer."""
        last: RawMessage = self.responses[-1]
        return (
            not self.multi
            or last.event == self.complete
            or last.get("EventList").lower() == "complete"
        )

    def fail(self, reason: str) -> None:
        """The connection is gone: who waits is told, once."""
        if not self.future.done():
            self.future.set_exception(OutcomeUnknownError(f"{self['Action']}: {reason}"))
            self.future.exception()  # retrieved: nobody waits for a ping


class SteadyProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """Bytes to messages, whatever the segments; answers to their orders, events to the link."""

    encoding = "utf-8"
    closed: bool
    version: str | None
    responses: dict[str, Order]

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self._searched = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called by asyncio."""
        super().connection_made(transport)
        self.factory = self._connection
        self._connection.opened(self)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio with whatever came: a byte, half a letter, a thousand messages."""
        if self.closed:
            return
        self._buffer += data
        if self.version is None and not self._greeted():
            return
        start = 0
        while not self.closed:
            end = self._buffer.find(_END, max(start, self._searched))
            if end < 0:
                break
            self._read(self._buffer[start:end])
            start = end + len(_END)
        del self._buffer[:start]
        self._searched = max(0, len(self._buffer) - len(_END) + 1)
        if len(self._buffer) > MESSAGE_BYTES:
            self._connection.abort(f"a message of more than {MESSAGE_BYTES} bytes, not an AMI")

    def _greeted(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        expected = GREETING if end else GREETING[: len(line)]
        if not line.startswith(expected) or len(line) > _GREETING_BYTES:
            self._connection.abort("what answers there is not an Asterisk Manager Interface")
        elif end:
            self.version = line[len(GREETING) :].decode("ascii", "replace").strip()
            self._buffer = rest
            self._connection.greeting.set_result(self.version)
        return self.version is not None

    def _read(self, block: bytearray) -> None:
        try:
            message = RawMessage.from_text(block.decode("utf-8", "replace").lstrip("\r\n"))
            if message is not None:
                self.handle_message(message)
        except Exception:  # one message must not take the others with it
            _log.exception("a message of Asterisk could not be handled; going on with the next")

    def handle_message(self, message: RawMessage) -> None:
        """An event is never the answer to a single action: `OriginateResponse` has `Response:`."""
        action_id = message.get("ActionID")
        order = self.responses.get(action_id)
        if message.event and not action_id.startswith(_LIST_PREFIX):
            self.factory.dispatch(message)
        elif order is not None and order.add_message(message):
            self.forget(order)

    def forget(self, order: Order) -> None:
        """Stop waiting for an order's answer."""
        self.responses.pop(order.id, None)

    def close(self) -> None:
        """At once: a mute peer would never read what is left. Nothing is kept to be sent again."""
        self.closed = True
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when the socket is closed, by whomever."""
        self.closed = True
        self.factory.connection_lost(exc)


class Connection(Manager):  # type: ignore[misc]  # panoramisk has no types
    """One connection, opened once: it neither logs in, pings nor reconnects by itself.

    `on_event` gets every event in order; `on_lost` is called once, with the reason, at the very
    point in that order at which the connection ended. Neither may block.
    """

    protocol: SteadyProtocol | None

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_event: Callable[[RawMessage], None],
        on_lost: Callable[[str], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            host=host, port=port, loop=loop, protocol_factory=lambda: SteadyProtocol(self)
        )
        self._on_event = on_event
        self._on_lost = on_lost
        self.greeting: asyncio.Future[str] = loop.create_future()
        self.lost: asyncio.Future[str] = loop.create_future()
        self.socket_closed = asyncio.Event()

    def connection_made(self, f: asyncio.Future[Any]) -> None:
        """Who called `connect()` awaits its outcome; there is no retry behind their back."""

    def opened(self, protocol: SteadyProtocol) -> None:
        """The socket is open; a connection given up in the meantime is closed again."""
        self.protocol = protocol
        if self.lost.done():
            protocol.close()

    def send_awaiting_actions(self, *_: object) -> None:
        """Nothing ever waits to be sent again."""

    def dispatch(self, event: RawMessage) -> None:
        """One plain callback, so that order is kept."""
        self._on_event(event)

    def post(self, order: Order) -> None:
        """Send; the answer comes in `order.future`."""
        if self.protocol is None or self.lost.done():
            raise LinkDownError(f"{order['Action']} was not sent: there is no connection")
        if order.id in self.protocol.responses:
            raise ValueRefusedError(f"ActionID {order.id} is already waiting for its answer")
        self.send_action(order)

    def forget(self, order: Order) -> None:
        """Stop waiting for an order's answer; what still comes for it finds nobody."""
        if self.protocol is not None:
            self.protocol.forget(order)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the protocol when the socket is closed."""
        self._lose("Asterisk closed the connection" if exc is None else f"connection lost: {exc}")
        self.socket_closed.set()

    def abort(self, reason: str) -> None:
        """End the connection now; `reason` is told to everyone who waits."""
        self._lose(reason)
        if self.protocol is None:
            self.socket_closed.set()
        else:
            self.protocol.close()

    def _lose(self, reason: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(reason)
        if self.protocol is not None:
            self.protocol.closed = True
            orders, self.protocol.responses = self.protocol.responses, {}
            for order in orders.values():
                order.fail(reason)
        self._on_lost(reason)
