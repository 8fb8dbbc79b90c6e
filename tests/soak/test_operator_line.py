"""The whole operator's menu on the telephone: every node and every way, in both languages."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
import tempfile
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import numpy as np
import pytest
import yaml

from backoffice.example.moods import Mood
from backoffice.service_file import SHIPPED as SERVICES
from calls.events import MessageRecorded, TicketOpened
from ivr.menu_file import read_menu
from ivr.neighbours import TicketWanted
from linea800.demo.stage import Stage
from tests.soak import operator_hard_times as hard_times
from tests.soak import operator_table as table
from tests.soak import operator_tickets as tickets
from tests.soak.operator_scenes import (
    LANGUAGES,
    SHIPPED,
    Line,
    Script,
    example_systems,
    open_line,
)
from tests.soak.operator_witness import Told, Way, ways_of
from tests.system.scene import LogWatch, until

MENU = read_menu(SHIPPED)
#: of a survey all is asked
_ALL_ASKED = {"nodes": {"survey": {"ask": "all"}}}
SEEN: set[Way] = set()
#: what SIPp's callers say
_CALLER_HERTZ = 700
_TALK_SECONDS = 10.0
_OF_CALLERS = ("customers", "customer_phones", "accounts", "tickets", "ticket_numbers")


def _day(days: int) -> str:
    """A day from today on as it is pressed."""
    day = datetime.now(UTC).astimezone(ZoneInfo(MENU.zone)) + timedelta(days=days)
    return f"{day:%d%m}"


@pytest.fixture
def home(short_folder: Path) -> Path:
    """Of a house that nobody had before."""
    return Path(tempfile.mkdtemp(prefix="o-", dir=short_folder))


@pytest.fixture
async def day(
    the_stage: Stage, home: Path, tmp_path: Path, asterisk_log: LogWatch
) -> AsyncIterator[Line]:
    """Billing answers, and an agent is at work who has a pause."""
    async with (
        example_systems(Mood()) as systems,
        open_line(the_stage, home, tmp_path, _ALL_ASKED, systems=systems) as line,
    ):
        yield line
        SEEN.update(line.witness.seen(MENU))


async def _somebody_is_at_work(line: Line) -> None:
    """In every queue, and takes no call."""
    await line.scene.sign_in("1001")
    await line.scene.house.desk.pause("1001", "descanso")


async def _ticket_becomes(line: Line, account: str, state: str) -> str:
    """The number of the one ticket of this account, which is in that state from now on."""
    await line.scene.house.recorder.ship_now()
    (ticket,) = (await line.get(f"/tickets?account={account}"))["items"]
    number = str(ticket["number"])
    if ticket["state"] != state:
        answer = await line.api.patch(
            f"/tickets/{number}", json={"state": state, "answer": "Hecho"}
        )
        assert answer.is_success, answer.text
    return number


async def _ticket_is_late(line: Line, home: Path, language: str) -> str:
    """The number of a ticket that should have been answered yesterday."""
    number = await _ticket_becomes(line, line.accounts[language, "late"][0], "open")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with contextlib.closing(sqlite3.connect(home / "linea800.db", timeout=10)) as database:
        with database:
            changed = database.execute(
                "UPDATE tickets SET due_at = ? WHERE number = ?",
                (f"{yesterday:%Y-%m-%d %H:%M:%S.%f}", number),
            )
        assert changed.rowcount == 1
    return number


async def test_an_ordinary_day(day: Line, home: Path) -> None:
    await _somebody_is_at_work(day)
    await day.play(tickets.TICKETS)
    numbers = {
        state: {
            language: await _ticket_becomes(day, day.accounts[language, state][0], state)
            for language in LANGUAGES
        }
        for state in ("open", "in_progress", "solved")
    }
    known = {language: day.accounts[language, "open"][0] for language in LANGUAGES}
    late = {language: await _ticket_is_late(day, home, language) for language in LANGUAGES}
    days = {"soon": _day(3), "late": _day(40), "never": _day(90)}
    told = await day.play(table.DAY, {**days, "known": known, "late_ticket": late, **numbers})
    await _talks_are_asked_about(day)
    await day.scene.house.recorder.ship_now()
    for language in LANGUAGES:
        await _message_is_what_was_said(day, told[language, "suggestion"], "suggestion")
        await _message_is_what_was_said(day, told[language, "complaint"], "complaint")
        await _ticket_is_kept(day, told[language, "complaint"])
    await _figures_are_those_of(day, (*tickets.TICKETS, *table.DAY), len(hard_times.TALKS))


async def _talks_are_asked_about(line: Line) -> None:
    """Agents take the calls and end the talks; then the callers are asked."""
    numbers = await line.customers(hard_times.TALKS)
    await line.scene.sign_in(*(str(1002 + place) for place in range(len(numbers))))
    async with asyncio.TaskGroup() as group:
        for language in LANGUAGES:
            for script in hard_times.TALKS:
                number = numbers[language, script.name]
                group.create_task(_talks(line, language, script, number))


async def _talks(line: Line, language: str, script: Script, number: str) -> None:
    began, port = asyncio.get_running_loop().time(), await line.ports.get()
    async with line.calling(language, number, script.keys, port):
        told = await line.arrival(number)
        await until(lambda: told.agent, f"an agent for {number}", 30)
        # so long is the talk that the keys come when the survey does
        await asyncio.sleep(began + _TALK_SECONDS - asyncio.get_running_loop().time())
        await line.scene.house.desk.end_call(told.agent)
        await until(lambda: told.over, f"the call of {number} to end", 60)
    line.ports.put_nowait(port)
    assert not script.fault(told)
    assert told.answers == {"csat": 5, "resolved": 1, "nps": 10}


async def _message_is_what_was_said(line: Line, told: Told, purpose: str) -> None:
    """The caller sends one tone: for as long, as loud from the beginning to the end."""
    (sent,) = told.of(MessageRecorded)
    assert sent.purpose == purpose
    answer = await line.api.get(f"/recordings/{sent.recording}/audio")
    with wave.open(io.BytesIO(answer.raise_for_status().content)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float64)
        seconds = len(samples) / sound.getframerate()
        spectrum = np.abs(np.fft.rfft(samples))
        hertz = float(np.argmax(spectrum)) / seconds
    assert seconds == pytest.approx(sent.seconds, abs=0.05)
    assert 3 < seconds < 6
    assert hertz == pytest.approx(_CALLER_HERTZ, abs=5)
    parts = np.array_split(samples, 10)
    loudness = [float(np.sqrt(np.mean(part**2))) / 32768 for part in parts]
    assert min(loudness) > 0.1
    assert max(loudness) < 1.2 * min(loudness)


async def _ticket_is_kept(line: Line, told: Told) -> None:
    (opened,), (sent,) = told.of(TicketOpened), told.of(MessageRecorded)
    ticket = await line.get(f"/tickets/{opened.number}")
    assert ticket["state"] == "open"
    assert (ticket["kind"], ticket["reason"]) == ("complaint", "complaint_service")
    assert ticket["recording"] == sent.recording
    assert ticket["call_id"] == told.call_id
    assert ticket["phone"].endswith(told.number)
    assert datetime.fromisoformat(ticket["due_at"]) == opened.due_at


async def _figures_are_those_of(line: Line, scripts: tuple[Script, ...], talks: int) -> None:
    """What the API counts is what was played."""
    tries = len(LANGUAGES)
    counts = (await line.get("/menus/operator/measures"))["counts"]
    contained = [script for script in scripts if script.is_contained]
    assert counts["sessions"] == tries * (len(scripts) + talks)
    assert counts["contained"] == tries * len(contained)
    assert counts["queued"] == tries * (sum(bool(each.queue) for each in scripts) + talks)
    assert counts["lost"] == 0
    items = {each["question"]: each for each in (await line.get("/surveys"))["items"]}
    for question, answer in (("csat", 5), ("resolved", 1), ("nps", 10)):
        asked = items[question]
        assert (asked["asked"], asked["answered"]) == (tries * talks, tries * talks)
        assert asked["value"] == 1.0
        assert asked["answers"] == {str(answer): tries * talks}


@pytest.fixture
async def hard(
    the_stage: Stage, home: Path, tmp_path: Path, asterisk_log: LogWatch
) -> AsyncIterator[Line]:
    """Nobody is at work, and there are no systems of the operator's to be asked."""
    async with open_line(the_stage, home, tmp_path) as line:
        yield line
        SEEN.update(line.witness.seen(MENU))


async def test_hard_times(hard: Line) -> None:
    await hard.play(hard_times.NOBODY)
    await _somebody_is_at_work(hard)
    await hard.change_menus(_queues(most_waiting=1))
    async with contextlib.AsyncExitStack() as waiting:
        for keys, queue in (("0", "soporte"), ("13", "facturacion"), ("31", "ventas")):
            told = await _waits(hard, waiting, keys)
            await until(partial(_is_in, told, queue), f"somebody in {queue}")
        await hard.play(hard_times.FULL)
    await hard.change_menus(_queues(too_long_seconds=10))
    await hard.play(hard_times.WAITING)
    await hard.change_menus({"schedules": {"office": {"dates": _no_hours()}}})
    await hard.play(hard_times.CLOSED, {"soon": _day(3)})


def _no_hours() -> dict[str, list[str]]:
    """Today and tomorrow, closed."""
    now = datetime.now(UTC).astimezone(ZoneInfo(MENU.zone))
    return {(now + timedelta(days=days)).date().isoformat(): [] for days in (0, 1)}


def _queues(**terms: int) -> dict[str, Any]:
    """The same terms for every queue."""
    return {"queues": dict.fromkeys(MENU.queues, terms)}


def _is_in(told: Told, queue: str) -> bool:
    return queue in told.queues


async def _waits(line: Line, calls: contextlib.AsyncExitStack, keys: str) -> Told:
    """Somebody who waits for a person until the calls are over."""
    port, number = await line.ports.get(), line.caller_number("es")
    calls.callback(line.ports.put_nowait, port)
    await calls.enter_async_context(line.calling("es", number, keys, port))
    return await line.arrival(number)


async def test_the_database_is_away(
    the_stage: Stage, home: Path, tmp_path: Path, asterisk_log: LogWatch
) -> None:
    """Callers still come to a person, and to a ticket as long as there are numbers in hand."""
    (home / "services.yaml").write_text(yaml.safe_dump({"services": _nothing_of_our_own()}))
    async with (
        example_systems(Mood()) as systems,
        open_line(
            the_stage,
            home,
            tmp_path,
            systems=systems,
            but=("call records wait", "there is no ticket number left"),
        ) as line,
    ):
        await _somebody_is_at_work(line)
        await line.play((*hard_times.LOSES_A_TICKET, *hard_times.ODD))
        async with httpx.AsyncClient(base_url=systems) as billing:
            (await billing.put("/example/mood", json={"mood": "dead"})).raise_for_status()
        async with asyncio.TaskGroup() as group:
            group.create_task(line.play(hard_times.LOSES))
            await _are_at(line, {"open_ticket": 4, "enter_proof": 2})
            _forget_tickets(
                home / "linea800.db", [line.accounts[language, "gone"][0] for language in LANGUAGES]
            )
            await _are_at(line, {"ticket_wrong": 2})
            _rename(home / "linea800.db", "{0}", "{0}_away")
        await line.play(hard_times.AWAY)
        while await _a_ticket(line) is not None:
            pass
        await line.play(hard_times.NO_TICKET)
        _rename(home / "linea800.db", "{0}_away", "{0}")
        SEEN.update(line.witness.seen(MENU))


async def _are_at(line: Line, wanted: dict[str, int]) -> None:
    """Wait until so many callers came to each of these nodes."""

    def there() -> bool:
        came = [node for told in line.witness.calls.values() for node in told.nodes]
        return all(came.count(node) >= count for node, count in wanted.items())

    await until(there, f"callers at {wanted}", 30)


def _forget_tickets(database: Path, accounts: list[str]) -> None:
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        for account in accounts:
            connection.execute("DELETE FROM tickets WHERE account = ?", (account,))


def _rename(database: Path, before: str, after: str) -> None:
    """A database that has lost what callers are asked for; and again, that has it back."""
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        for table_name in _OF_CALLERS:
            one, other = before.format(table_name), after.format(table_name)
            connection.execute(f"ALTER TABLE {one} RENAME TO {other}")


async def _a_ticket(line: Line) -> object:
    """One more ticket, that nobody hears of: its number is gone."""
    await asyncio.sleep(0)  # between two of them the house has its turn: it has to live
    wanted = TicketWanted(
        kind="none", reason="", working_days=1, zone=MENU.zone, country=MENU.country
    )
    return line.scene.house.ticket_office.open("none", wanted)


def _nothing_of_our_own() -> dict[str, Any]:
    """The balance, of which nothing is kept here, as words that nobody can reckon with."""
    balance = dict(yaml.safe_load(SERVICES.read_text())["services"]["balance"])
    del balance["fallback"]
    balance["gives"] = {**balance["gives"], "amount": "text"}
    return {"balance": balance}


def test_every_way_of_the_menu_was_taken_in_both_languages() -> None:
    """All that the tests above saw of real calls, beside all that the menu has."""
    missing = ways_of(MENU) - SEEN
    assert not missing, "\n".join(sorted(map(str, missing)))
    assert {(way.language, way.node) for way in SEEN} >= {
        (language, node) for language in LANGUAGES for node in MENU.nodes
    }
