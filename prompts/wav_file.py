"""A WAV from outside read with distrust: its header is checked here, no decoder is ever asked.

Only PCM, µ-law and A-law are read. Everything else, and every header that claims what the file
does not hold, is refused with the reason.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from calls.errors import Linea800Error
from prompts.audio import Samples

#: the largest file that is read
MOST_BYTES = 10_000_000
MOST_SECONDS = 600
_RATES = range(8000, 192_001)
_MOST_CHANNELS = 2
_MOST_CHUNKS = 64
#: the share of samples at full scale from which a recording sounds broken
_MOST_CLIPPED = 0.001

_PCM, _ALAW, _ULAW, _EXTENSIBLE = 0x0001, 0x0006, 0x0007, 0xFFFE
# what follows the format's number in an extensible header: the GUID all of them share
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_BITS = {_PCM: (8, 16, 24, 32), _ALAW: (8,), _ULAW: (8,)}

#: how files begin that are not what their name says
_OTHERS = (
    (b"#EXTM3U", "a playlist (m3u8)"),
    (b"ffconcat", "a list of files (ffconcat)"),
    (b"fLaC", "FLAC"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"\xff\xfb", "MP3"),
    (b"PK", "a zip"),
    (b"<", "text with markup, such as SVG"),
    (b"RF64", "RF64, for files above 4 GB"),
    (b"RIFX", "RIFX"),
)


class RecordingRefusedError(Linea800Error, ValueError):
    """A recording cannot be used; the message says why and what to send instead."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording's sound, its channels mixed to one, from -1 to 1."""

    samples: Samples
    rate: int


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def read_wav(content: bytes) -> Recorded:
    """The sound in a file; raises `RecordingRefusedError`.

    Refused are more than 10 MB or 10 minutes, more than two channels, other rates than 8 to 192
    kHz, a header that does not fit its file, and more than one sample in a thousand at full scale.
    """
    shape, data = _parts(content)
    if len(data) // shape.frame_bytes > MOST_SECONDS * shape.rate:
        raise RecordingRefusedError("it is longer than 10 minutes: a prompt takes seconds")
    if not data:
        raise RecordingRefusedError("it holds no sound: record it again")
    values, full_scale = _values(shape, data)
    clipped = np.count_nonzero(values >= full_scale) + np.count_nonzero(values <= -full_scale)
    if clipped > _MOST_CLIPPED * len(values):
        raise RecordingRefusedError(
            "it is clipped, more than one sample in a thousand is at full scale: record it softer"
        )
    if shape.channels > 1:
        values = values.reshape(-1, shape.channels).mean(axis=1)
    return Recorded(values, shape.rate)


def _parts(content: bytes) -> tuple[_Format, bytes]:
    """The format and the bytes of the samples."""
    shape: _Format | None = None
    for name, begin, length in _chunks(content, _end(content)):
        if name == b"fmt " and shape is None:
            shape = _format(content[begin : begin + length])
        elif name == b"data" and shape is not None:
            if length % shape.frame_bytes:
                raise RecordingRefusedError("it is cut off in the middle of a sample")
            return shape, content[begin : begin + length]
        elif name in (b"fmt ", b"data"):
            raise RecordingRefusedError("its parts are out of order: export it anew")
    raise RecordingRefusedError("it has no sound in it: export it anew")


def _end(content: bytes) -> int:
    """Where the WAV ends by its own word, which is where the file ends."""
    if len(content) > MOST_BYTES:
        raise RecordingRefusedError("it is larger than 10 MB: a prompt takes seconds")
    if not content:
        raise RecordingRefusedError("it is empty")
    for beginning, kind in _OTHERS:
        if content.startswith(beginning):
            raise RecordingRefusedError(f"it is {kind}, no WAV: send WAV, PCM 16 or 24 bit")
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise RecordingRefusedError("it is no WAV: send WAV, PCM 16 or 24 bit")
    claimed = int.from_bytes(content[4:8], "little")
    if claimed + 8 > len(content):
        raise RecordingRefusedError(
            f"it is cut off: its header claims {claimed + 8} bytes, the file has {len(content)}"
        )
    # one byte fills up a chunk of odd length, and some programs do not count it
    if claimed + 8 + 1 < len(content):
        raise RecordingRefusedError("something else follows after its sound: export it anew")
    return claimed + 8


def _chunks(content: bytes, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and length of each part of the file."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > end:
            return
        name, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise RecordingRefusedError(
                f"it is cut off: a part claims {length} bytes, {end - at - 8} are there"
            )
        yield name, at + 8, length
        at += 8 + length + length % 2
    raise RecordingRefusedError(f"it has more than {_MOST_CHUNKS} parts: export it anew")


def _format(header: bytes) -> _Format:
    if len(header) < 16:
        raise RecordingRefusedError("its header is cut off: export it anew")
    tag, channels, rate, byte_rate, frame_bytes, bits = struct.unpack_from("<HHIIHH", header)
    if tag == _EXTENSIBLE and len(header) >= 40 and header[26:40] == _GUID_TAIL:
        (tag,) = struct.unpack_from("<H", header, 24)
    if tag not in _BITS or bits not in _BITS[tag]:
        raise RecordingRefusedError(
            f"its format (number {tag}, {bits} bits) is not read: send PCM 16 or 24 bit"
        )
    if not 1 <= channels <= _MOST_CHANNELS:
        raise RecordingRefusedError(f"it has {channels} channels: send one")
    if rate not in _RATES:
        raise RecordingRefusedError(f"it has {rate} samples a second: send 8,000 to 192,000")
    shape = _Format(tag, channels, rate, bits)
    if (frame_bytes, byte_rate) != (shape.frame_bytes, shape.frame_bytes * rate):
        raise RecordingRefusedError("its header contradicts itself: export it anew")
    return shape


def _values(shape: _Format, data: bytes) -> tuple[Samples, float]:
    """The samples of all channels, and the value at which the format can go no further."""
    if shape.tag == _ULAW:
        return _ULAW_VALUES[np.frombuffer(data, np.uint8)], float(_ULAW_VALUES.max())
    if shape.tag == _ALAW:
        return _ALAW_VALUES[np.frombuffer(data, np.uint8)], float(_ALAW_VALUES.max())
    top = 2.0 ** (shape.bits - 1)
    match shape.bits:
        case 8:
            whole = np.frombuffer(data, np.uint8).astype(np.float64)
            whole -= top
        case 24:
            # each sample becomes the upper three bytes of four
            wide = np.zeros((len(data) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
            whole = (wide.reshape(-1).view("<i4") >> 8).astype(np.float64)
        case _:
            whole = np.frombuffer(data, f"<i{shape.bits // 8}").astype(np.float64)
    whole /= top
    return whole, (top - 1) / top


def _ulaw_values() -> Samples:
    """The value of each byte of G.711 µ-law."""
    code = ~np.arange(256, dtype=np.int64) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -size, size) / 32768


def _alaw_values() -> Samples:
    """The value of each byte of G.711 A-law."""
    code = np.arange(256, dtype=np.int64) ^ 0x55
    exponent = code >> 4 & 7
    step = (code & 0x0F) << 4
    size = np.where(exponent == 0, step + 8, (step + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size) / 32768


_ULAW_VALUES = _ulaw_values()
_ALAW_VALUES = _alaw_values()
