"""A subscriber's call, from the first ring to the agent's wrap-up, against SIPp's own account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from agents.states import AgentState
from calls.states import CallState
from tests.system.scene import Scene, until
from traffic.roles import Digits
from traffic.rtp import RtpCount, rtp_counts
from traffic.scenario import Step

#: SIPp's clock and ours, on a machine that may stand still in between
AGREE = timedelta(seconds=1)


def _close(ours: datetime | None, theirs: datetime | None) -> bool:
    assert ours is not None
    assert theirs is not None
    return abs(ours - theirs) <= AGREE


async def test_two_menus_by_rfc4733_a_wait_a_talk_and_a_wrap_up(scene: Scene) -> None:
    """Keys are real RTP events; the caller waits for a paused agent, both hear each other."""
    await scene.sign_in("1001")
    await scene.house.desk.pause("1001", "descanso")
    await scene.in_state("1001", AgentState.PAUSED)
    steps = (Step(1500, "2"), Step(1500, "1"))
    with scene.caller(*steps, hold_ms=25_000, digits=Digits.RFC4733) as subscriber:
        calls = scene.house.parts.tracker.open_calls
        await until(lambda: calls() and calls()[0].state is CallState.QUEUED, "the queue")
        await scene.house.desk.ready("1001")
        await scene.in_state("1001", AgentState.TALKING)
        counted = rtp_counts(scene.stage.asterisk)
        await until(lambda: _all_grew(counted, rtp_counts(scene.stage.asterisk)), "two-way audio")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
        await scene.house.desk.wrap_up("1001", "resuelto")
        await scene.in_state("1001", AgentState.READY)
        (seen,) = subscriber.calls()
    (record,) = await scene.records(1)

    assert [(step.node, step.choice) for step in record.menu_path] == [
        ("welcome", ""), ("main", "support"), ("support", "no_signal"),
    ]  # fmt: skip
    (stay,) = record.stays
    assert (record.outcome, stay.queue, stay.agent) == ("handled", "soporte", "1001")
    assert (record.ended_by, record.disposition) == ("customer", "resuelto")
    assert record.caller_number == "573015550001"
    assert _close(record.arrived_at, seen.invited_at)
    assert _close(record.answered_at, seen.answered_at)
    assert _close(record.ended_at, seen.ended_at)
    assert stay.connected_at is not None
    assert stay.released_at is not None
    assert record.wait_seconds > 0
    talked = (stay.released_at - stay.connected_at).total_seconds()
    assert abs(record.talk_seconds - talked) < 0.001
    assert record.wrap_up_seconds > 0
    handled = record.talk_seconds + record.hold_seconds + record.wrap_up_seconds
    assert abs(record.handle_seconds - handled) < 0.001


def _all_grew(before: Mapping[str, RtpCount], after: Mapping[str, RtpCount]) -> bool:
    """Both legs, customer's and agent's, received and sent at least half a second of packets."""
    both = set(before) & set(after)
    customers = [name for name in both if name.startswith("PJSIP/trunk-")]
    agents = [name for name in both if name.startswith("PJSIP/1001-")]
    return (
        len(customers) == 1
        and len(agents) == 1
        and all(after[name][way] - before[name][way] >= 25 for name in both for way in (0, 1))
    )


async def test_a_caller_who_presses_nothing_reaches_a_person(scene: Scene) -> None:
    await scene.sign_in("1001")
    with scene.caller(hold_ms=90_000) as _:
        talking = await scene.in_state("1001", AgentState.TALKING, seconds=85)
        assert talking.queue == "soporte"
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    (record,) = await scene.records(1)
    assert sum(step.no_input for step in record.menu_path) == 2
    assert record.ended_by == "agent"


async def test_wrong_keys_are_counted_apart_and_lead_to_a_person(scene: Scene) -> None:
    await scene.sign_in("1001")
    steps = (Step(2000, "8"), Step(2500, "7"), Step(2500, "8"))
    with scene.caller(*steps, hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    (record,) = await scene.records(1)
    assert sum(step.no_match for step in record.menu_path) == 3


async def test_zero_reaches_a_person_at_once_and_barges_in(scene: Scene) -> None:
    await scene.sign_in("1001")
    with scene.caller(Step(4500, "0"), hold_ms=60_000) as subscriber:
        await scene.in_state("1001", AgentState.TALKING)
        (seen,) = subscriber.calls()
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    (record,) = await scene.records(1)
    connected = record.stays[0].connected_at
    assert connected is not None
    assert seen.answered_at is not None
    assert [step.node for step in record.menu_path] == ["welcome", "main"]
    # the menu speaks for 15 s: whoever is through before that was not made to hear it out
    assert connected - seen.answered_at < timedelta(seconds=13)


async def test_a_caller_who_gives_up_in_the_queue_is_an_abandonment(scene: Scene) -> None:
    with scene.caller(Step(2000, "3"), hold_ms=12_000):
        (record,) = await scene.records(1)
    assert record.outcome == "abandoned"
    assert record.stays[0].queue == "ventas"
    assert record.stays[0].agent == ""
    assert record.ended_by == "customer"
    assert 0 < record.wait_seconds < 25


async def test_a_caller_who_hangs_up_in_the_menu_leaves_a_clean_record(scene: Scene) -> None:
    with scene.caller(hold_ms=1500):
        (record,) = await scene.records(1)
    assert record.outcome == "self_service"
    assert record.stays == []
    await until(lambda: scene.house.reception.callers == 0, "the dialogue to end")


async def test_language_changes_and_forty_callers_at_once(scene: Scene) -> None:
    """The one link carries many dialogues; each caller gets a record of their own."""
    numbers = tuple(f"5730177{index:05d}" for index in range(40))
    with scene.caller(
        Step(2500, "9"), Step(3000, "2"), hold_ms=2500, numbers=numbers, per_second=20
    ):
        records = await scene.records(40)
    assert sorted(record.caller_number for record in records) == sorted(numbers)
    assert {record.language for record in records} == {"en"}
    assert {record.outcome for record in records} == {"self_service"}
