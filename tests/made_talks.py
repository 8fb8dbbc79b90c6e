"""Files of recorded talks, as Asterisk writes them."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

RATE = 8000


def wav(seconds: float, sample: int = 1000) -> bytes:
    """So many seconds of the same."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(struct.pack("<h", sample) * round(seconds * RATE))
    return held.getvalue()


def lay(folder: Path, name: str, sound: bytes) -> Path:
    """The file where the dialplan would have it."""
    path = folder / name[:8] / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)
    return path
