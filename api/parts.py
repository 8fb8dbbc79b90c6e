"""What the API is made of: every room it reads and commands, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from agents.desk import Desk
from agents.floor import Floor
from agents.roster import Roster
from api.health import Health
from backoffice.office import BackOffice
from calls.intake import Intake
from calls.tracker import Tracker
from dialer.dialing import Dialing
from dialer.lists.importing import Spool
from dialer.rules.catalog import PresetCatalog
from ivr.shelf import MenuShelf
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.abandonment import AbandonmentStore
from storage.alerts import AlertStore
from storage.audit import AuditStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.customer_contacts import ContactStore
from storage.customer_erasing import ErasingStore
from storage.customer_import import CustomerImportStore
from storage.customers import CustomerStore
from storage.do_not_call import DoNotCallStore
from storage.imports import ImportStore
from storage.incidents import IncidentBoard, IncidentStore
from storage.menu_measures import MenuMeasureStore
from storage.previews import PreviewStore
from storage.recordings import RecordingStore
from storage.registers import RegisterStore
from storage.retention import RetentionStore
from storage.rulings import RulingStore
from storage.surveys import SurveyStore
from storage.tickets import TicketStore
from storage.tokens import TokenStore
from storage.waits import WaitStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The rooms of one service."""

    floor: Floor
    board: Board
    tracker: Tracker
    roster: Roster
    desk: Desk
    dialing: Dialing
    campaigns: CampaignStore
    presets: PresetCatalog
    #: the prompts that exist as sounds, by language
    prompts: Mapping[str, frozenset[str]]
    imports: ImportStore
    spool: Spool
    wake_imports: Callable[[], None]
    do_not_call: DoNotCallStore
    registers: RegisterStore
    rulings: RulingStore
    showings: PreviewStore
    abandonment: AbandonmentStore
    alerts: AlertStore
    tickets: TicketStore
    surveys: SurveyStore
    waits: WaitStore
    incidents: IncidentStore
    incident_board: IncidentBoard
    recordings: RecordingStore
    #: how old messages of callers become; None: as old as you like
    recordings_days: int | None
    retention: RetentionStore
    audit: AuditStore
    menus: MenuShelf
    #: the operator's own CRM, billing and provisioning
    back_office: BackOffice
    calls: CallStore
    menu_measures: MenuMeasureStore
    customers: CustomerStore
    customer_imports: CustomerImportStore
    contacts: ContactStore
    erasing: ErasingStore
    tokens: TokenStore
    recorder: Recorder
    intake: Intake
    health: Callable[[], Awaitable[Health]]
    #: callers who are in a menu now
    callers_in_menus: Callable[[], int] = lambda: 0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


#: how a route gets at the rooms
Rooms = Annotated[Parts, Depends(_parts)]
