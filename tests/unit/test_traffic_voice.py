"""What simulated people send as sound, looked at byte by byte."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from traffic.scenario import Step
from traffic.voice import alaw, alaw_tone, call_milliseconds, write_call_capture


class Packet(NamedTuple):
    at_ms: int
    marker: bool
    kind: int
    sequence: int
    clock: int
    payload: bytes


def _read(path: Path) -> list[Packet]:
    data, at, packets = path.read_bytes(), 24, []
    assert struct.unpack("<I", data[:4])[0] == 0xA1B2C3D4
    while at < len(data):
        seconds, micros, length, _ = struct.unpack("<IIII", data[at : at + 16])
        frame = data[at + 16 : at + 16 + length]
        at += 16 + length
        assert frame[12:14] == b"\x08\x00"
        assert frame[23] == 17
        udp_length = struct.unpack(">H", frame[38:40])[0]
        assert udp_length == length - 34
        _, kind, sequence, clock, _ = struct.unpack(">BBHII", frame[42:54])
        packets.append(
            Packet(
                seconds * 1000 + micros // 1000,
                bool(kind & 0x80),
                kind & 0x7F,
                sequence,
                clock,
                frame[54:],
            )
        )
    return packets


@pytest.mark.parametrize(
    ("sample", "code"),
    # from the tables of ITU-T G.711
    [(0, 0xD5), (8, 0xD5), (16, 0xD4), (-16, 0x55), (32635, 0xAA), (-32635, 0x2A), (1000, 0xFA)],
)
def test_alaw_as_the_standard_has_it(sample: int, code: int) -> None:
    assert alaw(np.array([sample], dtype=np.int16)) == bytes([code])


def test_a_tone_is_as_long_as_asked() -> None:
    assert len(alaw_tone(440, 0.5)) == 4000
    assert len(set(alaw_tone(440, 0.5))) > 20


def test_a_capture_is_one_source_with_one_clock(tmp_path: Path) -> None:
    path = tmp_path / "call.pcap"
    write_call_capture(path, (Step(100, "5"),), hold_ms=100, alaw_sound=alaw_tone(440, 1))
    packets = _read(path)
    assert [packet.sequence for packet in packets] == list(range(20))
    assert [packet.at_ms for packet in packets] == list(range(0, 400, 20))
    assert [packet.kind for packet in packets] == [8] * 5 + [101] * 10 + [8] * 5
    sound = [packet for packet in packets if packet.kind == 8]
    assert all(packet.clock == packet.at_ms * 8 for packet in sound)
    assert all(len(packet.payload) == 160 for packet in sound)


def test_a_key_is_one_event_whose_end_is_told_three_times(tmp_path: Path) -> None:
    path = tmp_path / "call.pcap"
    write_call_capture(path, (Step(60, "#"),), hold_ms=20, alaw_sound=None)
    packets = _read(path)
    assert {packet.clock for packet in packets} == {60 * 8}
    assert [packet.marker for packet in packets] == [True] + [False] * 9
    events = [struct.unpack(">BBH", packet.payload) for packet in packets]
    assert {event for event, _, _ in events} == {11}
    assert [duration for _, _, duration in events] == [160 * n for n in range(1, 9)] + [1280] * 2
    assert [bool(flags & 0x80) for _, flags, _ in events] == [False] * 7 + [True] * 3


def test_a_long_call_repeats_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "call.pcap"
    write_call_capture(path, (), hold_ms=2000, alaw_sound=alaw_tone(440, 0.1))
    assert {len(packet.payload) for packet in _read(path)} == {160}


def test_the_keys_own_time_is_part_of_the_call() -> None:
    assert call_milliseconds((Step(100, "1"), Step(50, "2")), 1000) == 1550
