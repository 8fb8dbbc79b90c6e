"""The watch as it is built for the service: settings are followed, caps read, all of it ends."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from agents.roster import Roster
from calls.events import AgentConnected, CallEnded, LinkUp, QueueJoined
from calls.tracker import Tracker
from dialer.guards import Guards
from dialer.pacing.picture import Ledger
from dialer.rules.catalog import PresetCatalog
from linea800.target_watch import share_of_cap
from linea800.watching import Watching
from monitoring.board import Board
from monitoring.queue_setting import QueueSetting
from monitoring.watched_figures import Figure, SubjectKind
from storage.database import Database
from storage.queue_settings import QueueSettingStore
from tests.integration.backoffice_house import until
from tests.unit.facts import FLOOR, PBX, START, arrived, at, fact, on_call


async def test_a_queue_is_measured_as_it_is_set(tmp_path: Path) -> None:
    roster, tracker = Roster(FLOOR), Tracker()
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        watching = Watching(FLOOR, database, roster, tracker, dict, private=False)
        for one in (
            fact(LinkUp, 0, booted_at=START),
            arrived(0),
            on_call(QueueJoined, 0, queue="soporte", position=1),
            on_call(AgentConnected, 25, queue="soporte", agent="1001"),
            on_call(CallEnded, 30, cause=16, sip_code=200),
        ):
            watching.figures.fold(tracker.apply(one))

        def level() -> float | None:
            queue = SubjectKind.QUEUE
            return watching.figures.value(Figure.SERVICE_LEVEL, queue, "soporte", 900, at(60))

        assert level() == 0.0, "25 s are longer than the usual 20"
        patient = QueueSetting(seconds=30)
        now = datetime.now(UTC)
        await QueueSettingStore(database).put(PBX, "soporte", patient, set_by="Ana", now=now)
        board = Board(FLOOR, tracker, roster)
        watchman = watching.watchman(Guards([]), PresetCatalog.read(), board)
        running = asyncio.create_task(watching.run(watchman))

        async def measured() -> float | None:
            return level()

        await until(measured, lambda found: found == 1.0)
        running.cancel()
        await asyncio.wait({running})


def test_how_much_of_its_cap_a_campaign_uses() -> None:
    def running(cap: float, by_law: float | None, live: int, abandoned: int, **more: Any) -> Any:
        return SimpleNamespace(
            campaign=SimpleNamespace(abandonment_cap=cap),
            judge=SimpleNamespace(abandonment_cap=by_law),
            picture=SimpleNamespace(ledger=Ledger(live=live, abandoned=abandoned)),
            ledger_of=more.get("ledger_of", START),
        )

    campaigns = {
        "own": running(0.04, None, 100, 2),
        "law": running(0.04, 0.02, 100, 2),
        "none": running(0.04, 0.02, 0, 0),
        "zero": running(0.04, 0.0, 100, 0),
        "unknown": running(0.04, None, 100, 2, ledger_of=None),
    }
    assert {name: share_of_cap(one) for name, one in campaigns.items()} == {
        "own": 0.5, "law": 1.0, "none": None, "zero": None, "unknown": None,
    }  # fmt: skip
    assert share_of_cap(None) is None
