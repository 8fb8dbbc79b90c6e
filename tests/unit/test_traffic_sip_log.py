"""SIPp's own log as typed rows, and the calls they make up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from traffic.sip_log import SipCounts, SipMessage, calls, counts, messages

BEGAN = 1795301589.0


def _line(after: float, direction: str, call_id: str, cseq: str, first: str) -> str:
    at = BEGAN + after
    return f"2026-11-21\t22:53:09.000000\t{at:.6f}\t{direction}\t{call_id}\tCSeq:{cseq}\t{first}\n"


def _at(after: float) -> datetime:
    return datetime.fromtimestamp(BEGAN, UTC) + timedelta(seconds=after)


INVITE = "INVITE sip:573001110@127.0.0.1:15080 SIP/2.0"
BYE = "BYE sip:127.0.0.1:15080 SIP/2.0"


def _read(tmp_path: Path, *lines: str) -> list[SipMessage]:
    path = tmp_path / "messages.csv"
    path.write_text("".join(lines))
    return messages(path)


def test_a_row_says_who_what_and_when(tmp_path: Path) -> None:
    rows = _read(
        tmp_path,
        _line(0, "R", "a", "9450 INVITE", INVITE),
        _line(0.003423, "S", "a", "9450 INVITE", "SIP/2.0 200 OK"),
    )
    assert rows == [
        SipMessage(call_id="a", number="573001110", event="INVITE", sent=False, at=_at(0)),
        SipMessage(
            call_id="a", number="573001110", event="200 INVITE", sent=True, at=_at(0.003423)
        ),
    ]


def test_a_call_that_the_other_side_ended(tmp_path: Path) -> None:
    (call,) = calls(
        _read(
            tmp_path,
            _line(0, "R", "a", "1 INVITE", INVITE),
            _line(0.1, "S", "a", "1 INVITE", "SIP/2.0 180 Ringing"),
            _line(1.0, "S", "a", "1 INVITE", "SIP/2.0 200 OK"),
            _line(1.1, "R", "a", "1 ACK", "ACK sip:127.0.0.1 SIP/2.0"),
            _line(3.0, "R", "a", "2 BYE", BYE),
            _line(3.1, "S", "a", "2 BYE", "SIP/2.0 200 OK"),
        )
    )
    assert (call.number, call.outcome, call.ended_by) == ("573001110", "answered", "asterisk")
    assert (call.invited_at, call.rang_at) == (_at(0), _at(0.1))
    assert (call.answered_at, call.confirmed_at) == (_at(1.0), _at(1.1))
    assert call.ended_at == _at(3.0)


def test_a_call_that_sipp_ended(tmp_path: Path) -> None:
    (call,) = calls(
        _read(
            tmp_path,
            _line(0, "S", "1-9@127.0.0.1", "1 INVITE", "INVITE sip:*41@127.0.0.1:15060 SIP/2.0"),
            _line(0.1, "R", "1-9@127.0.0.1", "1 INVITE", "SIP/2.0 200 OK"),
            _line(2.0, "S", "1-9@127.0.0.1", "9000 BYE", BYE),
        )
    )
    assert (call.number, call.ended_by, call.ended_at) == ("*41", "sipp", _at(2.0))
    assert call.confirmed_at is None


def test_a_refused_call_keeps_its_code(tmp_path: Path) -> None:
    (call,) = calls(
        _read(
            tmp_path,
            _line(0, "R", "a", "1 INVITE", INVITE),
            _line(0.1, "S", "a", "1 INVITE", "SIP/2.0 486 Busy Here"),
            _line(0.2, "R", "a", "1 ACK", "ACK sip:x SIP/2.0"),
        )
    )
    assert (call.outcome, call.ended_at, call.ended_by) == ("486", _at(0.1), "sipp")
    assert call.confirmed_at is None


def test_a_cancelled_call_is_not_a_refused_one(tmp_path: Path) -> None:
    (call,) = calls(
        _read(
            tmp_path,
            _line(0, "R", "a", "1 INVITE", INVITE),
            _line(5.0, "R", "a", "1 CANCEL", "CANCEL sip:573001110@127.0.0.1 SIP/2.0"),
            _line(5.1, "S", "a", "1 CANCEL", "SIP/2.0 200 OK"),
            _line(5.1, "S", "a", "1 INVITE", "SIP/2.0 487 Request Terminated"),
        )
    )
    assert (call.outcome, call.ended_at, call.ended_by) == ("cancelled", _at(5.0), "asterisk")


def test_an_answer_that_crossed_a_cancellation_counts(tmp_path: Path) -> None:
    (call,) = calls(
        _read(
            tmp_path,
            _line(0, "R", "a", "1 INVITE", INVITE),
            _line(5.0, "S", "a", "1 INVITE", "SIP/2.0 200 OK"),
            _line(5.1, "R", "a", "1 CANCEL", "CANCEL sip:573001110@127.0.0.1 SIP/2.0"),
            _line(5.2, "R", "a", "2 BYE", BYE),
        )
    )
    assert (call.outcome, call.ended_at) == ("answered", _at(5.2))


def test_repeated_messages_and_half_a_line_change_nothing(tmp_path: Path) -> None:
    rows = _read(
        tmp_path,
        _line(0, "R", "a", "1 INVITE", INVITE),
        _line(0.5, "R", "a", "1 INVITE", INVITE),
        _line(1, "S", "a", "1 INVITE", "SIP/2.0 200 OK"),
        _line(2, "R", "b", "1 INVITE", INVITE)[:-9],
    )
    (call,) = calls(rows)
    assert call.invited_at == _at(0)
    assert (call.ended_at, call.ended_by) == (None, "")


def test_no_log_yet_is_no_calls(tmp_path: Path) -> None:
    assert calls(messages(tmp_path / "messages.csv")) == []


def test_the_last_row_counts(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    header = "TotalCallCreated;CurrentCall;SuccessfulCall(C);FailedCall(C);Retransmissions(C);"
    path.write_text(f"{header}\n1;1;0;0;0;\n7;2;4;1;3;\n8;2;5")
    assert counts(path) == SipCounts(created=7, open=2, succeeded=4, failed=1, retransmissions=3)


def test_nothing_counted_yet_is_nothing(tmp_path: Path) -> None:
    assert counts(tmp_path / "counts.csv").created == 0
