"""Orders whose answer never came may have been carried out: the audit says that they were given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.errors import LinkDownError, OutcomeUnknownError, SwitchError
from calls.events import CallAnswered, CallArrived, CallRecordingStarted, QueueJoined
from tests.integration.agent_recipes import talking
from tests.integration.api_house import ApiHouse, problem, sqlite_house
from tests.integration.recording_switch import RecordingSwitch
from tests.integration.supervision_recipes import LISTEN, TRANSFER, talks, waits
from tests.unit.facts import CALL, PBX, at, on_call

ANOTHER = "pbx1-1772366400.2"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _rows(house: ApiHouse, subject: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (await house.get("/audit", "admin", subject=subject))["items"]
    return rows


async def _unknown(house: ApiHouse, path: str, action: str, **asked: Any) -> None:
    """The order is given, and nobody can tell whether it was carried out."""
    subject = "agents/1001" if path.startswith("/agents/") else f"calls/{CALL}"
    before = await _rows(house, subject)
    # what never left leaves no row
    house.switch.error = LinkDownError("away")
    problem(await house.ask("POST", path, json=asked or None), Kind.LINK_DOWN)
    assert await _rows(house, subject) == before
    house.switch.error = OutcomeUnknownError("no answer")
    problem(await house.ask("POST", path, json=asked or None), Kind.OUTCOME_UNKNOWN)
    row, *others = await _rows(house, subject)
    assert others == before
    assert (row["action"], row["after"]["outcome"]) == (action, "unknown")
    assert asked.items() <= row["after"].items()


async def test_orders_for_who_waits_leave_a_row_that_says_so(house: ApiHouse) -> None:
    await waits(house)
    path = f"/calls/{CALL}"
    await _unknown(house, f"{path}/move", "call.move", queue="salida")
    await _unknown(house, f"{path}/prioritize", "call.prioritize", position=2)
    for to in ("menu", "hang_up"):
        await _unknown(house, f"{path}/withdraw", "call.withdraw", to=to)


async def test_orders_for_who_talks_too(house: ApiHouse) -> None:
    await talking(house)
    made = {"recording": "20260301_x_1", "queue": "soporte", "announced": "caller"}
    await house.happen(on_call(CallRecordingStarted, 6, **made))
    await _unknown(house, LISTEN, "call.listen", phone="1002")
    await _unknown(house, TRANSFER, "call.transfer", queue="salida")
    for what in ("pause", "resume"):
        await _unknown(house, f"/calls/{CALL}/recording/{what}", f"call.recording_{what}")
    await _unknown(house, "/agents/1001/end-call", "agent.end_call")
    # what agents do themselves is their work, and kept as such
    rows = await _rows(house, "agents/1001")
    problem(await house.ask("POST", "/agents/me/end-call", "1001"), Kind.OUTCOME_UNKNOWN)
    assert await _rows(house, "agents/1001") == rows


async def test_the_end_of_listening_too(house: ApiHouse) -> None:
    await talks(house)
    await house.ask("POST", LISTEN, json={"phone": "1002"})
    house.switch.error = OutcomeUnknownError("no answer")
    problem(await house.ask("DELETE", LISTEN), Kind.OUTCOME_UNKNOWN)
    ended, began = await _rows(house, f"calls/{CALL}")
    assert (ended["action"], ended["after"]) == ("call.listen_end", {"outcome": "unknown"})
    assert "outcome" not in began["after"]


async def test_an_announcement_that_some_may_have_heard(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waits(house)
    of: dict[str, Any] = {"at": at(3), "pbx": PBX, "call_id": ANOTHER}
    await house.happen(
        CallArrived(**of, number_called="08001234567", caller_number="573009876543"),
        CallAnswered(**of),
        QueueJoined(**of, queue="soporte", position=2),
    )
    away, unknown = LinkDownError("away"), OutcomeUnknownError("?")
    for errors, status, after in (
        ([None, unknown], 202, {"callers": 1, "outcome": "unknown"}),
        ([unknown, away], 202, {"callers": 0, "outcome": "unknown"}),
        ([None, away], 202, {"callers": 1}),
        ([away, away], 503, None),
    ):
        left: Iterator[SwitchError | None] = iter(errors)

        async def announce(
            _: object, *_asked: str, left: Iterator[SwitchError | None] = left
        ) -> None:
            error = next(left)
            if error is not None:
                raise error

        monkeypatch.setattr(RecordingSwitch, "announce", announce)
        before = await _rows(house, "queues/soporte")
        told = await house.ask("POST", "/queues/soporte/announce", json={"prompt": "outage"})
        assert told.status_code == status, told.text
        rows = await _rows(house, "queues/soporte")
        expected = [] if after is None else [{"prompt": "outage", **after}]
        assert [row["after"] for row in rows[: len(rows) - len(before)]] == expected
