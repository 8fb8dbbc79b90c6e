"""Traps that only a real Asterisk shows (the numbers are those of `docs/traps.md`)."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from agents.states import AgentState
from calls.events import SnapshotTaken
from calls.states import CallState
from calls.tracker import Change
from linea800.demo.stage import Stage, stage
from linea800.main import built
from linea800.settings import Settings
from storage.errors import FileInUseError
from tests.postgres import PostgresServer, postgres_server
from tests.system.conftest import floor_changes
from tests.system.laid_sounds import lay_sounds
from tests.system.scene import LogWatch, Scene, opened, settings_for, until
from traffic.scenario import Step


async def test_keys_typed_ahead_are_not_lost(scene: Scene) -> None:
    """22: keys pressed while no command runs, or while a prompt speaks, still count."""
    await scene.sign_in("1001")
    with scene.caller(Step(300, "2"), Step(260, "1"), hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    (record,) = await scene.records(1)
    assert [step.choice for step in record.menu_path if step.choice] == ["support", "no_signal"]
    # the menus alone speak for 27 s
    assert record.stays[0].joined_at is not None
    assert (record.stays[0].joined_at - record.arrived_at).total_seconds() < 15


async def test_a_prompt_that_vanished_leads_to_a_person(
    the_stage: Stage, short_folder: Path, tmp_path: Path, asterisk_log: LogWatch
) -> None:
    """21: somebody deleted a sound under the running service; Asterisk ends the dialogue."""
    asterisk_log.expected.append("main_menu")
    home = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
    # Asterisk plays the English one when only the Spanish one is gone, and the wide one as well
    sounds = [
        the_stage.settings.sounds_folder / language / "linea800" / f"main_menu.{kind}"
        for language in ("es", "en")
        for kind in ("wav", "wav16")
    ]
    kept = [shutil.copy2(sound, tmp_path / f"{number}") for number, sound in enumerate(sounds)]
    try:
        async with opened(the_stage, settings_for(the_stage, home), tmp_path) as scene:
            await scene.sign_in("1001")
            for sound in sounds:
                sound.unlink()
            with scene.caller(hold_ms=60_000):
                await scene.in_state("1001", AgentState.TALKING)
                await scene.house.desk.end_call("1001")
                await scene.in_state("1001", AgentState.WRAPPING_UP)
            (record,) = await scene.records(1)
            assert record.fell_back
            assert record.outcome == "handled"
    finally:
        for saved, sound in zip(kept, sounds, strict=True):
            shutil.copy2(saved, sound)


async def test_a_second_instance_on_the_same_home_is_refused(scene: Scene) -> None:
    """25: two instances would both lead each caller; the second one says so and leaves."""
    with pytest.raises(FileInUseError):
        async with built(scene.house.settings):
            pytest.fail("a second instance was let in")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own."""
    with postgres_server() as running:
        yield running


async def test_a_call_is_recorded_in_postgresql(
    the_stage: Stage, short_folder: Path, tmp_path: Path, server: PostgresServer,
    asterisk_log: LogWatch,
) -> None:  # fmt: skip
    home = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
    server.create("calls")
    settings = settings_for(the_stage, home).model_copy(update={"database": server.url("calls")})
    async with opened(the_stage, settings, tmp_path) as scene:
        await scene.sign_in("1001")
        with scene.caller(Step(1500, "0"), hold_ms=60_000):
            await scene.in_state("1001", AgentState.TALKING)
            await scene.house.desk.end_call("1001")
            await scene.in_state("1001", AgentState.WRAPPING_UP)
        await scene.house.desk.wrap_up("1001", "ok")
        (record,) = await scene.records(1)
        assert (record.outcome, record.disposition) == ("handled", "ok")
        assert scene.house.database.dialect == "postgresql"


async def test_an_asterisk_that_stops_answering_is_noticed_and_found_again(
    short_folder: Path, tmp_path: Path
) -> None:
    """A stopped process keeps its connections: only the missing answers show it."""
    home = Path(tempfile.mkdtemp(prefix="d-", dir=short_folder))
    lay_sounds(home)
    with stage(home, Settings(home=home), changes=floor_changes()) as frozen:
        own = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
        async with opened(frozen, settings_for(frozen, own), tmp_path) as scene:
            await scene.sign_in("1001")
            with scene.caller(Step(1500, "0"), hold_ms=90_000):
                talking = await scene.in_state("1001", AgentState.TALKING)
                snapshots: list[datetime] = []
                scene.house.feed.fold(lambda change: _note_snapshot(change, snapshots))
                pid = frozen.asterisk.status().pid
                assert pid is not None
                os.kill(pid, signal.SIGSTOP)
                try:
                    await until(lambda: not scene.linked, "the silence to be noticed")
                finally:
                    os.kill(pid, signal.SIGCONT)
                await until(lambda: scene.linked, "the link")
                await until(lambda: snapshots, "the snapshot that follows")
                call = scene.house.parts.tracker.get(talking.call_id)
                assert call is not None
                assert call.state is CallState.TALKING
                assert scene.agent("1001").state is AgentState.TALKING
                await scene.house.desk.end_call("1001")
                await scene.in_state("1001", AgentState.WRAPPING_UP)
            (record,) = await scene.records(1)
            assert record.outcome == "handled"
            assert record.end_reason == ""


def _note_snapshot(change: Change, snapshots: list[datetime]) -> None:
    if isinstance(change.fact, SnapshotTaken):
        snapshots.append(change.fact.at)
