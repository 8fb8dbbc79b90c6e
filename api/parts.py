"""What the API is made of: every room it reads and commands, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from agents.desk import Desk
from agents.floor import Floor
from agents.listening import Listening
from agents.passing_on import PassingOn
from agents.recording import Recordings
from agents.roster import Roster
from api.figures import Figures
from api.health import Health
from api.outside_tokens import OutsideTokens
from backoffice.office import BackOffice
from backoffice.safe_address import SafeAddresses
from calls.intake import Intake
from calls.tracker import Tracker
from dialer.dialing import Dialing
from dialer.lists.importing import Spool
from dialer.rules.catalog import PresetCatalog
from ivr.shelf import MenuShelf
from ivr.taking_out import TakingOut
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.abandonment import AbandonmentStore
from storage.agent_days import AgentDayStore
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
from storage.deliveries import DeliveryStore
from storage.do_not_call import DoNotCallStore
from storage.emergencies import EmergencyStore
from storage.imports import ImportStore
from storage.incidents import IncidentBoard, IncidentStore
from storage.menu_measures import MenuMeasureStore
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
from storage.tokens import TokenStore
from storage.users import UserStore
from storage.visits_behind import VisitStore
from storage.waits import WaitStore
from storage.webhooks import WebhookStore


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
    #: what the sentences say, by language and name
    sentences: Mapping[str, Mapping[str, str]]
    imports: ImportStore
    spool: Spool
    wake_imports: Callable[[], None]
    do_not_call: DoNotCallStore
    registers: RegisterStore
    rulings: RulingStore
    showings: PreviewStore
    abandonment: AbandonmentStore
    alerts: AlertStore
    targets: TargetStore
    webhooks: WebhookStore
    deliveries: DeliveryStore
    webhook_addresses: SafeAddresses
    tickets: TicketStore
    surveys: SurveyStore
    waits: WaitStore
    incidents: IncidentStore
    incident_board: IncidentBoard
    listening: Listening
    taking_out: TakingOut
    passing_on: PassingOn
    closures: ClosureStore
    emergencies: EmergencyStore
    recordings: RecordingStore
    #: how old messages of callers become; None: as old as you like
    recordings_days: int | None
    #: recorded talks, and those that are being recorded
    call_recordings: CallRecordingStore
    recordings_now: Recordings
    #: how old recorded talks become, unless their queue or campaign says; None: as old as you like
    call_recordings_days: int | None
    #: how long it is kept who called in; None: for ever
    callers_days: int | None
    retention: RetentionStore
    audit: AuditStore
    menus: MenuShelf
    #: the operator's own CRM, billing and provisioning
    back_office: BackOffice
    calls: CallStore
    menu_measures: MenuMeasureStore
    reports: ReportStore
    queue_settings: QueueSettingStore
    visits: VisitStore
    agent_days: AgentDayStore
    counted_calls: CountedCallStore
    customer_calls: CustomerCallStore
    customers: CustomerStore
    customer_imports: CustomerImportStore
    contacts: ContactStore
    erasing: ErasingStore
    tokens: TokenStore
    users: UserStore
    recorder: Recorder
    figures: Figures
    intake: Intake
    health: Callable[[], Awaitable[Health]]
    #: callers who are in a menu now
    callers_in_menus: Callable[[], int] = lambda: 0
    #: tokens of somebody else's sign-in; None: they are not accepted
    outside: OutsideTokens | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


#: how a route gets at the rooms
Rooms = Annotated[Parts, Depends(_parts)]
