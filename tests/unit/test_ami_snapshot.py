"""The lists in which Asterisk tells what exists are read into one fact."""

from __future__ import annotations

from datetime import timedelta

from ami.message import RawMessage
from ami.snapshot import read_snapshot
from calls.events import ChannelSeen, MemberSeen
from tests.unit.facts import PBX, at

PHONE = {"Channel": "PJSIP/1001-00000002", "Uniqueid": "line-1001-a"}


def _row(event: str, **headers: str) -> RawMessage:
    return RawMessage([("Event", event), *headers.items()])


def _customer(number: int, **headers: str) -> RawMessage:
    return _row(
        "CoreShowChannel",
        Channel=f"PJSIP/trunk-{number:08d}",
        Uniqueid=f"pbx1-17.{number}",
        **headers,
    )


def _talking(
    channels: list[RawMessage], queues: list[RawMessage], agents: list[RawMessage]
) -> dict[str, str]:
    return dict(read_snapshot(PBX, at(0), channels, queues, agents, first=False).talking)


def test_only_customers_channels_are_calls() -> None:
    waiting = _customer(
        1, Context="from-trunk", Exten="08001234567", CallerIDNum="+57 300", Duration="01:02:03",
        ChannelStateDesc="Up", Application="Queue", ApplicationData="soporte,t,,,30",
    )  # fmt: skip
    noise = [
        _row("CoreShowChannel", Channel="Local/1001@agents-1;1"),
        _row("CoreShowChannel", **PHONE),
    ]
    taken = read_snapshot(PBX, at(0), [waiting, *noise], [], [], first=True)
    assert taken.first_after_connect
    assert taken.channels == (
        ChannelSeen(
            call_id="pbx1-17.1", application="Queue", state="Up", number_called="08001234567",
            caller_number="+57300", in_bridge=False, queue="soporte",
            began_at=at(0) - timedelta(hours=1, minutes=2, seconds=3),
        ),
    )  # fmt: skip


def test_a_dialed_channels_exten_is_no_number_called() -> None:
    dialed = _customer(1, Context="dialed", Exten="queue_salida", Duration="soon")
    (seen,) = read_snapshot(PBX, at(0), [dialed], [], [], first=False).channels
    assert (seen.number_called, seen.began_at) == ("", at(0))


def test_queues_tell_members_and_who_waits() -> None:
    queues = [
        _row("QueueParams", Queue="soporte"),
        _row("QueueMember", Queue="soporte", Name="1001", Status="2", Paused="1",
             PausedReason="almuerzo"),
        _row("QueueEntry", Queue="soporte", Uniqueid="pbx1-17.1", Position="2"),
        _row("QueueEntry", Queue="soporte", Uniqueid="pbx1-17.2", Position="?"),
    ]  # fmt: skip
    taken = read_snapshot(PBX, at(0), [], queues, [], first=False)
    assert taken.members == (
        MemberSeen(
            agent="1001", queue="soporte", status=2, paused=True, pause_reason="almuerzo"
        ),
    )  # fmt: skip
    assert taken.waiting == (("soporte", "pbx1-17.1", 2), ("soporte", "pbx1-17.2", 0))


def test_agents_on_the_line_are_idle_or_on_a_call() -> None:
    agents = [
        _row("Agents", Agent=number, Status=status)
        for number, status in (
            ("1001", "AGENT_IDLE"), ("1002", "AGENT_ONCALL"), ("1003", "AGENT_LOGGEDOFF"),
        )
    ]  # fmt: skip
    taken = read_snapshot(PBX, at(0), [], [], agents, first=False)
    assert taken.lines_up == {"1001", "1002"}


def test_who_talks_to_whom_is_told_by_the_agent_pool_or_by_a_shared_bridge() -> None:
    by_pool = _row("Agents", Agent="1002", TalkingToChan="PJSIP/trunk-00000002")
    phone = _row("CoreShowChannel", **PHONE, BridgeId="b-1")
    channels = [_customer(1, BridgeId="b-1"), _customer(2), phone]
    assert _talking(channels, [], [by_pool]) == {"1001": "pbx1-17.1", "1002": "pbx1-17.2"}


def test_who_still_waits_in_a_queue_talks_to_nobody() -> None:
    phone = _row("CoreShowChannel", **PHONE, BridgeId="b-1")
    still_waits = _row("QueueEntry", Queue="soporte", Uniqueid="pbx1-17.1", Position="1")
    assert _talking([_customer(1, BridgeId="b-1"), phone], [still_waits], []) == {}
    # neither does a phone that is in no bridge
    idle = _row("CoreShowChannel", **PHONE, BridgeId="")
    assert _talking([_customer(1, BridgeId=""), idle], [], []) == {}
