"""The journal: what it acknowledged is never lost, whatever happens to the process or the disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calls.events import AgentPaused, CallArrived, CallEnded, DigitPressed, Fact
from calls.intake import JournalError
from storage.errors import FileInUseError, StorageError
from storage.journal import Journal, JournalDamagedError

NOW = datetime(2025, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def ended(call: int) -> CallEnded:
    return CallEnded(at=NOW, pbx="pbx1", call_id=f"call-{call}", cause=16, sip_code=200)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    async with await Journal.open(path) as opened:
        yield opened


async def test_replays_what_was_appended(path: Path) -> None:
    facts: list[Fact] = [
        CallArrived(
            at=NOW,
            pbx="pbx1",
            call_id="1.1",
            number_called="0800",
            caller_number="57300",
            caller_name="Ñandú \x00 \ud800 'x'",
        ),
        AgentPaused(at=NOW, pbx="pbx1", agent="201", reason="baño"),
        ended(1),
    ]
    async with await Journal.open(path) as journal:
        name = journal.id
        assert await journal.append([]) == []
        first = await journal.append(facts[:2])
        second = await journal.append(facts[2:])
    async with await Journal.open(path) as journal:
        assert journal.id == name
        assert await journal.replay() == list(zip(first + second, facts, strict=True))
        assert journal.damaged == 0


async def test_numbers_are_never_used_again(path: Path) -> None:
    async with await Journal.open(path) as journal:
        seqs = await journal.append([ended(1), ended(2)])
        await journal.forget([*seqs, 999])
        await journal.forget([])
        assert await journal.replay() == []
    async with await Journal.open(path) as journal:
        assert min(await journal.append([ended(3)])) > max(seqs)


async def test_every_journal_has_its_own_id(tmp_path: Path) -> None:
    async with (
        await Journal.open(tmp_path / "one.db") as one,
        await Journal.open(tmp_path / "two.db") as two,
    ):
        assert one.id != two.id


async def test_appends_at_the_same_time_share_commits(journal: Journal) -> None:
    commits = 0

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    connection = journal._connection
    assert connection is not None
    connection.set_trace_callback(count)
    seqs = await asyncio.gather(*(journal.append([ended(call)]) for call in range(500)))
    assert commits < 100
    replayed = await journal.replay()
    assert [seq for seq, _ in replayed] == [seq for (seq,) in seqs]
    assert [fact for _, fact in replayed] == [ended(call) for call in range(500)]


async def test_what_is_never_written_down_is_refused(journal: Journal) -> None:
    digit = DigitPressed(at=NOW, pbx="pbx1", call_id="1.1", digit="7")
    with pytest.raises(ValueError, match="DigitPressed"):
        await journal.append([ended(1), digit])
    assert await journal.replay() == []


async def test_caller_that_gives_up_waiting_disturbs_nobody(journal: Journal) -> None:
    tasks = [asyncio.create_task(journal.append([ended(call)])) for call in range(100)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, list) for result in results[1::2])
    # what was given up after it had been asked for is written all the same
    assert len(await journal.replay()) == 100


async def test_damaged_rows_are_left_out_and_counted(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with await Journal.open(path) as journal:
        (first,) = await journal.append([ended(1)])
    body = json.dumps({"pbx": "pbx1", "at": NOW.isoformat(), "call_id": "573001112233"})
    garbage: list[tuple[object, object]] = [
        ("KindOfTheFuture", body),
        ("CallEnded", "{"),
        ("CallEnded", "[" * 100_000),
        ("CallEnded", "[]"),
        ("CallEnded", "null"),
        ("CallEnded", "{}"),
        ("CallEnded", body),  # fields are missing
        ("CallRang", body.replace("+00:00", "")),
        ("CallRang", body.replace("2025", "twenty")),
        ("CallRang", '{"pbx": "pbx1", "at": 5, "call_id": "1"}'),
        ("CallRang", b"\xff\xfe\x00"),
        (b"\xff", b"\xff"),
        (17, 18.5),
    ]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO facts (kind, body) VALUES (?, ?)", garbage)
        # a row whose text is not even text
        connection.execute("INSERT INTO facts (kind, body) VALUES (CAST(x'ff' AS TEXT), '{}')")
    async with await Journal.open(path) as journal:
        (last,) = await journal.append([ended(2)])
        with caplog.at_level(logging.ERROR):
            assert await journal.replay() == [(first, ended(1)), (last, ended(2))]
        assert journal.damaged == len(garbage) + 1
    assert "14 facts left out" in caplog.text
    assert "573001112233" not in caplog.text


def break_middle_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)


async def test_broken_page_keeps_what_can_be_read(path: Path) -> None:
    async with await Journal.open(path) as journal:
        await journal.append([ended(call) for call in range(2000)])
    break_middle_page(path)
    async with await Journal.open(path) as journal:
        replayed = await journal.replay()
        assert journal.damaged > 0
    assert 100 < len(replayed) < 2000
    assert [fact for _, fact in replayed[:100]] == [ended(call) for call in range(100)]


def test_file_that_is_no_journal_is_named(path: Path) -> None:
    path.write_bytes(b"no journal" * 1000)
    with pytest.raises(JournalDamagedError, match=r"journal\.db"):
        asyncio.run(Journal.open(path))


async def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nowhere"):
        await Journal.open(tmp_path / "nowhere" / "journal.db")


async def test_belongs_to_one_process(journal: Journal, path: Path) -> None:
    with pytest.raises(FileInUseError, match="in use"):
        await Journal.open(path)


async def test_closed_journal_says_so(path: Path) -> None:
    journal = await Journal.open(path)
    waiting = asyncio.create_task(journal.append([ended(1)]))
    await asyncio.sleep(0)
    await journal.close()
    await journal.close()
    assert await waiting == [1]
    with pytest.raises(JournalError, match="closed"):
        await journal.append([ended(2)])


async def test_file_is_its_owners_alone(journal: Journal, path: Path) -> None:
    await journal.append([ended(1)])
    for entry in os.scandir(path.parent):
        assert entry.stat().st_mode & 0o077 == 0, entry.name


# --- the process dies

APPENDS_UNTIL_KILLED = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from calls.events import CallEnded
from storage.journal import Journal

async def main():
    journal = await Journal.open(Path(sys.argv[1]))
    await journal.replay()
    async def call(number):
        step = 0
        while True:
            step += 1
            name = f"{os.getpid()}-{number}-{step}"
            fact = CallEnded(
                at=datetime.now(UTC), pbx="p", call_id=name, cause=step % 3, sip_code=0
            )
            seqs = await journal.append([fact] * (step % 3 + 1))
            os.write(1, f"{name} {seqs[-1]}\\n".encode())
    await asyncio.gather(*(call(number) for number in range(20)))

asyncio.run(main())
"""


def test_kill_in_the_middle_of_appends_loses_nothing_acknowledged(path: Path) -> None:
    chance = random.Random(800)
    acknowledged: dict[str, int] = {}
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", APPENDS_UNTIL_KILLED, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert child.stdout is not None
        enough = chance.randrange(50, 20_000)
        output = b""
        while len(output) < enough:
            more = os.read(child.stdout.fileno(), 65536)
            assert more, "the child ended by itself"
            output += more
        child.kill()
        output += child.stdout.read()
        child.stdout.close()
        child.wait()
        for line in output.decode().splitlines():
            name, seq = line.split()
            acknowledged[name] = int(seq)

    async def replay() -> dict[str, int]:
        async with await Journal.open(path) as journal:
            facts = await journal.replay()
            assert journal.damaged == 0
        found: dict[str, int] = {}
        counted: dict[str, int] = {}
        for seq, fact in facts:
            assert isinstance(fact, CallEnded)
            found[fact.call_id] = seq
            counted[fact.call_id] = counted.get(fact.call_id, 0) + 1
        for name, count in counted.items():
            # an append is there whole, or not at all
            assert count == int(name.rpartition("-")[2]) % 3 + 1
        return found

    found = asyncio.run(replay())
    assert len(acknowledged) > 100
    assert {name: found.get(name) for name in acknowledged} == acknowledged


# --- the disk is full

FILLS_THE_DISK = """
import asyncio, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from calls.events import CallFellBack
from storage.journal import Journal, JournalFullError

def fact(name):
    return CallFellBack(at=datetime.now(UTC), pbx="p", call_id=name, reason="x" * 2000)

async def main():
    async with await Journal.open(Path(sys.argv[1])) as journal:
        kept = []
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        failures = 0
        for number in range(2000):
            try:
                await journal.append([fact(f"call-{number}")])
                kept.append(f"call-{number}")
            except JournalFullError as error:
                failures += 1
                assert sys.argv[1] in str(error)
                if failures == 5:
                    break
        assert failures == 5, failures
        groups = await asyncio.gather(
            *(journal.append([fact(f"lost-{number}")]) for number in range(10)),
            return_exceptions=True,
        )
        assert all(isinstance(answer, JournalFullError) for answer in groups), groups
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        await journal.append([fact("space again")])
        kept.append("space again")
        assert [fact.call_id for _, fact in await journal.replay()] == kept
        print(len(kept))

asyncio.run(main())
"""


def test_full_disk_is_told_and_survived(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLS_THE_DISK, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    kept = int(done.stdout)
    assert kept > 10
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (kept,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
