"""The wires of many phones at one SIP port: a beat of 20 ms for all, and what comes in for each."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import select
import socket
import struct
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bench.ivr.phone import Call
from bench.ivr.rtp import ALAW, PACKET_SECONDS, parsed
from bench.ivr.sip import Line, Message, reply

#: of Linux: tell with each datagram when the kernel took it in
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("qq")
_RESEND_SECONDS, _GIVE_UP_SECONDS = 0.5, 16.0
_BUFFER = 4 << 20
#: about a second of packets, by the kernel's way of counting
_EAR_BYTES = 24 << 10
#: beats that are so late are left out: they would only come all at once
_MOST_LATE_SECONDS = 0.2


@dataclass(slots=True)
class _Insisted:
    data: bytes
    began: float
    again: float
    every: float


class Exchange:
    """Calls from one port of ours to Asterisk's; the port must be one that the trunk accepts."""

    def __init__(self, port: int, asterisk_port: int) -> None:
        self.port = port
        self.asterisk_port = asterisk_port
        #: messages Asterisk never answered
        self.unanswered: list[str] = []
        #: the most any beat came late, seconds: the bench's own fault
        self.most_late_seconds = 0.0
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._calls: dict[str, Call] = {}
        self._up: dict[int, Call] = {}
        self._insisted: dict[tuple[str, str], _Insisted] = {}
        self._ears = select.epoll()

    def call(self, number: str, caller_number: str, codec: int = ALAW) -> Call:
        """A call that rings now; `codec` is `ALAW` or `MULAW`."""
        line = Line(
            call_id=f"{secrets.token_hex(12)}@subscriber",
            number=number,
            caller_number=caller_number,
            port=self.port,
            asterisk_port=self.asterisk_port,
            tag=secrets.token_hex(6),
        )
        call = Call(line, self, codec)
        self._calls[line.call_id] = call
        call.ring()
        return call

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Exchange]:
        """Works inside the block; at its end whoever still talks hangs up."""
        loop = asyncio.get_running_loop()
        self._sip.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._sip.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._sip.bind(("127.0.0.1", self.port))
        self._sip.setblocking(False)
        loop.add_reader(self._sip.fileno(), self._read_sip)
        loop.add_reader(self._ears.fileno(), self._read_rtp)
        beating = asyncio.create_task(self._keep_beating())
        try:
            yield self
        finally:
            for call in list(self._calls.values()):
                call.hang_up()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GIVE_UP_SECONDS):
                    while self._insisted and not beating.done():  # noqa: ASYNC110 - Asterisk's doing
                        await asyncio.sleep(PACKET_SECONDS)
            beating.cancel()
            await asyncio.wait({beating})
            loop.remove_reader(self._sip.fileno())
            loop.remove_reader(self._ears.fileno())
            self._sip.close()
            self._ears.close()
            if not beating.cancelled() and (error := beating.exception()):
                raise error

    def listen(self, call: Call, *, ears: bool) -> None:
        """Let a call hear what comes from now on, or (`ears` false) nothing: it costs no time."""
        number = call.rtp.fileno()
        if number < 0:
            return
        if not ears:
            with contextlib.suppress(FileNotFoundError):
                self._ears.unregister(number)
            return
        with contextlib.suppress(BlockingIOError):
            while True:
                call.rtp.recv(4096)
        with contextlib.suppress(FileExistsError):
            self._ears.register(number, select.EPOLLIN)

    # --- what calls ask: `bench.ivr.phone.Wire`

    def send(self, data: bytes) -> None:
        """As `Wire`."""
        self._sip.sendto(data, ("127.0.0.1", self.asterisk_port))

    def insist(self, key: tuple[str, str], data: bytes) -> None:
        """As `Wire`."""
        now = time.monotonic()
        self._insisted[key] = _Insisted(data, now, now + _RESEND_SECONDS, _RESEND_SECONDS)
        self.send(data)

    def heard_back(self, key: tuple[str, str]) -> None:
        """As `Wire`."""
        self._insisted.pop(key, None)

    def connect(self, call: Call) -> None:
        """As `Wire`."""
        call.rtp.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        # a bench that is late hears gaps, and does not fall further and further behind
        call.rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _EAR_BYTES)
        self._up[call.rtp.fileno()] = call
        self.listen(call, ears=True)

    def disconnect(self, call: Call) -> None:
        """As `Wire`."""
        self.listen(call, ears=False)
        self._up.pop(call.rtp.fileno(), None)
        # replies may still come for it
        asyncio.get_running_loop().call_later(
            2 * _GIVE_UP_SECONDS, self._calls.pop, call.line.call_id, None
        )

    # --- the wires

    def _read_sip(self) -> None:
        while True:
            try:
                data, at = _received(self._sip)
            except BlockingIOError:
                return
            message = Message.parsed(data)
            if message is None:
                continue
            call = self._calls.get(message.get("call-id"))
            if call is not None:
                call.message(message, at)
            elif not message.status:
                self.send(reply(message, "200 OK"))

    def _read_rtp(self) -> None:
        for number, _ in self._ears.poll(0):
            call = self._up.get(number)
            if call is None:
                continue
            try:
                data, at = _received(call.rtp)
            except OSError:  # nothing there, or Asterisk refused a packet of ours
                continue
            heard = parsed(data, at)
            if heard is not None:
                for ear in tuple(call.ears):
                    ear(heard)

    async def _keep_beating(self) -> None:
        due = time.monotonic()
        while True:
            due += PACKET_SECONDS
            late = time.monotonic() - due
            self.most_late_seconds = max(self.most_late_seconds, late)
            if late > _MOST_LATE_SECONDS:
                due += late
            await asyncio.sleep(max(-late, 0))
            for call in list(self._up.values()):
                call.beat()
            self._resend(time.monotonic())

    def _resend(self, now: float) -> None:
        for key, each in list(self._insisted.items()):
            if now < each.again:
                continue
            if now - each.began > _GIVE_UP_SECONDS:
                del self._insisted[key]
                self.unanswered.append(key[1])
                self._calls[key[0]].gave_up(key[1])
                continue
            each.every *= 2
            each.again = now + each.every
            self.send(each.data)


def _received(wire: socket.socket) -> tuple[bytes, float]:
    """A datagram and when the kernel took it in."""
    data, notes, _, _ = wire.recvmsg(4096, 64)
    for _, kind, value in notes:
        if kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(value[: _TIMESPEC.size])
            return data, seconds + nanoseconds / 1e9
    return data, time.time()
