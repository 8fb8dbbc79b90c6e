"""What simulated people sound like: a tone as A-law, and whole calls with key presses as RTP.

SIPp sends RTP events only by replaying a capture. So the caller's whole side of the call, the tone
and the keys in it, is written as one capture: one source, one clock, as from a real phone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from traffic.scenario import Step

_RATE = 8000
_PACKET_SAMPLES = 160
_PACKET_MS = 20
_ALAW, _EVENT = 8, 101
_SOURCE = 0x11AEA800
#: a key is held this long, then its end is told three times over (RFC 4733, 2.5.1.4)
_KEY_PACKETS = 8
_KEY_ENDS = 3
_KEYS = "0123456789*#"


def alaw_tone(hertz: float, seconds: float, *, loudness: float = 0.3) -> bytes:
    """A tone as raw A-law, 8000 samples a second; `loudness` from 0 to 1."""
    time = np.arange(int(_RATE * seconds)) / _RATE
    samples = np.sin(2 * np.pi * hertz * time) * loudness * 32635
    return alaw(samples.astype(np.int16))


def alaw(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> bytes:
    """16-bit samples as A-law (ITU-T G.711)."""
    size = np.minimum(np.abs(samples.astype(np.int32)), 32635)
    size = np.where(samples < 0, np.maximum(size - 1, 0), size)
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 7, 0)
    step = size >> np.where(segment > 0, segment + 3, 4) & 0x0F
    sign = np.where(samples < 0, 0x00, 0x80)
    coded = (sign | segment << 4 | step) ^ 0x55
    return bytes(coded.astype(np.uint8))


def write_call_capture(
    path: Path, steps: Sequence[Step], *, hold_ms: int, alaw_sound: bytes | None
) -> None:
    """Write a caller's side of a call as a capture that SIPp's `play_pcap_audio` replays.

    `alaw_sound` is repeated between the keys; None for a caller who only presses keys.
    """
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    with path.open("wb") as file:
        file.write(header)
        for number, (packet, marker, kind, clock, payload) in enumerate(
            _packets(steps, hold_ms, alaw_sound)
        ):
            rtp = struct.pack(">BBHII", 0x80, marker << 7 | kind, number & 0xFFFF, clock, _SOURCE)
            frame = _in_ethernet(rtp + payload)
            seconds, milliseconds = divmod(packet * _PACKET_MS, 1000)
            file.write(struct.pack("<IIII", seconds, milliseconds * 1000, len(frame), len(frame)))
            file.write(frame)


def call_milliseconds(steps: Sequence[Step], hold_ms: int) -> int:
    """How long the call of a capture lasts, the keys' own time included."""
    key_ms = (_KEY_PACKETS + _KEY_ENDS - 1) * _PACKET_MS
    return sum(step.pause_ms + key_ms for step in steps) + hold_ms


def _packets(
    steps: Sequence[Step], hold_ms: int, sound: bytes | None
) -> Iterator[tuple[int, int, int, int, bytes]]:
    """Each packet's place in time, marker, payload type, RTP clock and payload."""
    now, marker = 0, 1
    for step in (*steps, None):
        pause = (step.pause_ms if step else hold_ms) // _PACKET_MS
        for packet in range(now, now + pause):
            if not sound:
                break
            start = packet * _PACKET_SAMPLES % max(len(sound) - _PACKET_SAMPLES, 1)
            payload = sound[start : start + _PACKET_SAMPLES]
            yield packet, marker, _ALAW, packet * _PACKET_SAMPLES, payload
            marker = 0
        now += pause
        if step is None:
            return
        key, clock = _KEYS.index(step.digit), now * _PACKET_SAMPLES
        for turn in range(1, _KEY_PACKETS + _KEY_ENDS):
            duration = min(turn, _KEY_PACKETS) * _PACKET_SAMPLES
            ended = 0x80 if turn >= _KEY_PACKETS else 0
            event = struct.pack(">BBH", key, ended | 10, duration)
            yield now + turn - 1, int(turn == 1), _EVENT, clock, event
        now += _KEY_PACKETS + _KEY_ENDS - 1
        marker = 1


def _in_ethernet(rtp: bytes) -> bytes:
    """The packet as captured on a wire; SIPp puts its own addresses and ports in."""
    udp = struct.pack(">HHHH", 9, 9, 8 + len(rtp), 0) + rtp
    loopback = bytes((127, 0, 0, 1))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, loopback, loopback)
    return bytes(12) + b"\x08\x00" + ip + udp
