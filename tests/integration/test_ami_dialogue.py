"""A dialogue's orders as they leave, against a scripted peer; the real one is in `tests/system`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ami.connector import Connector
from ami.switch import AmiSwitch
from calls.errors import (
    CallGoneError,
    CommandRefusedError,
    PromptMissingError,
    RecordingFailedError,
)
from tests.scripted_peer import ScriptedPeer
from tests.watched_link import link_to

CALL = "pbx1-1772366400.7"


@asynccontextmanager
async def _connected(peer: ScriptedPeer, recordings: Path) -> AsyncIterator[AmiSwitch]:
    """The switch with its connector, which hands the results of commands back."""
    link = link_to(peer.port)
    for action in ("CoreShowChannels", "QueueStatus", "Agents"):
        peer.replies[action] = _empty_list
    switch = AmiSwitch(link, {}, recordings)
    task = asyncio.create_task(Connector(link, switch, "pbx1", lambda _: None).run())
    try:
        await peer.until(lambda: link.up)
        yield switch
    finally:
        task.cancel()
        await asyncio.wait({task})


def _empty_list(session: Any, action: dict[str, str]) -> None:
    session.answer_list(action, f"{action['Action']}Complete", [])


def _answers(peer: ScriptedPeer, result: str) -> None:
    def reply(session: Any, action: dict[str, str]) -> None:
        session.answer(action)
        session.event("AsyncAGIExec", CommandId=action["CommandID"], Result=quote(result + "\n"))

    peer.replies["AGI"] = reply


def _refuses(peer: ScriptedPeer, action: str, message: str) -> None:
    peer.replies[action] = lambda session, order: session.answer(
        order, "Error", ("Message", message)
    )


def _sent(peer: ScriptedPeer, action: str) -> list[dict[str, str]]:
    return [
        sent
        for sent in peer.actions
        if sent["Action"] == action and sent.get("Variable") != "L8_ALIVE"
    ]


async def test_a_recording_says_how_long_it_is(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        _answers(peer, "200 result=53 (dtmf) endpos=20800")
        seconds = await switch.record(CALL, "a-1_b", most_seconds=9.5, silence_seconds=2.2)
        assert seconds == 2.6
        (sent,) = _sent(peer, "AGI")
        assert sent["Command"] == f'RECORD FILE "{tmp_path}/a-1_b" wav "0123456789*#" 9500 BEEP s=3'
        _answers(peer, "200 result=0 (timeout) endpos=12000")
        assert await switch.record(CALL, "a", most_seconds=1.5, silence_seconds=0) == 1.5
        _answers(peer, "200 result=49 (randomerror) endpos=0")  # a key during the beep
        assert await switch.record(CALL, "a", most_seconds=1.5, silence_seconds=0) == 0


@pytest.mark.parametrize(
    ("result", "error"),
    [
        ("200 result=-1 (hangup) endpos=14400", CallGoneError),
        ("200 result=-1 (writefile)", RecordingFailedError),
        ("200 result=-1 (randomerror) endpos=0", RecordingFailedError),
        ("510 Invalid or unknown command", CommandRefusedError),
    ],
)
async def test_a_recording_that_fails_says_why(
    tmp_path: Path, result: str, error: type[Exception]
) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        _answers(peer, result)
        with pytest.raises(error):
            await switch.record(CALL, "a", most_seconds=1, silence_seconds=1)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.wav", 'a"', "a b", "ñ", "x" * 81])
async def test_what_is_no_name_of_a_recording_reaches_no_file(tmp_path: Path, name: str) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        with pytest.raises(CommandRefusedError):
            await switch.record(CALL, name, most_seconds=1, silence_seconds=1)
        with pytest.raises(CommandRefusedError):
            await switch.play_recording(CALL, name)
        assert _sent(peer, "AGI") == []


async def test_what_would_end_the_dialogue_is_not_asked_for(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path / "no") as switch:
        with pytest.raises(RecordingFailedError):
            await switch.record(CALL, "a", most_seconds=1, silence_seconds=1)
        with pytest.raises(PromptMissingError):
            await switch.play_recording(CALL, "a")
        assert _sent(peer, "AGI") == []


async def test_a_recording_is_played_as_prompts_are(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        (tmp_path / "a.wav").touch()
        _answers(peer, "200 result=0 endpos=-1")
        await switch.play_recording(CALL, "a")
        (sent,) = _sent(peer, "AGI")
        assert sent["Command"] == f'CONTROL STREAM FILE "{tmp_path}/a" "" 3000 A B C'


async def test_muting_where_nobody_records_is_no_error(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        await switch.mute_recorders(CALL, muted=True)
        await switch.mute_recorders(CALL, muted=False)
        states = [(sent["Direction"], sent["State"]) for sent in _sent(peer, "MixMonitorMute")]
        assert states == [("both", "1"), ("both", "0")]
        for nobody in ("Cannot set mute flag", "Invalid/unknown command: MixMonitorMute. Use …"):
            _refuses(peer, "MixMonitorMute", nobody)
            await switch.mute_recorders(CALL, muted=True)
        _refuses(peer, "MixMonitorMute", "No such channel")
        with pytest.raises(CallGoneError):
            await switch.mute_recorders(CALL, muted=True)
        _refuses(peer, "MixMonitorMute", "Permission denied")
        with pytest.raises(CommandRefusedError):
            await switch.mute_recorders(CALL, muted=True)


async def test_callers_go_to_targets_by_name(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        await switch.transfer(CALL, "gerencia_2")
        (sent,) = _sent(peer, "Redirect")
        assert (sent["Context"], sent["Exten"]) == ("to-target", "target_gerencia_2")
        for wrong in ("", "5716007000", "a,b", "a b", "${X}"):
            with pytest.raises(CommandRefusedError):
                await switch.transfer(CALL, wrong)
        _refuses(peer, "Redirect", "Channel does not exist: x")
        with pytest.raises(CallGoneError):
            await switch.transfer(CALL, "gerencia_2")


async def test_talks_are_passed_on_by_name(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        await switch.pass_to_queue(CALL, "ventas")
        await switch.pass_to_target(CALL, "gerencia_2")
        ways = [(sent["Channel"], sent["Context"], sent["Exten"])
                for sent in _sent(peer, "Redirect")]  # fmt: skip
        assert ways == [
            (CALL, "passed-on", "queue_ventas"), (CALL, "passed-on", "target_gerencia_2"),
        ]  # fmt: skip
        for wrong in ("", "5716007000", "a,b", "a b", "${X}"):
            for order in (switch.pass_to_queue, switch.pass_to_target):
                with pytest.raises(CommandRefusedError):
                    await order(CALL, wrong)
        _refuses(peer, "Redirect", "Channel does not exist: x")
        for order in (switch.pass_to_queue, switch.pass_to_target):
            with pytest.raises(CallGoneError):
                await order(CALL, "ventas")
        assert len(_sent(peer, "Redirect")) == 4


async def test_a_waiting_caller_is_taken_back_by_a_key_of_ours(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        await switch.back_to_dialogue(CALL)
        (flag,) = _sent(peer, "Setvar")
        assert (flag["Channel"], flag["Variable"], flag["Value"]) == (CALL, "L8_BACK", "1")
        # the first may only end an announcement
        assert [(key["Digit"], key["Receive"]) for key in _sent(peer, "PlayDTMF")] == [
            ("D", "true"), ("D", "true"),
        ]  # fmt: skip


async def test_the_dialplan_ends_a_talk_as_was_asked_for(tmp_path: Path) -> None:
    async with ScriptedPeer() as peer, _connected(peer, tmp_path) as switch:
        await switch.ask_after_call(CALL)
        (flag,) = _sent(peer, "Setvar")
        assert (flag["Channel"], flag["Variable"], flag["Value"]) == (CALL, "L8_AFTER", "1")
        await switch.end_talk(CALL)
        (sent,) = _sent(peer, "Redirect")
        assert (sent["Context"], sent["Exten"]) == ("after-talk", "after_call")
        _refuses(peer, "Redirect", "Channel does not exist: x")
        await switch.end_talk(CALL)
