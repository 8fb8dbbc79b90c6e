"""Calls again and resolution: sorted by the database as a look at every pair of calls has it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from agents.said import Said
from monitoring.customer_counts import AGAIN_SECONDS, RESOLVED_SECONDS
from monitoring.quarters import quarter_of
from monitoring.record import CallRecord, QueueStay
from storage import customer_measures
from storage.calls import CallStore
from storage.customer_measures import CustomerMeasureStore
from storage.customers_behind import CustomerCallStore, CustomerCount, CustomersWanted
from storage.database import Database

BEGAN = datetime(2025, 3, 4, tzinfo=UTC)
SINCE, UNTIL = BEGAN + timedelta(days=2), BEGAN + timedelta(days=9)
STEP = timedelta(hours=12)
TICK = timedelta(microseconds=1)
Sums = dict[tuple[str, datetime], tuple[int, ...]]


def made(chance: random.Random) -> list[CallRecord]:
    """Calls that begin and end around the same few moments, of few customers and numbers."""
    return [a_call(number, chance) for number in range(160)]


def a_call(number: int, chance: random.Random) -> CallRecord:
    arrived = BEGAN + STEP * chance.randrange(40) + TICK * chance.choice((0, 0, 1))
    # some have no length, some go on while others come, some go on for days, some have no end yet
    length = chance.choice((timedelta(), TICK, STEP, STEP, STEP, 3 * STEP, 9 * STEP))
    record = CallRecord(
        pbx=chance.choice(("pbx1", "pbx2")),
        call_id=f"c{number:03}",
        direction=chance.choices(("inbound", "dialed"), (9, 1))[0],
        number_called="0800",
        caller_number=chance.choice(("", "1", "2", "3", "4")),
        arrived_at=arrived,
        ended_at=arrived + length if chance.random() < 0.9 else None,
        reason=chance.choice(("", "bill", "fault")),
        disposition=chance.choice(("", "Resolved", "no_resuelto", "other")),
        stays=[a_stay(arrived, chance) for _ in range(chance.choice((0, 1, 1, 2, 3)))],
    )
    record.customer_id = chance.choice((None, None, 5, 6, 7))
    return record


def a_stay(at: datetime, chance: random.Random) -> QueueStay:
    queue = chance.choice(("faults", "sales", "support"))
    how = chance.choice(("talked", "waited", "refused"))
    return QueueStay(
        queue=queue,
        joined_at=at,
        connected_at=at if how == "talked" else None,
        status="FULL" if how == "refused" else "",
    )


def meant(calls: Sequence[CallRecord]) -> Sums:
    """The definitions, each call against each other one."""
    found: dict[tuple[str, datetime], list[int]] = defaultdict(lambda: [0] * 6)
    came = [call for call in calls if call.direction == "inbound"]
    for call in came:
        is_known = call.customer_id is not None or call.caller_number
        if not is_known or call.ended_at is None or not SINCE <= call.arrived_at < UNTIL:
            continue
        others = [other for other in came if other is not call and same_caller(call, other)]
        after = [(other, other.arrived_at - call.ended_at) for other in others]
        again = any(0 <= gap.total_seconds() <= AGAIN_SECONDS for _, gap in after)
        resolved = not any(
            0 <= gap.total_seconds() <= RESOLVED_SECONDS and other.reason == call.reason
            for other, gap in after
        )
        talks = [stay.queue for stay in call.stays if stay.connected_at is not None]
        waits = [stay.queue for stay in call.stays if stay.status != "FULL"]
        queue = (talks or waits or [""])[-1]
        said = call.disposition.lower()
        counted = (
            True, again, bool(talks), talks and not resolved,
            talks and said == "resolved", talks and said == "no_resuelto",
        )  # fmt: skip
        sums = found[queue, quarter_of(call.arrived_at)]
        for place, one in enumerate(counted):
            sums[place] += bool(one)
    return {key: tuple(sums) for key, sums in found.items()}


def same_caller(call: CallRecord, other: CallRecord) -> bool:
    if call.customer_id is not None:
        return other.customer_id == call.customer_id
    return other.caller_number == call.caller_number


@pytest.mark.parametrize("seed", range(3))
async def test_as_a_look_at_every_pair(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # several pieces, and calls that go on beyond what is sorted with them
    monkeypatch.setattr(customer_measures, "_AT_ONCE", timedelta(days=seed + 2, hours=1))
    chance = random.Random(seed)
    calls = made(chance)
    await CallStore(database).save(calls, [])
    counted = await CustomerMeasureStore(database).counted(SINCE, UNTIL)
    found = {
        key: (
            one.calls, one.called_again, one.contacts,
            one.came_back, one.said_resolved, one.said_unresolved,
        )
        for key, one in counted.items()
    }  # fmt: skip
    expected = meant(calls)
    assert found == expected
    # of calls, calls again, contacts and those who came back there are enough to be wrong about
    assert min(sum(sums[place] for sums in expected.values()) for place in range(4)) > 5


async def test_what_agents_said_is_compared_plainly_and_by_the_words_of_the_floor(
    database: Database,
) -> None:
    """Both databases make small letters of their own accord, and not the same ones."""
    written = {
        "SOLUCIÓN DADA": "yes", "solucion dada": "yes", "Solucio\u0301n_Dada": "yes",
        "Pendiente": "no", "resuelto": "", "otra cosa": "", "": "",
    }  # fmt: skip
    calls = [
        CallRecord(
            pbx="pbx1", call_id=f"c{number}", direction="inbound", number_called="0800",
            caller_number=str(number), arrived_at=SINCE, ended_at=SINCE + STEP, disposition=word,
            stays=[QueueStay(queue="faults", joined_at=SINCE, connected_at=SINCE)],
        )
        for number, word in enumerate(written)
    ]  # fmt: skip
    await CallStore(database).save(calls, [])
    said = Said(resolved=frozenset({"solucion_dada"}), unresolved=frozenset({"pendiente"}))
    (ours,) = (await CustomerMeasureStore(database, said).counted(SINCE, UNTIL)).values()
    assert (ours.contacts, ours.said_resolved, ours.said_unresolved) == (7, 3, 1)
    behind = CustomerCallStore(database, said)
    for count, meant in (
        (CustomerCount.SAID_RESOLVED, "yes"),
        (CustomerCount.SAID_UNRESOLVED, "no"),
    ):
        wanted = CustomersWanted(since=SINCE, until=SINCE + STEP, count=count)
        found = {one.disposition for one in (await behind.behind(wanted)).calls}
        assert found == {word for word, means in written.items() if means == meant}
    (usual,) = (await CustomerMeasureStore(database).counted(SINCE, UNTIL)).values()
    assert (usual.said_resolved, usual.said_unresolved) == (1, 0)
