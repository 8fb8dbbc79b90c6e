"""500 real calls: every figure equals what Asterisk and SIPp say, each in its own words."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest

from linea800.demo.stage import Stage, stage
from linea800.settings import Settings
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.record import CallRecord
from monitoring.service_level import Method, service_level
from storage.call_list import CallFilter
from tests.soak.asterisk_witness import (
    Timed,
    queue_events,
    timed_calls,
    trunk_records,
    write_cel,
)
from tests.system.conftest import floor_changes
from tests.system.laid_sounds import lay_sounds
from tests.system.scene import Scene, eventually, opened, settings_for, until
from traffic import roles
from traffic.scenario import Step
from traffic.sip_log import SipCall

QUEUE = "soporte"
#: calls of one group are alike: the key for a person, or none, and how long they stay after it
TO_A_PERSON = (Step(1500, "0"),)
HOLDS_MS = (4_000, 6_000, 7_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000, 22_000,
            24_000, 26_000, 28_000, 30_000, 35_000, 40_000, 45_000)  # fmt: skip
IN_THE_MENU_MS = (1_000, 3_000)
EACH, PER_SECOND = 25, 1 / 12
#: so near a threshold, seconds, two clocks may put a wait on either side
NEAR = 0.05
MEANS_APART = 0.2


@pytest.fixture
def witnessed(short_folder: Path) -> Iterator[Stage]:
    """An Asterisk of its own, which writes CEL."""
    home = Path(tempfile.mkdtemp(prefix="t-", dir=short_folder))
    lay_sounds(home)
    with stage(home, Settings(home=home), changes=floor_changes(wrap_up_seconds=1.0)) as scene:
        yield scene


async def test_every_figure_is_what_asterisk_and_sipp_say(
    witnessed: Stage, short_folder: Path, tmp_path: Path
) -> None:
    cel = write_cel(witnessed)
    home = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
    since = datetime.now(UTC)
    async with opened(witnessed, settings_for(witnessed, home), tmp_path) as scene:
        await scene.sign_in(*(f"{1001 + at}" for at in range(7)))
        heard = await _called(scene, tmp_path)
        records = await _recorded(scene, len(heard))
        counts = await _counted(scene, since)
        handled = await _handled(scene, since)
    timed = {call_id: call for call_id, call in timed_calls(cel).items() if call.hung_up}
    log = witnessed.asterisk.folder
    events, taken = queue_events(log.queue_log.read_text().splitlines())

    assert len(records) == len(heard) == trunk_records(log.call_records) == len(timed)
    assert {record.call_id for record in records} == set(timed)
    _same_counts(counts, {event: n for (queue, event), n in events.items() if queue == QUEUE})
    assert handled == dict(taken)
    _same_durations(records, heard)
    _same_waits_and_talks(counts, timed)
    assert counts.answered > 100, "many talked"
    assert counts.abandoned > 50, "many gave up"


async def _called(scene: Scene, folder: Path) -> list[SipCall]:
    """Everybody's call as SIPp saw it, once all are over."""
    kinds = [(TO_A_PERSON, hold) for hold in HOLDS_MS] + [((), hold) for hold in IN_THE_MENU_MS]
    with contextlib.ExitStack() as running:
        groups = [
            running.enter_context(
                roles.callers(
                    scene.stage.sipp,
                    folder / f"group-{at}",
                    asterisk_port=scene.stage.sip_port,
                    port=scene.stage.caller_ports[at],
                    number=scene.stage.floor.numbers[0].number,
                    caller_numbers=[f"57301{at:03d}{turn:04d}" for turn in range(EACH)],
                    steps=steps,
                    hold_ms=hold,
                    per_second=PER_SECOND,
                )
            )
            for at, (steps, hold) in enumerate(kinds)
        ]

        def all_over() -> bool:
            calls = [call for group in groups for call in group.calls()]
            return len(calls) == len(kinds) * EACH and all(call.ended_at for call in calls)

        await until(all_over, "every call to end", EACH / PER_SECOND + 120)
        return [call for group in groups for call in group.calls()]


async def _recorded(scene: Scene, count: int) -> list[CallRecord]:
    found: dict[str, CallRecord] = {}

    async def all_are_there() -> bool:
        await scene.house.recorder.ship_now()
        cursor = None
        while True:
            page = await scene.house.calls.find(CallFilter(), cursor, 500)
            found.update({call.call_id: call for call in page.calls if call.ended_at})
            cursor = page.next_cursor
            if cursor is None:
                return len(found) >= count and not scene.house.recorder.backlog

    await eventually(all_are_there, f"{count} records", 60)
    return list(found.values())


async def _counted(scene: Scene, since: datetime) -> QueueCounts:
    measures = scene.house.parts.reports.measures
    while await measures.recount(500):
        pass
    start, end = since - timedelta(minutes=15), datetime.now(UTC) + timedelta(minutes=15)
    pbx = scene.house.floor.pbx
    by_queue = await measures.queue_counts(pbx, [QUEUE], start, end, Basis.OFFERED)
    assert by_queue[QUEUE].endings == by_queue[QUEUE].offered
    return by_queue[QUEUE]


async def _handled(scene: Scene, since: datetime) -> dict[str, int]:
    measures = scene.house.parts.reports.measures
    start, end = since - timedelta(minutes=15), datetime.now(UTC) + timedelta(minutes=15)
    by_agent = await measures.agent_counts(scene.house.floor.pbx, None, start, end)
    return {agent: each.handled_inbound for agent, each in by_agent.items() if each.handled_inbound}


def _same_counts(counts: QueueCounts, events: dict[str, int]) -> None:
    assert counts.offered == events["ENTERQUEUE"]
    assert counts.answered == events["CONNECT"]
    assert counts.abandoned == events["ABANDON"]
    assert counts.timed_out == events.get("EXITWITHTIMEOUT", 0)
    assert counts.key_exit == events.get("EXITWITHKEY", 0)
    assert counts.empty_exit == events.get("EXITEMPTY", 0)
    assert counts.refused == counts.waiting == counts.lost == counts.failed == 0


def _same_durations(records: list[CallRecord], heard: list[SipCall]) -> None:
    """From INVITE to BYE, caller by caller."""
    assert {record.number_called for record in records} == {heard[0].number}
    ours = sorted(_seconds(record.arrived_at, record.ended_at) for record in records)
    theirs = sorted(_seconds(call.invited_at, call.ended_at) for call in heard)
    assert abs(mean(ours) - mean(theirs)) < MEANS_APART


def _same_waits_and_talks(counts: QueueCounts, timed: dict[str, Timed]) -> None:
    served = [call for call in timed.values() if call.queued and call.bridged]
    gave_up = [call for call in timed.values() if call.queued and not call.bridged]
    assert (len(served), len(gave_up)) == (counts.answered, counts.abandoned)
    waits = [call.bridged[0] - call.queued[0] for call in served]
    in_vain = [call.hung_up - call.queued[0] for call in gave_up]
    talks = [call.unbridged[-1] - call.bridged[0] for call in served]
    assert abs(mean(waits) - counts.answered_wait_ms / 1000 / counts.answered) < MEANS_APART
    assert abs(mean(in_vain) - counts.abandoned_wait_ms / 1000 / counts.abandoned) < MEANS_APART
    told = (counts.talk_ms + counts.hold_ms) / 1000 / counts.answered
    assert abs(mean(talks) - told) < MEANS_APART
    for seconds, short in ((20, 5), (10, 5), (5, 0)):
        doubtful = sum(
            abs(wait - edge) < NEAR for wait in (*waits, *in_vain) for edge in (seconds, short)
        )
        for method, (above, below) in _levels(waits, in_vain, seconds, short).items():
            ours = service_level(counts, method, seconds, short)
            assert abs(ours.numerator - above) <= doubtful, (method, seconds, doubtful)
            assert abs(ours.denominator - below) <= doubtful, (method, seconds, doubtful)


def _levels(
    waits: list[float], in_vain: list[float], seconds: float, short: float
) -> dict[Method, tuple[int, int]]:
    """The six formulas written down once more, over the bare waits."""
    in_time = sum(wait <= seconds for wait in waits)
    gone_in_time = sum(wait <= seconds for wait in in_vain)
    gone_soon = sum(wait <= short for wait in in_vain) if short else 0
    everybody = len(waits) + len(in_vain)
    return {
        Method.ANSWERED_ONLY: (in_time, len(waits)),
        Method.OFFERED: (in_time, everybody),
        Method.OFFERED_PLUS_FLOWOUT: (in_time, everybody),
        Method.EXCLUDE_SHORT: (in_time, everybody - gone_soon),
        Method.IGNORE_WITHIN_THRESHOLD: (in_time, everybody - gone_in_time),
        Method.POSITIVE: (in_time + gone_in_time, everybody),
    }


def _seconds(start: datetime, end: datetime | None) -> float:
    assert end is not None
    return (end - start).total_seconds()
