"""The command line, asked while the loop of a test runs on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from linea800.cli import app


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and all that it said."""

    exit_code: int
    output: str


class CommandLine:
    """`linea800 …` on a database; its home is a folder of the test."""

    def __init__(self, database_url: str, home: Path) -> None:
        self._environment = {
            "LINEA800_DATABASE": database_url, "LINEA800_HOME": str(home), "COLUMNS": "120"
        }  # fmt: skip

    async def __call__(self, *words: str) -> Answer:
        """What it answered."""

        def invoke() -> Answer:
            result = CliRunner(env=self._environment).invoke(app, list(words))
            return Answer(result.exit_code, result.output)

        return await asyncio.to_thread(invoke)
