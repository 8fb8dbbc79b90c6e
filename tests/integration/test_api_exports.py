"""/exports: the same rows in every form, whole or masked, written while they are read."""

from __future__ import annotations

import csv
import io
import json
import sys
import threading
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet
import pytest

from api import exports
from api.export_dictionary import dictionary
from api.export_files import ExportFile, Form, file_of
from api.exports import _pieces
from api.problem_texts import Kind
from calls.events import AgentConnected, AgentReleased, CallEnded, QueueJoined
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.export_sources import What
from storage.exports import Record
from storage.scopes import Scope
from storage.tokens import Role
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import CALL, START, arrived, on_call

NUMBER = "573001234567"
DAY = {"from": START.isoformat(), "until": (START + timedelta(days=1)).isoformat()}
TALK = {"queue": "soporte", "agent": "1001"}
COUNTS = {"calls": 1, "visits": 1, "facts": 5, "agent_states": 2, "attempts": 0, "tickets": 0}
HOSTILE = '=HYPERLINK("http://x")'


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        await opened.happen(
            arrived(0, caller_name=HOSTILE),
            on_call(QueueJoined, 1, queue="soporte", position=1),
            on_call(AgentConnected, 4, **TALK),
            on_call(AgentReleased, 34, **TALK, ended_by="customer"),
            on_call(CallEnded, 35, cause=16, sip_code=0),
        )
        await opened.parts.recorder.ship_now()
        yield opened


async def key(house: ApiHouse, *scopes: Scope, queues: tuple[str, ...] | None = None) -> str:
    """Who asks with a key of these scopes."""
    _, plain = await house.parts.tokens.create(
        "key", Role.ADMIN, None, now=house.clock(), scopes=scopes, queues=queues
    )
    house.tokens["key"] = plain
    return "key"


async def test_what_writes_a_file_is_loaded_beside_the_loop_of_live_calls(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To load the library that writes Parquet takes half a second."""
    made_in: list[threading.Thread] = []

    def made(*args: Any, **more: Any) -> ExportFile:
        made_in.append(threading.current_thread())
        return file_of(*args, **more)

    monkeypatch.setattr(exports, "file_of", made)
    answer = await house.ask("GET", "/exports/calls.parquet", params=DAY)
    assert answer.status_code == 200
    assert len(made_in) == 1
    assert threading.current_thread() not in made_in


async def test_each_form_of_each_export_has_the_same_rows(house: ApiHouse) -> None:
    for what, described in dictionary().items():
        columns = [column.name for column in described.columns]
        lines = (await house.ask("GET", f"/exports/{what}.jsonl", params=DAY)).text.splitlines()
        rows = [json.loads(line) for line in lines]
        assert len(rows) == COUNTS.get(what, len(rows)), what
        assert all(list(row) == columns for row in rows), what

        answer = await house.ask("GET", f"/exports/{what}.csv", params=DAY)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == f'attachment; filename="{what}.csv"'
        head, *cells = csv.reader(io.StringIO(answer.text, newline=""))
        assert head == columns
        assert cells == [[_cell(value) for value in row.values()] for row in rows]

        answer = await house.ask("GET", f"/exports/{what}.parquet", params=DAY)
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(answer.content))
        assert table.column_names == columns
        assert [_told(row) for row in table.to_pylist()] == [_told(row) for row in rows], what


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict():
            return _json(value)
        case str() if value == HOSTILE:
            return f"'{value}"
        case _:
            return str(value)


def _told(row: Record) -> dict[str, Any]:
    return {name: _comparable(value) for name, value in row.items()}


def _comparable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return _json(value) if isinstance(value, dict) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def test_what_a_visit_says_on_the_clock_and_in_the_form_asked_for(house: ApiHouse) -> None:
    (line,) = (
        await house.ask("GET", "/exports/visits.jsonl", params={**DAY, "tz": "America/Bogota"})
    ).text.splitlines()
    visit = json.loads(line)
    assert (visit["ending"], visit["wait_ms"], visit["talk_ms"]) == ("answered", 3000, 30_000)
    assert visit["joined_at"] == "2026-03-01T07:00:01-05:00"
    how = {**DAY, "separator": "semicolon", "bom": "true"}
    content = (await house.ask("GET", "/exports/calls.csv", params=how)).content
    assert content.startswith(b"\xef\xbb\xbfpbx;call_id;direction;")


async def test_who_may_not_see_customers_gets_masked_numbers(house: ApiHouse) -> None:
    who = await key(house, Scope.EXPORTS, Scope.CALLS_READ)
    for form in ("csv", "jsonl"):
        for what in ("calls", "facts"):
            path = f"/exports/{what}.{form}"
            assert NUMBER in (await house.ask("GET", path, params=DAY)).text
            masked = (await house.ask("GET", path, who, params=DAY)).text
            assert NUMBER not in masked
            assert "HYPERLINK" not in masked
            assert "*********567" in masked
            assert "08001234567" in masked, "our own number is nobody's secret"
    log = await house.ask("GET", "/exports/queue_log", who, params=DAY)
    assert "|ENTERQUEUE||*********567|1\n" in log.text


async def test_the_log_as_asterisk_writes_it(house: ApiHouse) -> None:
    answer = await house.ask("GET", "/exports/queue_log", params=DAY)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    time = int(START.timestamp())
    lines = answer.text.splitlines()
    assert [line for line in lines if CALL in line] == [
        f"{time + 1}|{CALL}|soporte|NONE|ENTERQUEUE||{NUMBER}|1",
        f"{time + 4}|{CALL}|soporte|1001|CONNECT|3||0",
        f"{time + 34}|{CALL}|soporte|1001|COMPLETECALLER|3|30|1",
    ]
    assert f"{time + 34}|NONE|soporte|1001|PAUSE|wrap_up" in lines


async def test_a_key_gets_what_it_may_read_of_the_queues_it_sees(house: ApiHouse) -> None:
    who = await key(house, Scope.EXPORTS, Scope.CALLS_READ, queues=("salida",))
    for what in ("calls", "visits", "facts"):
        assert (await house.ask("GET", f"/exports/{what}.jsonl", who, params=DAY)).text == ""
    log = (await house.ask("GET", "/exports/queue_log", who, params=DAY)).text
    assert CALL not in log
    assert {line.split("|")[2] for line in log.splitlines()} == {"salida", "NONE"}, "of its agents"
    for what in ("attempts", "tickets", "queue_quarters"):
        answer = await house.ask("GET", f"/exports/{what}.csv", who, params=DAY)
        assert dictionary()[What(what)].scope in problem(answer, Kind.SCOPE_MISSING)["detail"]
    who = await key(house, Scope.CALLS_READ)
    problem(await house.ask("GET", "/exports/calls.csv", who, params=DAY), Kind.SCOPE_MISSING)


async def test_who_took_what_away_is_kept(house: ApiHouse) -> None:
    await house.ask("GET", "/exports/calls.csv", params=DAY)
    await house.ask("GET", "/exports/queue_log", params=DAY)
    items = (await house.get("/audit", "admin"))["items"][:2]
    assert [(each["action"], each["subject"]) for each in items] == [
        ("export.make", "exports/queue_log"), ("export.make", "exports/calls"),
    ]  # fmt: skip
    assert items[1]["after"] == {
        "form": "csv", "from": START.isoformat(), "masked": False,
        "until": (START + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    assert items[1]["who"].startswith("supervisor (")


async def test_what_cannot_be_asked(house: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    for params, place in (
        ({}, "query.from"), ({**DAY, "tz": "Mars/Olympus"}, "query.tz"),
        ({**DAY, "until": DAY["from"]}, "query.until"), ({**DAY, "x": "1"}, "query.x"),
        ({**DAY, "separator": "tab"}, "query.separator"),
    ):  # fmt: skip
        body = problem(await house.ask("GET", "/exports/calls.csv", params=params), Kind.INVALID)
        assert place in [where for where, _ in places(body)]
    for path in ("/exports/secrets.csv", "/exports/calls.xlsx"):
        problem(await house.ask("GET", path, params=DAY), Kind.INVALID)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    missing = await house.ask("GET", "/exports/calls.parquet", params=DAY)
    assert "linea800[parquet]" in problem(missing, Kind.PARQUET_MISSING)["detail"]

    async def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    def page_away(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(Database, "rows", away)
    monkeypatch.setattr("storage.exports._page", page_away)
    for path in ("/exports/calls.csv", "/exports/queue_log"):
        problem(await house.ask("GET", path, params=DAY), Kind.DATABASE_AWAY)


async def test_the_dictionary_says_every_column(house: ApiHouse) -> None:
    items = (await house.get("/exports/dictionary"))["items"]
    told = {each["export"]: [column["name"] for column in each["columns"]] for each in items}
    assert told == {
        what: [column.name for column in described.columns]
        for what, described in dictionary().items()
    }
    text = (await house.ask("GET", "/exports/dictionary.csv")).text
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert head == ["export", "column", "type", "unit", "es", "en"]
    assert len(rows) == sum(map(len, told.values()))


# --- nothing is held --------------------------------------------------------------------------

PAGES, PER_PAGE = 40, 1000


class _Endless:
    """Pages of facts that are made as they are asked for."""

    def __init__(self) -> None:
        self.asked = 0

    async def pages(self) -> AsyncGenerator[list[Record], None]:
        fact = {
            "pbx": "pbx1", "journal": "j1", "call_id": CALL, "at": START, "kind": "CallArrived",
            "details": {"caller_name": "x" * 500},
        }  # fmt: skip
        for page in range(PAGES):
            self.asked += 1
            yield [{**fact, "seq": page * PER_PAGE + row} for row in range(PER_PAGE)]


@pytest.mark.parametrize("form", Form)
async def test_no_more_than_a_page_is_held_however_long_the_file(form: Form) -> None:
    source = _Endless()
    pages = source.pages()
    first = await anext(pages)
    file = file_of(form, dictionary()[What.FACTS].columns, ZoneInfo("UTC"))
    written = 0
    tracemalloc.start()
    try:
        asked = []
        async for piece in _pieces(file, first, pages, None):
            written += len(piece)
            asked.append(source.asked)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # head, each page as soon as it is asked for and no sooner, tail
    assert asked == [1, *range(1, PAGES + 1), PAGES]
    if form is not Form.PARQUET:  # which packs what repeats
        assert written > 20_000_000
    assert most < 8_000_000
