"""Supervisors' orders as they leave, against a scripted peer; the real one is in `tests/system`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ami.switch import AmiSwitch
from calls.errors import CallGoneError, CommandRefusedError, PromptMissingError
from calls.switch import ListenIn, Mode
from tests.scripted_peer import Action, Fields, ScriptedPeer, Session
from tests.watched_link import link_to, running, up

CALL = "pbx1-1772366400.7"
LINE = "line-1001-0123456789ab"
ORDER = ListenIn(
    channel_id="listen-1011-0123456789ab", call_id=CALL, agent="1001", phone="1011",
    mode=Mode.WHISPER, by="0f" * 16,
)  # fmt: skip
TALK: list[Fields] = [
    [("Event", "CoreShowChannel"), ("Channel", "PJSIP/trunk-00000001"), ("Uniqueid", CALL),
     ("BridgeId", "b1")],
    [("Event", "CoreShowChannel"), ("Channel", "PJSIP/1001-00000002"), ("Uniqueid", LINE),
     ("BridgeId", "b1")],
]  # fmt: skip


@asynccontextmanager
async def _switch(peer: ScriptedPeer, channels: list[Fields]) -> AsyncIterator[AmiSwitch]:
    def show(session: Session, action: Action) -> None:
        session.answer_list(action, "CoreShowChannelsComplete", channels)

    peer.replies["CoreShowChannels"] = show
    async with running(link_to(peer.port)) as link:
        await up(link)
        yield AmiSwitch(link, {"es": frozenset({"outage"})}, Path("nowhere"))


def _sent(peer: ScriptedPeer, action: str) -> list[Action]:
    return [sent for sent in peer.actions if sent["Action"] == action]


async def test_the_supervisors_phone_rings_under_an_id_that_says_what_it_is() -> None:
    async with ScriptedPeer() as peer, _switch(peer, TALK) as switch:
        await switch.listen_in(ORDER)
        (sent,) = _sent(peer, "Originate")
        assert sent["ActionID"] == sent["ChannelId"] == ORDER.channel_id
        assert (sent["Channel"], sent["Async"]) == ("PJSIP/1011", "true")
        assert (sent["Context"], sent["Exten"]) == ("supervision", "begin")
        assert set(sent["Variable"].split("\n")) == {
            f"L8_CALL={CALL}", "L8_AGENT=1001", "L8_PHONE=1011", f"L8_BY={ORDER.by}",
            f"L8_SPIED={LINE}", "L8_MODE=whisper",
        }  # fmt: skip
        await switch.listen_otherwise(ORDER.channel_id, Mode.BARGE)
        (moved,) = _sent(peer, "Redirect")
        assert (moved["Context"], moved["Exten"]) == ("supervision", "begin")
        assert [set_["Value"] for set_ in _sent(peer, "Setvar")] == ["barge"]


async def test_a_talk_that_is_over_is_not_listened_to() -> None:
    async with ScriptedPeer() as peer, _switch(peer, TALK[1:]) as switch:
        with pytest.raises(CallGoneError):
            await switch.listen_in(ORDER)
        assert _sent(peer, "Originate") == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ORDER, phone="1011&PJSIP/9"), replace(ORDER, agent="100x"),
        replace(ORDER, call_id="a,B=1"), replace(ORDER, by="${SHELL(x)}"),
        replace(ORDER, channel_id="attempt-1"), replace(ORDER, phone=""),
    ],
)  # fmt: skip
async def test_nothing_but_ids_reaches_the_dialplan(wrong: ListenIn) -> None:
    async with ScriptedPeer() as peer, _switch(peer, TALK) as switch:
        with pytest.raises(CommandRefusedError):
            await switch.listen_in(wrong)
        assert peer.actions == []


async def test_who_waits_is_taken_out_by_the_key() -> None:
    def show(session: Session, action: Action) -> None:
        waiting = [("x", "1", "5"), (CALL, "2", "0")]
        entries: list[Fields] = [
            [("Event", "QueueEntry"), ("Uniqueid", unique), ("Position", place), ("Priority", high)]
            for unique, place, high in waiting
        ]
        session.answer_list(action, "QueueStatusComplete", entries)

    async with ScriptedPeer() as peer, _switch(peer, []) as switch:
        peer.replies["QueueStatus"] = show
        await switch.send_ahead(CALL, "soporte", 1)
        await switch.send_elsewhere(CALL, "ventas")
        await switch.send_away(CALL)
        told = [(sent["Variable"], sent["Value"]) for sent in _sent(peer, "Setvar")]
        assert told == [
            ("QUEUE_PRIO", "5"), ("L8_MOVE", "1"), ("L8_BACK", "ahead"),
            ("L8_MOVE", "ventas"), ("L8_BACK", "moved"), ("L8_BACK", "withdrawn"),
        ]  # fmt: skip
        keys = [(sent["Digit"], sent["Receive"]) for sent in _sent(peer, "PlayDTMF")]
        assert keys == [("D", "true")] * 3
        with pytest.raises(CommandRefusedError):
            await switch.send_ahead("somebody-else", "soporte", 1)
        with pytest.raises(CommandRefusedError):
            await switch.send_elsewhere(CALL, "ventas,c")


async def test_an_announcement_is_a_prompt_there_is_for_a_call() -> None:
    async with ScriptedPeer() as peer, _switch(peer, []) as switch:
        await switch.announce(CALL, "es", "outage")
        (sent,) = _sent(peer, "Originate")
        assert sent["Channel"] == f"Local/beside_{CALL}@announcer/n"
        assert (sent["Context"], sent["Exten"]) == ("announcement", "say_outage")
        with pytest.raises(PromptMissingError):
            await switch.announce(CALL, "es", "nothing")
        with pytest.raises(CommandRefusedError):
            await switch.announce("x@elsewhere", "es", "outage")
