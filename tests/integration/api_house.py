"""A whole service for tests of the API: real rooms on a real database, and a switch that notes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from agents.desk import Desk
from agents.expected_wait import ExpectedWait
from agents.floor import Floor
from agents.listening import Listening
from agents.passing_on import PassingOn
from agents.recording import Recordings
from agents.roster import AgentStatus, Roster
from api.app import create_app
from api.figures import Figures
from api.health import Finding, Health
from api.limits import Limits
from api.parts import Parts
from api.problem_texts import TEXTS, Kind
from backoffice.office import BackOffice
from backoffice.safe_address import SafeAddresses
from backoffice.service_file import read_services
from calls.events import Fact
from calls.feed import Feed
from calls.intake import Intake
from calls.tracker import Tracker
from dialer.dialing import Dialing
from dialer.lists.importing import Importing, Spool
from dialer.rules.catalog import PresetCatalog
from ivr.shelf import MenuShelf
from ivr.taking_out import TakingOut
from linea800.campaign_cards import cards
from monitoring.board import Board
from monitoring.recorder import Recorder
from prompts.catalog import sentences
from simulator.unruled import Unruled
from storage.abandonment import AbandonmentStore
from storage.agent_days import AgentDayStore
from storage.agent_states import AgentStateStore
from storage.alerts import AlertStore
from storage.audit import AuditStore
from storage.call_recordings import CallRecordingStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.closures import ClosureStore
from storage.counted_calls import CountedCallStore
from storage.customer_contacts import ContactStore
from storage.customer_erasing import ErasingStore
from storage.customer_import import CustomerImportStore
from storage.customers import CustomerStore
from storage.customers_behind import CustomerCallStore
from storage.database import Database
from storage.deliveries import DeliveryStore
from storage.do_not_call import DoNotCallStore
from storage.emergencies import EmergencyStore
from storage.imports import ImportStore
from storage.incidents import IncidentBoard, IncidentStore
from storage.journal import Journal
from storage.measures import MeasureStore
from storage.menu_measures import MenuMeasureStore
from storage.passwords import Passwords
from storage.places import PlaceStore
from storage.previews import PreviewStore
from storage.queue_settings import QueueSettingStore
from storage.recordings import RecordingStore
from storage.registers import RegisterStore
from storage.reports import ReportStore
from storage.retention import RetentionStore
from storage.rulings import RulingStore
from storage.surveys import SurveyStore
from storage.targets import TargetStore
from storage.tickets import TicketStore
from storage.tokens import Role, TokenStore
from storage.users import UserStore
from storage.visits_behind import VisitStore
from storage.waits import WaitStore
from storage.webhooks import WebhookStore
from tests.integration.recording_switch import RecordingSwitch as RecordingSwitch
from tests.laid_database import lay_database, make_template
from tests.made_menus import menu_of
from tests.unit.facts import FLOOR, PBX, START

WELL = Finding(ok=True)
#: passwords of tests are worth no time
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HEALTHY = Health(link=WELL, database=WELL, journal=WELL, recorder=WELL)


class Clock:
    """The time of the test."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class ApiHouse:
    """The service, and a client with a token of each role."""

    app: FastAPI
    parts: Parts
    database: Database
    journal: Journal
    switch: RecordingSwitch
    clock: Clock
    client: httpx.AsyncClient
    health: list[Health]
    importing: Importing
    feed: Feed
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        """What proves who asks: admin, supervisor, an agent's number, or nobody."""
        return {} if who == "nobody" else {"Authorization": f"Bearer {self.tokens[who]}"}

    async def ask(
        self, method: str, path: str, who: str = "supervisor", **options: Any
    ) -> httpx.Response:
        """One request; English unless told otherwise."""
        headers = {"Accept-Language": "en", **self.headers(who), **options.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, who: str = "supervisor", **params: Any) -> Any:
        """What a good GET answers."""
        response = await self.ask("GET", path, who, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def happen(self, *facts: Fact) -> None:
        """Let facts take their road, and whatever else is on its way."""
        self.parts.intake.put(*facts)
        await self.parts.intake.carry()

    async def new_campaign(self, **values: Any) -> str:
        """A campaign for Colombia; its id."""
        asked = {"name": "Cobranza", "queue": "salida", "country": "CO", **values}
        response = await self.ask("POST", "/campaigns", json=asked)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def upload(self, campaign_id: str, csv: str | bytes, **options: Any) -> httpx.Response:
        """Send a list of leads."""
        headers = {"Content-Type": "text/csv", **options.pop("headers", {})}
        path = f"/campaigns/{campaign_id}/leads"
        return await self.ask("POST", path, content=csv, headers=headers, **options)


@asynccontextmanager
async def open_house(
    database: Database,
    folder: Path,
    limits: Limits | None = None,
    *,
    floor: Floor = FLOOR,
    clock: Clock | None = None,
    switch: RecordingSwitch | None = None,
) -> AsyncIterator[ApiHouse]:
    """The service on this database; its journal is a file in `folder`."""
    recorded_at = clock or (lambda: datetime.now(UTC))
    clock, switch, health = clock or Clock(), switch or RecordingSwitch(), [HEALTHY]
    async with await Journal.open(folder / "journal.db") as journal:
        feed, tracker, roster = Feed(), Tracker(), Roster(floor)
        intake = Intake(journal, tracker, feed)
        calls, campaigns, tokens = (
            CallStore(database),
            CampaignStore(database, clock),
            TokenStore(database),
        )
        states = AgentStateStore(database, recorded_at)
        recorder = Recorder(journal, calls, states, now=recorded_at)
        expected = ExpectedWait(floor, roster)
        board = Board(
            floor, tracker, roster, estimate=expected.estimate,
            card_of=cards(lambda: dialing.campaigns_in_hand(), clock),
        )  # fmt: skip
        figures = Figures.of(database, floor, recorder, clock)
        desk = Desk(floor, roster, switch, intake.put, now=clock)
        showings = PreviewStore(database)
        dialing = Dialing(
            floor,
            campaigns,
            switch,
            roster,
            tracker,
            intake.put,
            keeper=desk.keeper,
            showings=showings,
            places=PlaceStore(database),
            judges=Unruled,
            allowed=lambda: True,
            now=clock,
        )
        desk.keeper.claim = dialing.claim
        supervisors = Listening(
            roster, tracker, switch, intake.put, now=clock, signs_in=desk.signs_in
        )
        desk.listens = supervisors.uses
        taking_out = TakingOut(
            [queue.name for queue in floor.queues], tracker, switch, intake.put, now=clock,
            patience_seconds=0.2,
        )  # fmt: skip
        passing_on = PassingOn(tracker, switch)
        desk.decide_on_lead = dialing.previews.press
        recordings_now = Recordings(PBX, roster, switch, intake.put, now=clock)
        desk.switch_recording = recordings_now.switch
        for fold in (
            roster.fold, expected.fold, board.fold, desk.fold, dialing.fold, recorder.fold,
            supervisors.fold, taking_out.fold, passing_on.fold, figures.gauges.fold,
            recordings_now.fold,
        ):  # fmt: skip
            feed.fold(fold)
        roster.on_move = _moves_told_to(recorder)

        async def look() -> Health:
            return health[0]

        imports, spool = ImportStore(database), Spool(folder / "imports")
        importing = Importing(imports, spool, clock, dialing.leads_added)
        recordings = RecordingStore(database, folder / "recordings", clock)
        talks = CallRecordingStore(database, folder / "talks", clock)
        incidents = IncidentStore(database)
        parts = Parts(
            floor=floor, board=board, tracker=tracker, roster=roster, desk=desk, dialing=dialing,
            campaigns=campaigns, presets=PresetCatalog.read(), menus=_menus(),
            prompts={"es": frozenset({"machine_message", "outage"}), "en": frozenset({"outage"})},
            sentences=sentences(),
            users=UserStore(database, Passwords(QUICK)),
            calls=calls, tokens=tokens, menu_measures=MenuMeasureStore(database),
            reports=ReportStore(database, MeasureStore(database, clock)),
            queue_settings=QueueSettingStore(database),
            visits=VisitStore(database), agent_days=AgentDayStore(database),
            counted_calls=CountedCallStore(database), customer_calls=CustomerCallStore(database),
            customers=CustomerStore(database), customer_imports=CustomerImportStore(database),
            contacts=ContactStore(database), erasing=ErasingStore(database),
            do_not_call=DoNotCallStore(database), registers=RegisterStore(database),
            showings=showings,
            rulings=RulingStore(database), abandonment=AbandonmentStore(database),
            targets=TargetStore(database, PBX), webhooks=WebhookStore(database),
            deliveries=DeliveryStore(database), webhook_addresses=SafeAddresses(resolve=_public),
            alerts=AlertStore(database), retention=RetentionStore(database, recordings, talks),
            tickets=TicketStore(database), surveys=SurveyStore(database), waits=WaitStore(database),
            recordings=recordings, call_recordings=talks, recordings_now=recordings_now,
            call_recordings_days=180, callers_days=730,
            recordings_days=365, incidents=incidents,
            incident_board=IncidentBoard(incidents, clock),
            listening=supervisors, taking_out=taking_out, passing_on=passing_on,
            closures=ClosureStore(database, PBX),
            emergencies=EmergencyStore(database, PBX),
            audit=AuditStore(database), back_office=BackOffice(read_services(), None),
            recorder=recorder, intake=intake, figures=figures,
            imports=imports, spool=spool, wake_imports=importing.wake,
            health=look, now=clock,
        )  # fmt: skip
        app = create_app(parts, limits)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://linea800") as client:
            house = ApiHouse(
                app=app, parts=parts, database=database, journal=journal, switch=switch,
                clock=clock, client=client, health=health, importing=importing, feed=feed,
            )  # fmt: skip
            for name, role, agent in (
                ("admin", Role.ADMIN, None),
                ("supervisor", Role.SUPERVISOR, None),
                ("1001", Role.AGENT, "1001"),
                ("1002", Role.AGENT, "1002"),
            ):
                _, house.tokens[name] = await tokens.create(name, role, agent, now=clock())
            yield house


@asynccontextmanager
async def sqlite_house(folder: Path, limits: Limits | None = None) -> AsyncIterator[ApiHouse]:
    """The service on a database of its own."""
    await make_template()
    async with (
        await Database.open(lay_database(folder / "api.db")) as database,
        open_house(database, folder, limits) as house,
    ):
        yield house


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The application on a real server at a free port; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app, log_config=None, ws="none", access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            # the socket listens already: whoever connects now waits until the server takes it
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


def problem(response: httpx.Response, kind: Kind) -> dict[str, Any]:
    """The problem a response has to be; its body."""
    assert response.status_code == TEXTS[kind].status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:linea800:problem:{kind}", body
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return body


def places(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Where the faults of a problem are, and their codes."""
    return [(fault["place"], fault["code"]) for fault in body["errors"]]


async def _public(host: str, port: int) -> list[str]:
    """No test asks a name server."""
    return ["93.184.215.14"]


def _menus() -> MenuShelf:
    """The least that answers."""
    menu = menu_of({"people": {"kind": "queue", "queue": "soporte"}})
    return MenuShelf(lambda: {"08001234567": menu})


def _moves_told_to(recorder: Recorder) -> Any:
    def told(before: AgentStatus, after: AgentStatus, at: datetime) -> None:
        recorder.agent_moved(PBX, after.number, after.state, after.reason, after.call_id, at)

    return told
