"""What callers were told of their wait, beside how long it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.events import AgentConnected, CallArrived, CallEnded, Fact, QueueJoined, WaitTold
from monitoring.folding import fold, opened_by
from storage.calls import CallStore
from storage.database import Database
from storage.waits import WaitFigures, WaitStore, first_of_days

BOGOTA, UTC_ZONE = ZoneInfo("America/Bogota"), ZoneInfo("UTC")
#: ten in the evening of the third in Bogotá
LATE = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


async def _called(
    database: Database,
    call_id: str,
    *,
    told: tuple[float, float, float],
    waited: float | None,
    began: datetime = LATE,
    queue: str = "soporte",
    told_at: float = 1.0,
) -> None:
    """A caller who was told (expected, low, high), and waited so long from then on."""

    def at(seconds: float) -> datetime:
        return began + timedelta(seconds=seconds)

    call = {"pbx": "pbx1", "call_id": call_id}
    expected, low, high = told
    facts: list[Fact] = [
        CallArrived(at=at(0), **call, number_called="0800", caller_number="1"),
        WaitTold(
            at=at(told_at), **call, queue=queue, position=1, expected_seconds=expected,
            low_seconds=low, high_seconds=high,
        ),
        QueueJoined(at=at(2), **call, queue=queue, position=1),
    ]  # fmt: skip
    if waited is not None:
        agent = {"queue": "own_1001", "agent": "1001"}
        facts.append(AgentConnected(at=at(told_at + waited), **call, **agent))
    facts.append(CallEnded(at=at(5000), **call, cause=16, sip_code=0))
    record = opened_by(facts[0])
    assert record is not None
    for fact in facts[1:]:
        fold(record, fact)
    await CallStore(database).save(
        [record], [(call_id, number, fact) for number, fact in enumerate(facts)]
    )


async def test_errors_and_bands(database: Database) -> None:
    await _called(database, "a", told=(100, 60, 180), waited=130.5)  # between
    await _called(database, "b", told=(100, 60, 180), waited=40)  # sooner
    await _called(database, "c", told=(100, 60, 180), waited=200)  # later
    await _called(database, "d", told=(100, 60, 180), waited=180)  # at the very end
    await _called(database, "e", told=(100, 60, 180), waited=None)  # gave up
    await _called(database, "f", told=(0, 0, 0), waited=300)  # told nothing
    await _called(database, "g", told=(50, 0, 60), waited=500, queue="ventas")
    store = WaitStore(database)
    found = await store.by_day("soporte", *MARCH, UTC_ZONE)
    assert found == [
        WaitFigures(
            day=date(2026, 3, 4), told=5, reached=4, mean_error_seconds=37.625,
            mean_absolute_error_seconds=67.625, within=0.5, not_later=0.75,
        )
    ]  # fmt: skip
    (other,) = await store.by_day("ventas", *MARCH, UTC_ZONE)
    assert (other.told, other.mean_error_seconds, other.within) == (1, 450.0, 0.0)


async def test_days_are_those_of_the_zone_newest_first(database: Database) -> None:
    await _called(database, "a", told=(30, 0, 60), waited=20)
    await _called(database, "b", told=(30, 0, 60), waited=None, began=LATE + timedelta(hours=3))
    store = WaitStore(database)
    days = [each.day.day for each in await store.by_day("soporte", *MARCH, BOGOTA)]
    assert days == [4, 3]
    (newest, _) = await store.by_day("soporte", *MARCH, BOGOTA)
    assert (newest.told, newest.reached, newest.mean_error_seconds, newest.within) == (
        1, 0, None, None,
    )  # fmt: skip
    assert [each.told for each in await store.by_day("soporte", *MARCH, UTC_ZONE)] == [2]


async def test_the_end_of_the_period_is_not_in_it(database: Database) -> None:
    await _called(database, "a", told=(30, 0, 60), waited=20, told_at=0.0)
    store = WaitStore(database)
    assert await store.by_day("soporte", LATE - timedelta(days=1), LATE, UTC_ZONE) == []
    assert len(await store.by_day("soporte", LATE, LATE + timedelta(hours=1), UTC_ZONE)) == 1


@pytest.mark.parametrize(
    ("days", "zone", "first"),
    [
        (1, BOGOTA, datetime(2026, 3, 3, 5, tzinfo=UTC)),
        (7, BOGOTA, datetime(2026, 2, 25, 5, tzinfo=UTC)),
        (1, UTC_ZONE, datetime(2026, 3, 4, tzinfo=UTC)),
    ],
)
def test_the_first_of_so_many_days(days: int, zone: ZoneInfo, first: datetime) -> None:
    assert first_of_days(days, zone, LATE) == first
