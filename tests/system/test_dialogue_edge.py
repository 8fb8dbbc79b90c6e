"""What a dialogue can do on a real Asterisk: record, transfer, leave a queue, come after a talk."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import wave
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from agents.states import AgentState
from calls.call import OVERFLOW
from calls.errors import CallGoneError, CommandRefusedError, PromptMissingError
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    DialogueOffered,
    DigitPressed,
    QueueGaveUp,
    TransferFailed,
    WrapUpStarted,
)
from calls.states import CallState
from linea800.demo.stage import Stage
from local_asterisk.ports import free_udp_port
from tests.system.conftest import RUNG
from tests.system.edge import Edge, at_the_edge
from tests.system.scene import LogWatch, settings_for, until
from traffic import roles
from traffic.scenario import Step
from traffic.voice import alaw_tone

#: what a caller's SIPp says, in hertz (`traffic.roles`)
_CALLER_HERTZ = 700
_HELD = "1002"


@pytest.fixture
async def edge(
    the_stage: Stage, short_folder: Path, tmp_path: Path, asterisk_log: LogWatch
) -> AsyncIterator[Edge]:
    """The edge in front of the stage."""
    home = Path(tempfile.mkdtemp(prefix="e-", dir=short_folder))
    async with at_the_edge(the_stage, settings_for(the_stage, home), tmp_path) as running:
        yield running


class _Heard:
    """What is in a sound file."""

    def __init__(self, path: Path) -> None:
        with wave.open(str(path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32768.0
        self.seconds = len(samples) / 8000
        loud = np.flatnonzero(np.abs(samples) > 0.01)
        #: after the last sound there was
        self.silent_seconds = (len(samples) - loud[-1]) / 8000 if loud.size else self.seconds
        parts = np.array_split(samples, max(round(self.seconds / 0.05), 1))
        #: what was heard, one after the other; no moments of less than half a second
        self.course = [kind for kind, alike in groupby(map(_kind, parts)) if len(list(alike)) >= 10]
        self.loudness = [
            float(np.sqrt(np.mean(part**2))) for part in np.array_split(samples, 10) if len(part)
        ]
        strength = np.abs(np.fft.rfft(samples)) if len(samples) else np.zeros(1)
        self.hertz = float(np.argmax(strength)) / max(self.seconds, 0.001)


def _kind(samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    loudness = float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0
    if loudness < 0.001:
        return "silence"
    return "tone" if loudness > 0.1 else "something else"


async def test_what_a_caller_says_is_recorded_and_can_be_heard(edge: Edge) -> None:
    switch = edge.switch
    with edge.rings(steps=[Step(4000, "5")]):
        call = await edge.led()
        with pytest.raises(CommandRefusedError):
            await switch.record(call, "../x", most_seconds=1, silence_seconds=1)
        with pytest.raises(PromptMissingError):
            await switch.play_recording(call, "never-made")
        by_key = await switch.record(call, "edge-by-key", most_seconds=9, silence_seconds=4)
        await edge.fact(DigitPressed, call)  # the key is told as well
        by_time = await switch.record(call, "edge-by-time", most_seconds=1.5, silence_seconds=4)
        began = asyncio.get_running_loop().time()
        await switch.play_recording(call, "edge-by-time")
        assert asyncio.get_running_loop().time() - began > by_time - 0.3
        playing = asyncio.create_task(switch.play_recording(call, "edge-by-key"))
        async with asyncio.timeout(60):
            while not playing.done():  # until it has begun there is nothing to be stopped
                await switch.stop_playing(call)
                await asyncio.wait({playing}, timeout=0.05)
        await playing
    assert 1.5 < by_key < 4
    assert by_time == pytest.approx(1.5, abs=0.05)
    for name, seconds in (("edge-by-key", by_key), ("edge-by-time", by_time)):
        heard = _Heard(edge.recordings / f"{name}.wav")
        assert heard.seconds == pytest.approx(seconds, abs=0.01)
        assert heard.hertz == pytest.approx(_CALLER_HERTZ, abs=5)
        # the tone as it was sent, from the beginning to the end
        assert min(heard.loudness) == pytest.approx(max(heard.loudness), rel=0.1)
        assert 0.1 < max(heard.loudness) < 0.4


async def test_who_hangs_up_while_recording_leaves_what_was_said(edge: Edge) -> None:
    with edge.rings(hold_ms=4000):
        call = await edge.led()
        with pytest.raises(CallGoneError):
            await edge.switch.record(call, "edge-cut", most_seconds=9, silence_seconds=4)
        await edge.fact(CallEnded, call)
    assert 0.5 < _Heard(edge.recordings / "edge-cut.wav").seconds < 4


async def test_silence_ends_a_recording(edge: Edge) -> None:
    says = alaw_tone(_CALLER_HERTZ, 4.0) + b"\xd5" * 8 * 8000
    with edge.rings(says=says):
        call = await edge.led()
        began = asyncio.get_running_loop().time()
        seconds = await edge.switch.record(call, "edge-still", most_seconds=9, silence_seconds=1.4)
        took = asyncio.get_running_loop().time() - began
    heard = _Heard(edge.recordings / "edge-still.wav")
    assert heard.seconds == pytest.approx(seconds, abs=0.01)
    assert heard.loudness[0] > 0.1
    # it took two seconds of silence, of which one stays
    assert heard.silent_seconds == pytest.approx(1, abs=0.3)
    assert seconds < took - 0.9


async def test_whoever_records_the_whole_call_is_deaf_while_muted(edge: Edge) -> None:
    whole = edge.recordings / "edge-whole.wav"
    with edge.rings():
        call = await edge.led()
        await edge.switch.mute_recorders(call, muted=True)  # nobody records: no error
        shown = edge.stage.asterisk.cli("core show channels concise")
        channel = next(row.split("!")[0] for row in shown.splitlines() if "PJSIP/trunk-" in row)
        edge.stage.asterisk.cli(f"mixmonitor start {channel} {whole}")
        for muted in (False, True, False):
            await edge.switch.mute_recorders(call, muted=muted)
            await asyncio.sleep(1)  # of the recording
        await edge.switch.hang_up(call)
        await edge.fact(CallEnded, call)
    with pytest.raises(CallGoneError):
        await edge.switch.mute_recorders(call, muted=True)
    await until(lambda: _Heard(whole).seconds > 2.5, "the recording to be written")
    assert _Heard(whole).course == ["tone", "silence", "tone"]


async def test_a_target_gets_the_caller_or_gives_the_caller_back(edge: Edge) -> None:
    with edge.rings() as subscriber:
        call = await edge.led()
        for target, status in (
            ("ocupado", "BUSY"),
            ("sin_linea", "CONGESTION"),
            ("unknown", "UNKNOWN"),
        ):
            await edge.switch.transfer(call, target)
            failed = await edge.fact(TransferFailed, call)
            assert (failed.target, failed.status) == (target, status)
            await edge.back(call, "transfer_failed")
        with pytest.raises(CommandRefusedError):
            await edge.switch.transfer(call, "9")
        await edge.switch.transfer(call, "gerencia")
        await until(lambda: _connected(edge, "573015550100"), "the target to answer")
        assert edge.call(call).state is CallState.ANSWERED
        await until(lambda: edge.channels() == 2, "nobody but the caller and the target")
        subscriber.stop(patience_seconds=0.1)
        await edge.switch.hang_up(call)
        await edge.fact(CallEnded, call)
    assert not edge.heard(DialogueOffered, call)
    assert set(edge.records) == {call}  # the other leg is nobody's call


def _connected(edge: Edge, number: str) -> bool:
    return any(
        seen.number == number and seen.answered_at is not None
        for seen in edge.stage.carrier.calls()
    )


async def test_a_waiting_caller_is_taken_back_and_keeps_the_place(edge: Edge) -> None:
    with contextlib.ExitStack() as callers:
        calls = []
        for _ in range(3):
            callers.enter_context(edge.rings())
            call = await edge.led()
            await edge.switch.send_to_queue(call, "soporte", 0)
            await edge.waits(call, "soporte")
            calls.append(call)
        first, second, third = calls
        line = edge.line("soporte")
        shown = edge.stage.asterisk.cli(f"core show channel {line[1]}")
        assert "Time to Hangup: 0" in shown  # nothing ends the wait
        since = edge.call(second).waiting_since
        # in the middle of the announcement of the place, which swallows a key
        await edge.switch.back_to_dialogue(second)
        await edge.back(second, "overflow")
        assert (await edge.fact(QueueGaveUp, second)).status == OVERFLOW
        assert edge.call(second).keeps_place
        assert edge.line("soporte") == [line[0], line[2]]
        await edge.switch.send_back_to_queue(second, "soporte", 2)
        await edge.waits(second, "soporte")
        assert edge.line("soporte") == line
        assert edge.call(second).waiting_since == since
        # the head of the line goes on to another queue, to its end
        await edge.switch.back_to_dialogue(first)
        await edge.back(first, "overflow")
        await edge.switch.send_to_queue(first, "ventas", 3)
        await edge.waits(first, "ventas")
        assert (edge.line("ventas"), edge.line("soporte")) == (line[:1], line[1:])
        # nobody to lead the dialogue: the caller waits where they were
        edge.switch.dead = True
        await edge.switch.say_alive(0)
        await edge.switch.back_to_dialogue(third)
        await edge.waits(third, "soporte")
        assert edge.line("soporte") == line[1:]
        assert not edge.heard(DialogueOffered, third)
        edge.switch.dead = False
        # an agent is faster
        await edge.at_work(RUNG)
        await edge.fact(AgentConnected)
        talking = next(call for call in calls if edge.call(call).state is CallState.TALKING)
        await edge.switch.back_to_dialogue(talking)
        await edge.switch.back_to_dialogue(talking)
        assert edge.call(talking).state is CallState.TALKING
        await until(lambda: edge.channels() == 4, "three callers and an agent")
        for call in calls:
            await edge.switch.hang_up(call)
        for call in calls:
            await edge.fact(CallEnded, call)
    assert not edge.heard(DialogueOffered, talking)
    waited = edge.records[second].stays
    assert [stay.status for stay in waited] == [OVERFLOW, ""]


async def _talks(edge: Edge, number: str, *, marked: bool) -> str:
    """The next caller talks with the agent."""
    call = await edge.led()
    if marked:
        await edge.switch.ask_after_call(call)
    await edge.switch.send_to_queue(call, "facturacion", 0)
    connected = await edge.fact(AgentConnected, call)
    assert connected.agent == number
    return call


async def _is_asked_after(edge: Edge, call: str, number: str) -> None:
    """The agent has ended the talk and writes it up; the caller is in a dialogue, then goes."""
    await edge.back(call, "after_call")
    released = await edge.fact(AgentReleased, call)
    wrap_up = await edge.fact(WrapUpStarted, call)
    assert abs(wrap_up.at - released.at) < timedelta(seconds=1)
    assert edge.call(call).state is CallState.IN_MENU
    await asyncio.sleep(2)  # what comes after the talk must not count as talk
    await edge.switch.hang_up(call)
    await edge.fact(CallEnded, call)
    record = edge.records[call]
    (stay,) = record.stays
    assert stay.released_at is not None
    assert record.ended_at is not None
    assert stay.connected_at is not None
    assert record.ended_at - stay.released_at > timedelta(seconds=1.5)
    assert record.talk_seconds == pytest.approx(
        (stay.released_at - stay.connected_at).total_seconds()
    )
    assert stay.ended_by == "agent"
    assert record.outcome == "handled"


async def test_after_a_talk_with_a_held_agent_the_caller_is_asked(edge: Edge) -> None:
    """The agent ends the first talk by *26, the second by hanging up the phone."""
    line = roles.callers(
        edge.stage.sipp,
        edge.folder / "line",
        asterisk_port=edge.stage.sip_port,
        port=free_udp_port(),
        number="*22",
        caller_numbers=[_HELD],
        steps=[Step(15_000, "*"), Step(250, "2"), Step(250, "6")],
        hold_ms=12_000,
    )
    with line:
        await edge.free(_HELD)
        with edge.rings():
            call = await _talks(edge, _HELD, marked=True)
            await _is_asked_after(edge, call, _HELD)
        await edge.desk.ready(_HELD)
        with edge.rings():
            call = await _talks(edge, _HELD, marked=True)
            await _is_asked_after(edge, call, _HELD)
        await edge.in_state(_HELD, AgentState.SIGNED_OUT)


async def test_after_a_talk_with_a_rung_agent_the_caller_is_asked(edge: Edge) -> None:
    """The agent ends the first talk over the API, the second by hanging up the phone."""
    await edge.at_work(RUNG)
    with edge.rings():
        call = await _talks(edge, RUNG, marked=True)
        await edge.desk.end_call(RUNG)
        await _is_asked_after(edge, call, RUNG)
    await edge.desk.ready(RUNG)
    with _phones_that_hang_up(edge, 1000):
        await edge.at_work(RUNG)
        with edge.rings():
            call = await _talks(edge, RUNG, marked=True)
            await _is_asked_after(edge, call, RUNG)


async def test_nobody_is_asked_who_need_not_be(edge: Edge) -> None:
    """Not marked; the customer ends the talk; nobody is there to lead the dialogue."""
    await edge.at_work(RUNG)
    with edge.rings():
        call = await _talks(edge, RUNG, marked=False)
        await edge.desk.end_call(RUNG)
        await edge.fact(CallEnded, call)
        assert edge.records[call].ended_by == "agent"
    await edge.desk.ready(RUNG)
    await edge.at_work(RUNG)
    with edge.rings(hold_ms=8000):
        by_customer = await _talks(edge, RUNG, marked=True)
        await edge.fact(CallEnded, by_customer)
        await until(lambda: edge.records[by_customer].stays[0].ended_by, "the release")
        assert edge.records[by_customer].ended_by == "customer"
    await edge.desk.ready(RUNG)
    await edge.at_work(RUNG)
    with _phones_that_hang_up(edge, 1000), edge.rings():
        unled = await _talks(edge, RUNG, marked=True)
        edge.switch.dead = True
        await edge.fact(CallEnded, unled)
        await until(lambda: edge.records[unled].stays[0].ended_by, "the release")
        assert edge.records[unled].ended_by == "agent"
    assert not any(edge.heard(DialogueOffered, each) for each in (call, by_customer, unled))


@contextlib.contextmanager
def _phones_that_hang_up(edge: Edge, after_ms: int) -> Iterator[None]:
    """Other phones in the place of the stage's."""
    port = edge.stage.phones.port
    edge.stage.phones.stop()
    try:
        folder = edge.folder / f"phones{after_ms}"
        with roles.phones(edge.stage.sipp, folder, port=port, hang_up_ms=after_ms):
            yield
    finally:
        edge.stage.phones.start()
