"""What the dialplan noted of calls that ended while there was no link (context `call-over`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ami.headers import CHANNEL_ID, NAME, phone_digits
from ami.link import AmiLink
from ami.message import RawMessage
from calls.errors import CommandRefusedError
from calls.events import OverNote

_FAMILY = "l8-over"
_FIELDS = 11


async def last_alive(link: AmiLink) -> float:
    """When a linea800 last told this Asterisk that it is there; 0: never since Asterisk began.

    Whole seconds since the epoch, in Asterisk's time. Raises `SwitchError`.
    """
    answer = await link.send([("Action", "Getvar"), ("Variable", "L8_ALIVE")])
    value = answer.get("Value")
    return float(value) if value.isascii() and value.isdigit() else 0.0


async def take_notes(link: AmiLink, since: float) -> tuple[OverNote, ...]:
    """The calls that ended since then, oldest first. Raises `SwitchError`."""
    try:
        rows = await link.ask([("Action", "DBGetTree"), ("Family", _FAMILY)], "DBGetTreeComplete")
    except CommandRefusedError:
        return ()  # no call has ended yet
    return read_notes(rows, datetime.fromtimestamp(since, UTC))


def read_notes(rows: Iterable[RawMessage], since: datetime) -> tuple[OverNote, ...]:
    """The notes in Asterisk's answer that are not older; damaged ones are left out."""
    notes = (_note(row.get("Val")) for row in rows)
    wanted = [note for note in notes if note is not None and note.ended_at >= since]
    return tuple(sorted(wanted, key=lambda note: note.ended_at))


def _note(text: str) -> OverNote | None:
    fields = text.split("|")
    if len(fields) != _FIELDS:
        return None
    call_id, to, by, came, up, queue, joined, agent, held, over, cause = fields
    began_at, ended_at, queued_at = _time(came), _time(over), _time(joined)
    if not CHANNEL_ID.fullmatch(call_id) or began_at is None or ended_at is None:
        return None
    if queued_at is None or not NAME.fullmatch(queue):
        queue, queued_at = "", None
    connected_at = None
    if queued_at is not None and NAME.fullmatch(agent) and held.isascii() and held.isdigit():
        connected_at = queued_at + timedelta(seconds=int(held))
    return OverNote(
        call_id=call_id,
        number_called=phone_digits(to),
        caller_number=phone_digits(by),
        began_at=began_at,
        answered_at=_time(up),
        queue=queue,
        queued_at=queued_at,
        agent=agent if connected_at is not None else "",
        connected_at=connected_at,
        ended_at=ended_at,
        cause=int(cause) if cause.isascii() and cause.isdigit() and len(cause) < 4 else 0,
    )


def _time(seconds: str) -> datetime | None:
    fits = seconds.isascii() and seconds.isdigit() and len(seconds) < 12
    return datetime.fromtimestamp(int(seconds), UTC) if fits else None
