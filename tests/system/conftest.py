"""Real Asterisk, real SIP, for every test here; after each one nothing may be left over."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from linea800.demo.stage import Stage, stage
from linea800.settings import Settings
from tests.laid_database import make_template
from tests.system.laid_sounds import lay_sounds
from tests.system.scene import LogWatch, Scene, opened, service_port_kept, settings_for

AGENTS = [str(1001 + index) for index in range(12)]
#: the number that the whole operator's menu answers; the first one has the small menu
OPERATOR = "08001234568"
#: the last one's phone is rung for each call
RUNG = AGENTS[-1]


def floor_changes(wrap_up_seconds: float = 2.0) -> dict[str, object]:
    """The example floor with a dozen agents in every queue and short wrap-ups."""
    names = ["soporte", "facturacion", "ventas", "salida"]
    return {
        "queues": [
            {"name": name, "weight": 5 if name == "salida" else 10,
             "wrap_up_seconds": wrap_up_seconds,
             "announce_position_seconds": 0 if name == "salida" else 30,
             "callback_key": "2" if name == "soporte" else None}
            for name in names
        ],
        "numbers": [
            {"number": "08001234567", "menu": "simple.yaml"},
            {"number": OPERATOR, "menu": "operator.yaml"},
        ],
        "targets": [
            {"name": "gerencia", "number": "573015550100"},
            {"name": "ocupado", "number": "573015550103"},
            {"name": "sin_linea", "number": "573015550106"},
        ],
        "agents": [
            {"number": number, "name": f"Agente {number}", "queues": [*names],
             "line": "rung" if number == RUNG else "held"}
            for number in AGENTS
        ],
    }  # fmt: skip


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path: Asterisk's control socket must fit into 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="l8-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def what_services_need() -> Iterator[None]:
    """A port that no other worker is given, and a database that is migrated once."""
    asyncio.run(make_template())
    with service_port_kept():
        yield


@pytest.fixture(scope="session")
def the_stage(short_folder: Path) -> Iterator[Stage]:
    """Asterisk, carrier and phones for all tests that do not kill them."""
    home = short_folder / "stage"
    lay_sounds(home)
    with stage(home, Settings(home=home), changes=floor_changes()) as scene:
        yield scene


@pytest.fixture
def asterisk_log(the_stage: Stage) -> Iterator[LogWatch]:
    """Fails the test when Asterisk warned of something nobody expected."""
    watch = LogWatch(the_stage.asterisk.folder.messages)
    yield watch
    surprises = watch.surprises()
    assert not surprises, "\n".join(surprises)


@pytest.fixture
async def scene(
    the_stage: Stage,
    short_folder: Path,
    tmp_path: Path,
    asterisk_log: LogWatch,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Scene]:
    """A fresh house in front of the stage; at the end nothing of it may be left."""
    home = Path(tempfile.mkdtemp(prefix="h-", dir=short_folder))
    gc.collect()
    files = open_files()
    with caplog.at_level(logging.WARNING):
        async with opened(the_stage, settings_for(the_stage, home), tmp_path) as running:
            yield running
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors, errors
    gc.collect()
    assert open_files() <= files, "files or sockets were left open"


def open_files() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough
