"""The called people and machines: SIP and RTP from one process, so that every moment is known.

SIPp starts its audio 10 to 110 ms after the ACK, plays one file for all, and cannot tell when it
hears something. Here each number has its own greeting, sent packet by packet from the ACK on, and
what Asterisk sends back is listened to. UDP on the loopback address, and no more of SIP than a
called party needs.
"""

from __future__ import annotations

import asyncio
import re
import struct
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from bench.amd.greetings import TAIL_SECONDS, Greeting
from local_asterisk.ports import LOOPBACK
from traffic.voice import alaw

Address = tuple[str, int]

_PACKET_BYTES = 160
_PACKET_SECONDS = 0.02
_TAIL_PACKETS = round(TAIL_SECONDS / _PACKET_SECONDS)
_ALAW = 8
_INVITED = re.compile(r"^INVITE sips?:\+?(\d+)@")
_RTP_PORT = re.compile(r"^m=audio (\d+)", re.MULTILINE)
_ECHOED = re.compile(r"^(?:Via|From|To|Call-ID|CSeq):[^\r]*", re.IGNORECASE | re.MULTILINE)
_CALL_ID = re.compile(r"^Call-ID: *(\S+)", re.IGNORECASE | re.MULTILINE)
#: the mean amplitude of a packet with something to hear in it
_AUDIBLE = 200.0


@dataclass(slots=True)
class Answered:
    """One answered call; moments in epoch seconds."""

    greeting: Greeting
    remote: Address
    at: float
    #: when the packet with the first sample of the greeting left
    sound_at: float | None = None
    #: when packets with something to hear came from Asterisk
    heard_at: list[float] = field(default_factory=list)
    over: bool = False
    packets: int = 0


class Called:
    """Everybody behind the carrier's port, by number; `silent_lines` send no silence at all."""

    def __init__(self, greetings: Mapping[str, Greeting], *, silent_lines: bool = False) -> None:
        self._greetings = greetings
        self._silent_lines = silent_lines
        self._calls: dict[str, Answered] = {}
        self._by_remote: dict[Address, Answered] = {}
        self._sip: asyncio.DatagramTransport | None = None
        self._rtp: asyncio.DatagramTransport | None = None
        #: by number, the last call to it
        self.answered: dict[str, Answered] = {}

    @asynccontextmanager
    async def listening(self, sip_port: int) -> AsyncIterator[None]:
        """Answer calls inside the block."""
        loop = asyncio.get_running_loop()
        self._sip, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._hear_sip), local_addr=(LOOPBACK, sip_port)
        )
        self._rtp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._hear_rtp), local_addr=(LOOPBACK, 0)
        )
        talking = asyncio.create_task(self._talk())
        try:
            yield
        finally:
            talking.cancel()
            await asyncio.wait({talking})
            self._sip.close()
            self._rtp.close()

    # --- SIP

    def _hear_sip(self, data: bytes, address: Address) -> None:
        message = data.decode("utf-8", "replace")
        call_id = _CALL_ID.search(message)
        if call_id is None:
            return
        if message.startswith("INVITE"):
            self._invited(message, call_id[1], address)
        elif message.startswith("ACK"):
            self._confirmed(call_id[1])
        elif message.startswith(("BYE", "CANCEL", "OPTIONS")):
            self._say(message, address, "200 OK")
            self._ended(call_id[1])

    def _invited(self, message: str, call_id: str, address: Address) -> None:
        number, port = _INVITED.match(message), _RTP_PORT.search(message)
        greeting = self._greetings.get(number[1]) if number else None
        if number is None or port is None or greeting is None:
            self._say(message, address, "404 Not Found")
            return
        if call_id not in self._calls:
            call = Answered(greeting, (LOOPBACK, int(port[1])), time.time())
            self._calls[call_id] = self.answered[number[1]] = call
        assert self._sip is not None
        assert self._rtp is not None
        sip_port = self._sip.get_extra_info("sockname")[1]
        rtp_port = self._rtp.get_extra_info("sockname")[1]
        body = (
            f"v=0\r\no=- 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
            f"m=audio {rtp_port} RTP/AVP {_ALAW}\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n"
        )
        contact = f"Contact: <sip:{number[1]}@{LOOPBACK}:{sip_port}>\r\n"
        self._say(message, address, "200 OK", contact + "Content-Type: application/sdp\r\n", body)

    def _confirmed(self, call_id: str) -> None:
        call = self._calls.get(call_id)
        if call is not None and not call.over:
            self._by_remote.setdefault(call.remote, call)

    def _ended(self, call_id: str) -> None:
        call = self._calls.get(call_id)
        if call is not None:
            call.over = True
            self._by_remote.pop(call.remote, None)

    def _say(
        self, request: str, address: Address, status: str, headers: str = "", body: str = ""
    ) -> None:
        echoed = [
            f"{line};tag=called" if line.lower().startswith("to:") and "tag=" not in line else line
            for line in _ECHOED.findall(request)
        ]
        head = "\r\n".join([f"SIP/2.0 {status}", *echoed])
        assert self._sip is not None
        answer = f"{head}\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}"
        self._sip.sendto(answer.encode(), address)

    # --- RTP

    async def _talk(self) -> None:
        """Every 20 ms a packet for each call; a tick that comes late is made up for."""
        clock = asyncio.get_running_loop().time
        tick = clock()
        while True:
            tick += _PACKET_SECONDS
            await asyncio.sleep(max(tick - clock(), 0))
            for call in list(self._by_remote.values()):
                self._send(call)

    def _send(self, call: Answered) -> None:
        number, sound = call.packets, call.greeting.alaw
        call.packets += 1
        whole = len(sound) // _PACKET_BYTES
        place = number if number < whole else whole - 1 - (number - whole) % _TAIL_PACKETS
        payload = sound[place * _PACKET_BYTES : (place + 1) * _PACKET_BYTES]
        if call.sound_at is None:
            call.sound_at = time.time()
        if self._silent_lines and _loudness(payload) < _AUDIBLE:
            return
        header = struct.pack(">BBHII", 0x80, _ALAW, number & 0xFFFF, number * _PACKET_BYTES, 7)
        assert self._rtp is not None
        self._rtp.sendto(header + payload, call.remote)

    def _hear_rtp(self, data: bytes, address: Address) -> None:
        call = self._by_remote.get(address)
        if call is not None and _loudness(data[12:]) >= _AUDIBLE:
            call.heard_at.append(time.time())


def _loudness(payload: bytes) -> float:
    return float(_amplitudes()[np.frombuffer(payload, np.uint8)].mean()) if payload else 0.0


@lru_cache
def _amplitudes() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How loud each byte of A-law is, of 32768."""
    levels = np.arange(-32768, 32768, 8, dtype=np.int16)
    table = np.zeros(256)
    table[np.frombuffer(alaw(levels), np.uint8)] = np.abs(levels.astype(np.int32))
    return table


class _Datagrams(asyncio.DatagramProtocol):
    """Hands on what comes."""

    def __init__(self, received: Callable[[bytes, Address], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """See `asyncio.DatagramProtocol`."""
        self._received(data, addr)
