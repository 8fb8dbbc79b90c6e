"""The ports a local Asterisk listens on, all on the loopback address, and how to find free ones."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
#: beside the default range, below the ports the system hands out by itself
_RTP_SEARCHED = range(22000, 32000)
_STEP = 50
#: blocks of ports that are kept: whoever holds the first port of a block has all of it
_BLOCKS = range(10000, 15000, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """UDP ports for SIP and RTP (two to a call leg), a TCP port for AMI."""

    sip: int = 15060
    ami: int = 15038
    rtp_first: int = 20000
    rtp_last: int = 21999


def free_ports(*, rtp_count: int = 400) -> Ports:
    """Ports that nobody uses at this moment; raises `OSError` when there are too few."""
    rtp_first = free_udp_range(rtp_count)
    return Ports(
        sip=free_udp_port(),
        ami=_free_port(socket.SOCK_STREAM),
        rtp_first=rtp_first,
        rtp_last=rtp_first + rtp_count - 1,
    )


@contextmanager
def kept_ports(count: int) -> Iterator[tuple[int, ...]]:
    """So many ports (49 at most), UDP and TCP, that nobody else gets here until the block ends.

    Nothing listens on them: that is for whomever they are meant for, once or again and again. The
    system hands none of them out by itself. Raises `OSError` when there are too few.
    """
    held, ports = _block(count)
    with held:
        yield ports


def _block(count: int) -> tuple[socket.socket, tuple[int, ...]]:
    kinds = (socket.SOCK_DGRAM, socket.SOCK_STREAM)
    for first in random.sample(_BLOCKS, len(_BLOCKS)):
        ports = tuple(range(first + 1, min(first + 1 + count, first + _BLOCKS.step)))
        held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with suppress(OSError):
            held.bind((LOOPBACK, first))
            if len(ports) == count and all(is_free(port, kind) for port in ports for kind in kinds):
                return held, ports
        held.close()
    raise OSError(f"found no {count} free ports to keep")


def free_udp_port() -> int:
    """A UDP port that nobody uses at this moment."""
    return _free_port(socket.SOCK_DGRAM)


def free_udp_range(count: int) -> int:
    """The first, even, of so many UDP ports in a row that nobody uses at this moment."""
    # in random order, so that two who search at once do not meet
    places = list(range(_RTP_SEARCHED.start, _RTP_SEARCHED.stop - count, _STEP))
    random.shuffle(places)
    for first in places:
        if all(is_free(port, socket.SOCK_DGRAM) for port in range(first, first + count)):
            return first
    raise OSError(f"found no {count} free UDP ports in a row")


def is_free(port: int, kind: socket.SocketKind) -> bool:
    """Whether the port can be listened on (`SOCK_DGRAM` for UDP, `SOCK_STREAM` for TCP)."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # as Asterisk does: connections of a run before that still linger are no obstacle
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def accepts_connections(port: int) -> bool:
    """Whether somebody accepts TCP connections at the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
