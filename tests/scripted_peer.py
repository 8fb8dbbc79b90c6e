"""A peer that speaks AMI, or pretends to, exactly as a test says."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable, Iterable
from socket import SO_LINGER, SOL_SOCKET
from socket import socket as Socket  # noqa: N812
from types import TracebackType
from typing import Self

Fields = Iterable[tuple[str, str]]
#: an action as it came; the values of a repeated header are joined by line ends
Action = dict[str, str]

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
SECRET = "open-sesame-800"


def message(fields: Fields) -> bytes:
    """One message on the wire."""
    return "".join([*(f"{name}: {value}\r\n" for name, value in fields), "\r\n"]).encode()


class Session:
    """One connection of a client to the peer."""

    def __init__(self, peer: ScriptedPeer, writer: asyncio.StreamWriter) -> None:
        self._peer = peer
        self._writer = writer
        #: every action but Login and Ping, in order
        self.actions: list[Action] = []
        self.pings = 0
        self.logins = 0
        #: while set, whatever the client says stays without an answer
        self.mute = peer.mute
        self.ended = False

    def write(self, data: bytes) -> None:
        """Exactly these bytes."""
        self._writer.write(data)

    def say(self, *fields: tuple[str, str]) -> None:
        """One message."""
        self.write(message(fields))

    def event(self, name: str, **headers: str) -> None:
        """One event with Asterisk's own time."""
        self.say(("Event", name), ("Timestamp", f"{time.time():.6f}"), *headers.items())

    def answer(self, action: Action, response: str = "Success", *fields: tuple[str, str]) -> None:
        """The answer to an action."""
        self.say(("Response", response), ("ActionID", action.get("ActionID", "")), *fields)

    def answer_list(self, action: Action, complete: str, items: Iterable[Fields]) -> None:
        """A list answer: start, items, end."""
        marked = ("ActionID", action["ActionID"])
        self.answer(action, "Success", ("EventList", "start"), ("Message", "will follow"))
        for item in items:
            self.say(*item, marked)
        self.say(("Event", complete), marked, ("EventList", "Complete"))

    async def drained(self) -> None:
        """Until the client's side took what was written."""
        await self._writer.drain()

    def hang_up(self) -> None:
        """Close in an orderly way."""
        self._writer.close()

    def cut(self) -> None:
        """Close with a reset, as a machine that lost its memory does."""
        socket: Socket = self._writer.get_extra_info("socket")
        if socket.fileno() >= 0:
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def heard(self, action: Action) -> None:
        """What a small Asterisk answers, unless the test has its own answer for the action."""
        name = action.get("Action", "")
        if name == "Ping":
            self.pings += 1
        elif name == "Login":
            self.logins += 1
        else:
            self.actions.append(action)
        if self.mute:
            return
        if name in self._peer.replies:
            self._peer.replies[name](self, action)
        elif name == "Login":
            self.log_in(action)
        elif name == "Ping":
            self.answer(action, "Success", ("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}"))
        else:
            self.answer(action)

    def log_in(self, action: Action) -> None:
        """Let the client in when the secret is right; otherwise say so and hang up."""
        if action.get("Secret") != self._peer.secret:
            self.answer(action, "Error", ("Message", "Authentication failed"))
            self.hang_up()
            return
        self.answer(action, "Success", ("Message", "Authentication accepted"))
        if self._peer.booted:
            self.boot()

    def boot(self) -> None:
        """Say that Asterisk is fully booted."""
        self.say(
            ("Event", "FullyBooted"), ("Privilege", "system,all"),
            ("Uptime", str(self._peer.uptime_seconds)), ("Status", "Fully Booted"),
        )  # fmt: skip


class ScriptedPeer:
    """An AMI server on a free port of 127.0.0.1."""

    def __init__(self, *, greeting: bytes = GREETING, port: int = 0) -> None:
        self.greeting = greeting
        self.port = port
        self.secret = SECRET
        self.booted = True
        self.uptime_seconds = 100
        self.mute = False
        #: the test's own answers, by action
        self.replies: dict[str, Callable[[Session, Action], None]] = {}
        self.sessions: list[Session] = []
        self._changed = asyncio.Condition()
        self._handlers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.close()
        for session in self.sessions:
            session.cut()
        if self._handlers:
            await asyncio.wait(self._handlers)
        await self._server.wait_closed()

    @property
    def session(self) -> Session:
        """The newest connection."""
        return self.sessions[-1]

    @property
    def actions(self) -> list[Action]:
        """Every action but Login and Ping that any connection brought, in order."""
        return [action for session in self.sessions for action in session.actions]

    @property
    def all_ended(self) -> bool:
        """Whether no connection is open any more."""
        return all(session.ended for session in self.sessions)

    async def until(self, condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
        """Wait for something that a connection, an action or an end makes true."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        session = Session(self, writer)
        self.sessions.append(session)
        try:
            session.write(self.greeting)
            await self._notify()
            await self._read(session, reader)
        except ConnectionError:
            pass
        finally:
            session.ended = True
            writer.close()
            await self._notify()
            self._handlers.discard(task)

    async def _read(self, session: Session, reader: asyncio.StreamReader) -> None:
        action: Action = {}
        while line := await reader.readline():
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if name:
                action[name] = f"{action[name]}\n{value}" if name in action else value
            elif action:
                session.heard(action)
                action = {}
                await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
