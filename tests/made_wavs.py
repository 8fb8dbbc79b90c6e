"""WAV files made by hand, whole and broken, for tests of what comes back from a studio."""

from __future__ import annotations

import struct

import numpy as np

from prompts.audio import Samples


def tone(hertz: float = 700, seconds: float = 1.0, rate: int = 44_100) -> Samples:
    """A sine at full scale."""
    wave_form: Samples = np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return wave_form


def pcm(samples: Samples, bits: int = 16) -> bytes:
    """Samples from -1 to 1 as PCM."""
    whole = np.round(samples * (2 ** (bits - 1) - 1)).astype(np.int64)
    match bits:
        case 8:
            return bytes((whole + 128).astype(np.uint8))
        case 24:
            return bytes(
                np.ascontiguousarray(whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3])
            )
        case _:
            return bytes(whole.astype(f"<i{bits // 8}"))


def wav_of(
    data: bytes,
    *,
    rate: int = 44_100,
    channels: int = 1,
    bits: int = 16,
    tag: int = 1,
    before: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """A WAV around the bytes of its samples; `before` stands before its format."""
    frame = channels * bits // 8
    header = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits) + extra
    parts = before + b"fmt " + struct.pack("<I", len(header)) + header
    parts += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WAVE" + parts


def recording(level: float = 0.3, seconds: float = 1.0, hertz: float = 700) -> bytes:
    """What a studio might send: silence, a tone for a voice, silence; 44.1 kHz, 16 bits."""
    quiet = np.zeros(8000)
    return wav_of(pcm(np.concatenate((quiet, tone(hertz, seconds) * level, quiet))))
