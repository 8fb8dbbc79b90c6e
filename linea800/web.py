"""uvicorn inside our own loop: one process, one structure, no signal handlers of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from calls.errors import Linea800Error

_UNREAD_MILLISECONDS = 30_000


class PortTakenError(Linea800Error):
    """Another program listens where the API should."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours (`linea800 run`); uvicorn would keep them."""
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `PortTakenError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # inherited by each connection: a client that stopped reading does not keep its buffer for ever
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MILLISECONDS)
    # likewise: an answer's last packet does not wait for the client to say that it has the others
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"{host}:{port}: {error.strerror}; choose another with LINEA800_HTTP_PORT"
        ) from error
    return listener


async def serve_http(app: FastAPI, listener: socket.socket) -> None:
    """Serve until cancelled; closes the socket."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await asyncio.wait({serving}, timeout=4)
        raise
    finally:
        if not serving.done():
            serving.cancel()
            await asyncio.wait({serving})
        listener.close()


def free_tcp_port(preferred: int = 0) -> int:
    """A TCP port of the loopback address that nobody uses at this moment; `preferred` if it is."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return free_tcp_port()
        return int(probe.getsockname()[1])
