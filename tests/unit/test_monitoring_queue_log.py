"""Lines of `queue_log`, each beside what Asterisk 22 wrote of such a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallEnded,
    CallNoted,
    CallVanished,
    Fact,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)
from monitoring.queue_log import Line, Places, call_lines
from monitoring.queue_log_agents import AgentLog, Stretch
from tests.unit.facts import CALL, FLOOR, START, arrived, at, on_call

EPOCH = int(START.timestamp())
JOINED = on_call(QueueJoined, 10.2, queue="soporte", position=1)
OFFERED = on_call(AgentOffered, 12.0, queue="soporte", agent="1001")
CONNECTED = on_call(AgentConnected, 17.9, queue="soporte", agent="1001")
ENDED = on_call(CallEnded, 60.1, cause=16, sip_code=0)


def released(seconds: float, ended_by: str) -> AgentReleased:
    return on_call(AgentReleased, seconds, queue="soporte", agent="1001", ended_by=ended_by)


def told(*facts: Fact, shown_number: str = "") -> list[str]:
    """The lines of one call, seconds since the beginning in place of the time."""
    places = Places()
    lines = call_lines(facts, {"soporte": "2"}, shown_number=shown_number)
    return [_short(places.placed(line)) for line in lines]


def _short(line: Line) -> str:
    time, call_id, rest = line.text.split("|", 2)
    assert call_id in (CALL, "NONE", "MANAGER")
    return f"{int(time) - EPOCH}|{rest}"


def test_a_call_that_an_agent_takes_and_ends() -> None:
    lines = told(arrived(), JOINED, OFFERED, CONNECTED, released(40.5, "agent"), ENDED)
    assert lines == [
        "10|soporte|NONE|ENTERQUEUE||573001234567|1",
        "17|soporte|1001|CONNECT|7||5",
        "40|soporte|1001|COMPLETEAGENT|7|23|1",
    ]


def test_who_ends_the_talk_is_told() -> None:
    by = {"customer": "COMPLETECALLER", "unknown": "COMPLETECALLER", "agent": "COMPLETEAGENT"}
    for ended_by, event in by.items():
        last = told(arrived(), JOINED, CONNECTED, released(40, ended_by))[-1]
        assert last == f"40|soporte|1001|{event}|7|23|1"
    last = told(arrived(), JOINED, CONNECTED, released(40, "transfer"))[-1]
    assert last == "40|soporte|1001|BLINDTRANSFER|||7|23|1"


def test_where_a_talk_was_passed_on_to_is_told_as_the_dialplan_names_it() -> None:
    for passed_to, context in (("queue_ventas", "to-queue"), ("target_caja", "to-target")):
        passed = replace(released(40, "transfer"), passed_to=passed_to)
        last = told(arrived(), JOINED, CONNECTED, passed)[-1]
        assert last == f"40|soporte|1001|BLINDTRANSFER|{passed_to}|{context}|7|23|1"


def test_a_talk_whose_end_nobody_heard_is_over_with_the_call() -> None:
    lost = on_call(CallVanished, 50, last_seen_at=at(45), reason="lost_sync")
    for end in (ENDED, lost):
        assert "COMPLETECALLER" in told(arrived(), JOINED, CONNECTED, end)[-1]


def test_a_transfer_is_told_when_the_caller_waits_elsewhere_already() -> None:
    """Then that is the end of the talk before, and not of the wait that has just begun."""
    elsewhere = on_call(QueueJoined, 40.1, queue="ventas", position=1)
    second = {"queue": "ventas", "agent": "1002"}
    taken = on_call(AgentConnected, 45, **second)
    over = on_call(AgentReleased, 60, **second, ended_by="agent")
    lines = told(arrived(), JOINED, CONNECTED, elsewhere, released(40.2, "transfer"), taken, over)
    assert lines == [
        "10|soporte|NONE|ENTERQUEUE||573001234567|1",
        "17|soporte|1001|CONNECT|7||0",
        "40|soporte|1001|BLINDTRANSFER|||7|23|1",
        "40|ventas|NONE|ENTERQUEUE||573001234567|1",
        "45|ventas|1002|CONNECT|5||0",
        "60|ventas|1002|COMPLETEAGENT|5|15|1",
    ]
    # nobody said how it ended: it did when the caller came elsewhere
    for rest in ([], [taken, over], [ENDED]):
        lines = told(arrived(), JOINED, CONNECTED, elsewhere, *rest)
        assert "40|soporte|1001|COMPLETECALLER|7|23|1" in lines
    assert lines[-1] == "60|ventas|NONE|ABANDON|1|1|20"


def test_who_gives_up_is_an_abandonment_of_the_moment_of_leaving() -> None:
    left = on_call(QueueLeft, 31.0, queue="soporte")
    assert told(arrived(), JOINED, left, ENDED)[-1] == "31|soporte|NONE|ABANDON|1|1|21"
    assert told(arrived(), JOINED, ENDED)[-1] == "60|soporte|NONE|ABANDON|1|1|50"


def test_an_abandonment_event_that_comes_with_a_timeout_is_a_timeout() -> None:
    left = on_call(QueueLeft, 12.9, queue="soporte")
    gave_up = on_call(QueueGaveUp, 13.0, queue="soporte", status="TIMEOUT")
    lines = told(arrived(), JOINED, left, gave_up, ENDED)
    assert lines[1:] == ["12|soporte|NONE|EXITWITHTIMEOUT|1|1|2"]


def test_the_ways_out_of_a_queue() -> None:
    ways = {
        "CALLBACK_KEY": "EXITWITHKEY|2|1|1|9",
        "OVERFLOW": "EXITWITHKEY|D|1|1|9",
        "AHEAD": "EXITWITHKEY|D|1|1|9",
        "MOVED": "EXITWITHKEY|D|1|1|9",
        "WITHDRAW": "EXITWITHKEY|D|1|1|9",
        "TIMEOUT": "EXITWITHTIMEOUT|1|1|9",
        "LEAVEEMPTY": "EXITEMPTY|1|1|9",
        "LEAVEUNAVAIL": "EXITEMPTY|1|1|9",
    }
    for status, line in ways.items():
        gave_up = on_call(QueueGaveUp, 19.5, queue="soporte", status=status)
        assert told(arrived(), JOINED, gave_up, ENDED)[1:] == [f"19|soporte|NONE|{line}"], status


def test_who_comes_back_to_the_line_enters_it_anew() -> None:
    gave_up = on_call(QueueGaveUp, 20, queue="soporte", status="CALLBACK_KEY")
    again = on_call(QueueJoined, 30, queue="soporte", position=1)
    lines = told(arrived(), JOINED, gave_up, again, CONNECTED, released(40, "customer"))
    assert [line.split("|")[3] for line in lines] == [
        "ENTERQUEUE", "EXITWITHKEY", "ENTERQUEUE", "CONNECT", "COMPLETECALLER",
    ]  # fmt: skip


def test_one_put_ahead_without_a_word_left_by_our_key() -> None:
    again = on_call(QueueJoined, 30, queue="soporte", position=1)
    assert told(arrived(), JOINED, again)[1:] == [
        "30|soporte|NONE|EXITWITHKEY|D|1|1|20",
        "30|soporte|NONE|ENTERQUEUE||573001234567|1",
    ]


def test_an_agent_who_does_not_take_it_is_told_in_milliseconds() -> None:
    missed = on_call(AgentMissed, 14.25, queue="soporte", agent="1001")
    assert told(arrived(), JOINED, OFFERED, missed)[-1] == "14|soporte|1001|RINGNOANSWER|2250"


def test_a_dialed_call_shows_our_number() -> None:
    assert told(JOINED, shown_number="5716001234") == [
        "10|soporte|NONE|ENTERQUEUE||5716001234|1",
    ]  # fmt: skip


def test_a_call_that_nobody_heard_is_told_by_its_note() -> None:
    noted = on_call(
        CallNoted, 60, answered_at=at(1), queue="soporte", queued_at=at(5), agent="1001",
        connected_at=at(8),
    )  # fmt: skip
    assert told(arrived(), noted, ENDED) == [
        "5|soporte|NONE|ENTERQUEUE||573001234567|1",
        "8|soporte|1001|CONNECT|3||0",
        "60|soporte|1001|COMPLETECALLER|3|52|1",
    ]


def test_a_call_that_reached_no_queue_has_no_line() -> None:
    assert told(arrived(), ENDED) == []


def test_what_a_caller_sends_makes_no_field_and_no_line() -> None:
    assert told(arrived(caller_number="57|30\n0"), JOINED)[0].endswith("||57300|1")


def test_the_place_of_who_leaves_is_reckoned_from_all_lines() -> None:
    places = Places()

    def line(call_id: str, event: str, *data: str, place: int | None = None) -> Line:
        return Line(
            at=START, call_id=call_id, queue="q", agent="NONE", event=event, data=data, place=place
        )

    for number in (1, 2, 3):
        places.placed(line(f"c{number}", "ENTERQUEUE", "", "", str(number)))
    places.placed(line("c1", "CONNECT", "1", "", "0"))
    assert places.placed(line("c3", "ABANDON", "3", "3", "9", place=0)).data == ("2", "3", "9")
    ahead = line("c4", "ENTERQUEUE", "", "", "1")
    places.placed(ahead)
    left = line("c2", "EXITWITHKEY", "D", "2", "2", "5", place=1)
    assert places.placed(left).data == ("D", "2", "2", "5")
    unseen = line("c9", "ABANDON", "4", "4", "9", place=0)
    assert places.placed(unseen) == unseen


# --- agents -----------------------------------------------------------------------------------


def stretch(
    state: str, began: float, ended: float | None, reason: str = "", *, followed: bool = True
) -> Stretch:
    return Stretch(
        agent="1001", state=state, reason=reason, began_at=at(began),
        ended_at=None if ended is None else at(ended), followed=followed,
    )  # fmt: skip


def of_agent(stretches: Sequence[Stretch]) -> list[str]:
    log = AgentLog(FLOOR)
    return [_short(line) for one in stretches for line in log.lines(one)]


def test_a_shift_with_a_talk_a_wrap_up_and_a_pause() -> None:
    lines = of_agent([
        stretch("signing_in", 0, 2), stretch("ready", 2, 10), stretch("talking", 10, 40),
        stretch("wrapping_up", 40, 55), stretch("paused", 55, 100, "almuerzo"),
        stretch("ready", 100, 110), stretch("signed_out", 110, None, "agent"),
    ])  # fmt: skip
    assert lines == [
        "2|soporte|1001|ADDMEMBER|",
        "2|salida|1001|ADDMEMBER|",
        "2|NONE|1001|AGENTLOGIN|PJSIP/1001",
        "40|NONE|1001|PAUSEALL|wrap_up",
        "40|soporte|1001|PAUSE|wrap_up",
        "40|salida|1001|PAUSE|wrap_up",
        "55|NONE|1001|UNPAUSEALL|",
        "55|soporte|1001|UNPAUSE|",
        "55|salida|1001|UNPAUSE|",
        "55|NONE|1001|PAUSEALL|almuerzo",
        "55|soporte|1001|PAUSE|almuerzo",
        "55|salida|1001|PAUSE|almuerzo",
        "100|NONE|1001|UNPAUSEALL|",
        "100|soporte|1001|UNPAUSE|",
        "100|salida|1001|UNPAUSE|",
        "110|soporte|1001|REMOVEMEMBER|",
        "110|salida|1001|REMOVEMEMBER|",
        "110|NONE|1001|AGENTLOGOFF|PJSIP/1001|108",
    ]


def test_a_service_that_stops_signs_its_agents_out() -> None:
    lines = of_agent([stretch("paused", 0, 50, "descanso", followed=False)])
    assert [line.split("|")[3] for line in lines] == [
        "ADDMEMBER", "ADDMEMBER", "AGENTLOGIN", "PAUSEALL", "PAUSE", "PAUSE", "UNPAUSEALL",
        "UNPAUSE", "UNPAUSE", "REMOVEMEMBER", "REMOVEMEMBER", "AGENTLOGOFF",
    ]  # fmt: skip
    assert lines[-1] == "50|NONE|1001|AGENTLOGOFF|PJSIP/1001|50"


def test_who_is_not_of_the_floor_has_no_line() -> None:
    gone = Stretch(
        agent="9999", state="ready", reason="", began_at=START, ended_at=None, followed=False
    )
    assert list(AgentLog(FLOOR).lines(gone)) == []
