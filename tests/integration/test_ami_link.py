"""The link over a real socket against a scripted peer: faults, order, and nothing sent twice."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ami.errors import ValueRefusedError
from ami.link import AmiLink
from ami.message import Down, Event, Item, LoginInfo, RawMessage, Up
from ami.wire import variable
from calls.errors import CommandRefusedError, LinkDownError, OutcomeUnknownError
from tests.scripted_peer import SECRET, Action, ScriptedPeer, Session

PING, MUTE = 0.05, 0.2
ORIGINATE = [("Action", "Originate"), ("Async", "true"), ("ActionID", "attempt-1")]
CHANNELS = [("Action", "CoreShowChannels")]
COMPLETE = "CoreShowChannelsComplete"


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedPeer]:
    async with ScriptedPeer() as peer:
        yield peer
    assert peer.all_ended


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    """No task and no timer outlives a test: no loose reconnection, no loose coroutine."""
    yield
    loop = asyncio.get_running_loop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [timer for timer in vars(loop)["_scheduled"] if not timer.cancelled()] == []


def link_to(port: int, secret: str = SECRET, **options: Any) -> AmiLink:
    quick: dict[str, Any] = {
        "ping_seconds": PING,
        "mute_seconds": MUTE,
        "action_seconds": 0.5,
        "backoff_seconds": (0.01, 0.05),
        "refused_seconds": 0.1,
    }
    return AmiLink("127.0.0.1", port, "linea800", secret, **(quick | options))


@asynccontextmanager
async def running(link: AmiLink) -> AsyncIterator[AmiLink]:
    """The link runs inside the block; after it, its task is over and no socket is left."""
    run = asyncio.create_task(link.run())
    try:
        yield link
        assert not run.done(), run.exception()
    finally:
        run.cancel()
        await asyncio.wait({run})
    assert run.cancelled()
    assert not link.up


async def following(link: AmiLink, kind: type[Item]) -> list[Item]:
    """Everything up to and with the next item of a kind."""
    found: list[Item] = []
    async with asyncio.timeout(5):
        async for item in link.items():
            found.append(item)
            if isinstance(item, kind):
                break
    return found


async def up(link: AmiLink) -> LoginInfo:
    """Wait until the link is up."""
    item = (await following(link, Up))[-1]
    assert isinstance(item, Up)
    return item.info


async def down(link: AmiLink) -> str:
    """Wait until the link is down; the reason."""
    item = (await following(link, Down))[-1]
    assert isinstance(item, Down)
    return item.reason


async def event(link: AmiLink) -> RawMessage:
    item = (await following(link, Event))[-1]
    assert isinstance(item, Event)
    return item.message


def silence(session: Session, action: Action) -> None:
    """The answer of a peer that says nothing to this action."""


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
    heard: list[float] = []
    async with running(link_to(peer.port, on_pong=heard.append)) as link:
        await up(link)
        await peer.until(lambda: peer.session.pings >= 4)
        assert link.switch_time == heard[-1]
    assert len(heard) >= 3
    assert heard == sorted(heard)
    assert abs(heard[-1] - time.time()) < 5


async def test_lag_and_queue_length_can_be_read(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port, clock=lambda: 1000.0)) as link:
        await up(link)
        peer.session.say(("Event", "Newstate"), ("Timestamp", "997.5"))
        peer.session.say(("Event", "Newstate"), ("Timestamp", "1001.0"))
        peer.session.say(("Event", "Newstate"))
        await link.send([("Action", "CoreStatus")])
        assert link.queue_length == 3
        lags = []
        for _ in range(3):
            await event(link)
            lags.append(link.lag_seconds)
        assert lags == [2.5, 0.0, 0.0]
        assert link.queue_length == 0


async def test_before_asterisk_is_booted_nothing_counts(peer: ScriptedPeer) -> None:
    peer.booted = False
    async with running(link_to(peer.port, action_seconds=0.1)) as link:
        assert "FullyBooted" in await down(link)
        peer.session.event("Newchannel")
        with pytest.raises(LinkDownError, match="FullyBooted"):
            await link.send(ORIGINATE)
        peer.session.boot()
        assert [type(item) for item in await following(link, Up)] == [Up]
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


def waiting_orders(link: AmiLink) -> set[str]:
    """The ids of the orders, pings aside, for which an answer is awaited."""
    protocol = vars(link)["_connection"].protocol
    return {order.id for order in protocol.responses.values() if order["Action"] != "Ping"}


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
            await link.send(ORIGINATE, timeout_seconds=5)
        assert await down(link) == "mute for 0.2 s"
        assert MUTE - PING <= time.monotonic() - began < MUTE + PING + 0.5
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
        async with running(link_to(peer.port, backoff_seconds=(0.05, 0.1))) as link:
            assert await down(link) == "Asterisk closed the connection"
            began = time.monotonic()
            await peer.until(lambda: len(peer.sessions) == 6)
            assert time.monotonic() - began > 4 * 0.025
            assert link.queue_length == 0


async def test_too_many_waiting_events_force_a_new_connection(peer: ScriptedPeer) -> None:
    async with running(link_to(peer.port, queue_limit=100)) as link:
        await up(link)
        for number in range(1000):
            peer.session.event("Newstate", Uniqueid=str(number))
        await peer.until(lambda: peer.session.ended)
        assert link.queue_length == 101
        assert len(peer.sessions) == 1  # not before the waiting ones are handled
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
        async with asyncio.timeout(5):
            await peer.session.drained()
            await link.send([("Action", "CoreStatus")], timeout_seconds=5)
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
