"""Asking Asterisk what exists right now, and reading the answers (pure) into one fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ami.headers import TRUNK_CONTEXT, agent_of, is_customers, phone_digits
from ami.link import AmiLink
from ami.message import RawMessage
from calls.events import ChannelSeen, MemberSeen, OverNote, SnapshotTaken


async def take_snapshot(
    link: AmiLink, pbx: str, *, first: bool, over: tuple[OverNote, ...] = ()
) -> SnapshotTaken:
    """Ask for channels, queues and agents. Raises `SwitchError` when an answer does not come.

    `asked_at` is in Asterisk's own time, so that it compares with the times of its events; `over`
    goes into the fact as it is.
    """
    pong = await link.send([("Action", "Ping")])
    asked_at = datetime.fromtimestamp(pong.timestamp or datetime.now(UTC).timestamp(), UTC)
    channels = await link.ask([("Action", "CoreShowChannels")], "CoreShowChannelsComplete")
    queues = await link.ask([("Action", "QueueStatus")], "QueueStatusComplete")
    agents = await link.ask([("Action", "Agents")], "AgentsComplete")
    taken = read_snapshot(pbx, asked_at, channels, queues, agents, first=first)
    return replace(taken, over=over)


def read_snapshot(
    pbx: str,
    asked_at: datetime,
    channels: Sequence[RawMessage],
    queues: Sequence[RawMessage],
    agents: Sequence[RawMessage],
    *,
    first: bool,
) -> SnapshotTaken:
    """The fact in the three lists."""
    customers = [raw for raw in channels if is_customers(raw.get("Channel"))]
    waiting = tuple(
        (raw.get("Queue"), raw.get("Uniqueid"), _whole(raw.get("Position")))
        for raw in queues
        if raw.event == "QueueEntry"
    )
    return SnapshotTaken(
        at=asked_at,
        pbx=pbx,
        asked_at=asked_at,
        first_after_connect=first,
        channels=tuple(_channel(raw, asked_at) for raw in customers),
        members=tuple(_member(raw) for raw in queues if raw.event == "QueueMember"),
        waiting=waiting,
        lines_up=frozenset(
            raw.get("Agent")
            for raw in agents
            if raw.get("Status") in ("AGENT_IDLE", "AGENT_ONCALL")
        ),
        talking=_talking(channels, customers, agents, {call_id for _, call_id, _ in waiting}),
    )


def _channel(raw: RawMessage, asked_at: datetime) -> ChannelSeen:
    inbound = raw.get("Context") == TRUNK_CONTEXT
    application = raw.get("Application")
    return ChannelSeen(
        call_id=raw.get("Uniqueid"),
        application=application,
        state=raw.get("ChannelStateDesc"),
        number_called=phone_digits(raw.get("Exten")) if inbound else "",
        caller_number=phone_digits(raw.get("CallerIDNum")),
        in_bridge=bool(raw.get("BridgeId")),
        began_at=asked_at - _duration(raw.get("Duration")),
        queue=raw.get("ApplicationData").split(",")[0] if application == "Queue" else "",
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _duration(text: str) -> timedelta:
    """Asterisk's "01:02:03"."""
    parts = [int(part) for part in text.split(":") if part.isdigit()]
    if len(parts) != 3:
        return timedelta(0)
    return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def _member(raw: RawMessage) -> MemberSeen:
    return MemberSeen(
        agent=raw.get("Name") or raw.get("MemberName"),
        queue=raw.get("Queue"),
        status=_whole(raw.get("Status")),
        paused=raw.get("Paused") == "1",
        pause_reason=raw.get("PausedReason"),
    )


def _talking(
    channels: Sequence[RawMessage],
    customers: Sequence[RawMessage],
    agents: Sequence[RawMessage],
    waiting: set[str],
) -> tuple[tuple[str, str], ...]:
    """Who talks to whom: by the bridge they share, or by what the agent pool says."""
    by_name = {raw.get("Channel"): raw.get("Uniqueid") for raw in customers}
    by_bridge = {
        raw.get("BridgeId"): raw.get("Uniqueid")
        for raw in customers
        if raw.get("BridgeId") and raw.get("Uniqueid") not in waiting
    }
    talking: dict[str, str] = {}
    for raw in agents:
        call_id = by_name.get(raw.get("TalkingToChan"))
        if call_id:
            talking[raw.get("Agent")] = call_id
    for raw in channels:
        agent = agent_of(raw.get("Channel"))
        call_id = by_bridge.get(raw.get("BridgeId")) if raw.get("BridgeId") else None
        if agent and call_id:
            talking[agent] = call_id
    return tuple(sorted(talking.items()))
