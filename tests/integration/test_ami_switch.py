"""The switch's orders as they leave, against a scripted peer; the real one is in `tests/system`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ami.connector import Connector
from ami.switch import AmiSwitch
from calls.errors import (
    CallGoneError,
    CommandRefusedError,
    LinkDownError,
    PlaybackFailedError,
    PromptMissingError,
)
from calls.events import CallDialed, CallEnded, CallFact, DialRefused, Fact, LinkLost, LinkUp
from calls.switch import Dial
from tests.scripted_peer import ScriptedPeer
from tests.watched_link import link_to, running, up

ATTEMPT = "attempt-" + "0" * 32
CALL = "pbx1-1772366400.7"
PROMPTS = {"es": frozenset({"welcome"}), "en": frozenset[str]()}
NOWHERE = Path("recordings-that-are-not-there")


@asynccontextmanager
async def _switch(peer: ScriptedPeer) -> AsyncIterator[AmiSwitch]:
    async with running(link_to(peer.port)) as link:
        await up(link)
        yield AmiSwitch(link, PROMPTS, NOWHERE)


def _sent(peer: ScriptedPeer, action: str) -> list[dict[str, str]]:
    return [sent for sent in peer.actions if sent["Action"] == action]


def _order(number: str = "573001234567") -> Dial:
    return Dial(
        attempt_id=ATTEMPT, number=number, caller_number="5716001234", queue="salida",
        ring_seconds=25,
    )  # fmt: skip


async def test_a_dial_is_asynchronous_carries_our_id_and_never_takes_early_media() -> None:
    """Traps 6, 11 and 15: one order, async, with the id we chose; a 183 is no answer."""
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.dial(_order())
        (sent,) = _sent(peer, "Originate")
        assert sent["Async"] == "true"
        assert "EarlyMedia" not in sent
        assert sent["ActionID"] == sent["ChannelId"] == ATTEMPT
        assert sent["Channel"] == "PJSIP/573001234567@trunk"
        assert (sent["Context"], sent["Exten"], sent["Timeout"]) == (
            "dialed",
            "queue_salida",
            "25000",
        )
        assert "Variable" not in sent


@pytest.mark.parametrize(
    "number",
    ["", "12", "abc", "57300&PJSIP/9", "57300@other", "+573001", "57 300", "9" * 16, "٥٥٥٥"],
)
async def test_what_is_not_a_number_is_never_dialed(number: str) -> None:
    """Trap 7: an empty number would be dialed to the trunk itself."""
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        with pytest.raises(CommandRefusedError):
            await switch.dial(_order(number))
        assert _sent(peer, "Originate") == []


async def test_a_held_agent_joins_with_the_state_of_the_line() -> None:
    """Trap 14: without StateInterface an agent who is not there looks free."""
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.join_queue("1001", "soporte", held=True, paused="")
        await switch.join_queue("1003", "soporte", held=False, paused="")
        held, rung = _sent(peer, "QueueAdd")
        assert held["StateInterface"] == "Agent:1001"
        assert held["Interface"] == "Local/1001@agents"
        assert held["MemberName"] == "1001"
        assert (rung["Interface"], "StateInterface" in rung) == ("PJSIP/1003", False)
        assert "Penalty" not in held  # trap 20: penalties do nothing between queues


async def test_being_a_member_already_is_fine_and_the_pause_is_said_all_the_same() -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        peer.replies["QueueAdd"] = lambda session, action: session.answer(
            action, "Error", ("Message", "Unable to add interface: Already there")
        )
        await switch.join_queue("1001", "soporte", held=True, paused="almuerzo")
        (pause,) = _sent(peer, "QueuePause")
        assert (pause["Reason"], pause["Paused"]) == ("almuerzo", "true")


@pytest.mark.parametrize("message", ["No such channel", "Agent 1001 is not logged in"])
async def test_ending_what_is_over_is_no_error(message: str) -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        for action in ("Hangup", "AgentLogoff"):
            peer.replies[action] = lambda session, action: session.answer(
                action, "Error", ("Message", message)
            )
        await switch.hang_up(CALL)
        await switch.release_agent("1001")


def _plays(peer: ScriptedPeer, result: str, header: str = "CommandId") -> None:
    def reply(session: Any, action: dict[str, str]) -> None:
        session.answer(action)
        session.event(
            "AsyncAGIExec",
            **{header: action["CommandID"], "Result": quote(result + "\n"), "Channel": "x"},
        )

    peer.replies["AGI"] = reply


@asynccontextmanager
async def _connected(peer: ScriptedPeer) -> AsyncIterator[tuple[AmiSwitch, list[Fact]]]:
    """The switch with its connector, which hands the results of commands back."""
    facts: list[Fact] = []
    link = link_to(peer.port)
    for action in ("CoreShowChannels", "QueueStatus", "Agents"):
        peer.replies[action] = _empty_list
    switch = AmiSwitch(link, PROMPTS, NOWHERE)
    connector = Connector(link, switch, "pbx1", facts.append)
    task = asyncio.create_task(connector.run())
    try:
        async with asyncio.timeout(60):
            while not any(isinstance(fact, LinkUp) for fact in facts):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        yield switch, facts
    finally:
        task.cancel()
        await asyncio.wait({task})


def _empty_list(session: Any, action: dict[str, str]) -> None:
    session.answer_list(action, f"{action['Action']}Complete", [])


async def test_a_prompt_is_played_to_its_end_and_the_answer_found_by_its_other_spelling() -> None:
    """Trap 24: CommandID goes in, CommandId comes out."""
    async with ScriptedPeer() as peer, _connected(peer) as (switch, _):
        _plays(peer, "200 result=0 endpos=18560")
        await switch.play(CALL, "es", "welcome")
        (sent,) = _sent(peer, "AGI")
        assert sent["Command"] == 'CONTROL STREAM FILE "linea800/welcome" "" 3000 A B C'
        _plays(peer, "200 result=-1")
        with pytest.raises(PlaybackFailedError):
            await switch.play(CALL, "es", "welcome")
        _plays(peer, "510 Invalid or unknown command")
        with pytest.raises(CommandRefusedError):
            await switch.play(CALL, "es", "welcome")


async def test_a_prompt_that_does_not_exist_is_never_asked_for() -> None:
    """Trap 21: Asterisk would end the dialogue over it."""
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        for language, prompt in (("es", "unheard"), ("en", "welcome"), ("xx", "welcome")):
            with pytest.raises(PromptMissingError):
                await switch.play(CALL, language, prompt)
        assert _sent(peer, "AGI") == []


@pytest.mark.parametrize("ending", ["AsyncAGIEnd", "Hangup"])
async def test_commands_that_will_never_run_are_not_waited_for(ending: str) -> None:
    """Trap 23: a command is acknowledged although its dialogue has just ended."""
    async with ScriptedPeer() as peer, _connected(peer) as (switch, _):
        playing = asyncio.create_task(switch.play(CALL, "es", "welcome"))
        await peer.until(lambda: bool(_sent(peer, "AGI")))
        peer.session.event(ending, Channel="PJSIP/trunk-1", Uniqueid=CALL)
        async with asyncio.timeout(60):
            with pytest.raises(CallGoneError):
                await playing


async def test_a_prompt_that_plays_when_the_link_is_lost_ends_in_an_error() -> None:
    async with ScriptedPeer() as peer, _connected(peer) as (switch, facts):
        playing = asyncio.create_task(switch.play(CALL, "es", "welcome"))
        await peer.until(lambda: bool(_sent(peer, "AGI")))
        peer.session.cut()
        async with asyncio.timeout(60):
            with pytest.raises(LinkDownError):
                await playing
        assert any(isinstance(fact, LinkLost) for fact in facts)


async def test_a_failed_dial_is_told_after_what_asterisk_says_of_its_channel() -> None:
    """Trap 2: on a busy machine it overtakes even the channel's beginning."""
    async with ScriptedPeer() as peer, _connected(peer) as (_, facts):
        told = {"Channel": "PJSIP/trunk-1", "Uniqueid": ATTEMPT}
        peer.session.event("OriginateResponse", Response="Failure", ActionID=ATTEMPT, Reason="0")
        peer.session.event("Newchannel", **told)
        peer.session.event("Hangup", **told, Cause="17", TechCause="486")
        async with asyncio.timeout(60):
            while not any(isinstance(fact, DialRefused) for fact in facts):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        ours = [type(fact) for fact in facts if isinstance(fact, CallFact)]
        assert ours == [CallDialed, CallEnded, DialRefused]


async def test_the_dialplan_is_told_every_second_that_somebody_is_there() -> None:
    async with ScriptedPeer() as peer, _connected(peer):
        await peer.until(lambda: bool(_sent(peer, "Setvar")))
        (alive, *_) = _sent(peer, "Setvar")
        assert (alive["Variable"], "Channel" in alive) == ("L8_ALIVE", False)
        assert alive["Value"].isdigit()


async def test_somebody_listens_beside_a_call_that_is_to_be_judged() -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.dial(replace(_order(), judged=True))
        (sent,) = _sent(peer, "Originate")
        assert (sent["Context"], sent["Exten"]) == ("dialed", "judged_queue_salida")


@pytest.mark.parametrize(
    ("judged", "way"),
    [(False, "recorded_queue_salida"), (True, "judged_recorded_queue_salida")],
)
async def test_a_call_that_is_to_be_recorded_says_so_in_its_way(judged: bool, way: str) -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.dial(replace(_order(), judged=judged, recorded=True))
        (sent,) = _sent(peer, "Originate")
        assert (sent["Context"], sent["Exten"]) == ("dialed", way)


async def test_a_machine_gets_a_prompt_that_exists() -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.leave_message(ATTEMPT, "welcome")
        (redirect,) = _sent(peer, "Redirect")
        assert redirect["Channel"] == ATTEMPT
        assert (redirect["Context"], redirect["Exten"]) == ("machine-message", "leave_welcome")
        with pytest.raises(PromptMissingError):
            await switch.leave_message(ATTEMPT, "nothing")
        peer.replies["Redirect"] = lambda session, action: session.answer(
            action, "Error", ("Message", "Channel does not exist: x")
        )
        with pytest.raises(CallGoneError):
            await switch.leave_message(ATTEMPT, "welcome")


async def test_a_caller_goes_to_a_queue_with_a_priority() -> None:
    async with ScriptedPeer() as peer, _switch(peer) as switch:
        await switch.send_to_queue(CALL, "soporte", 5)
        (priority,) = _sent(peer, "Setvar")
        (redirect,) = _sent(peer, "Redirect")
        assert (priority["Variable"], priority["Value"]) == ("QUEUE_PRIO", "5")
        assert (redirect["Context"], redirect["Exten"]) == ("to-queue", "queue_soporte")
        await switch.send_back_to_queue(CALL, "soporte", 3)
        place, back = _sent(peer, "Setvar")[-1], _sent(peer, "Redirect")[-1]
        assert (place["Channel"], place["Variable"], place["Value"]) == (CALL, "L8_POSITION", "3")
        assert (back["Context"], back["Exten"]) == ("to-queue", "back_soporte")
        peer.replies["Redirect"] = lambda session, action: session.answer(
            action, "Error", ("Message", "Channel does not exist: x")
        )
        with pytest.raises(CallGoneError):
            await switch.send_to_queue(CALL, "soporte", 5)
