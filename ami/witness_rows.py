"""What the second witness tells: rows made from the lists that asterisk-ami read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel as `CoreShowChannels` lists it."""

    channel_id: str
    name: str
    state: str
    context: str
    extension: str
    application: str
    application_data: str
    caller_number: str
    connected_number: str
    bridge_id: str
    duration_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member of a queue as `QueueStatus` lists it; `status` is Asterisk's device state."""

    name: str
    interface: str
    state_interface: str
    status: int
    paused: bool
    pause_reason: str
    in_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One caller who waits in a queue."""

    channel_id: str
    position: int
    wait_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue with its members and its waiting callers, first in line first."""

    name: str
    members: tuple[MemberRow, ...]
    waiting: tuple[WaitingRow, ...]


def channel_row(row: dict[str, Any]) -> ChannelRow:
    """A channel from an item of `CoreShowChannels`."""
    return ChannelRow(
        channel_id=row.get("Uniqueid", ""),
        name=row.get("Channel", ""),
        state=row.get("ChannelStateDesc", ""),
        context=row.get("Context", ""),
        extension=row.get("Exten", ""),
        application=row.get("Application", ""),
        application_data=row.get("ApplicationData", ""),
        caller_number=row.get("CallerIDNum", ""),
        connected_number=row.get("ConnectedLineNum", ""),
        bridge_id=row.get("BridgeId", ""),
        duration_seconds=_seconds(row.get("Duration", "")),
    )


def queue_row(name: str, rows: list[dict[str, Any]]) -> QueueRow:
    """A queue from the items of `QueueStatus` that name it."""
    waiting = [
        WaitingRow(
            channel_id=row.get("Uniqueid", ""),
            position=_number(row.get("Position", "")),
            wait_seconds=_number(row.get("Wait", "")),
        )
        for row in rows
        if row["Event"] == "QueueEntry"
    ]
    members = [
        MemberRow(
            name=row.get("Name", ""),
            interface=row.get("Location", ""),
            state_interface=row.get("StateInterface", ""),
            status=_number(row.get("Status", "")),
            paused=row.get("Paused") == "1",
            pause_reason=row.get("PausedReason", ""),
            in_call=row.get("InCall") == "1",
        )
        for row in rows
        if row["Event"] == "QueueMember"
    ]
    waiting.sort(key=lambda row: row.position)
    return QueueRow(name=name, members=tuple(members), waiting=tuple(waiting))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _seconds(clock: str) -> int:
    """Seconds of a duration written as hours, minutes and seconds."""
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + _number(part)
    return seconds
