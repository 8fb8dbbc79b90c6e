"""One subscriber's call: rings, presses keys, hears, hangs up. `exchange.py` carries it.

Times are epoch seconds: of what comes in the kernel's own, of what goes out those just before.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bench.ivr.rtp import (
    ALAW,
    EVENT,
    PACKET_SAMPLES,
    PACKET_SECONDS,
    SILENCE,
    Beat,
    Heard,
    key_beats,
    packet,
)
from bench.ivr.sip import Line, Message, offer, reply, tag_of
from calls.errors import Linea800Error

HELD_SECONDS, GAP_SECONDS = 0.12, 0.08
_FINAL, _REFUSED, _TIMED_OUT = 200, 300, 408


class HungUpError(Linea800Error):
    """The call was over before what was wanted of it."""


class EndedBy(StrEnum):
    """Who ended a call; `refused` is Asterisk before it was answered."""

    NOBODY = ""
    US = "us"
    ASTERISK = "asterisk"
    REFUSED = "refused"


class Wire(Protocol):
    """What a call asks of its exchange."""

    def send(self, data: bytes) -> None:
        """A message to Asterisk, once."""

    def insist(self, key: tuple[str, str], data: bytes) -> None:
        """A message to Asterisk, again and again until `heard_back`."""

    def heard_back(self, key: tuple[str, str]) -> None:
        """It was answered."""

    def connect(self, call: Call) -> None:
        """The call is up: its beats and its ears are wanted."""

    def disconnect(self, call: Call) -> None:
        """The call is over."""


@dataclass(slots=True)
class Press:
    """A key; `ended_at` is when the first packet with its end bit was sent."""

    key: str
    ended_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Times:
    """When what happened; 0: it did not."""

    invited: float = 0.0
    answered: float = 0.0
    ended: float = 0.0


@dataclass(slots=True)
class _Out:
    """The phone's one stream."""

    source: int = field(default_factory=lambda: secrets.randbits(32))
    sequence: int = 0
    clock: int = 0
    event_clock: int = 0
    marker: bool = True


class Call:
    """One call; made by `Exchange.call`."""

    def __init__(self, line: Line, wire: Wire, codec: int = ALAW) -> None:
        self.line = line
        self.codec = codec
        #: a packet of what is said between keys, over and over: nothing
        self.voice = SILENCE[codec]
        self.times = Times()
        self.ended_by = EndedBy.NOBODY
        #: the SIP code of a call that was not answered
        self.refusal = 0
        self.presses: list[Press] = []
        #: what came in is given to these
        self.ears: list[Callable[[Heard], None]] = []
        self.answered, self.over = asyncio.Event(), asyncio.Event()
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind(("127.0.0.1", 0))
        self.rtp.setblocking(False)
        self._wire = wire
        self._branch = secrets.token_hex(8)
        self._to_tag, self._contact = "", ""
        self._acknowledgement = b""
        self._cancelled = False
        self._out = _Out()
        self._beats: deque[Beat | None] = deque()
        self._pressing: deque[Press] = deque()
        #: who waits for the end of a key, by the key's identity
        self._done: dict[int, asyncio.Future[Press]] = {}

    # --- what a subscriber does

    def ring(self) -> None:
        """Call."""
        body = offer(self.rtp.getsockname()[1], self.codec)
        invite = self.line.request("INVITE", self.line.target, "", 1, self._branch, body)
        self.times.invited = time.time()
        self._wire.insist((self.line.call_id, "INVITE"), invite)

    async def is_up(self, seconds: float = 10.0) -> bool:
        """Wait until it is answered; False when it is not."""
        waits = {asyncio.ensure_future(each.wait()) for each in (self.answered, self.over)}
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return self.answered.is_set() and not self.over.is_set()

    async def ended(self, seconds: float) -> bool:
        """Wait until it is over; False when it is not."""
        try:
            async with asyncio.timeout(seconds):
                await self.over.wait()
        except TimeoutError:
            return False
        return True

    async def press(
        self, keys: Iterable[str], held: float = HELD_SECONDS, gap: float = GAP_SECONDS
    ) -> Press:
        """Keys one after the other; done when the last one has ended.

        Raises `HungUpError` when the call is over before that.
        """
        done: asyncio.Future[Press] = asyncio.get_running_loop().create_future()
        pressed = [Press(key) for key in keys]
        if not pressed or self.over.is_set():
            raise HungUpError(f"no key was pressed, or the call was over: {pressed}")
        self._pressing.extend(pressed)
        self._done[id(pressed[-1])] = done
        for each in pressed:
            self._beats += key_beats(each.key, held)
            self._beats += [None] * round(gap / PACKET_SECONDS)
        return await done

    def hang_up(self) -> None:
        """End it, whatever it is doing: CANCEL before the answer, BYE after it."""
        if self.over.is_set():
            return
        if self.answered.is_set():
            self._bye()
            self._finish(EndedBy.US)
        elif not self._cancelled:
            self._cancelled = True
            cancel = self.line.request("CANCEL", self.line.target, "", 1, self._branch)
            self._wire.insist((self.line.call_id, "CANCEL"), cancel)

    # --- what the exchange tells

    def message(self, message: Message, at: float) -> None:
        """A message of this call came in."""
        if message.status:
            self._wire_answers(message, at)
            return
        if message.method == "BYE":
            self._wire.send(reply(message, "200 OK"))
            self._finish(EndedBy.ASTERISK, at)
        elif message.method == "INVITE":
            self._wire.send(reply(message, "488 Not Acceptable Here"))
        elif message.method != "ACK":
            self._wire.send(reply(message, "200 OK"))

    def gave_up(self, method: str) -> None:
        """Asterisk did not answer a message of ours."""
        if method in ("INVITE", "CANCEL"):
            self.refusal = _TIMED_OUT
            self._finish(EndedBy.REFUSED)

    def beat(self) -> None:
        """20 ms are over: send what belongs into them."""
        out = self._out
        beat = self._beats.popleft() if self._beats else None
        if beat is None:
            kind, marker, clock, what = self.codec, out.marker, out.clock, self.voice
            out.marker = False
        else:
            if beat.first:
                out.event_clock = out.clock
            kind, marker, clock, what = EVENT, beat.first, out.event_clock, beat.event
            out.marker = True
        data = packet(
            kind, marker=marker, sequence=out.sequence, clock=clock, source=out.source, what=what
        )
        now = time.time()
        # full for a moment, or Asterisk closed its port: the packet is lost
        with contextlib.suppress(OSError):
            self.rtp.send(data)
        if beat is not None and beat.ends:
            press = self._pressing.popleft()
            press.ended_at = now
            self.presses.append(press)
            done = self._done.pop(id(press), None)
            if done is not None and not done.done():
                done.set_result(press)
        out.sequence += 1
        out.clock += PACKET_SAMPLES

    # --- the ways of a call

    def _wire_answers(self, message: Message, at: float) -> None:
        self._wire.heard_back((self.line.call_id, message.method))
        if message.method != "INVITE" or message.status < _FINAL:
            return
        self._to_tag = tag_of(message.get("to"))
        if message.status < _REFUSED:
            self._is_answered(message, at)
            return
        target = self.line.target
        self._wire.send(self.line.request("ACK", target, self._to_tag, 1, self._branch))
        self.refusal = message.status
        self._finish(EndedBy.US if self._cancelled else EndedBy.REFUSED, at)

    def _is_answered(self, message: Message, at: float) -> None:
        if not self._acknowledgement:
            self._contact = message.contact or self.line.target
            branch = secrets.token_hex(8)
            self._acknowledgement = self.line.request("ACK", self._contact, self._to_tag, 1, branch)
        self._wire.send(self._acknowledgement)
        if self.answered.is_set() or self.over.is_set():
            return
        self.times.answered = at
        if self._cancelled:  # the answer and our CANCEL met on their ways
            self._bye()
            self._finish(EndedBy.US)
            return
        self.rtp.connect(("127.0.0.1", message.audio_port))
        self.answered.set()
        self._wire.connect(self)

    def _bye(self) -> None:
        bye = self.line.request("BYE", self._contact, self._to_tag, 2, secrets.token_hex(8))
        self._wire.insist((self.line.call_id, "BYE"), bye)

    def _finish(self, by: EndedBy, at: float = 0.0) -> None:
        if self.over.is_set():
            return
        self.ended_by = by
        self.times.ended = at or time.time()
        self._wire.heard_back((self.line.call_id, "INVITE"))
        self._wire.disconnect(self)
        self.rtp.close()
        for done in self._done.values():
            if not done.done():
                done.set_exception(HungUpError("the call was over before the key"))
        self._done.clear()
        self.over.set()
