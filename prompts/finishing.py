"""The last hand on a prompt: trimmed, at the common loudness, for narrow and wide telephones."""

from __future__ import annotations

from dataclasses import dataclass

from prompts.audio import RATE, WIDE_RATE, Samples, faded, resampled, trimmed, wav
from prompts.loudness import at_target, lufs

_SHORTEST_SECONDS = 0.1
#: softer than this, what is made louder is the noise of the room
_SOFTEST_LUFS = -50.0


@dataclass(frozen=True, slots=True)
class Finished:
    """One prompt as two WAV files: 8 kHz, and 16 kHz or none where nobody would hear it."""

    narrow: bytes
    wide: bytes | None = None


def finished(samples: Samples, rate: int) -> Finished:
    """The sound as it is played; raises `ValueError` when nothing, or next to nothing, is heard."""
    # a voltage that stands still is no sound, but would pass for some when silence is cut away
    sound = trimmed(samples - samples.mean() if samples.size else samples, rate)
    if len(sound) < _SHORTEST_SECONDS * rate:
        raise ValueError("nothing is heard but a click of less than a tenth of a second")
    return Finished(_as_played(sound, rate, RATE), _as_played(sound, rate, WIDE_RATE))


def _as_played(sound: Samples, rate: int, to: int) -> bytes:
    samples = resampled(sound, rate, to)
    loudness = lufs(samples, to)
    if loudness < _SOFTEST_LUFS:
        raise ValueError(
            f"nothing is heard: it is at {loudness:.0f} LUFS, speech begins at {_SOFTEST_LUFS:.0f}"
        )
    loud = at_target(samples, to, loudness)
    del samples  # ten minutes of it are 80 MB
    return wav(faded(loud, to, in_seconds=0.005, out_seconds=0.03), to)
