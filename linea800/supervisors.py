"""What supervisors act with, built: who hears talks, who is taken out of a line, what is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.floor import Floor
from agents.listening import Listening
from agents.roster import Roster
from calls.events import Fact
from calls.switch import SupervisorSwitch
from calls.tracker import Tracker
from ivr.taking_out import TakingOut
from monitoring.board import Board
from storage.closures import ClosureStore
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisors:
    """The rooms of supervisors."""

    listening: Listening
    taking_out: TakingOut
    closures: ClosureStore


async def supervisors(
    floor: Floor,
    roster: Roster,
    tracker: Tracker,
    switch: SupervisorSwitch,
    board: Board,
    database: Database,
    put: Callable[[Fact], None],
) -> Supervisors:
    """Build them. Queues that were closed are closed, and the board shows it."""
    closures = ClosureStore(database, floor.pbx)
    await closures.load()
    for closure in closures.closed.values():
        board.show_closed(closure.queue, closure.began_at, closure.reason)
    queues = frozenset(queue.name for queue in floor.queues)
    return Supervisors(
        listening=Listening(roster, tracker, switch, put),
        taking_out=TakingOut(queues, tracker, switch, put),
        closures=closures,
    )
