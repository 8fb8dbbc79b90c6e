"""What SIPp itself sent, received and counted: the outside witness of every call.

The rows come from SIPp's short message log, with its own clock to the microsecond.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_CALLED = re.compile(r"^INVITE sips?:([^@;>\s]+)@")
_REFUSED_FROM = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SipMessage:
    """One message; `event` is a request's method, or a reply's code and the method it answers."""

    call_id: str
    number: str
    event: str
    sent: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SipCall:
    """One call as SIPp saw it; `ended_by` is `sipp`, `asterisk`, or "" while it lasts.

    `outcome` is `answered`, `cancelled`, a refusal's SIP code such as `486`, or "" while open.
    """

    call_id: str
    number: str
    outcome: str
    invited_at: datetime
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SipCounts:
    """What SIPp counted since it was started."""

    created: int
    open: int
    succeeded: int
    failed: int
    retransmissions: int


def messages(path: Path) -> list[SipMessage]:
    """The messages of a short message log so far; a line still being written is left out."""
    if not path.exists():
        return []
    return list(_rows(path.read_text(errors="replace").splitlines(keepends=True)))


def _rows(lines: Iterable[str]) -> Iterator[SipMessage]:
    numbers: dict[str, str] = {}
    for line in lines:
        fields = line.split("\t")
        if len(fields) < 7 or not line.endswith("\n"):
            continue
        _, _, epoch, direction, call_id, cseq, first = fields[:7]
        invited = _CALLED.match(first)
        if invited:
            numbers[call_id] = invited[1]
        method = cseq.rpartition(" ")[2]
        is_reply = first.startswith("SIP/2.0 ")
        yield SipMessage(
            call_id=call_id,
            number=numbers.get(call_id, ""),
            event=f"{first.split()[1]} {method}" if is_reply else method,
            sent=direction == "S",
            at=datetime.fromtimestamp(float(epoch), UTC),
        )


def calls(rows: Iterable[SipMessage]) -> list[SipCall]:
    """The calls the messages make up, in the order they began; a repeated message counts once."""
    by_call: dict[str, dict[str, SipMessage]] = {}
    for row in rows:
        by_call.setdefault(row.call_id, {}).setdefault(row.event, row)
    return [_call(seen) for seen in by_call.values() if "INVITE" in seen]


def _call(seen: dict[str, SipMessage]) -> SipCall:
    invite = seen["INVITE"]
    answer, bye, cancel = seen.get("200 INVITE"), seen.get("BYE"), seen.get("CANCEL")
    ringing = seen.get("180 INVITE") or seen.get("183 INVITE")
    refusal = next((row for event, row in seen.items() if _is_refusal(event)), None)
    outcome, end = "", bye
    if answer is not None:
        outcome = "answered"
    elif cancel is not None:
        outcome, end = "cancelled", cancel
    elif refusal is not None:
        outcome, end = refusal.event.split()[0], refusal
    return SipCall(
        call_id=invite.call_id,
        number=invite.number,
        outcome=outcome,
        invited_at=invite.at,
        rang_at=ringing.at if ringing else None,
        answered_at=answer.at if answer else None,
        confirmed_at=seen["ACK"].at if answer and "ACK" in seen else None,
        ended_at=end.at if end else None,
        ended_by="" if end is None else "sipp" if end.sent else "asterisk",
    )


def _is_refusal(event: str) -> bool:
    code, _, method = event.partition(" ")
    return method == "INVITE" and int(code) >= _REFUSED_FROM


def counts(path: Path) -> SipCounts:
    """The last row of a statistics file; SIPp writes one every second and when it ends."""
    text = path.read_text() if path.exists() else ""
    rows = [row for row in csv.DictReader(text.splitlines(), delimiter=";") if _is_whole(row)]
    if not rows:
        return SipCounts(created=0, open=0, succeeded=0, failed=0, retransmissions=0)
    last = rows[-1]
    return SipCounts(
        created=int(last["TotalCallCreated"]),
        open=int(last["CurrentCall"]),
        succeeded=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
    )


def _is_whole(row: dict[str, str]) -> bool:
    """Whether SIPp had written the row to its end when it was read."""
    return None not in row.values()
