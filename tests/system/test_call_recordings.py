"""Recorded talks on real Asterisk: announced, both sides in them, pauses silent, plays audited."""

from __future__ import annotations

import asyncio
import io
import uuid
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.states import AgentState
from bench.ivr.exchange import Exchange
from bench.ivr.phone import Call
from bench.ivr.rtp import RATE, Heard, Samples, audio
from calls.events import (
    AttemptStarted,
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
    QueueJoined,
)
from calls.switch import Dial
from storage.audit import Change
from tests.system.scene import eventually, until
from tests.system.supervised_office import MESSAGE_HERTZ, Office, opened_office
from tests.system.tone_phones import strength, tone_packet

#: the last is what SIPp says as the called person
CUSTOMER, AGENT, CALLED = 600, 1000, 450
LINE = "08001234567"
#: of a tone as it was said: so much is heard, and so little is not
HEARD, UNHEARD = 0.5, 0.03


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A stage of its own, where talks of one queue are recorded."""
    tones = {"1001": AGENT}
    async with opened_office(tmp_path, tones, recorded=frozenset({"soporte"})) as opened:
        yield opened


async def _calls(exchange: Exchange, number: str, heard: list[Heard]) -> Call:
    """A customer who says their tone and asks for support, and what they hear."""
    call = exchange.call(LINE, number)
    call.voice = tone_packet(CUSTOMER)
    call.ears.append(heard.append)
    assert await call.is_up()
    await asyncio.sleep(1.5)
    await call.press("0")
    return call


async def test_a_talk_is_announced_recorded_paused_kept_and_heard(office: Office) -> None:
    scene, folder = office.scene, office.scene.house.settings.call_recordings_folder
    exchange = Exchange(scene.stage.caller_ports[0], scene.stage.sip_port)
    async with exchange.open():
        # who waits and gives up leaves nothing
        hasty = await _calls(exchange, "573015550001", [])
        await until(lambda: _told(office, QueueJoined), "somebody to wait")
        hasty.hang_up()
        await until(lambda: not scene.house.parts.tracker.open_calls(), "the caller to be gone")

        await scene.sign_in("1001")
        told: list[Heard] = []
        call = await _calls(exchange, "573015550002", told)
        call_id = (await scene.in_state("1001", AgentState.TALKING, 25)).call_id
        assert _told_seconds(audio(told)) == pytest.approx(4, abs=0.5), "the sentence, once"
        path = f"/calls/{call_id}/recording"
        began = await office.ask("GET", path, 200)
        assert (began["queue"], began["announced"], began["paused_at"]) == (
            "soporte", "caller", None,
        )  # fmt: skip
        await asyncio.sleep(1.5)
        await office.ask("POST", f"{path}/pause", 200)
        await asyncio.sleep(1.5)
        await office.ask("POST", f"{path}/resume", 200)
        await asyncio.sleep(1.5)
        call.hang_up()
        name = began["recording"]
        kept = await _kept(office, name)
        await _a_dialed_talk_is_recorded_too(office)
    paused, resumed = (
        next(fact for fact in office.told if isinstance(fact, kind))
        for kind in (CallRecordingPaused, CallRecordingResumed)
    )
    assert (kept["agent"], kept["call_id"], kept["cut_short"]) == ("1001", call_id, False)
    silent = (resumed.at - paused.at).total_seconds()
    assert kept["paused_seconds"] == pytest.approx(silent, abs=0.01)
    assert kept["seconds"] == pytest.approx(4.5, abs=1.5), "the talk, not the wait"

    heard = await office.client.get(f"/call-recordings/{name}/audio")
    assert heard.status_code == 200
    files = sorted(folder.rglob("*.wav"))
    assert [file.stem for file in files] == [name], "nothing is left of who gave up"
    assert heard.content == files[0].read_bytes()
    assert files[0].stat().st_mode & 0o777 == 0o600
    _both_but_in_the_pause(_sound(heard.content), silent)
    plays = await _changes(office, f"call-recordings/{name}")
    assert [(change.who.split()[0], change.action) for change in plays] == [
        ("ana", "call_recording.hear")
    ]

    files[0].write_bytes(heard.content[:-2] + b"\x12\x34")
    changed = await office.ask("GET", f"/call-recordings/{name}/audio", 409)
    assert changed["type"].endswith("call_recording_changed")


async def _a_dialed_talk_is_recorded_too(office: Office) -> None:
    """Nobody who answers hears a sentence: the agent says it, and the record says who did."""
    house, attempt = office.scene.house, f"attempt-{uuid.uuid4().hex}"
    order = Dial(
        attempt_id=attempt, number="573015550100", caller_number="5716001234", queue="salida",
        ring_seconds=20, recorded=True,
    )  # fmt: skip
    await until(lambda: office.scene.agent("1001").free, "the agent to be free")
    house.intake.put(
        AttemptStarted(
            at=datetime.now(UTC), pbx=house.floor.pbx, call_id=attempt, campaign_id="c1", lead_id=1,
            number_called=order.number,
        )
    )  # fmt: skip
    await house.switch.dial(order)
    await office.scene.in_state("1001", AgentState.TALKING, 25)
    await asyncio.sleep(1)
    await house.switch.hang_up(attempt)
    (name,) = [
        fact.recording
        for fact in office.told
        if isinstance(fact, CallRecordingStarted) and fact.call_id == attempt
    ]
    kept = await _kept(office, name)
    assert (kept["announced"], kept["agent"], kept["queue"]) == ("agent", "1001", "salida")
    path = house.settings.call_recordings_folder / name[:8] / f"{name}.wav"
    sound = _sound(path.read_bytes())
    for hertz in (AGENT, CALLED):
        assert strength(sound[RATE // 4 : RATE], hertz) > HEARD, hertz
    path.unlink()


def _told(office: Office, kind: type) -> bool:
    return any(isinstance(fact, kind) for fact in office.told)


def _told_seconds(sound: Samples) -> float:
    """For how long the caller heard the sentence, which is a tone here."""
    piece = RATE // 10
    starts = range(0, len(sound) - piece, piece)
    return sum(strength(sound[at : at + piece], MESSAGE_HERTZ) > HEARD for at in starts) / 10


async def _kept(office: Office, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {}

    async def is_kept() -> bool:
        told.update(await office.ask("GET", f"/call-recordings/{name}", 200))
        return bool(told["state"] == "kept")

    await eventually(is_kept, f"{name} to be kept")
    return told


async def _changes(office: Office, subject: str) -> list[Change]:
    page = await office.scene.house.parts.audit.page()
    return [change for change in page.changes if change.subject == subject]


def _sound(content: bytes) -> Samples:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)


def _both_but_in_the_pause(sound: Samples, silent_seconds: float) -> None:
    """Both tones, then neither for as long as it was paused, then both."""
    piece = RATE // 10
    both = [
        tuple(strength(sound[at : at + piece], hertz) > HEARD for hertz in (CUSTOMER, AGENT))
        for at in range(0, len(sound) - piece, piece)
    ]
    neither = [
        all(strength(sound[at : at + piece], hertz) < UNHEARD for hertz in (CUSTOMER, AGENT))
        for at in range(0, len(sound) - piece, piece)
    ]
    first, last = neither.index(True), len(neither) - neither[::-1].index(True)
    assert all(neither[first:last]), "nothing of the pause is in it"
    assert (last - first) / 10 == pytest.approx(silent_seconds, abs=0.35)
    assert both[5 : first - 2].count((True, True)) >= 5
    assert all(each == (True, True) for each in both[5 : first - 2])
    assert all(each == (True, True) for each in both[last + 2 : -2])
    assert len(both[last + 2 : -2]) >= 5
