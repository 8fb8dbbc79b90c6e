"""The ports a local Asterisk listens on, all on the loopback address, and how to find free ones."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
#: beside the default range, below the ports the system hands out by itself
_RTP_SEARCHED = range(22000, 32000)
_STEP = 50


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
