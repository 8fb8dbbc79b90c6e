"""/prometheus: the floor as numbers that name nobody, and all that dashboards and rules ask for."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, TextClause, text

from api.figures import Noticed
from api.problem_texts import Kind
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    DialogueOffered,
    LinkLost,
    LinkUp,
    MenuEntered,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from storage.database import Database
from storage.scopes import Scope
from storage.tokens import Role
from tests.integration.agent_recipes import talking
from tests.integration.api_house import ApiHouse, problem, sqlite_house
from tests.unit.facts import CALL, START, arrived, at, fact, on_call

GRAFANA = Path(__file__).parents[2] / "grafana"
DASHBOARDS = sorted(GRAFANA.glob("*.json"))
RULES = GRAFANA / "linea800.rules.yml"
NUMBER = "573001234567"
TALK = {"queue": "soporte", "agent": "1001"}
_METRIC = re.compile(r"\b(?:linea800|process)_\w+")
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def scraped(house: ApiHouse, who: str = "supervisor") -> Samples:
    """Every sample by its name and labels."""
    response = await house.ask("GET", "/prometheus", who)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, /, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


async def busy(house: ApiHouse) -> str:
    """A bit of everything; the id of a campaign."""
    campaign_id = await house.new_campaign()
    dialed = {"campaign_id": campaign_id, "lead_id": 1}
    attempt = {"call_id": "attempt-1"}
    await house.happen(
        fact(LinkUp, 0, booted_at=START), fact(LinkLost, 0, reason="x"),
        fact(LinkUp, 0, booted_at=START),
        arrived(0, caller_name="Ana Nadie"),
        on_call(QueueJoined, 1, queue="soporte", position=1),
        on_call(AgentConnected, 21, **TALK),
        on_call(AgentReleased, 51, **TALK, ended_by="customer"),
        on_call(CallEnded, 52, cause=16, sip_code=0),
        fact(WrapUpStarted, 51, agent="1001", call_id=CALL, until=at(61)),
        fact(WrapUpEnded, 61, agent="1001", call_id=CALL, how="agent"),
        replace(arrived(60), call_id="c2"),
        fact(QueueJoined, 70, call_id="c2", queue="soporte", position=1),
        replace(arrived(60), call_id="c3"),
        fact(DialogueOffered, 61, call_id="c3", number_called="0800"),
        fact(MenuEntered, 62, call_id="c3", menu="principal", node="welcome", language="es"),
        fact(AttemptStarted, 70, **attempt, **dialed, number_called=NUMBER),
        fact(AttemptEnded, 80, **attempt, **dialed, outcome="busy"),
        fact(AttemptStarted, 81, call_id="attempt-2", **dialed, number_called=NUMBER),
    )  # fmt: skip
    return campaign_id


async def test_what_the_floor_looks_like(house: ApiHouse) -> None:
    campaign_id = await busy(house)
    house.clock.advance(100)
    found = await scraped(house)
    assert value(found, "linea800_queue_waiting", queue="soporte") == 1
    assert value(found, "linea800_queue_oldest_wait_seconds", queue="soporte") == 30
    assert value(found, "linea800_queue_oldest_wait_seconds", queue="salida") == 0
    expected = "linea800_queue_expected_wait_seconds"
    assert expected not in {name for name, _ in found}, "nobody is at work"
    assert value(found, "linea800_queue_agents", queue="soporte", state="signed_out") == 2
    assert value(found, "linea800_queue_calls_total", queue="soporte", outcome="answered") == 1
    assert value(found, "linea800_queue_calls_total", queue="soporte", outcome="lost") == 0
    waits = {"queue": "soporte", "outcome": "answered"}
    assert value(found, "linea800_queue_wait_seconds_bucket", **waits, le="15.0") == 0
    assert value(found, "linea800_queue_wait_seconds_bucket", **waits, le="20.0") == 1
    assert value(found, "linea800_queue_wait_seconds_sum", **waits) == 20
    assert value(found, "linea800_handle_seconds_sum", queue="soporte") == 40
    assert value(found, "linea800_menu_node_callers", menu="principal", node="welcome") == 1
    attempts = {"campaign": campaign_id, "outcome": "busy"}
    assert value(found, "linea800_campaign_attempts_total", **attempts) == 1
    assert value(found, "linea800_campaign_open_attempts", campaign=campaign_id) == 1
    assert value(found, "linea800_link_up") == 1
    assert value(found, "linea800_link_reconnects_total") == 1
    assert value(found, "linea800_journal_ok") == 1
    assert value(found, "linea800_recorder_backlog") > 0
    assert value(found, "linea800_recorder_late_facts_total") == 0
    assert value(found, "process_resident_memory_bytes") > 1_000_000


async def test_the_expected_wait_is_that_of_the_board(house: ApiHouse) -> None:
    await talking(house)
    await house.happen(fact(LinkUp, 7, booted_at=START))
    house.parts.board.look(house.clock())
    told = (await house.get("/queues/soporte"))["expected_wait_seconds"]
    assert told > 0, "the only agent talks"
    found = await scraped(house)
    assert value(found, "linea800_queue_expected_wait_seconds", queue="soporte") == told


async def test_what_the_service_notices_of_itself_is_told(house: ApiHouse) -> None:
    """Nothing of it yet; then all of it."""
    names = {name for name, _ in await scraped(house)}
    assert not names & {"linea800_events_unfit_total", "linea800_facts_unexpected_total"}
    await house.happen(fact(CallAnswered, 5, call_id="of nobody"))
    noticed = Noticed(
        events_waiting=7, events_unfit={"Hangup": 2}, journal_damaged=3, loop_lag_seconds=0.4
    )
    figures = replace(house.parts.figures, noticed=lambda: noticed)
    house.app.state.parts = replace(house.parts, figures=figures)
    found = await scraped(house)
    assert value(found, "linea800_events_waiting") == 7
    assert value(found, "linea800_events_unfit_total", event="Hangup") == 2
    assert value(found, "linea800_facts_unexpected_total", fact="CallAnswered") == 1
    assert value(found, "linea800_journal_damaged_facts") == 3
    assert value(found, "linea800_recorder_late_facts_total") == 1
    assert value(found, "linea800_loop_worst_lag_seconds") == 0.4


async def test_nobody_is_named(house: ApiHouse) -> None:
    await busy(house)
    told = (await house.ask("GET", "/prometheus")).text
    for secret in (NUMBER, "Ana Nadie", CALL, "attempt-1", "Agente", "1001", "573001"):
        assert secret not in told, secret


async def test_a_campaign_in_hand_tells_its_ratio_and_its_cap(house: ApiHouse) -> None:
    campaign_id = await running(house)
    found = await scraped(house)
    (cap,) = (
        each for (name, _), each in found.items() if name == "linea800_campaign_abandonment_cap"
    )
    assert 0 < cap <= 0.03
    names = {name for name, _ in found}
    assert "linea800_campaign_abandonment_ratio" not in names, "of nobody there is none"
    ledger = house.parts.dialing.campaigns_in_hand()[campaign_id].picture.ledger
    ledger.live, ledger.abandoned = 50, 1
    found = await scraped(house)
    assert value(found, "linea800_campaign_abandonment_ratio", campaign=campaign_id) == 0.02
    info = {"campaign": campaign_id, "name": "Cobranza", "queue": "salida", "state": "running"}
    assert value(found, "linea800_campaign_info", **info) == 1


async def running(house: ApiHouse) -> str:
    """A campaign that dials, or would."""
    campaign_id = await house.new_campaign()
    await house.upload(campaign_id, f"phone\n{NUMBER}\n")
    response = await house.ask("POST", f"/campaigns/{campaign_id}/start")
    assert response.status_code < 300, response.text
    await house.parts.dialing.recover()
    return campaign_id


async def test_only_a_token_that_may_see_the_floor_and_only_its_queues(house: ApiHouse) -> None:
    await busy(house)
    problem(await house.ask("GET", "/prometheus", "nobody"), Kind.UNAUTHENTICATED)
    problem(await house.ask("GET", "/prometheus", "1001"), Kind.ROLE_TOO_LOW)
    for name, scopes, queues in (
        ("other", [Scope.CALLS_READ], None), ("sales", [Scope.LIVE_READ], ["salida"]),
    ):  # fmt: skip
        _, house.tokens[name] = await house.parts.tokens.create(
            name, Role.SUPERVISOR, None, now=house.clock(), scopes=scopes, queues=queues
        )
    problem(await house.ask("GET", "/prometheus", "other"), Kind.SCOPE_MISSING)
    found = await scraped(house, "sales")
    assert {dict(labels).get("queue") for _, labels in found} <= {None, "salida"}
    assert value(found, "linea800_link_up") == 1


# --- what is drawn and watched ----------------------------------------------------------------


def asked_for(document: Any) -> Iterator[str]:
    """Every expression of Prometheus in a dashboard or a file of rules."""
    if isinstance(document, dict):
        for name, part in document.items():
            if name in ("expr", "query") and isinstance(part, str):
                yield part
            else:
                yield from asked_for(part)
    elif isinstance(document, list):
        for part in document:
            yield from asked_for(part)


async def test_every_metric_that_is_drawn_or_watched_is_there(house: ApiHouse) -> None:
    await busy(house)
    campaign_id = await running(house)
    house.parts.dialing.campaigns_in_hand()[campaign_id].picture.ledger.live = 1
    told = {name for name, _ in await scraped(house)}
    drawn = 0
    for document in (
        *(json.loads(path.read_text("utf-8")) for path in DASHBOARDS),
        yaml.safe_load(RULES.read_text("utf-8")),
    ):
        for expression in asked_for(document):
            names = set(_METRIC.findall(expression))
            assert names <= told, expression
            drawn += len(names)
    assert drawn > 50


def test_the_dashboards_are_as_grafana_takes_them() -> None:
    assert [path.stem for path in DASHBOARDS] == ["operations", "platform"]
    for path in DASHBOARDS:
        board = json.loads(path.read_text("utf-8"))
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
        for panel in board["panels"]:
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24
            if panel["type"] != "row":
                assert " / " in panel["title"] or panel["title"] == "CPU", "in both languages"


def test_every_alert_says_what_is_wrong_in_both_languages() -> None:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    assert {rule["alert"] for rule in alerts} >= {
        "ServiceLevelBurning", "NobodyServesTheQueue", "LinkDown", "RecorderBacklog",
        "AbandonmentNearCap",
    }  # fmt: skip
    for rule in alerts:
        assert set(rule["annotations"]) == {"summary", "summary_en"}
        assert rule["labels"]["severity"] in ("warning", "critical")


async def test_every_question_to_the_database_is_one_it_answers(postgres_url: str) -> None:
    moment = START.isoformat()
    between = rf"\1 BETWEEN '{moment}' AND '{(START + timedelta(days=1)).isoformat()}'"
    asked = 0
    async with await Database.open(postgres_url) as database:
        for path in DASHBOARDS:
            for panel in json.loads(path.read_text("utf-8"))["panels"]:
                for target in panel.get("targets", ()):
                    if sql := target.get("rawSql"):
                        plain = re.sub(r"\$__timeFilter\(([\w.]+)\)", between, sql)
                        statement = text(plain.replace("$queue", "'soporte'"))
                        await database.read(partial(_asked, statement))
                        asked += 1
    assert asked >= 6


def _asked(statement: TextClause, connection: Connection) -> object:
    return connection.execute(statement).all()
