"""The link when its peer fails: told once, left at once, and nothing is sent twice."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

import pytest

from ami.errors import ValueRefusedError
from ami.message import Down, Event, Up
from ami.wire import variable
from calls.errors import LinkDownError, OutcomeUnknownError
from tests.scripted_peer import SECRET, Action, ScriptedPeer, Session
from tests.watched_link import (
    CHANNELS,
    COMPLETE,
    MUTE,
    ORIGINATE,
    PING,
    assert_nothing_left,
    down,
    following,
    link_to,
    running,
    up,
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


def silence(session: Session, action: Action) -> None:
    """The answer of a peer that says nothing to this action."""


# --- nothing twice, nothing late ----------------------------------------------------------------


async def test_nothing_is_sent_again_after_a_reconnection(peer: ScriptedPeer) -> None:
    """Trap 31: plain panoramisk dials 6 of 6 again."""
    peer.replies["Originate"] = silence
    async with running(link_to(peer.port)) as link:
        await up(link)
        orders = [link.send([("Action", "Originate"), ("ActionID", f"a{n}")]) for n in range(6)]
        waiting = asyncio.gather(*orders, return_exceptions=True)
        await peer.until(lambda: len(peer.actions) == 6)
        peer.session.cut()
        errors = await waiting
        assert all(isinstance(error, OutcomeUnknownError) for error in errors)
        assert "Originate: connection lost" in str(errors[0])
        with pytest.raises(LinkDownError, match="not sent: connection lost"):
            await link.send(ORIGINATE)
        await up(link)
        await peer.until(lambda: peer.session.pings > 2)
    assert len(peer.sessions) == 2
    assert sorted(action["ActionID"] for action in peer.actions) == [f"a{n}" for n in range(6)]


async def test_cut_right_after_each_of_many_originates_dials_each_once(peer: ScriptedPeer) -> None:
    peer.replies["Originate"] = lambda session, _: session.cut()
    async with running(link_to(peer.port)) as link:
        for number in range(40):
            await up(link)
            with pytest.raises(OutcomeUnknownError):
                await link.send([("Action", "Originate"), ("ActionID", f"a{number}")])
        await up(link)
    assert [action["ActionID"] for action in peer.actions] == [f"a{n}" for n in range(40)]


async def test_a_list_that_breaks_off_is_unknown(peer: ScriptedPeer) -> None:
    def half(session: Session, sent: Action) -> None:
        session.answer(sent, "Success", ("EventList", "start"))
        session.say(("Event", "CoreShowChannel"), ("ActionID", sent["ActionID"]))
        session.hang_up()

    peer.replies["CoreShowChannels"] = half
    async with running(link_to(peer.port)) as link:
        await up(link)
        with pytest.raises(OutcomeUnknownError, match="Asterisk closed the connection"):
            await link.ask(CHANNELS, COMPLETE)


@pytest.mark.parametrize(
    "field",
    [
        ("CallerID", "x\r\n\r\nAction: Logoff"),
        ("CallerID", "x\nVariable: A=1"),
        ("Variable", "A=" + "x" * 1000),
    ],
)
async def test_what_asterisk_would_misread_never_leaves(
    peer: ScriptedPeer, field: tuple[str, str]
) -> None:
    """Traps 9 and 10."""
    async with running(link_to(peer.port)) as link:
        await up(link)
        with pytest.raises(ValueRefusedError, match=field[0]):
            await link.send([*ORIGINATE, field])
        await link.send([*ORIGINATE, ("Variable", variable("B", "x,y;z"))])
    assert [action["Variable"] for action in peer.actions] == ['B="x,y;z"']  # trap 8


# --- faults -------------------------------------------------------------------------------------


async def test_a_mute_peer_is_noticed_and_left(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        await up(link)
        peer.session.mute = True
        began = time.monotonic()
        with pytest.raises(OutcomeUnknownError, match=r"mute for 0\.2 s"):
            await link.send(ORIGINATE, timeout_seconds=600)
        assert await down(link) == "mute for 0.2 s"
        assert time.monotonic() - began >= MUTE - PING
        await up(link)
    assert len(peer.sessions) == 2


async def test_a_peer_mute_from_the_start_is_left_and_tried_again(peer: ScriptedPeer) -> None:
    peer.mute = True
    async with running(link_to(peer.port)) as link:
        assert await down(link) == "mute for 0.2 s"
        await peer.until(lambda: len(peer.sessions) == 2)
        peer.mute = peer.session.mute = False
        await up(link)


async def test_a_peer_without_greeting_is_mute() -> None:
    async with ScriptedPeer(greeting=b"") as peer, running(link_to(peer.port)) as link:
        assert await down(link) == "mute for 0.2 s"
        assert peer.session.logins == 0


async def test_a_stall_of_ours_is_not_taken_for_the_peers(peer: ScriptedPeer) -> None:
    def more_pings_than(number: int) -> Callable[[], bool]:
        return lambda: peer.session.pings > number

    async with running(link_to(peer.port)) as link:
        await up(link)
        for _ in range(3):
            time.sleep(MUTE * 2)  # noqa: ASYNC251 the stall itself
            await peer.until(more_pings_than(peer.session.pings))
        assert link.up
    assert len(peer.sessions) == 1


async def test_a_refused_login_is_told_and_not_hammered(peer: ScriptedPeer) -> None:
    peer.secret = "another"
    async with running(link_to(peer.port)) as link:
        assert await down(link) == "login refused: Authentication failed"
        assert str(link.refusal) == "login refused: Authentication failed"
        with pytest.raises(LinkDownError, match="login refused"):
            await link.send(ORIGINATE)
        began = time.monotonic()
        await peer.until(lambda: len(peer.sessions) == 4)
        assert time.monotonic() - began > 0.2
        assert link.queue_length == 0  # the same reason is told once
        peer.secret = SECRET
        await up(link)
        assert link.refusal is None


async def test_a_refusal_with_the_connection_already_closed_is_still_told(
    peer: ScriptedPeer,
) -> None:
    def refuse(session: Session, action: Action) -> None:
        session.answer(action, "Error", ("Message", "Login Already In Use"))
        session.hang_up()

    peer.replies["Login"] = refuse
    async with running(link_to(peer.port)) as link:
        assert await down(link) == "login refused: Login Already In Use"
        assert link.refusal is not None


async def test_nobody_there_is_told_once_and_tried_until_somebody_is() -> None:
    async with ScriptedPeer() as peer:
        port = peer.port
    async with running(link_to(port)) as link:
        assert f"no connection to 127.0.0.1:{port}" in await down(link)
        async with ScriptedPeer(port=port) as peer:
            assert [type(item) for item in await following(link, Up)] == [Up]
            await peer.until(lambda: peer.session.pings > 0)


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"x" * 1_000_000, b"\x00" * 10]
)
async def test_a_peer_that_is_no_asterisk_gets_no_secret(greeting: bytes) -> None:
    async with ScriptedPeer(greeting=greeting) as peer, running(link_to(peer.port)) as link:
        reason = await down(link)
        assert reason == "what answers there is not an Asterisk Manager Interface"
        await peer.until(lambda: len(peer.sessions) == 3)
    assert all(session.logins == 0 for session in peer.sessions)


async def test_a_line_without_end_is_cut_off_and_the_link_comes_back(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port)) as link:
        await up(link)
        peer.session.write(b"Event: " + b"x" * 1_000_000)
        assert "not an AMI" in await down(link)
        await up(link)


async def test_a_peer_that_closes_at_once_is_not_hammered() -> None:
    async with ScriptedPeer() as peer:
        peer.replies["Login"] = lambda session, _: session.hang_up()
        async with running(link_to(peer.port, backoff_seconds=(0.02, 0.32))) as link:
            assert await down(link) == "Asterisk closed the connection"
            began = time.monotonic()
            await peer.until(lambda: len(peer.sessions) == 6)
            assert time.monotonic() - began > (0.02 + 0.04 + 0.08 + 0.16 + 0.32) / 2
            assert link.queue_length == 0


async def test_too_many_waiting_events_force_a_new_connection(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port, queue_limit=100)) as link:
        await up(link)
        for number in range(1000):
            peer.session.event("Newstate", Uniqueid=str(number))
        await peer.until(lambda: peer.session.ended)
        assert link.queue_length == 101
        with pytest.raises(TimeoutError):  # not before the waiting ones are handled
            await peer.until(lambda: len(peer.sessions) > 1, seconds=0.2)
        items = await following(link, Down)
        assert [item.message.get("Uniqueid") for item in items[:-1] if isinstance(item, Event)] == [
            str(number) for number in range(100)
        ]
        assert items[-1] == Down("100 events wait to be handled")
        await up(link)
    assert len(peer.sessions) == 2


async def test_a_slow_listener_does_not_make_a_slow_reader(peer: ScriptedPeer) -> None:
    """Trap 28: Asterisk closes, silently, on who does not read; we read whether heard or not."""
    async with running(link_to(peer.port, mute_seconds=3.0)) as link:
        await up(link)
        for number in range(20_000):
            peer.session.event("Newstate", Uniqueid=str(number), Padding="x" * 300)
        async with asyncio.timeout(60):
            await peer.session.drained()
            await link.send([("Action", "CoreStatus")], timeout_seconds=60)
        assert link.queue_length == 20_000
        assert link.up


# --- ending -------------------------------------------------------------------------------------


async def test_whoever_waits_when_the_link_is_stopped_is_told(peer: ScriptedPeer) -> None:
    peer.replies["Originate"] = silence
    async with running(link_to(peer.port)) as link:
        await up(link)
        waiting = asyncio.create_task(link.send(ORIGINATE))
        await peer.until(lambda: len(peer.actions) == 1)
    with pytest.raises(OutcomeUnknownError, match="the link was stopped"):
        await waiting


@pytest.mark.parametrize("moments", range(12))
async def test_stopping_at_any_moment_leaves_nothing(peer: ScriptedPeer, moments: int) -> None:
    run = asyncio.create_task(link_to(peer.port).run())
    for _ in range(moments):
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait({run})
    assert run.cancelled()
    await peer.until(lambda: peer.all_ended)


async def test_the_secret_is_in_no_log_and_no_repr(
    peer: ScriptedPeer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(link_to(peer.port)) as link:
        await up(link)
        await link.send(ORIGINATE)
        peer.secret = "changed"
        peer.session.cut()
        await down(link)
        assert "login refused" in await down(link)
        with pytest.raises(LinkDownError) as error:
            await link.send(ORIGINATE)
        assert SECRET not in f"{link!r} {error.value} {link.refusal!r}"
    assert SECRET not in caplog.text
    assert "linked to Asterisk" in caplog.text
    with pytest.raises(ValueRefusedError) as refusal:
        link_to(1, secret="two\nlines")
    assert "two" not in str(refusal.value)
