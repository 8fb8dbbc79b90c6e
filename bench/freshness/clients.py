"""Supervisors' screens: some read the live stream, some hold it open and never read."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

#: who saw what, and when: (call, state or "gone", epoch seconds)
Sight = tuple[str, str, float]
_SMALL = 4096
#: the first picture of a floor of hundreds is one line
_LONGEST_LINE = 16 * 1024 * 1024


def watch(pipe: Connection, port: int, tokens: Sequence[str], reading: int, deaf: int) -> None:
    """A process of its own: opens the streams, says so, and tells its sights when asked to end."""
    pipe.send(asyncio.run(_watch(pipe, port, tokens, reading, deaf)))


async def _watch(
    pipe: Connection, port: int, tokens: Sequence[str], reading: int, deaf: int
) -> list[Sight]:
    sights: list[Sight] = []
    stuck = [await _open(port, tokens[at % len(tokens)], small=True) for at in range(deaf)]
    streams = [await _open(port, tokens[(deaf + at) % len(tokens)]) for at in range(reading)]
    readers = [
        asyncio.create_task(
            _read(await asyncio.open_connection(sock=stream, limit=_LONGEST_LINE), sights)
        )
        for stream in streams
    ]
    pipe.send("open")
    await asyncio.to_thread(pipe.recv)
    for reader in readers:
        reader.cancel()
    ends = await asyncio.gather(*readers, return_exceptions=True)
    for end in ends:
        if not isinstance(end, asyncio.CancelledError):
            raise RuntimeError(f"a screen saw its stream end: {end!r}")
    for each in stuck:
        each.close()
    return sights


async def _open(port: int, token: str, *, small: bool = False) -> socket.socket:
    connection = socket.socket()
    if small:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    request = f"GET /live/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    await loop.sock_sendall(connection, request.encode())
    return connection


async def _read(
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter], sights: list[Sight]
) -> None:
    reader, writer = stream
    shown: dict[str, str] = {}
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                at = time.time()
                things = json.loads(line[6:])["things"]
                for path, thing in things.items():
                    state = thing["state"] if thing and path.startswith("calls/") else "gone"
                    # a call is told again when its place in the line is another
                    if path.startswith("calls/") and shown.get(path) != state:
                        shown[path] = state
                        sights.append((path[6:], state, at))
    finally:
        writer.close()
