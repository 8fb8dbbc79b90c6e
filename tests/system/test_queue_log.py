"""Our lines of `queue_log` beside those that Asterisk wrote of the same calls."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.states import AgentState
from storage.export_sources import Chosen
from storage.queue_log import QueueLogStore
from tests.system.scene import Scene
from traffic import roles
from traffic.scenario import Step

TO_A_PERSON = Step(1500, "0")
#: data that is not kept: the channel an agent speaks on
_UNKNOWN = {"CONNECT": 1}
#: data that is a number of whole seconds of two clocks
_SECONDS = {
    "CONNECT": (0, 2), "COMPLETECALLER": (0, 1), "COMPLETEAGENT": (0, 1), "ABANDON": (2,),
    "EXITWITHKEY": (3,), "EXITWITHTIMEOUT": (2,), "EXITEMPTY": (2,),
}  # fmt: skip
_NEAR_SECONDS = 1
_NEAR_MILLISECONDS = 100


def by_call(lines: list[str]) -> dict[str, list[list[str]]]:
    """The fields of each call's lines, in order."""
    found: dict[str, list[list[str]]] = {}
    for line in lines:
        time, call_id, *rest = line.split("|")
        found.setdefault(call_id, []).append([time, *rest])
    return found


def written_since(path: Path, size: int) -> list[str]:
    with path.open() as file:
        file.seek(size)
        return file.read().splitlines()


async def ours(scene: Scene, since: datetime) -> list[str]:
    store = QueueLogStore(scene.house.database)
    chosen = Chosen(since=since, until=datetime.now(UTC) + timedelta(seconds=1))
    return [line.text async for lines in store.lines(chosen, scene.house.floor) for line in lines]


def must_agree(theirs: list[list[str]], mine: list[list[str]]) -> None:
    """The same events with the same data; whole seconds may differ by one."""
    assert [line[3] for line in mine] == [line[3] for line in theirs], (mine, theirs)
    for left, right in zip(theirs, mine, strict=True):
        event = left[3]
        assert right[1:4] == left[1:4]
        assert abs(int(right[0]) - int(left[0])) <= _NEAR_SECONDS, (left, right)
        data = list(zip(left[4:], right[4:], strict=True))
        for place, (one, other) in enumerate(data):
            if place == _UNKNOWN.get(event):
                assert other == ""
            elif event == "RINGNOANSWER":
                assert abs(int(one) - int(other)) <= _NEAR_MILLISECONDS, (left, right)
            elif place in _SECONDS.get(event, ()):
                assert abs(int(one) - int(other)) <= _NEAR_SECONDS, (left, right)
            else:
                assert one == other, (left, right)


async def test_the_lines_of_calls_are_those_that_asterisk_wrote(scene: Scene) -> None:
    """Answered and ended by either side, abandoned two deep, left by the callback key and back."""
    log = scene.stage.asterisk.folder.queue_log
    size, since = log.stat().st_size, datetime.now(UTC)

    await scene.sign_in("1001")
    with scene.caller(Step(2000, "3"), hold_ms=8000):
        await scene.in_state("1001", AgentState.TALKING)
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.wrap_up("1001", "")
    await scene.in_state("1001", AgentState.READY)
    with scene.caller(Step(2000, "3"), hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.wrap_up("1001", "")
    await scene.in_state("1001", AgentState.READY)
    await scene.house.desk.pause("1001", "almuerzo")
    await scene.in_state("1001", AgentState.PAUSED)
    pair = ("573015550011", "573015550012")
    with (
        _by_key(scene, "573015550013"),
        scene.caller(Step(2000, "3"), hold_ms=6000, numbers=pair, per_second=2),
    ):
        records = await scene.records(5)

    theirs, mine = by_call(written_since(log, size)), by_call(await ours(scene, since))
    calls = {record.call_id for record in records}
    for record in records:
        if record.ended_by == "agent":
            # asked for over linea800: Asterisk alone would blame the customer
            assert theirs[record.call_id][-1][3] == "COMPLETECALLER"
            theirs[record.call_id][-1][3] = "COMPLETEAGENT"
        must_agree(theirs[record.call_id], mine[record.call_id])
    events = Counter(line[3] for call_id in calls for line in mine[call_id])
    assert events == {
        "ENTERQUEUE": 6, "CONNECT": 2, "COMPLETEAGENT": 1, "COMPLETECALLER": 1, "EXITWITHKEY": 1,
        "ABANDON": 3,
    }  # fmt: skip
    pauses = [line for line in mine["NONE"] if line[3] == "PAUSEALL"]
    assert [line[4] for line in pauses] == ["wrap_up", "wrap_up", "almuerzo"]


@contextlib.contextmanager
def _by_key(scene: Scene, number: str) -> Iterator[None]:
    """One who presses the key for being called back; nobody calls back, so the wait goes on."""
    with roles.callers(
        scene.stage.sipp,
        scene.folder / "by_key",
        asterisk_port=scene.stage.sip_port,
        port=scene.stage.caller_ports[1],
        number=scene.stage.floor.numbers[0].number,
        caller_numbers=(number,),
        steps=(TO_A_PERSON, Step(11_000, "2")),
        hold_ms=8000,
    ):
        yield
