"""SIPp scenarios, put together from the pieces in `scenarios/` and what is pressed when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "scenarios"
_PLACEHOLDER = re.compile(r"@([A-Z_]+)(?: ([^@\n]+))?@")
_KEYS = "0123456789*#"
#: nobody in a simulation talks longer than this
_FOREVER_MS = 4 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Step:
    """Wait, in milliseconds, then press a key."""

    pause_ms: int
    digit: str

    def __post_init__(self) -> None:
        """Raises `ValueError` for what is not one key of a telephone."""
        if len(self.digit) != 1 or self.digit not in _KEYS or self.pause_ms < 1:
            raise ValueError(f"not a pause of at least 1 ms and a key: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What a party sends as audio: a raw A-law file over and over, a capture once, or nothing."""

    alaw: Path | None = None
    capture: Path | None = None

    @property
    def port(self) -> str:
        """SIPp's name for the RTP port that the sound comes from."""
        return "media_port" if self.alaw is None else "rtpstream_audio_port"

    @property
    def action(self) -> str:
        """What starts the sound."""
        if self.capture is not None:
            return f'<nop><action><exec play_pcap_audio="{self.capture}"/></action></nop>'
        if self.alaw is not None:
            return f'<nop><action><exec rtp_stream="{self.alaw},-1,8"/></action></nop>'
        return ""


def caller_scenario(steps: Sequence[Step], *, hold_ms: int, sound: Sound) -> str:
    """A subscriber who sends the keys by SIP INFO and hangs up `hold_ms` after the last."""
    values = {"SOUND": sound.action, "CONVERSATION": _conversation(steps, hold_ms)}
    return _compose("caller.xml", values, sound)


def phone_scenario(
    steps: Sequence[Step], *, answer_ms: int, hang_up_ms: int | None, sound: Sound
) -> str:
    """An agent's phone that answers; hangs up `hang_up_ms` after the last key, or never (None)."""
    values = {
        "ANSWER_MS": str(max(answer_ms, 1)),
        "SOUND": sound.action,
        "CONVERSATION": _conversation(steps, hang_up_ms or _FOREVER_MS),
    }
    return _compose("phone.xml", values, sound)


def carrier_scenario(*, sound: Sound) -> str:
    """The carrier; what happens depends on the last digit of the number (see `carrier.xml`)."""
    nine = _fill(_piece("part_digit.xml"), {"CSEQ": "2", "DIGIT": "9"})
    return _compose("carrier.xml", {"SOUND": sound.action, "NINE": nine}, sound)


def _conversation(steps: Sequence[Step], hold_ms: int) -> str:
    """The pauses and keys; a BYE may come at any time, so a pause is a wait for one."""
    parts = []
    for number, step in enumerate(steps, start=1):
        label = f"step_{number}"
        parts.append(_wait_for_bye(step.pause_ms, label) + f'<label id="{label}"/>')
        values = {"CSEQ": str(number + 1), "DIGIT": step.digit}
        parts.append(_fill(_piece("part_digit.xml"), values))
    parts.append(_wait_for_bye(max(hold_ms, 1), "hang_up"))
    return "\n  ".join(parts)


def _wait_for_bye(milliseconds: int, label_after: str) -> str:
    return (
        f'<recv request="BYE" timeout="{milliseconds}" ontimeout="{label_after}" next="got_bye"/>'
    )


def _compose(scenario: str, values: Mapping[str, str], sound: Sound) -> str:
    pieces = {
        "SDP": _fill(_piece("part_sdp.txt"), {"SOUND_PORT": sound.port}),
        "INVITATION": _piece("part_invitation.xml"),
        "RINGING": _piece("part_ringing.xml"),
        "ANSWER": _piece("part_answer.xml"),
        "PARTING": _piece("part_parting.xml"),
        "CANCELLED": _piece("part_cancelled.xml"),
        "REFUSE": _piece("part_refuse.xml"),
    }
    return _fill(_piece(scenario), {**pieces, **values})


def _fill(template: str, values: Mapping[str, str]) -> str:
    """Each `@NAME@` replaced, also within the pieces; `@NAME words@` gives the piece its words."""

    def replaced(match: re.Match[str]) -> str:
        known = values if match[2] is None else {**values, "STATUS": match[2]}
        return _fill(values[match[1]], known)

    return _PLACEHOLDER.sub(replaced, template)


def _piece(name: str) -> str:
    return (_FOLDER / name).read_text().rstrip()
