"""Targets that watch a report: the very values of /metrics, and an alert when they leave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from agents.roster import Roster
from api.problem_texts import Kind
from calls.tracker import Tracker
from dialer.places import NewPlace
from linea800.report_figures import STALE, AllFigures, ReportFigures
from monitoring.kpis import Subject
from monitoring.live_figures import LiveFigures
from monitoring.menu_steps import How
from monitoring.quarters import QUARTER, quarter_of
from monitoring.targets import Target
from monitoring.watched_figures import ABOUT, FROM_REPORTS, REPORTED, Figure, SubjectKind
from storage.database import Database
from storage.menu_measures import MenuMeasureStore
from storage.places import PlaceStore
from storage.tables import menu_sessions, queue_quarters
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.integration.made_report_day import dialed, report_day
from tests.integration.target_house import NEW, alerts, made, watchman
from tests.unit.facts import FLOOR, PBX, at

HOURS = 4 * 3600
_ROUTES = {
    Subject.QUEUES: "queues", Subject.CUSTOMERS: "customers", Subject.CALLBACKS: "callbacks",
    Subject.AGENTS: "agents", Subject.CAMPAIGNS: "campaigns",
}  # fmt: skip
_NAMES = {SubjectKind.QUEUE: "queue", SubjectKind.AGENT: "agent", SubjectKind.CAMPAIGN: "campaign"}


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        await report_day(opened)
        yield opened


def reading(house: ApiHouse) -> ReportFigures:
    parts = house.parts
    return ReportFigures(PBX, parts.reports, parts.queue_settings, MenuMeasureStore(house.database))


def target(kind: SubjectKind, figure: Figure, subject: str = "", seconds: int = HOURS) -> Target:
    return Target(
        id="t", kpi=figure, subject_kind=kind, subject=subject, low=None, high=1.0, margin=0.0,
        window_seconds=seconds, out_seconds=0, in_seconds=0, created_by="Ana", created_at=at(0),
    )  # fmt: skip


async def test_every_figure_is_what_the_report_says(house: ApiHouse) -> None:
    campaign = await dialed(house)
    subjects = {
        SubjectKind.QUEUE: ["soporte", "salida"], SubjectKind.AGENT: ["1001", "1002", "1003"],
        SubjectKind.CAMPAIGN: [campaign],
    }  # fmt: skip
    figures, now = reading(house), house.clock()
    await figures.read([target(kind, figure) for kind, figure in REPORTED], [], now)
    since, until = quarter_of(now - timedelta(seconds=HOURS)), quarter_of(now) + QUARTER
    period = {"from": since.isoformat(), "until": until.isoformat()}
    told = 0
    for (kind, figure), (report, kpi) in REPORTED.items():
        answer = await house.get(f"/metrics/{_ROUTES[report]}", **period, kpi=kpi.id)
        key = "campaign_id" if kind is SubjectKind.CAMPAIGN else _NAMES[kind]
        values = {item[key]: item["kpis"][kpi.id]["value"] for item in answer["items"]}
        for subject in subjects[kind]:
            found = figures.value(figure, kind, subject, HOURS, now)
            assert found == values[subject], (figure, subject)
            told += found is not None
    assert told > 20
    queue = SubjectKind.QUEUE
    assert figures.value(Figure.AHT, queue, "soporte", HOURS, now) == 87.5
    assert figures.value(Figure.CSAT, queue, "soporte", HOURS, now) == 1.0
    assert figures.value(Figure.AHT, queue, "salida", HOURS, now) is None, "nobody called"
    assert figures.value(Figure.EXPIRED, queue, "salida", HOURS, now) == 0.0
    assert figures.value(Figure.AHT, queue, "soporte", 900, now) is None, "not asked for"
    again_at = now + timedelta(seconds=HOURS / 100)
    assert figures.value(Figure.AHT, queue, "soporte", HOURS, again_at + STALE) == 87.5
    later = again_at + STALE + timedelta(seconds=1)
    assert figures.value(Figure.AHT, queue, "soporte", HOURS, later) is None, "nobody read it"


async def test_a_long_window_is_not_read_again_at_once(house: ApiHouse) -> None:
    figures, now, wanted = reading(house), house.clock(), [target(SubjectKind.QUEUE, Figure.AHT)]

    def aht(at_last: datetime) -> float | None:
        return figures.value(Figure.AHT, SubjectKind.QUEUE, "soporte", HOURS, at_last)

    await figures.read(wanted, [], now)
    assert aht(now) == 87.5
    longer = update(queue_quarters).values(talk_ms=queue_quarters.c.talk_ms * 2)
    await house.database.write(lambda connection: connection.execute(longer).rowcount)
    soon = now + timedelta(seconds=HOURS / 100 - 1)
    await figures.read(wanted, [], soon)
    assert aht(soon) == 87.5
    then = now + timedelta(seconds=HOURS / 100)
    await figures.read(wanted, [], then)
    assert aht(then) == 87.5 + 72.5


async def test_menus_and_the_oldest_call_back(house: ApiHouse) -> None:
    rows = [
        {
            "pbx": PBX, "call_id": call_id, "menu": menu, "version": "1", "language": "es",
            "began_at": house.clock() - timedelta(seconds=100), "left_at": house.clock(),
            "how": how, "asked_person": False, "reason": "", "talked": False, "passed_on": False,
            "done_at": house.clock() if done else None,
        }
        for call_id, menu, how, done in (
            ("a1", "m", How.HANG_UP, True), ("a2", "m", How.HANG_UP, False),
            ("a3", "m", How.HANG_UP, False), ("b1", "m", How.QUEUE, False),
        )
    ]  # fmt: skip
    await house.database.write(lambda c: c.execute(insert(menu_sessions), rows).rowcount)
    figures, now, menu = reading(house), house.clock(), SubjectKind.MENU
    wanted = [
        target(menu, Figure.CONTAINMENT), target(menu, Figure.IVR_ABANDONMENT, "m"),
        target(SubjectKind.QUEUE, Figure.OLDEST_CALLBACK),
    ]  # fmt: skip
    await figures.read(wanted, ["otro"], now)
    assert figures.value(Figure.CONTAINMENT, menu, "m", HOURS, now) == 0.25
    assert figures.value(Figure.IVR_ABANDONMENT, menu, "m", HOURS, now) == 0.5
    assert figures.value(Figure.CONTAINMENT, menu, "otro", HOURS, now) is None
    oldest = Figure.OLDEST_CALLBACK
    assert figures.value(oldest, SubjectKind.QUEUE, "soporte", HOURS, now) == 0.0
    since = now - timedelta(seconds=1800)
    await _asked(house, since)
    await figures.read(wanted, [], now)
    assert figures.value(oldest, SubjectKind.QUEUE, "soporte", HOURS, now) == 1800.0
    assert figures.value(oldest, SubjectKind.QUEUE, "salida", HOURS, now) == 0.0


async def _asked(house: ApiHouse, since: datetime) -> None:
    """Somebody gave up the line of `soporte`, and is to be called."""
    campaign_id = await house.new_campaign()
    new = NewPlace(
        callback_id="k", campaign_id=campaign_id, number="573105550000", zone="",
        queue="soporte", since=since, asked_at=since,
    )  # fmt: skip
    assert await PlaceStore(house.database).keep(new)


async def test_a_target_of_a_report_is_an_alert_of_each_who_is_out(house: ApiHouse) -> None:
    about = {
        "kpi": "aht", "subject_kind": "queue", "subject": "", "low": None, "high": 60,
        "window_seconds": HOURS, "out_seconds": 0, "in_seconds": 0, "margin": 0,
    }  # fmt: skip
    response = await house.ask("POST", "/targets", json=about)
    assert response.json()["unit"] == "seconds"
    reports = reading(house)
    figures = AllFigures(LiveFigures(FLOOR, Roster(FLOOR), Tracker()), reports)
    watching = watchman(house, figures)
    await watching.look()
    assert await alerts(house) == [], "nobody has read it yet"
    await reports.read(await house.parts.targets.in_force(), [], house.clock())
    await watching.look()
    (alert,) = await alerts(house, open=True)
    assert (alert["details"]["subject"], alert["details"]["value"]) == ("soporte", 87.5)
    assert alert["sentence"] == (
        "Average handle time (queue soporte): 87.5 s, out of its target (60 s or less)."
    )


async def test_how_long_a_window_may_be(tmp_path: Path) -> None:
    async with sqlite_house(tmp_path) as house:
        for values, code in (
            ({"kpi": "aht", "window_seconds": 899}, "greater_than_equal"),
            ({"kpi": "waiting", "window_seconds": HOURS + 1}, "less_than_equal"),
            ({"kpi": "csat", "window_seconds": 7 * 86_400 + 1}, "less_than_equal"),
        ):
            refused = await house.ask("POST", "/targets", json={**NEW, **values})
            assert places(problem(refused, Kind.INVALID)) == [("body.window_seconds", code)]
        of_a_week = await made(house, kpi="csat", window_seconds=7 * 86_400)
        change = {"window_seconds": 60}
        refused = await house.ask("PATCH", f"/targets/{of_a_week}", json=change)
        problem(refused, Kind.INVALID)
        wrong = {"kpi": "csat", "subject_kind": "agent", "subject": "1001"}
        refused = await house.ask("POST", "/targets", json={**NEW, **wrong})
        assert places(problem(refused, Kind.INVALID)) == [("body.subject_kind", "kpi_of_others")]


def test_every_figure_is_either_of_now_or_of_reports() -> None:
    assert set(ABOUT) == set(Figure)
    live = set(Figure) - FROM_REPORTS
    assert {Figure.SERVICE_LEVEL, Figure.ASA, Figure.OCCUPANCY, Figure.WAITING} <= live
    assert {figure for _, figure in REPORTED} <= FROM_REPORTS
    assert ABOUT[Figure.AHT].of == {SubjectKind.QUEUE, SubjectKind.AGENT}
    assert ABOUT[Figure.ANSWER_RATE].of == {SubjectKind.QUEUE, SubjectKind.CAMPAIGN}
