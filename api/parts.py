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
from calls.intake import Intake
from calls.tracker import Tracker
from dialer.dialing import Dialing
from dialer.lists.importing import Spool
from dialer.rules.catalog import PresetCatalog
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.abandonment import AbandonmentStore
from storage.alerts import AlertStore
from storage.audit import AuditStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.do_not_call import DoNotCallStore
from storage.imports import ImportStore
from storage.previews import PreviewStore
from storage.registers import RegisterStore
from storage.retention import RetentionStore
from storage.rulings import RulingStore
from storage.tokens import TokenStore


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
    retention: RetentionStore
    audit: AuditStore
    calls: CallStore
    tokens: TokenStore
    recorder: Recorder
    intake: Intake
    health: Callable[[], Awaitable[Health]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


#: how a route gets at the rooms
Rooms = Annotated[Parts, Depends(_parts)]
