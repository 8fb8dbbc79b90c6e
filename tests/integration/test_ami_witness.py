"""The second witness against a scripted peer: right rows, bounded time, and no silent death."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import pytest

from ami.errors import LoginRefusedError, ValueRefusedError
from ami.witness import Witness
from ami.witness_rows import ChannelRow, MemberRow, QueueRow, WaitingRow
from calls.errors import CommandRefusedError, LinkDownError, OutcomeUnknownError
from tests.scripted_peer import GREETING, SECRET, Action, ScriptedPeer, Session

T = TypeVar("T")


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedPeer]:
    async with ScriptedPeer() as peer:
        yield peer


@pytest.fixture(autouse=True)
async def no_thread_left() -> AsyncIterator[None]:
    yield
    assert not readers()


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ami-witness"]


def witness(peer: ScriptedPeer, secret: str = SECRET, patience_seconds: float = 30.0) -> Witness:
    return Witness("127.0.0.1", peer.port, "ops", secret, patience_seconds=patience_seconds)


async def ask(
    peer: ScriptedPeer, question: Callable[[Witness], T], patience_seconds: float = 30.0
) -> T:
    """One question in a session of its own, from a thread as `doctor` does."""

    def session() -> T:
        with witness(peer, patience_seconds=patience_seconds) as there:
            return question(there)

    return await asyncio.to_thread(session)


def version(there: Witness) -> str:
    return there.version()


async def test_version(peer: ScriptedPeer) -> None:
    peer.replies["CoreSettings"] = lambda session, sent: session.answer(
        sent, "Success", ("AMIversion", "11.0.0"), ("AsteriskVersion", "22.10.1")
    )
    assert await ask(peer, version) == "22.10.1"


async def test_channels(peer: ScriptedPeer) -> None:
    def channels(session: Session, sent: Action) -> None:
        session.event("Newchannel", Uniqueid="no part of the list")
        one = [
            ("Event", "CoreShowChannel"), ("Channel", "PJSIP/trunk-00000001"),
            ("ChannelStateDesc", "Up"), ("CallerIDNum", "56221234567"),
            ("ConnectedLineNum", "<unknown>"), ("Context", "to-queue"), ("Exten", "ventas"),
            ("Uniqueid", "pbx1-1700000000.1"), ("ChanVariable", "CALLID=Muñoz"),
            ("ChanVariable", "B=2"), ("Application", "Queue"), ("ApplicationData", "ventas"),
            ("Duration", "101:02:03"), ("BridgeId", "b-1"),
        ]  # fmt: skip
        session.answer_list(sent, "CoreShowChannelsComplete", [one, [("Event", "CoreShowChannel")]])

    peer.replies["CoreShowChannels"] = channels
    first, second = await ask(peer, lambda there: there.channels())
    assert first == ChannelRow(
        channel_id="pbx1-1700000000.1",
        name="PJSIP/trunk-00000001",
        state="Up",
        context="to-queue",
        extension="ventas",
        application="Queue",
        application_data="ventas",
        caller_number="56221234567",
        connected_number="<unknown>",
        bridge_id="b-1",
        duration_seconds=363_723,
    )
    assert second.channel_id == ""
    assert second.duration_seconds == 0


async def test_queues(peer: ScriptedPeer) -> None:
    member = [
        ("Event", "QueueMember"), ("Queue", "ventas"), ("Name", "1001"),
        ("Location", "Local/1001@agents"), ("StateInterface", "Agent:1001"), ("Status", "2"),
        ("Paused", "1"), ("PausedReason", "wrap_up"), ("InCall", "1"),
    ]  # fmt: skip
    entries = [
        [("Event", "QueueEntry"), ("Queue", "ventas"), ("Position", n), ("Uniqueid", f"c{n}"), wait]
        for n, wait in (("2", ("Wait", "4")), ("1", ("Wait", "9")))
    ]
    params = [[("Event", "QueueParams"), ("Queue", name)] for name in ("ventas", "soporte")]
    peer.replies["QueueStatus"] = lambda session, sent: session.answer_list(
        sent, "QueueStatusComplete", [*params, member, *entries]
    )
    assert await ask(peer, lambda there: there.queues()) == [
        QueueRow(
            name="ventas",
            members=(
                MemberRow(
                    name="1001",
                    interface="Local/1001@agents",
                    state_interface="Agent:1001",
                    status=2,
                    paused=True,
                    pause_reason="wrap_up",
                    in_call=True,
                ),
            ),
            waiting=(
                WaitingRow(channel_id="c1", position=1, wait_seconds=9),
                WaitingRow(channel_id="c2", position=2, wait_seconds=4),
            ),
        ),
        QueueRow(name="soporte", members=(), waiting=()),
    ]


async def test_silence_does_not_end_the_reader(peer: ScriptedPeer) -> None:
    """asterisk-ami as released stops reading, silently, after its time limit without traffic."""
    limit_seconds = 0.2

    def patient(there: Witness) -> None:
        (reader,) = readers()
        for _ in range(2):
            reader.join(2 * limit_seconds)
            assert reader.is_alive()
            assert there.channels() == []

    peer.replies["CoreShowChannels"] = lambda session, sent: session.answer_list(
        sent, "CoreShowChannelsComplete", []
    )
    await ask(peer, patient, patience_seconds=limit_seconds)


async def test_one_line_end_too_many_is_no_harm(peer: ScriptedPeer) -> None:
    def settings(session: Session, sent: Action) -> None:
        session.write(b"\r\n\r\n\r\n")
        session.answer(sent, "Success", ("AsteriskVersion", "22"))

    peer.replies["CoreSettings"] = settings
    assert await ask(peer, version) == "22"


async def test_a_refused_question(peer: ScriptedPeer) -> None:
    peer.replies["CoreSettings"] = lambda session, sent: session.answer(
        sent, "Error", ("Message", "Permission denied")
    )
    with pytest.raises(CommandRefusedError, match="Permission denied"):
        await ask(peer, version)


async def test_a_refused_login(peer: ScriptedPeer) -> None:
    with pytest.raises(LoginRefusedError, match="Authentication failed"):
        await asyncio.to_thread(witness(peer, "wrong").__enter__)
    await peer.until(lambda: peer.all_ended)


async def test_a_mute_peer_is_waited_for_no_longer_than_said(peer: ScriptedPeer) -> None:
    late: list[Action] = []
    peer.replies["CoreSettings"] = lambda session, sent: late.append(sent)

    def twice(there: Witness) -> None:
        with pytest.raises(OutcomeUnknownError, match=r"CoreSettings: nothing came within 0\.2 s"):
            there.version()
        assert there.channels() == []

    def answer_both(session: Session, sent: Action) -> None:
        session.answer(late[0], "Success", ("AsteriskVersion", "late"))
        session.answer_list(sent, "CoreShowChannelsComplete", [])

    peer.replies["CoreShowChannels"] = answer_both
    await ask(peer, twice, patience_seconds=0.2)
    peer.mute = True
    with pytest.raises(LinkDownError, match="nothing came within"):
        await ask(peer, version, patience_seconds=0.2)


async def test_a_connection_that_ends_is_told_at_once(peer: ScriptedPeer) -> None:
    def twice(there: Witness) -> None:
        for _ in range(2):
            with pytest.raises((OutcomeUnknownError, LinkDownError)):
                there.version()

    peer.replies["CoreSettings"] = lambda session, _: session.cut()
    async with asyncio.timeout(60):
        await ask(peer, twice, patience_seconds=600.0)


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
async def test_what_is_no_asterisk_gets_no_secret(greeting: bytes) -> None:
    async with ScriptedPeer(greeting=greeting) as peer:
        with pytest.raises(LinkDownError, match="no AMI at"):
            await ask(peer, version, patience_seconds=0.2)
        assert peer.actions == []
        assert all(session.logins == 0 for session in peer.sessions)


async def test_nobody_there() -> None:
    async with ScriptedPeer() as peer:
        pass
    with pytest.raises(LinkDownError, match="no connection to"):
        await ask(peer, version)


async def test_a_peer_that_greets_and_leaves() -> None:
    async with ScriptedPeer(greeting=GREETING) as peer:
        peer.replies["Login"] = lambda session, _: session.hang_up()
        with pytest.raises(LinkDownError, match="Asterisk closed the connection"):
            await ask(peer, version)


def test_a_secret_that_cannot_be_sent_is_refused_without_being_told() -> None:
    with pytest.raises(ValueRefusedError) as refusal:
        Witness("127.0.0.1", 1, "ops", "two\nlines")
    assert "two" not in str(refusal.value)
