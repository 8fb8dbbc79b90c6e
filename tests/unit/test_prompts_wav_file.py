"""WAV from outside: what studios send is read, what lies about itself is refused with a reason."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from prompts.wav_file import MOST_BYTES, RecordingRefusedError, read_wav
from tests.made_wavs import pcm, recording, tone, wav_of

SOUND = tone(seconds=0.2) * 0.5
GOOD = wav_of(pcm(SOUND))
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


@pytest.mark.parametrize(("bits", "near"), [(8, 0.01), (16, 1e-4), (24, 1e-6), (32, 1e-8)])
def test_pcm_of_every_width_is_read(bits: int, near: float) -> None:
    recorded = read_wav(wav_of(pcm(SOUND, bits), bits=bits))
    assert recorded.rate == 44_100
    assert recorded.samples == pytest.approx(SOUND, abs=near)


@pytest.mark.parametrize(
    ("tag", "code", "value"),
    [
        (7, 0xFF, 0),
        (7, 0x80, 32_124),
        (7, 0x00, -32_124),
        (7, 0xDB, 524),
        (6, 0xD5, 8),
        (6, 0x55, -8),
        (6, 0xAA, 32_256),
        (6, 0x2A, -32_256),
    ],
)
def test_the_laws_of_g711_are_read(tag: int, code: int, value: int) -> None:
    quiet = b"\xff" if tag == 7 else b"\xd5"
    recorded = read_wav(wav_of(quiet * 4000 + bytes([code]), rate=8000, bits=8, tag=tag))
    assert recorded.samples[-1] * 32_768 == value


def test_two_channels_become_one() -> None:
    both = np.repeat(SOUND, 2)
    both[1::2] = 0
    assert read_wav(wav_of(pcm(both), channels=2)).samples == pytest.approx(SOUND / 2, abs=1e-4)


def test_an_extensible_header_and_other_parts_are_understood() -> None:
    extra = struct.pack("<HHIH", 22, 24, 0, 1) + _GUID_TAIL
    notes = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    content = wav_of(pcm(SOUND, 24), bits=24, tag=0xFFFE, extra=extra, before=notes)
    assert read_wav(content).samples == pytest.approx(SOUND, abs=1e-6)


def _claiming(at: int, number: int) -> bytes:
    return GOOD[:at] + struct.pack("<I", number) + GOOD[at + 4 :]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1/x.ts\n", "a playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "ffconcat"),
        (b"fLaC\0\0\0\x22" + b"\0" * 100, "FLAC"),
        (b"PK\x03\x04" + b"\0" * 100, "a zip"),
        (b"<svg onload=alert(1)>", "SVG"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (b"ID3\x04" + b"\0" * 100, "MP3"),
        (b"OggS" + b"\0" * 100, "Ogg"),
        (b"RF64" + b"\xff" * 100, "RF64"),
        (b"\0" * 100, "is no WAV"),
        (b"RIFF\x04\0\0\0AVI ", "is no WAV"),
        (b"RIFF", "is no WAV"),
        (_claiming(4, 0xFFFFFFFF), "header claims 4294967303 bytes"),
        (_claiming(40, 0xFFFFFFFE), "a part claims 4294967294 bytes"),
        (_claiming(16, 0xFFFFFFFF), "a part claims 4294967295 bytes"),
        (GOOD[:-1000], "is cut off"),
        (GOOD[:30], "is cut off"),
        (GOOD + b"PK\x03\x04 a zip behind it", "something else follows"),
        (_claiming(4, 100)[:108], "a part claims"),
        (wav_of(b""), "holds no sound"),
        (wav_of(pcm(SOUND)[:-1]), "in the middle of a sample"),
        (wav_of(b"\0" * 128 * 100, channels=64), "64 channels"),
        (wav_of(b"\0" * 6 * 100, channels=3), "3 channels"),
        (wav_of(b"", channels=0), "0 channels"),
        (wav_of(pcm(SOUND), rate=384_000), "384000 samples a second"),
        (wav_of(pcm(SOUND), rate=0), "0 samples a second"),
        (wav_of(pcm(SOUND), rate=4000), "4000 samples a second"),
        (wav_of(b"\0" * 4000, bits=32, tag=3), "format (number 3, 32 bits)"),
        (wav_of(b"\0" * 4000, tag=85), "format (number 85"),
        (wav_of(b"\0" * 4000, bits=12), "12 bits"),
        (wav_of(b"\0" * 4000, tag=0xFFFE), "format (number 65534"),
        (GOOD[:32] + b"\x04\0" + GOOD[34:], "contradicts itself"),
        (_claiming(28, 1), "contradicts itself"),
        (wav_of(b"\xff" * 8000 * 601, rate=8000, bits=8, tag=7), "longer than 10 minutes"),
        (wav_of(b"\0" * MOST_BYTES), "larger than 10 MB"),
        (b"RIFF\x0c\0\0\0WAVEdata\0\0\0\0", "out of order"),
        (wav_of(b"\0" * 8, before=(b"junk\0\0\0\0" * 70)), "more than 64 parts"),
        (wav_of(pcm(np.clip(tone() * 1.5, -1, 1))), "is clipped"),
        (wav_of(pcm(np.clip(tone() * 1.5, -1, 1), 8), bits=8), "is clipped"),
        (wav_of(b"\x80" * 8000, rate=8000, bits=8, tag=7), "is clipped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_else_is_refused_with_a_reason(content: bytes, complaint: str) -> None:
    with pytest.raises(RecordingRefusedError) as refusal:
        read_wav(content)
    assert complaint in str(refusal.value)


def test_a_file_cut_anywhere_is_refused_and_nothing_else_happens() -> None:
    whole = recording(seconds=0.05)
    for end in (*range(64), *range(64, len(whole), 997)):
        with pytest.raises(RecordingRefusedError):
            read_wav(whole[:end])


def test_a_single_peak_at_full_scale_is_no_clipping() -> None:
    sound = tone() * 0.5
    sound[1000] = 1.0
    assert len(read_wav(wav_of(pcm(sound))).samples) == len(sound)
