"""RTP as a subscriber's phone speaks it: silence, keys as RFC 4733 events, and what comes back."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RATE = 8000
PACKET_SAMPLES = 160
PACKET_SECONDS = 0.02
MULAW, ALAW, EVENT = 0, 8, 101
KEYS = "0123456789*#ABCD"
#: a packet of nothing, by codec
SILENCE = {ALAW: b"\xd5" * PACKET_SAMPLES, MULAW: b"\xff" * PACKET_SAMPLES}
#: the end of a key is told three times over (RFC 4733, 2.5.1.4)
_ENDS = 3
_END_BIT, _VOLUME = 0x80, 10
_LONGEST = 0xFFFF
_HEADER = struct.Struct(">BBHII")

Samples = npt.NDArray[np.int16]


class Heard(NamedTuple):
    """A packet that came in; `at` is the kernel's own time, epoch seconds."""

    at: float
    kind: int
    sequence: int
    clock: int
    payload: bytes


class Beat(NamedTuple):
    """What is sent in one beat of 20 ms instead of silence; `ends` is the key that it ends."""

    event: bytes
    first: bool
    ends: str


def parsed(data: bytes, at: float) -> Heard | None:
    """A packet from Asterisk; None for what is no RTP."""
    if len(data) < _HEADER.size or data[0] >> 6 != 2:
        return None
    first, second, sequence, clock, _ = _HEADER.unpack_from(data)
    return Heard(at, second & 0x7F, sequence, clock, data[_HEADER.size + 4 * (first & 15) :])


def packet(
    kind: int, *, marker: bool, sequence: int, clock: int, source: int, what: bytes
) -> bytes:
    """A packet of a phone's one stream."""
    second = kind | (0x80 if marker else 0)
    return _HEADER.pack(0x80, second, sequence & 0xFFFF, clock & 0xFFFFFFFF, source) + what


def key_beats(key: str, held_seconds: float) -> Iterator[Beat]:
    """A key, beat by beat; raises `ValueError` for what is none."""
    code = KEYS.index(key)
    beats = max(round(held_seconds / PACKET_SECONDS), 1)
    for number in range(1, beats + _ENDS):
        duration = min(min(number, beats) * PACKET_SAMPLES, _LONGEST)
        ended = _END_BIT if number >= beats else 0
        event = struct.pack(">BBH", code, ended | _VOLUME, duration)
        yield Beat(event, number == 1, key if number == beats else "")


def _alaw_table() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    low = (mantissa << 4) + 8
    high = ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    value = np.where(exponent == 0, low, high)
    return np.where(code & 0x80, value, -value).astype(np.int16)


def _mulaw_table() -> Samples:
    code = ~np.arange(256) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    value = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return np.where(code & 0x80, -value, value).astype(np.int16)


_TABLES = {ALAW: _alaw_table(), MULAW: _mulaw_table()}


def samples_of(heard: Heard) -> Samples:
    """The packet's audio, 16 bit at 8 kHz; none for what is not G.711."""
    table = _TABLES.get(heard.kind)
    return np.zeros(0, np.int16) if table is None else table[np.frombuffer(heard.payload, np.uint8)]


def audio(packets: list[Heard]) -> Samples:
    """All that was heard on one clock; what never came is silence.

    A new stream (its clock jumps) is put where the packets' arrival says it belongs.
    """
    pieces: list[tuple[int, Samples]] = []
    offset, last = 0, None
    for heard in packets:
        samples = samples_of(heard)
        if not samples.size:
            continue
        arrived = round((heard.at - packets[0].at) * RATE)
        if last is None or abs(heard.clock - last.clock) > RATE * 60:
            offset = arrived - heard.clock
        last = heard
        pieces.append((max(heard.clock + offset, 0), samples))
    if not pieces:
        return np.zeros(0, np.int16)
    whole = np.zeros(max(place + len(samples) for place, samples in pieces), np.int16)
    for place, samples in pieces:
        whole[place : place + len(samples)] = samples
    return whole
