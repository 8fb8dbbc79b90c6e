"""Phones that Asterisk calls: each says one tone and keeps what it hears.

A tone of a multiple of 50 Hz fits into a packet of 20 ms, so that the same packet over and over is
one tone.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bench.ivr.rtp import (
    ALAW,
    PACKET_SAMPLES,
    PACKET_SECONDS,
    RATE,
    Heard,
    Samples,
    audio,
    packet,
    parsed,
)
from bench.ivr.sip import Message, offer, reply
from traffic.voice import alaw_tone

LOUDNESS = 0.2
#: so long a request of a phone's own waits for Asterisk
_ANSWER_SECONDS = 10.0
#: packets that are so late are left out
_MOST_LATE_SECONDS = 0.2
#: what a tone of ours comes to in `strength`
FULL = LOUDNESS * 32635


def tone_packet(hertz: int) -> bytes:
    """20 ms of a tone; `hertz` is a multiple of 50."""
    return alaw_tone(hertz, PACKET_SECONDS, loudness=LOUDNESS)


def strength(samples: Samples, hertz: int) -> float:
    """How much of a tone is in the sound: its amplitude (Goertzel), 1 is as it was said."""
    if not samples.size:
        return 0.0
    turns = np.exp(-2j * np.pi * hertz * np.arange(samples.size) / RATE)
    return float(2 * abs(np.dot(samples, turns)) / samples.size / FULL)


class Ears:
    """What a phone hears, from the moment it is asked to listen."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []

    def hear(self, heard: Heard) -> None:
        """A packet came in."""
        self._heard.append(heard)

    async def listen(self, seconds: float) -> Samples:
        """What comes in during the next seconds."""
        self._heard.clear()
        await asyncio.sleep(seconds)
        return audio(list(self._heard))


@dataclass(slots=True)
class _Leg:
    """One call to one phone."""

    number: str
    rtp: socket.socket
    voice: bytes
    #: the INVITE that Asterisk sent, and who sent it
    invite: Message
    peer: tuple[str | int, ...]
    #: what Asterisk answers to a request of the phone's own
    answered: asyncio.Future[int] | None = None
    ears: Ears = field(default_factory=Ears)
    sequence: int = 0


class TonePhones(asyncio.DatagramProtocol):
    """All the phones of a floor at one port; they answer at once and stay until they are let go."""

    def __init__(self, port: int, tones: Mapping[str, int]) -> None:
        self._port = port
        self._tones = tones
        self._legs: dict[str, _Leg] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._source = secrets.randbits(32)
        self._due = 0.0
        self._next: asyncio.Handle

    def ears(self, number: str) -> Ears | None:
        """What the phone of this agent hears in the call it has; None: it has none."""
        return next((leg.ears for leg in self._legs.values() if leg.number == number), None)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[TonePhones]:
        """They work inside the block."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", self._port)
        )
        self._due = loop.time()
        self._next = loop.call_soon(self._speak)
        try:
            yield self
        finally:
            self._next.cancel()
            for call_id in list(self._legs):
                self._let_go(call_id)
            self._transport.close()

    async def transfer(self, number: str, to: str) -> int:
        """The phone's own transfer of its call (REFER): what Asterisk answers."""
        leg = next(leg for leg in self._legs.values() if leg.number == number)
        assert self._transport is not None
        leg.answered = asyncio.get_running_loop().create_future()
        me = f"<sip:{number}@127.0.0.1:{self._port}>"
        lines = [
            f"REFER {leg.invite.contact} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: {_tagged(leg.invite.get('to'), number)}",
            f"To: {leg.invite.get('from')}",
            f"Call-ID: {leg.invite.get('call-id')}",
            "CSeq: 1 REFER",
            f"Contact: {me}",
            f"Refer-To: <sip:{to}@127.0.0.1>",
            f"Referred-By: {me}",
            "Content-Length: 0",
        ]
        self._transport.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), leg.peer)
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await leg.answered

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """A SIP message of Asterisk's."""
        message = Message.parsed(data)
        if message is None or self._transport is None:
            return
        call_id = message.get("call-id")
        if message.status:
            self._answered(message, call_id)
        elif message.method == "INVITE":
            self._transport.sendto(self._answer(message, call_id, addr), addr)
        elif message.method != "ACK":
            if message.method in ("BYE", "CANCEL"):
                self._let_go(call_id)
            self._transport.sendto(reply(message, "200 OK"), addr)

    def _answered(self, message: Message, call_id: str) -> None:
        leg = self._legs.get(call_id)
        if leg is not None and leg.answered is not None and not leg.answered.done():
            leg.answered.set_result(message.status)

    def _answer(self, message: Message, call_id: str, addr: tuple[str | int, ...]) -> bytes:
        number = message.first.partition("sip:")[2].partition("@")[0]
        leg = self._legs.get(call_id)
        if leg is None:
            rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            rtp.bind(("127.0.0.1", 0))
            rtp.setblocking(False)
            rtp.connect(("127.0.0.1", message.audio_port))
            leg = _Leg(number, rtp, tone_packet(self._tones[number]), message, addr)
            self._legs[call_id] = leg
            asyncio.get_running_loop().add_reader(rtp.fileno(), self._read, leg)
        to = _tagged(message.get("to"), leg.number)
        body = offer(leg.rtp.getsockname()[1], ALAW)
        lines = [
            "SIP/2.0 200 OK",
            *(f"{name}: {value}" for name, value in message.headers
              if name in ("via", "from", "call-id", "cseq")),
            f"To: {to}",
            f"Contact: <sip:{number}@127.0.0.1:{self._port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]  # fmt: skip
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def _read(self, leg: _Leg) -> None:
        with contextlib.suppress(OSError):
            while True:
                heard = parsed(leg.rtp.recv(4096), time.time())
                if heard is not None:
                    leg.ears.hear(heard)

    def _let_go(self, call_id: str) -> None:
        leg = self._legs.pop(call_id, None)
        if leg is not None:
            asyncio.get_running_loop().remove_reader(leg.rtp.fileno())
            leg.rtp.close()

    def _speak(self) -> None:
        """20 ms are over: everybody says the next packet of their tone."""
        for leg in self._legs.values():
            data = packet(
                ALAW, marker=leg.sequence == 0, sequence=leg.sequence,
                clock=leg.sequence * PACKET_SAMPLES, source=self._source, what=leg.voice,
            )  # fmt: skip
            with contextlib.suppress(OSError):
                leg.rtp.send(data)
            leg.sequence += 1
        loop = asyncio.get_running_loop()
        self._due = max(self._due + PACKET_SECONDS, loop.time() - _MOST_LATE_SECONDS)
        self._next = loop.call_at(self._due, self._speak)


def _tagged(to: str, tag: str) -> str:
    """A phone's side of a call, as Asterisk names it once the phone has answered."""
    return to if ";tag=" in to else f"{to};tag={tag}"
