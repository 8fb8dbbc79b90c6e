"""The parts SIPp plays: the carrier with the people behind it, callers, agents' phones."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path

from local_asterisk.ports import LOOPBACK
from traffic.scenario import Sound, Step, caller_scenario, carrier_scenario, phone_scenario
from traffic.sipp import Sipp
from traffic.voice import alaw_tone, call_milliseconds, write_call_capture

_TONE_SECONDS = 10.0
_SUBSCRIBER_HERTZ, _CALLED_HERTZ, _AGENT_HERTZ = 700, 450, 900


class Digits(StrEnum):
    """How a caller's keys are sent: as RTP events, which needs raw sockets, or as SIP INFO."""

    RFC4733 = "rfc4733"
    INFO = "info"


def can_send_rtp_events() -> bool:
    """Whether this process may open the raw sockets that `Digits.RFC4733` needs."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP).close()
    except PermissionError:
        return False
    return True


def carrier(program: Path, folder: Path, *, port: int, audio: bool = True) -> Sipp:
    """The carrier at a port: what a number does depends on its last digit (`carrier.xml`)."""
    sound = _tone(folder, _CALLED_HERTZ) if audio else Sound()
    return Sipp(program, folder, scenario=carrier_scenario(sound=sound), port=port, listens=True)


def phones(
    program: Path,
    folder: Path,
    *,
    port: int,
    answer_ms: int = 1,
    steps: Sequence[Step] = (),
    hang_up_ms: int | None = None,
    audio: bool = True,
) -> Sipp:
    """All the phones at a port: they ring, answer, press the keys, and hang up or stay (None)."""
    sound = _tone(folder, _AGENT_HERTZ) if audio else Sound()
    scenario = phone_scenario(steps, answer_ms=answer_ms, hang_up_ms=hang_up_ms, sound=sound)
    return Sipp(program, folder, scenario=scenario, port=port, listens=True)


def callers(
    program: Path,
    folder: Path,
    *,
    asterisk_port: int,
    port: int,
    number: str,
    caller_numbers: Sequence[str],
    steps: Sequence[Step] = (),
    hold_ms: int = 1000,
    per_second: float = 10.0,
    digits: Digits = Digits.INFO,
    audio: bool = True,
    caller_names: Sequence[str] = (),
) -> Sipp:
    """One call from each of `caller_numbers`, all alike: press the keys, hang up `hold_ms` later.

    `caller_names` are what the callers' side says of them, in the same order; without semicolons.
    The port must be one the trunk accepts calls from; from another port `caller_numbers` may name
    agents, whose idle phones call. `Digits.RFC4733` asks for `can_send_rtp_events`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = map(_display_name, caller_names)
    pairs = zip_longest(caller_numbers, names, fillvalue="")
    lines = "".join(f"{caller_number};{name};\n" for caller_number, name in pairs)
    (folder / "callers.csv").write_text(f"SEQUENTIAL\n{lines}", encoding="utf-8")
    if digits is Digits.RFC4733:
        capture = folder.absolute() / "call.pcap"
        tone = alaw_tone(_SUBSCRIBER_HERTZ, _TONE_SECONDS) if audio else None
        write_call_capture(capture, steps, hold_ms=hold_ms, alaw_sound=tone)
        whole_call_ms = call_milliseconds(steps, hold_ms)
        scenario = caller_scenario((), hold_ms=whole_call_ms, sound=Sound(capture=capture))
    else:
        sound = _tone(folder, _SUBSCRIBER_HERTZ) if audio else Sound()
        scenario = caller_scenario(steps, hold_ms=hold_ms, sound=sound)
    how_many = str(len(caller_numbers))
    # SIPp takes whole calls per period: the period makes the rate
    period_ms = str(max(round(1000 / per_second), 1))
    arguments = [f"{LOOPBACK}:{asterisk_port}", "-s", number, "-inf", "callers.csv"]
    arguments += ["-m", how_many, "-l", how_many, "-r", "1", "-rp", period_ms]
    return Sipp(program, folder, scenario=scenario, port=port, arguments=arguments, listens=False)


def _display_name(name: str) -> str:
    """As a quoted string of SIP."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tone(folder: Path, hertz: float) -> Sound:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.absolute() / "tone.alaw"
    path.write_bytes(alaw_tone(hertz, _TONE_SECONDS))
    return Sound(alaw=path)
