"""What supervisors act with, built: who hears talks, who is taken out of a line, what is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.desk import Desk
from agents.floor import Floor
from agents.listening import Listening
from agents.passing_on import PassingOn
from agents.roster import Roster
from calls.events import Fact
from calls.switch import SupervisorSwitch
from calls.tracker import Tracker
from ivr.emergency import EmergencyRounds
from ivr.taking_out import TakingOut
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.closures import ClosureStore
from storage.database import Database
from storage.emergencies import EmergencyStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisors:
    """The rooms of supervisors."""

    listening: Listening
    taking_out: TakingOut
    passing_on: PassingOn
    closures: ClosureStore
    emergencies: EmergencyStore
    rounds: EmergencyRounds


async def supervisors(
    floor: Floor,
    roster: Roster,
    desk: Desk,
    recorder: Recorder,
    tracker: Tracker,
    switch: SupervisorSwitch,
    board: Board,
    database: Database,
    put: Callable[[Fact], None],
) -> Supervisors:
    """Build them. Queues that were closed are closed, and the board shows it.

    What was told to those who wait is told on.
    """
    closures = ClosureStore(database, floor.pbx)
    await closures.load()
    emergencies = EmergencyStore(database, floor.pbx)
    await emergencies.load()
    for closure in closures.closed.values():
        board.show_closed(closure.queue, closure.began_at, closure.reason)
    queues = frozenset(queue.name for queue in floor.queues)
    listening = Listening(roster, tracker, switch, put, signs_in=desk.signs_in)
    desk.listens = listening.uses
    taking_out = TakingOut(queues, tracker, switch, put)

    def language_of(call_id: str) -> str:
        record = recorder.record(call_id)
        return (record.language if record is not None else "") or floor.language

    return Supervisors(
        listening=listening,
        taking_out=taking_out,
        passing_on=PassingOn(tracker, switch),
        closures=closures,
        emergencies=emergencies,
        rounds=EmergencyRounds(lambda: emergencies.on, tracker, taking_out.tell, language_of),
    )
