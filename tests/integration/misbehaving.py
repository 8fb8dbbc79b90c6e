"""Systems of an operator that listen on a port: the example, and servers worse than any example."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

from backoffice.example.moods import Mood
from backoffice.example.server import create_example
from linea800.web import free_tcp_port, listening, serve_http

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextlib.asynccontextmanager
async def example_at(mood: Mood | None = None) -> AsyncIterator[str]:
    """The example server at a free port; its address."""
    listener = listening("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.listen()
    example = create_example(mood)
    serving = asyncio.create_task(serve_http(example, listener))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        example.state.moods.change(Mood())
        serving.cancel()
        await asyncio.wait({serving})


@contextlib.asynccontextmanager
async def behaving(behaviour: Behaviour, scheme: str = "http") -> AsyncIterator[str]:
    """A server that does this with every connection; its address."""
    open_ones: set[asyncio.Task[None]] = set()
    transports: list[asyncio.WriteTransport] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_ones.add(task)
        transports.append(writer.transport)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await behaviour(reader, writer)
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        for transport in transports:
            transport.abort()
        await server.wait_closed()


def dead_port() -> str:
    """An address where nobody listens."""
    return f"http://127.0.0.1:{free_tcp_port()}"


async def accept_and_silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Take what comes and say nothing."""
    while await reader.read(1024):
        pass


async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read the question, then go."""
    await reader.readuntil(b"\r\n\r\n")


def saying(answer: bytes) -> Behaviour:
    """Answer every question with these bytes, then stay."""

    async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await accept_and_silent(reader, writer)

    return said


def trickling(beginning: bytes, piece: bytes, pause_seconds: float) -> Behaviour:
    """Answer with a beginning, and then with pieces for ever."""

    async def trickled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(beginning)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return trickled


class Counting:
    """Does what it is told in turn, the last for ever, and keeps the heads of the questions."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.heads: list[str] = []
        self._behaviours = itertools.chain(behaviours, itertools.repeat(behaviours[-1]))

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        replayed = asyncio.StreamReader()
        replayed.feed_data(head)
        replayed.feed_eof()
        await next(self._behaviours)(replayed, writer)


def good(body: bytes) -> Behaviour:
    """A proper answer."""
    return saying(_HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


#: what is no decent HTTP, by name
BEHAVIOURS: dict[str, Behaviour] = {
    "accepts and is silent": accept_and_silent,
    "hangs up": hang_up,
    "speaks another language": saying(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "says nothing but zeros": saying(b"\0" * 100_000),
    "stops in the middle": saying(_HEAD + b"Content-Length: 100\r\n\r\n{"),
    "has a negative length": saying(_HEAD + b"Content-Length: -1\r\n\r\n{}"),
    "has two lengths": saying(_HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "has no end to its head": trickling(_HEAD, b"X-More: " + b"x" * 8000 + b"\r\n", 0),
    "trickles its head": trickling(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.02),
    "trickles its body": trickling(_HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 0.02),
    "asks for patience for ever": trickling(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.005),
    "has no end to its body": trickling(
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n", 0
    ),
    "has bad chunks": saying(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "packs what was to be plain": saying(
        _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    ),
}
