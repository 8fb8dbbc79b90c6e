"""The second witness: asks Asterisk the same questions with other eyes than the link's.

It stands on asterisk-ami, a client written by other people: threads, blocking calls, its own
reader. What it says about Asterisk is no echo of what our link believes. Used by
`linea800 doctor` and by tests; never by the running service.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from asterisk.ami.action import Action, LoginAction
from asterisk.ami.client import AMIClient
from asterisk.ami.event import Event
from asterisk.ami.response import Response

from ami.errors import LoginRefusedError
from ami.wire import encode
from ami.witness_rows import ChannelRow, QueueRow, channel_row, queue_row
from calls.errors import CommandRefusedError, LinkDownError, OutcomeUnknownError


@dataclass(frozen=True, slots=True)
class _Greeted:
    """What answers there greeted as an AMI."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """The reader is over, and why."""

    reason: str


class _Client(AMIClient):  # type: ignore[misc]  # asterisk-ami has no types
    """asterisk-ami with its reader mended: silence does not end it, and its end is told."""

    def __init__(self, host: str, port: int, timeout_seconds: float) -> None:
        super().__init__(address=host, port=port, timeout=timeout_seconds)
        self.heard: queue.Queue[Any] = queue.Queue()

    def connect(self) -> None:
        """The time limit is for connecting and for answers, not for how long silence may last."""
        self.heard = queue.Queue()
        self._socket = socket.create_connection((self._address, self._port), self._timeout)
        self._socket.settimeout(None)
        self.finished = threading.Event()
        self._thread = threading.Thread(target=self.listen, name="ami-witness", daemon=True)
        self._thread.start()

    def listen(self) -> None:
        """The reader's thread."""
        reason = "Asterisk closed the connection"
        try:
            super().listen()
        except Exception:  # the library raises bare ones, and only before the greeting
            reason = "what answers there does not greet as an Asterisk Manager Interface"
        finally:
            self._socket.close()
            self.heard.put(_Ended(reason))

    def send(self, pack: Action) -> None:
        """All of it, and only what Asterisk reads as this one action."""
        self._socket.sendall(encode([("Action", pack.name), *pack.keys.items()]))

    def _fire_on_connect(self, **_: object) -> None:
        self.heard.put(_Greeted())

    def fire_recv_pack(self, pack: str) -> None:
        """Called by the reader; Asterisk sometimes sends one line end too many."""
        super().fire_recv_pack(pack.lstrip())

    def fire_recv_reponse(self, response: Response) -> None:
        """Called by the reader with an answer (the name is the library's)."""
        self.heard.put(response)

    def fire_recv_event(self, event: Event) -> None:
        """Called by the reader with an event."""
        self.heard.put(event)

    def disconnect(self) -> None:
        """The reader is woken, ended and waited for."""
        self.finished.set()
        with suppress(OSError):  # the far end was faster
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(self._timeout)


class Witness:
    """A blocking AMI session that asks and does nothing else; to be used in a `with` block.

    Every call ends within `patience_seconds`. Entering raises `LinkDownError` when there is no
    AMI, `LoginRefusedError` when it does not let us in; questions raise `OutcomeUnknownError`
    without an answer and `CommandRefusedError` when Asterisk will not tell. A user or secret that
    cannot be sent as it is raises `ValueRefusedError` at once.
    """

    def __init__(
        self, host: str, port: int, user: str, secret: str, *, patience_seconds: float = 5.0
    ) -> None:
        self._where = f"{host}:{port}"
        self._patience_seconds = patience_seconds
        self._login = LoginAction(user, secret)
        self._login.keys["Events"] = "off"
        encode(self._login.keys.items())
        self._client = _Client(host, port, patience_seconds)

    def __enter__(self) -> Self:
        try:
            self._client.connect()
        except OSError as error:
            raise LinkDownError(f"no connection to {self._where}: {error}") from error
        with ExitStack() as stack:
            stack.callback(self._client.disconnect)
            try:
                self._hear("greeting", time.monotonic() + self._patience_seconds)
                self._put(self._login)
            except CommandRefusedError as error:
                raise LoginRefusedError(f"login refused: {error}") from error
            except OutcomeUnknownError as error:
                raise LinkDownError(f"no AMI at {self._where}: {error}") from error
            stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._client.disconnect()

    def version(self) -> str:
        """The version of Asterisk itself, for example 22.10.1."""
        return str(self._ask("CoreSettings")[0].get("AsteriskVersion", ""))

    def channels(self) -> list[ChannelRow]:
        """Every channel that exists."""
        return [
            channel_row(row) for row in self._ask("CoreShowChannels", "CoreShowChannelsComplete")
        ]

    def queues(self) -> list[QueueRow]:
        """Every queue, with members and waiting callers."""
        rows = self._ask("QueueStatus", "QueueStatusComplete")
        names = [row["Queue"] for row in rows if row["Event"] == "QueueParams"]
        return [
            queue_row(name, [row for row in rows if row.get("Queue") == name]) for name in names
        ]

    def _ask(self, name: str, complete: str = "") -> list[dict[str, Any]]:
        return self._put(Action(name), complete)

    def _put(self, action: Action, complete: str = "") -> list[dict[str, Any]]:
        """The answer, alone or as a list that the event `complete` ends."""
        number = self._client.next_action_id()
        action.keys["ActionID"] = number
        deadline = time.monotonic() + self._patience_seconds
        try:
            self._client.send(action)
        except OSError as error:
            raise LinkDownError(f"{action.name} was not sent: {error}") from error
        items: list[dict[str, Any]] = []
        while True:
            heard = self._hear(action.name, deadline)
            if heard.keys.get("ActionID") != number:
                continue  # the late answer to an earlier question
            if isinstance(heard, Event):
                if heard.name == complete:
                    return items
                items.append({**heard.keys, "Event": heard.name})
            elif heard.is_error():
                raise CommandRefusedError(str(heard.keys.get("Message", "")))
            elif not complete:
                return [heard.keys]

    def _hear(self, what: str, deadline: float) -> Any:
        """The next answer, event or greeting."""
        try:
            heard = self._client.heard.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise OutcomeUnknownError(
                f"{what}: nothing came within {self._patience_seconds:g} s"
            ) from None
        if isinstance(heard, _Ended):
            self._client.heard.put(heard)  # for the next question too
            raise OutcomeUnknownError(f"{what}: {heard.reason}")
        return heard
