"""Jobs over some processes; what was run once is remembered in a file and not run again."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import TracebackType

from bench.pacing.play import Job, Outcome, play
from bench.pacing.sources import version


class Runs:
    """Use it as a context: it ends its processes, and whatever was finished stays in the file."""

    def __init__(self, path: Path, processes: int) -> None:
        self._path = path
        self._known = dict(_read(path))
        # spawned, not forked: a fork of a program with threads may hang
        self._pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"))
        self.made = self.remembered = 0

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    async def of(self, jobs: Iterable[Job]) -> list[Outcome]:
        """The outcomes, in the order of the jobs."""
        return await asyncio.gather(*(self._one(job) for job in jobs))

    async def _one(self, job: Job) -> Outcome:
        key = _key(version(job.policy), job)
        known = self._known.get(key)
        if known is not None:
            self.remembered += 1
            return known
        outcome = await asyncio.get_running_loop().run_in_executor(self._pool, play, job)
        self.made += 1
        self._known[key] = outcome
        line = {"key": key, "outcome": outcome.model_dump()}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
        return outcome


def _key(made_by: str, job: Job) -> str:
    return f"{made_by} {json.dumps(job.model_dump(), sort_keys=True, separators=(',', ':'))}"


def _read(path: Path) -> Iterable[tuple[str, Outcome]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:  # the line that an interruption cut
            continue
        yield record["key"], Outcome.model_validate(record["outcome"])
