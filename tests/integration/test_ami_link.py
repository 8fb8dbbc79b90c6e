"""The link over a real socket against a scripted peer: what it tells, and its answers."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ami.message import Down, Event, Up
from calls.errors import CommandRefusedError, LinkDownError, OutcomeUnknownError
from tests.scripted_peer import Action, ScriptedPeer, Session
from tests.watched_link import (
    CHANNELS,
    COMPLETE,
    ORIGINATE,
    assert_nothing_left,
    down,
    event,
    following,
    link_to,
    running,
    up,
    waiting_orders,
)


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedPeer]:
    async with ScriptedPeer() as peer:
        yield peer
    assert peer.all_ended


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    yield
    assert_nothing_left()


# --- up, in order, alive ------------------------------------------------------------------------


async def test_up_tells_what_asterisk_said_of_itself(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port, clock=lambda: 1_700_000_000.0)) as link:
        info = await up(link)
        assert (info.uptime_seconds, info.version) == (100, "11.0.0")
        assert info.booted_at.isoformat() == "2023-11-14T22:11:40+00:00"
        assert (link.up, link.reason, link.refusal) == (True, "", None)
    assert await down(link) == "the link was stopped"
    assert peer.all_ended


async def test_events_come_in_order_after_up_and_before_down(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        await peer.until(lambda: bool(peer.sessions) and peer.session.pings > 0)
        for number in range(2000):
            peer.session.event("Newstate", Uniqueid=str(number))
        await peer.session.drained()
        peer.session.hang_up()
        first, *middle, last = await following(link, Down)
    assert isinstance(first, Up)
    assert last == Down("Asterisk closed the connection")
    numbers = [item.message.get("Uniqueid") for item in middle if isinstance(item, Event)]
    assert numbers == [str(number) for number in range(2000)]


async def test_a_restarted_asterisk_is_told_by_its_uptime(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        before = await up(link)
        peer.uptime_seconds = 1
        peer.session.cut()
        assert "connection" in await down(link)
        after = await up(link)
    assert after.booted_at > before.booted_at


async def test_pongs_give_the_time_of_the_switch(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        await up(link)
        await peer.until(lambda: peer.session.pings >= 2)
        first = link.switch_time
        assert first is not None
        assert abs(first - time.time()) < 5
        await peer.until(lambda: peer.session.pings >= 4)
        assert link.switch_time is not None
        assert link.switch_time > first


async def test_how_much_waits_to_be_taken_can_be_read(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        await up(link)
        for _ in range(3):
            peer.session.say(("Event", "Newstate"))
        await link.send([("Action", "CoreStatus")])
        assert link.queue_length == 3
        for _ in range(3):
            await event(link)
        assert link.queue_length == 0


async def test_before_asterisk_is_booted_nothing_counts(peer: ScriptedPeer) -> None:
    peer.booted = False
    async with running(link_to(peer.port, action_seconds=0.1)) as link:
        assert "FullyBooted" in await down(link)
        peer.session.event("Newchannel")
        with pytest.raises(LinkDownError, match="FullyBooted"):
            await link.send(ORIGINATE)
        peer.session.boot()
        assert (await up(link)).uptime_seconds == 100
        assert link.queue_length == 0
    assert len(peer.sessions) == 1
    assert peer.actions == []


# --- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "wording"),
    [
        ("QueueAdd", "Added interface to queue"),
        ("AGI", "Added AGI command to queue"),
        ("PlayDTMF", "DTMF successfully queued"),
        ("Originate", "Originate successfully queued"),
        ("QueuePause", "Interface paused successfully; details will follow"),
    ],
)
async def test_a_single_answer_is_one_whatever_its_wording(
    peer: ScriptedPeer, action: str, wording: str
) -> None:
    """panoramisk guesses from the wording: these hang, or tear the connection down."""
    peer.replies[action] = lambda session, sent: session.answer(
        sent, "Success", ("Message", wording)
    )
    async with running(link_to(peer.port)) as link:
        await up(link)
        answer = await link.send([("Action", action), ("Command", "STREAM FILE x #")])
        assert answer.get("Message") == wording
    assert len(peer.sessions) == 1


async def test_a_refusal_is_told_in_asterisks_words(peer: ScriptedPeer) -> None:
    for name in ("Redirect", "CoreShowChannels"):
        peer.replies[name] = lambda session, sent: session.answer(
            sent, "Error", ("Message", "Extension does not exist.")
        )
    async with running(link_to(peer.port)) as link:
        await up(link)
        with pytest.raises(CommandRefusedError, match=r"Redirect: Extension does not exist\."):
            await link.send([("Action", "Redirect")])
        with pytest.raises(CommandRefusedError, match="CoreShowChannels: Extension"):
            await link.ask(CHANNELS, COMPLETE)


@pytest.mark.parametrize("event_first", [True, False])
async def test_originate_response_is_an_event_and_never_an_answer(
    peer: ScriptedPeer, event_first: bool
) -> None:
    """Trap 1: it has a `Response:` header and the action's id; panoramisk keeps it from us."""

    def originate(session: Session, sent: Action) -> None:
        told = ("Event", "OriginateResponse"), ("ActionID", sent["ActionID"])
        if event_first:
            session.say(*told, ("Response", "Failure"))
        session.answer(sent, "Success", ("Message", "Originate successfully queued"))
        if not event_first:
            session.say(("Response", "Failure"), *told)

    peer.replies["Originate"] = originate
    async with running(link_to(peer.port)) as link:
        await up(link)
        answer = await link.send(ORIGINATE)
        assert (answer.event, answer.get("Response")) == ("", "Success")
        heard = await event(link)
        assert (heard.event, heard.get("ActionID")) == ("OriginateResponse", "attempt-1")
        assert heard.get("Response") == "Failure"


async def test_many_at_once_get_each_its_own_answer(peer: ScriptedPeer) -> None:
    waiting: list[Action] = []

    def backwards(session: Session, sent: Action) -> None:
        waiting.append(sent)
        if len(waiting) == 50:
            for action in reversed(waiting):
                session.answer(action, "Success", ("Value", action["Variable"]))

    peer.replies["Getvar"] = backwards
    async with running(link_to(peer.port)) as link:
        await up(link)
        answers = await asyncio.gather(
            *(link.send([("Action", "Getvar"), ("Variable", str(n))]) for n in range(50))
        )
    assert [answer.get("Value") for answer in answers] == [str(n) for n in range(50)]


async def test_a_list_is_collected_and_its_items_are_no_events(peer: ScriptedPeer) -> None:
    def channels(session: Session, sent: Action) -> None:
        session.event("Newchannel", Uniqueid="live")
        session.answer_list(
            sent, COMPLETE, [[("Event", "CoreShowChannel"), ("Uniqueid", str(n))] for n in range(3)]
        )
        session.event("Hangup", Uniqueid="live")

    peer.replies["CoreShowChannels"] = channels
    async with running(link_to(peer.port)) as link:
        await up(link)
        items = await link.ask(CHANNELS, COMPLETE)
        assert [item.get("Uniqueid") for item in items] == ["0", "1", "2"]
        assert (await event(link)).event == "Newchannel"
        assert (await event(link)).event == "Hangup"
        assert link.queue_length == 0


async def test_an_empty_list_is_no_item(peer: ScriptedPeer) -> None:
    peer.replies["CoreShowChannels"] = lambda session, sent: session.answer_list(sent, COMPLETE, [])
    async with running(link_to(peer.port)) as link:
        await up(link)
        assert await link.ask(CHANNELS, COMPLETE) == []


async def test_what_comes_late_finds_nobody_and_is_no_event(peer: ScriptedPeer) -> None:
    late: list[Action] = []
    peer.replies["CoreShowChannels"] = lambda session, sent: late.append(sent)
    peer.replies["Originate"] = lambda session, sent: late.append(sent)
    async with running(link_to(peer.port)) as link:
        await up(link)
        with pytest.raises(OutcomeUnknownError, match=r"CoreShowChannels: no answer within 0\.05"):
            await link.ask(CHANNELS, COMPLETE, timeout_seconds=0.05)
        with pytest.raises(OutcomeUnknownError, match="Originate: no answer"):
            await link.send(ORIGINATE, timeout_seconds=0.05)
        asking = asyncio.create_task(link.ask(CHANNELS, COMPLETE))
        await peer.until(lambda: len(late) == 3)
        asking.cancel()
        await asyncio.wait({asking})
        assert waiting_orders(link) == set()
        for action in late:
            session = peer.session
            if action["Action"] == "Originate":
                session.answer(action)
            else:
                session.answer_list(action, COMPLETE, [[("Event", "CoreShowChannel")]])
        session.event("Newstate")
        assert (await event(link)).event == "Newstate"
