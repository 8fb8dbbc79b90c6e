"""The scenarios are whole: well-formed, every jump lands, nothing is left to fill in."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from traffic.scenario import Sound, Step, caller_scenario, carrier_scenario, phone_scenario

TONE = Sound(alaw=Path("/sounds/tone.alaw"))
STEPS = (Step(700, "1"), Step(300, "#"))
ALL = {
    "carrier": carrier_scenario(sound=TONE),
    "mute carrier": carrier_scenario(sound=Sound()),
    "caller": caller_scenario(STEPS, hold_ms=900, sound=TONE),
    "silent caller": caller_scenario((), hold_ms=900, sound=Sound()),
    "phone": phone_scenario(STEPS, answer_ms=250, hang_up_ms=4000, sound=TONE),
    "patient phone": phone_scenario((), answer_ms=0, hang_up_ms=None, sound=Sound()),
}


@pytest.mark.parametrize("name", ALL)
def test_every_jump_lands_and_nothing_is_left_open(name: str) -> None:
    text = ALL[name]
    root = ET.fromstring(text)  # noqa: S314 - our own scenario
    labels = [label.attrib["id"] for label in root.iter("label")]
    jumps = {
        element.attrib[kind]
        for element in root.iter()
        for kind in ("next", "ontimeout")
        if kind in element.attrib
    }
    assert jumps == set(labels)
    assert len(labels) == len(set(labels))
    assert not re.search(r"@[A-Z_]+( [^@\n]+)?@", text)
    assert [element.tag for element in root][-2:] == ["label", "nop"]


@pytest.mark.parametrize("name", ALL)
def test_a_variable_that_is_used_is_set(name: str) -> None:
    used = set(re.findall(r"\[\$(\w+)\]", ALL[name]))
    assert used <= set(re.findall(r'assign_to="(\w+)"', ALL[name]))


def test_keys_are_pressed_in_turn_after_their_pauses() -> None:
    root = ET.fromstring(ALL["caller"])  # noqa: S314 - our own scenario
    waits = [
        int(element.attrib["timeout"])
        for element in root.iter("recv")
        if "timeout" in element.attrib
    ]
    assert waits == [700, 300, 900]
    assert re.findall(r"Signal=(.)", ALL["caller"]) == ["1", "#"]
    assert re.findall(r"CSeq: (\d+) INFO", ALL["caller"]) == ["2", "3"]


def test_a_phone_answers_and_hangs_up_when_told() -> None:
    assert '<recv request="CANCEL" timeout="250" ontimeout="answer"' in ALL["phone"]
    assert 'timeout="4000" ontimeout="hang_up"' in ALL["phone"]
    assert '<recv request="CANCEL" timeout="1" ontimeout="answer"' in ALL["patient phone"]


def test_the_carrier_refuses_with_four_codes() -> None:
    codes = re.findall(r"SIP/2\.0 (4\d\d|5\d\d|6\d\d)", ALL["carrier"])
    assert sorted(codes) == ["404", "486", "487", "503", "603"]


def test_the_sounds_port_is_the_one_it_comes_from() -> None:
    assert "m=audio [rtpstream_audio_port] RTP/AVP" in ALL["caller"]
    assert 'rtp_stream="/sounds/tone.alaw,-1,8"' in ALL["caller"]
    assert "m=audio [media_port] RTP/AVP" in ALL["silent caller"]
    replayed = caller_scenario((), hold_ms=1, sound=Sound(capture=Path("/sounds/call.pcap")))
    assert "m=audio [media_port] RTP/AVP" in replayed
    assert 'play_pcap_audio="/sounds/call.pcap"' in replayed


@pytest.mark.parametrize(("pause_ms", "digit"), [(0, "1"), (100, ""), (100, "12"), (100, "x")])
def test_what_is_no_key_is_refused(pause_ms: int, digit: str) -> None:
    with pytest.raises(ValueError, match="not a pause of at least 1 ms and a key"):
        Step(pause_ms, digit)
