"""The figures that targets watch, folded from facts as they happen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.roster import AgentStatus, Roster
from calls.events import (
    AgentConnected,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentSignInAsked,
    AttemptStarted,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallFact,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    Fact,
    LinkLost,
    LinkUp,
    MachineJudged,
    MenuEntered,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Tracker
from monitoring.live_figures import LiveFigures
from monitoring.queue_setting import QueueSetting
from monitoring.service_level import Method
from monitoring.watched_figures import Figure, SubjectKind
from tests.unit.facts import FLOOR, PBX, at, fact

WINDOW = 900


class Floor:
    """A roster, a tracker and the figures, fed as the feed does it."""

    def __init__(
        self, setting: QueueSetting | None = None, of_cap: Mapping[str, float | None] | None = None
    ) -> None:
        shares = of_cap or {}
        self.roster, self.tracker = Roster(FLOOR), Tracker()
        self.figures = LiveFigures(
            FLOOR,
            self.roster,
            self.tracker,
            setting=lambda queue: setting or QueueSetting(),
            campaigns=lambda: dict.fromkeys(shares, "soporte"),
            of_cap=shares.get,
        )
        self.roster.on_move = self._moved
        self.hear(fact(LinkUp, 0, booted_at=at(-100)))

    def hear(self, *facts: Fact) -> None:
        """Let facts happen."""
        for one in facts:
            change = self.tracker.apply(one)
            self.roster.fold(change)
            self.figures.fold(change)

    def on(self, call_id: str, kind: type[CallFact], seconds: float, **fields: Any) -> None:
        """Let something happen to one call."""
        self.hear(kind(at=at(seconds), pbx=PBX, call_id=call_id, **fields))

    def waits(self, call_id: str, seconds: float, queue: str = "soporte") -> None:
        """A caller comes and waits."""
        self.on(call_id, CallArrived, seconds, number_called="0800", caller_number="57300")
        self.on(call_id, QueueJoined, seconds, queue=queue, position=1)

    def value(
        self,
        figure: Figure,
        seconds: float,
        subject: str = "soporte",
        kind: SubjectKind = SubjectKind.QUEUE,
        window: int = WINDOW,
    ) -> float | None:
        """A figure so many seconds after the beginning."""
        return self.figures.value(figure, kind, subject, window, at(seconds))

    def _moved(self, _: AgentStatus, after: AgentStatus, moment: datetime) -> None:
        self.figures.agent_moved(after.number, after.state, moment)


def answered(floor: Floor, call_id: str, seconds: float, wait: float) -> None:
    """A caller who waits so long and talks for ten seconds."""
    floor.waits(call_id, seconds)
    floor.on(call_id, AgentConnected, seconds + wait, queue="soporte", agent="1001")
    floor.on(call_id, CallEnded, seconds + wait + 10, cause=16, sip_code=200)


def gave_up(floor: Floor, call_id: str, seconds: float, wait: float) -> None:
    """A caller who waits so long and hangs up."""
    floor.waits(call_id, seconds)
    floor.on(call_id, QueueLeft, seconds + wait, queue="soporte")
    floor.on(call_id, CallEnded, seconds + wait + 0.1, cause=16, sip_code=200)


def test_level_abandonment_and_mean_wait() -> None:
    floor = Floor()
    for figure in (Figure.SERVICE_LEVEL, Figure.ABANDONMENT_RATE, Figure.ASA):
        assert floor.value(figure, 1) is None, "nothing was counted"
    answered(floor, "c1", 10, 20.0)
    answered(floor, "c2", 20, 21.0)
    gave_up(floor, "c3", 30, 30.0)
    gave_up(floor, "c4", 40, 4.0)  # too short to count
    assert floor.value(Figure.SERVICE_LEVEL, 100) == pytest.approx(1 / 3)
    assert floor.value(Figure.ABANDONMENT_RATE, 100) == pytest.approx(1 / 3)
    assert floor.value(Figure.ASA, 100) == 20.5
    assert floor.value(Figure.SERVICE_LEVEL, 100, "") is None, "nobody is all of them"
    assert floor.value(Figure.SERVICE_LEVEL, 100, "salida") is None
    assert floor.value(Figure.SERVICE_LEVEL, 100, "ninguna") is None
    assert floor.value(Figure.SERVICE_LEVEL, 30 + WINDOW + 40) is None, "it is all over"


def test_a_queue_has_its_own_way_of_counting() -> None:
    strict = QueueSetting(method=Method.OFFERED, seconds=10, short_seconds=0)
    floor = Floor(strict)
    answered(floor, "c1", 10, 10.0)
    answered(floor, "c2", 20, 11.0)
    gave_up(floor, "c3", 40, 4.0)
    assert floor.value(Figure.SERVICE_LEVEL, 100) == pytest.approx(1 / 3)
    assert floor.value(Figure.ABANDONMENT_RATE, 100) == pytest.approx(1 / 3)


@pytest.mark.parametrize("status", ["TIMEOUT", "LEAVEEMPTY", "WITHDRAW"])
def test_who_leaves_otherwise_gave_nothing_up(status: str) -> None:
    floor = Floor()
    floor.waits("c1", 0)
    floor.on("c1", QueueLeft, 30, queue="soporte")
    floor.on("c1", QueueGaveUp, 30, queue="soporte", status=status)
    floor.on("c1", CallEnded, 31, cause=16, sip_code=200)
    assert floor.value(Figure.ABANDONMENT_RATE, 40) == 0.0


def test_who_was_not_let_in_and_whom_nobody_saw_end_count_nowhere() -> None:
    floor = Floor()
    floor.waits("c1", 0)
    floor.on("c1", QueueGaveUp, 0, queue="soporte", status="JOINEMPTY")
    floor.on("c1", CallEnded, 1, cause=16, sip_code=200)
    floor.waits("c2", 0)
    floor.on("c2", CallVanished, 30, last_seen_at=at(20), reason="lost_sync")
    assert floor.value(Figure.ABANDONMENT_RATE, 40) is None
    assert floor.figures._waits._waits == {}


def test_a_machine_that_is_hung_up_on_gave_nothing_up() -> None:
    floor = Floor()
    floor.on("a1", AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="57300")
    floor.on("a1", QueueJoined, 1, queue="salida", position=1)
    floor.on("a1", MachineJudged, 2, verdict="machine", cause="")
    floor.on("a1", CallEnded, 3, cause=16, sip_code=200)
    assert floor.value(Figure.ABANDONMENT_RATE, 10, "salida") == 0.0
    assert floor.value(Figure.SERVICE_LEVEL, 10, "salida") is None


def test_the_place_is_kept_through_a_dialogue() -> None:
    floor = Floor()
    floor.waits("c1", 0)
    floor.on("c1", QueueGaveUp, 60, queue="soporte", status="CALLBACK_KEY")
    floor.on("c1", DialogueOffered, 60, number_called="", reason="callback_key")
    floor.on("c1", QueueJoined, 70, queue="soporte", position=1)
    assert floor.value(Figure.OLDEST_WAIT, 80) == 80.0
    floor.on("c1", AgentConnected, 100, queue="soporte", agent="1001")
    assert floor.value(Figure.ASA, 110) == 100.0


def test_who_hangs_up_while_the_place_is_kept_gave_up_and_who_books_did_not() -> None:
    floor = Floor()
    for call_id in ("c1", "c2"):
        floor.waits(call_id, 0)
        floor.on(call_id, QueueGaveUp, 60, queue="soporte", status="CALLBACK_KEY")
    floor.on(
        "c1", CallbackAsked, 65, queue="soporte", number="57300", waiting_since=at(0)
    )  # fmt: skip
    for call_id in ("c1", "c2"):
        floor.on(call_id, CallEnded, 70, cause=16, sip_code=200)
    assert floor.value(Figure.ABANDONMENT_RATE, 80) == 0.5


def test_overflow_is_a_wait_of_each_queue() -> None:
    floor = Floor()
    floor.waits("c1", 0)
    floor.on("c1", QueueJoined, 30, queue="salida", position=1)
    floor.on("c1", AgentConnected, 40, queue="salida", agent="1001")
    assert floor.value(Figure.ASA, 50) is None
    assert floor.value(Figure.ABANDONMENT_RATE, 50) == 0.0
    assert floor.value(Figure.ASA, 50, "salida") == 10.0


def test_waiting_and_the_longest_wait() -> None:
    floor = Floor()
    assert (floor.value(Figure.WAITING, 1), floor.value(Figure.OLDEST_WAIT, 1)) == (0.0, 0.0)
    floor.waits("c1", 10)
    floor.waits("c2", 40, "salida")
    assert floor.value(Figure.WAITING, 50) == 1.0
    assert floor.value(Figure.WAITING, 50, "") is None
    assert floor.value(Figure.OLDEST_WAIT, 50, "salida") == 10.0
    assert floor.value(Figure.OLDEST_WAIT, 50) == 40.0


def test_occupancy_and_times_in_states() -> None:
    floor = Floor()
    agent = SubjectKind.AGENT
    assert floor.value(Figure.OCCUPANCY, 1) is None
    assert floor.value(Figure.OCCUPANCY, 1, "9999", agent) is None
    floor.hear(
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentReadied, 0, agent="1001"),
    )
    floor.waits("c1", 0)
    floor.on("c1", AgentOffered, 60, queue="soporte", agent="1001")
    floor.on("c1", AgentConnected, 60, queue="soporte", agent="1001")
    assert floor.value(Figure.LONGEST_TALKING, 90, "1001", agent) == 30.0
    assert floor.value(Figure.LONGEST_TALKING, 90, "", agent) is None
    assert floor.value(Figure.LONGEST_TALKING, 90, "1002", agent) == 0.0
    floor.on("c1", AgentReleased, 120, queue="soporte", agent="1001", ended_by="customer")
    floor.hear(
        fact(WrapUpStarted, 120, agent="1001", call_id="c1", until=at(200)),
        fact(WrapUpEnded, 180, agent="1001", call_id="c1", how="agent"),
        fact(AgentPaused, 240, agent="1001", reason="descanso"),
    )
    # 60 s idle, 120 s busy, 60 s idle, and a pause that counts for neither
    assert floor.value(Figure.OCCUPANCY, 400, "1001", agent) == 0.5
    assert floor.value(Figure.OCCUPANCY, 400, "soporte") == 0.5
    assert floor.value(Figure.OCCUPANCY, 400, "1001", agent, window=300) == pytest.approx(80 / 140)
    assert floor.value(Figure.LONGEST_PAUSED, 400, "1001", agent) == 160.0


def test_agents_ready_campaigns_and_menus() -> None:
    floor = Floor(of_cap={"c1": 0.4, "c2": None})
    assert floor.value(Figure.AGENTS_READY, 1) == 0.0
    campaign, menu = SubjectKind.CAMPAIGN, SubjectKind.MENU
    assert floor.value(Figure.ABANDONMENT_OF_CAP, 1, "c1", campaign) == 0.4
    assert floor.value(Figure.ABANDONMENT_OF_CAP, 1, "c2", campaign) is None
    assert floor.value(Figure.ABANDONMENT_OF_CAP, 1, "c3", campaign) is None
    floor.on("m1", CallArrived, 0, number_called="0800", caller_number="57300")
    floor.on("m1", DialogueOffered, 0, number_called="0800")
    floor.on("m1", MenuEntered, 0, menu="principal", node="inicio", language="es")
    assert floor.value(Figure.CALLERS, 1, "principal", menu) == 1.0
    assert floor.value(Figure.CALLERS, 1, "otro", menu) == 0.0
    floor.on("m1", DialogueClosed, 5)
    assert floor.value(Figure.CALLERS, 6, "principal", menu) == 0.0


def test_whom_a_target_of_each_one_is_of() -> None:
    floor = Floor(of_cap={"c1": 0.4})
    subjects = floor.figures.subjects
    queue, agent, campaign = SubjectKind.QUEUE, SubjectKind.AGENT, SubjectKind.CAMPAIGN
    assert subjects(queue, None) == [one.name for one in FLOOR.queues]
    assert subjects(queue, ["salida", "ninguna"]) == ["salida"]
    assert subjects(agent, None) == [one.number for one in FLOOR.agents]
    assert subjects(agent, ["salida"]) == ["1001", "1002", "1003"]
    assert subjects(agent, ["ninguna"]) == []
    assert subjects(campaign, None) == subjects(campaign, ["soporte"]) == ["c1"]
    assert subjects(campaign, ["salida"]) == []
    assert subjects(SubjectKind.SWITCH, None) == [""]
    assert subjects(SubjectKind.MENU, None) == []
    floor.on("m1", CallArrived, 0, number_called="0800", caller_number="57300")
    floor.on("m1", DialogueOffered, 0, number_called="0800")
    floor.on("m1", MenuEntered, 0, menu="principal", node="inicio", language="es")
    floor.on("m1", DialogueClosed, 5)
    assert subjects(SubjectKind.MENU, None) == ["principal"], "also when nobody is in it any more"
    assert subjects(SubjectKind.MENU, ["soporte"]) == []


def test_without_a_link_nothing_can_be_told_but_since_when() -> None:
    floor = Floor()
    down = (Figure.LINK_DOWN, SubjectKind.SWITCH)
    assert floor.value(down[0], 10, "", down[1]) == 0.0
    floor.hear(fact(LinkLost, 20, reason="gone"), fact(LinkLost, 25, reason="gone"))
    assert floor.value(down[0], 50, "", down[1]) == 30.0
    assert floor.value(Figure.WAITING, 50) is None
    floor.hear(fact(LinkUp, 60, booted_at=at(-100)))
    assert floor.value(down[0], 70, "", down[1]) == 0.0
    assert floor.value(Figure.WAITING, 70) == 0.0
    floor.figures.start(at(80))  # a service that starts has no link yet, whatever its journal says
    assert floor.value(down[0], 90, "", down[1]) == 10.0


_endings = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 90), st.booleans()), max_size=20)


@settings(max_examples=25)
@given(_endings, st.integers(60, 3600))
def test_against_counting_every_call_again(waits: list[tuple[int, int, bool]], window: int) -> None:
    floor, now, told = Floor(), 0, []
    for place, (pause, wait, is_answered) in enumerate(waits):
        (answered if is_answered else gave_up)(floor, f"c{place}", now + pause, float(wait))
        told.append((at(now + pause + wait), wait, is_answered))
        now += pause + wait + 11
    edge = (at(now).timestamp() - window) // 10 + 1
    kept = [(wait, ok) for end, wait, ok in told if end.timestamp() // 10 >= edge]
    in_time = sum(ok and wait <= 20 for wait, ok in kept)
    counted = sum(ok or wait > 5 for wait, ok in kept)
    expected = in_time / counted if counted else None
    assert floor.value(Figure.SERVICE_LEVEL, now, window=window) == expected
