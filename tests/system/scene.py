"""What the system tests share: a house in front of a real Asterisk, and how to wait for things."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from agents.roster import AgentStatus
from agents.states import AgentState
from linea800.demo.stage import Stage
from linea800.main import House, built, run
from linea800.settings import Settings
from local_asterisk.ports import kept_ports
from monitoring.folding import finished
from monitoring.record import CallRecord
from storage.call_list import CallFilter
from tests.laid_database import lay_database
from traffic import roles
from traffic.scenario import Step
from traffic.sipp import Sipp

#: what Asterisk says in an ordinary life, and may say during any test
_ORDINARY = re.compile(
    r"loader\.c|cdr\.c|indications\.c|built by"
    # a phone or a carrier that hangs up while we speak to it
    r"|Remote UNIX connection"
)


#: a wait only bounds a failure: a machine that does other things, too, is no fault of the code
PATIENCE_SECONDS = 120.0
#: where the services of this worker listen, one after the other
_service_ports: list[int] = []


async def until(
    condition: Callable[[], object],
    what: str | Callable[[], str],
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait for a condition; fails naming what was waited for."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                # looking may itself take a while, in which nothing else here goes on
                await asyncio.sleep(max(0.01, 2 * (clock() - began)))
                began = clock()
    except TimeoutError:
        pytest.fail(f"waited {seconds:g} s for {what() if callable(what) else what}")


async def eventually(
    condition: Callable[[], Awaitable[object]],
    what: str | Callable[[], str],
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait for a condition that has to be asked for; fails naming what was waited for."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - the condition is another process's
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"waited {seconds:g} s for {what() if callable(what) else what}")


@contextlib.asynccontextmanager
async def beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """It goes on inside the block; should it break, the block ends there and the test says why."""
    async with asyncio.TaskGroup() as group:
        working = group.create_task(work)
        yield
        working.cancel()


@dataclass(frozen=True)
class Scene:
    """A running house before the stage's Asterisk."""

    house: House
    stage: Stage
    folder: Path

    def agent(self, number: str) -> AgentStatus:
        """The agent now."""
        agent = self.house.roster.get(number)
        assert agent is not None
        return agent

    @property
    def linked(self) -> bool:
        """Whether the board says that the link is up."""
        link = self.house.board.snapshot().things["link"]
        return link is not None and bool(link["up"])

    def has_call(self, number: str) -> bool:
        """Whether the agent talks or is being offered a call."""
        return self.agent(number).state in (AgentState.TALKING, AgentState.OFFERED)

    async def sign_in(self, *numbers: str) -> None:
        """Sign agents in and wait until a call would reach them."""
        for number in numbers:
            await self.house.desk.sign_in(number)
        for number in numbers:
            await until(partial(self._free, number), f"agent {number} to be free")

    def _free(self, number: str) -> bool:
        return self.agent(number).free

    async def in_state(
        self, number: str, state: AgentState, seconds: float = PATIENCE_SECONDS
    ) -> AgentStatus:
        """Wait until the agent is in this state."""
        await until(
            lambda: self.agent(number).state is state,
            lambda: f"agent {number} ({self.agent(number).state}) to be {state}",
            seconds,
        )
        return self.agent(number)

    @contextlib.contextmanager
    def caller(
        self,
        *steps: Step,
        hold_ms: int,
        numbers: tuple[str, ...] = ("573015550001",),
        per_second: float = 10.0,
        digits: roles.Digits = roles.Digits.INFO,
        names: tuple[str, ...] = (),
    ) -> Iterator[Sipp]:
        """Subscribers who call the 0800 line."""
        port = self.stage.caller_ports[0]
        sipp = roles.callers(
            self.stage.sipp,
            self.folder / "callers",
            asterisk_port=self.stage.sip_port,
            port=port,
            number=self.stage.floor.numbers[0].number,
            caller_numbers=numbers,
            steps=steps,
            hold_ms=hold_ms,
            per_second=per_second,
            digits=digits,
            caller_names=names,
        )
        with sipp:
            yield sipp

    async def records(self, count: int, seconds: float = PATIENCE_SECONDS) -> list[CallRecord]:
        """Wait for so many finished records in SQL, newest first."""
        found: list[CallRecord] = []

        async def there() -> bool:
            await self.house.recorder.ship_now()
            page = await self.house.calls.find(CallFilter(), None, 200)
            found[:] = [call for call in page.calls if finished(call, datetime.now(UTC))]
            return len(found) >= count

        await eventually(there, lambda: f"{count} finished records, not {found}", seconds)
        return found

    def channels(self) -> int:
        """How many channels Asterisk has now."""
        shown = self.stage.asterisk.cli("core show channels count")
        match = re.search(r"(\d+) active channel", shown)
        assert match is not None
        return int(match.group(1))


@contextlib.contextmanager
def service_port_kept() -> Iterator[None]:
    """Every service of this worker listens at one port, and no other worker is given it."""
    with kept_ports(1) as ports:
        _service_ports[:] = ports
        yield


def settings_for(stage: Stage, home: Path) -> Settings:
    """A service of its own (database, journal) in front of the stage's Asterisk."""
    home.mkdir(exist_ok=True)
    lay_database(home / "linea800.db")
    link = home / "asterisk"
    if not link.exists():
        link.symlink_to(stage.settings.asterisk_folder)
    return Settings(
        home=home,
        floor=stage.settings.home / "floor.yaml",
        sounds=stage.settings.sounds_folder,
        http_port=_service_ports[0],
    )


@contextlib.asynccontextmanager
async def opened(stage: Stage, settings: Settings, folder: Path) -> AsyncIterator[Scene]:
    """A house running in this process; at its end everyone goes home and Asterisk is empty."""
    stage.asterisk.cli("database deltree l8-over")  # what former tests left unheard
    async with built(settings) as house:
        service = asyncio.create_task(run(house))
        scene = Scene(house, stage, folder)
        try:
            await until(lambda: scene.linked or service.done(), "the link")
            if service.done():
                await service
            yield scene
            if service.done():  # it should never end by itself: tell why it did
                await service
            await _close_shop(scene)
        except BaseException:
            # what one test leaves behind must not fail the next
            stage.asterisk.cli("channel request hangup all")
            raise
        finally:
            service.cancel()
            await asyncio.wait({service})
    await until(lambda: scene.channels() == 0, "Asterisk to have no channel left")
    assert asyncio.all_tasks() == {asyncio.current_task()}, "tasks were left behind"


def _idle(scene: Scene, number: str) -> bool:
    return not scene.has_call(number)


async def _close_shop(scene: Scene) -> None:
    house = scene.house
    for agent in house.roster.all():
        await until(partial(_idle, scene, agent.number), f"agent {agent.number}'s call to end")
        await house.desk.sign_out(agent.number)
    await until(lambda: scene.channels() == 0, "every channel to end")
    await house.recorder.ship_now()
    assert not house.parts.tracker.open_calls(), "a call was left open"
    await until(lambda: not house.recorder.backlog, "everything to be in SQL")


class LogWatch:
    """Asterisk's log since the test began: whatever is not ordinary or expected is a fault."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = path.stat().st_size if path.exists() else 0
        self.expected: list[str] = []

    def surprises(self) -> list[str]:
        """Warnings and errors nobody expected."""
        with self._path.open(errors="replace") as file:
            file.seek(self._start)
            lines = [line.strip() for line in file if re.search(r"WARNING|ERROR", line)]
        return [
            line
            for line in lines
            if not _ORDINARY.search(line)
            and not any(re.search(pattern, line) for pattern in self.expected)
        ]
