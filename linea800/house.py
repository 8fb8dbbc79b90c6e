"""The house: every part built and put together, and how it runs and ends."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from agents.desk import Desk
from agents.floor import Floor
from agents.preferred import Preferred
from agents.roster import Roster
from ami.connector import Connector
from ami.switch import AmiSwitch
from api.app import create_app
from api.parts import Parts
from backoffice.office import BackOffice
from calls.errors import Linea800Error
from calls.feed import Feed
from calls.intake import Intake
from dialer.dialing import Dialing
from dialer.lists.importing import Importing
from ivr.reception import Reception
from linea800.health import HealthCheck
from linea800.measuring import Measuring
from linea800.recording_keeper import RecordingKeeper
from linea800.settings import Settings
from linea800.supervisors import Supervisors
from linea800.ticket_office import TicketOffice
from linea800.today import Today
from linea800.watching import Watching
from linea800.watchman import Watchman
from linea800.web import listening, serve_http
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.incidents import IncidentBoard
from storage.tokens import TokenStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts, built and not yet running."""

    settings: Settings
    floor: Floor
    database: Database
    tokens: TokenStore
    calls: CallStore
    campaigns: CampaignStore
    roster: Roster
    board: Board
    recorder: Recorder
    intake: Intake
    switch: AmiSwitch
    connector: Connector
    desk: Desk
    reception: Reception
    dialing: Dialing
    importing: Importing
    feed: Feed
    watchman: Watchman
    watching: Watching
    incident_board: IncidentBoard
    supervisors: Supervisors
    recording_keeper: RecordingKeeper
    ticket_office: TicketOffice
    preferred: Preferred
    back_office: BackOffice
    health: HealthCheck
    parts: Parts


async def run(house: House) -> None:
    """Run every part until cancelled; then carry what is on its way and ship it."""
    # before anything acts: a port that is taken ends the start, not a running service
    listener = listening(house.settings.http_host, house.settings.http_port)
    receptions = house.feed.listen("reception")
    desk_hears = house.feed.listen("desk")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(house.intake.run())
            group.create_task(house.recorder.run())
            group.create_task(_measuring(house).run())
            group.create_task(house.board.run())
            group.create_task(house.desk.run(desk_hears))
            group.create_task(house.reception.run(receptions))
            group.create_task(house.dialing.run())
            group.create_task(house.importing.run())
            group.create_task(house.watching.run(house.watchman))
            group.create_task(house.incident_board.run())
            group.create_task(house.supervisors.listening.run())
            group.create_task(house.supervisors.rounds.run())
            group.create_task(house.recording_keeper.run())
            group.create_task(house.ticket_office.run())
            group.create_task(house.preferred.run())
            group.create_task(house.connector.run())
            group.create_task(house.health.watch())
            group.create_task(serve_http(create_app(house.parts), listener))
    finally:
        await _last_words(house)


def _measuring(house: House) -> Measuring:
    """Figures follow the records, and the board the figures."""
    reports, settings = house.parts.reports, house.parts.queue_settings
    today = Today(house.floor, reports, settings, house.board)
    measuring = Measuring(house.floor.pbx, reports.measures, today)
    house.recorder.on_shipped = measuring.news
    return measuring


async def _last_words(house: House) -> None:
    """What was heard before the end is written down; the journal keeps what is not."""
    try:
        async with asyncio.timeout(5.0):
            await house.intake.carry()
            await house.recorder.ship_now()
    except (Linea800Error, TimeoutError) as error:
        log.warning("some records wait in the journal for the next start: %s", error)
