"""One quarter of several queues, agents or campaigns, counted from the rows of the facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import Connection, Row

from agents.states import AgentState
from calls.call import Verdict
from calls.events import AgentMissed, from_body
from dialer.attempt import Outcome
from dialer.dispositions import SAID_MACHINE, Category
from dialer.options import Options
from monitoring import agent_counts, campaign_counts, queue_counts
from monitoring.agent_counts import AgentCounts, Handled, Stretch, handled_of
from monitoring.campaign_counts import CampaignCounts, Tried
from monitoring.folding import LATEST_WRAP_UP, finished
from monitoring.quarters import QUARTER, quarter_of
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.visits import Ending, Visit, visits_of
from storage import quarter_facts
from storage.measure_rows import C


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Generic[C]):
    """What a quarter of one subject has; `basis` is of queues, "" for the others."""

    subject: str
    basis: str
    counts: C
    final: bool


# --- queues


def of_queues(
    connection: Connection, pbx: str, quarter: datetime, names: Collection[str], now: datetime
) -> Iterator[Counted[QueueCounts]]:
    """The quarter of these queues, by both bases."""
    end = quarter + QUARTER
    by_queue: dict[str, list[Visit]] = {name: [] for name in names}
    for record in quarter_facts.calls_in_queues(connection, pbx, quarter, names):
        for visit in visits_of(record, finished=finished(record, now)):
            by_queue.get(visit.queue, []).append(visit)
    for name, visits in by_queue.items():
        for basis in Basis:
            yield Counted(
                subject=name,
                basis=basis,
                counts=queue_counts.counted(visits, quarter, basis),
                final=end <= now and all(_settled(one, quarter, basis) for one in visits),
            )


def _settled(visit: Visit, quarter: datetime, basis: Basis) -> bool:
    """Whether nothing that this quarter has of a visit will change."""
    if visit.finished:
        return True
    if basis is Basis.OFFERED:
        return quarter_of(visit.joined_at) != quarter
    # what happened has happened; the wrap-up is counted with the talk's end
    talked = visit.released_at is not None and quarter_of(visit.released_at) == quarter
    return not talked and visit.ending is not Ending.WAITING


# --- agents


def of_agents(
    connection: Connection, pbx: str, quarter: datetime, numbers: Collection[str], now: datetime
) -> Iterator[Counted[AgentCounts]]:
    """The quarter of these agents; a state that goes on is counted up to now."""
    end = quarter + QUARTER
    rows = quarter_facts.states(connection, pbx, quarter, numbers)
    stretches = _stretches(rows)
    missed: dict[str, list[datetime]] = {}
    for fact in not_taken(connection, pbx, rows):
        missed.setdefault(fact.agent, []).append(fact.at)
    talks: dict[str, list[Handled]] = {}
    for record in quarter_facts.calls_released(connection, pbx, quarter, numbers):
        for talk in handled_of(record, finished=finished(record, now)):
            talks.setdefault(talk.agent, []).append(talk)
    for number in numbers:
        theirs = [talk for talk in talks.get(number, []) if quarter_of(talk.at) == quarter]
        counts = agent_counts.counted(
            stretches.get(number, []), theirs, missed.get(number, ()), quarter, now
        )
        settled = end <= now and all(talk.finished for talk in theirs)
        yield Counted(subject=number, basis="", counts=counts, final=settled)


def _stretches(rows: Iterable[Row[Any]]) -> Mapping[str, list[Stretch]]:
    """The stretches of the quarter by agent."""
    found: dict[str, list[Stretch]] = {}
    for row in rows:
        found.setdefault(row.agent, []).append(
            Stretch(
                state=row.state, reason=row.reason, began_at=row.began_at, ended_at=row.ended_at
            )
        )
    return found


def not_taken(connection: Connection, pbx: str, states: Iterable[Row[Any]]) -> set[AgentMissed]:
    """That agents did not take calls that these stretches offered; told twice it counts once."""
    offered = [row.call_id for row in states if row.state == AgentState.OFFERED and row.call_id]
    facts = quarter_facts.missed(connection, pbx, offered)
    told = {from_body(row.kind, row.body) for row in facts}
    return {fact for fact in told if isinstance(fact, AgentMissed)}


# --- campaigns


def of_campaigns(
    connection: Connection, pbx: str, quarter: datetime, ids: Collection[str], now: datetime
) -> Iterator[Counted[CampaignCounts]]:
    """The quarter of these campaigns: the attempts that were meant to be made in it."""
    end = quarter + QUARTER
    options = quarter_facts.options(connection, ids)
    by_campaign: dict[str, list[Row[Any]]] = {one: [] for one in ids}
    for row in quarter_facts.made(connection, pbx, quarter, ids):
        by_campaign[row.campaign_id].append(row)
    for campaign_id, rows in by_campaign.items():
        categories = categories_of(options.get(campaign_id))
        yield Counted(
            subject=campaign_id,
            basis="",
            counts=campaign_counts.counted([tried_of(row, categories) for row in rows], quarter),
            final=end <= now and all(_over(row, now) for row in rows),
        )


def categories_of(options: Any) -> Mapping[str, Category]:
    """What a talk came to, by its disposition."""
    known = Options.model_validate(options or {}).dispositions
    return {one.code: one.category for one in known}


def _category(row: Row[Any], categories: Mapping[str, Category]) -> str:
    """What the agent said; a disposition that the campaign had once says whether it was a contact.

    "": the agent has said nothing.
    """
    if not row.disposition:
        return ""
    gone = Category.NO_SUCCESS if row.contact else Category.NO_CONTACT
    return categories.get(row.disposition, gone)


def tried_of(row: Row[Any], categories: Mapping[str, Category]) -> Tried:
    """The attempt of a row of `attempts`, as it is counted."""
    return Tried(
        intended_at=row.intended_at,
        answered_at=row.answered_at,
        connected_at=row.connected_at,
        ended_at=row.ended_at,
        outcome=row.outcome or "",
        machine=_machine(row),
        right_party=bool(row.contact),
        category=_category(row, categories),
    )


def _machine(row: Row[Any]) -> bool:
    """What the agent heard, if one did; else what whoever listened took it for."""
    said: str = row.disposition
    return said == SAID_MACHINE or (not said and row.machine == Verdict.MACHINE)


def _over(row: Row[Any], now: datetime) -> bool:
    """Whether nothing is expected of an attempt: not even that the agent says how it went."""
    if row.ended_at is None:
        return False
    said: bool = row.disposition != "" or row.outcome != Outcome.CONNECTED
    late: bool = now - row.ended_at > LATEST_WRAP_UP
    return said or late
