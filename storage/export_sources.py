"""Which rows of which table an export has, and the key by which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Row, Table, and_, exists, false, select, tuple_

from storage.tables import (
    agent_quarters,
    agent_states,
    attempts,
    calls,
    campaign_quarters,
    campaigns,
    queue_quarters,
    queue_stays,
    survey_answers,
    tickets,
)

_Keep: TypeAlias = Callable[["Chosen"], list[ColumnElement[bool]]]


class What(StrEnum):
    """What can be exported."""

    CALLS = "calls"
    VISITS = "visits"
    FACTS = "facts"
    AGENT_STATES = "agent_states"
    ATTEMPTS = "attempts"
    QUEUE_QUARTERS = "queue_quarters"
    AGENT_QUARTERS = "agent_quarters"
    CAMPAIGN_QUARTERS = "campaign_quarters"
    TICKETS = "tickets"
    SURVEYS = "surveys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which rows: those of [since, until), of these queues and of the agents who serve them."""

    since: datetime
    until: datetime
    #: None: all
    queues: frozenset[str] | None = None
    agents: frozenset[str] | None = None


def _of_those_calls(table: Table) -> _Keep:
    def keep(chosen: Chosen) -> list[ColumnElement[bool]]:
        if chosen.queues is None:
            return []
        mine = and_(queue_stays.c.pbx == table.c.pbx, queue_stays.c.call_id == table.c.call_id)
        return [exists().where(mine, queue_stays.c.queue.in_(sorted(chosen.queues)))]

    return keep


def _of_agents(table: Table) -> _Keep:
    return lambda chosen: _one_of(table.c.agent, chosen.agents)


def _of_campaigns(table: Table) -> _Keep:
    def keep(chosen: Chosen) -> list[ColumnElement[bool]]:
        if chosen.queues is None:
            return []
        mine = select(campaigns.c.id).where(campaigns.c.queue.in_(sorted(chosen.queues)))
        return [table.c.campaign_id.in_(mine)]

    return keep


def _one_of(column: Column[Any], names: frozenset[str] | None) -> list[ColumnElement[bool]]:
    if names is None:
        return []
    return [column.in_(sorted(names)) if names else false()]


@dataclass(frozen=True, slots=True)
class Source:
    """A table, the moment by which its rows are chosen, and a key that an index orders."""

    table: Table
    at: Column[Any]
    order: tuple[Column[Any], ...]
    #: what is left out for who does not see every queue
    keep: _Keep

    def where(self, chosen: Chosen) -> list[ColumnElement[bool]]:
        """What has to hold of a row."""
        return [self.at >= chosen.since, self.at < chosen.until, *self.keep(chosen)]

    def after(self, last: Row[Any], chosen: Chosen) -> list[ColumnElement[bool]]:
        """What has to hold of a row that comes after this one."""
        key = [last._mapping[column.name] for column in self.order]
        if self.order[0] is self.at:
            # one lower bound: SQLite may take the other, and read again what was told
            chosen = replace(chosen, since=key[0])
        further = tuple_(*self.order) > tuple_(*key, types=[one.type for one in self.order])
        return [*self.where(chosen), further]


def _by_quarter(table: Table, *key: str, keep: _Keep) -> Source:
    at = table.c.quarter
    return Source(table, at, (at, *(table.c[name] for name in key)), keep)


SOURCES: Mapping[What, Source] = {
    What.CALLS: Source(
        calls,
        calls.c.arrived_at,
        (calls.c.arrived_at, calls.c.pbx, calls.c.call_id),
        _of_those_calls(calls),
    ),
    What.AGENT_STATES: Source(
        agent_states,
        agent_states.c.began_at,
        (agent_states.c.began_at, agent_states.c.pbx, agent_states.c.agent),
        _of_agents(agent_states),
    ),
    What.ATTEMPTS: Source(
        attempts,
        attempts.c.intended_at,
        (attempts.c.intended_at, attempts.c.id),
        _of_campaigns(attempts),
    ),
    What.QUEUE_QUARTERS: _by_quarter(
        queue_quarters, "pbx", "queue", "basis",
        keep=lambda chosen: _one_of(queue_quarters.c.queue, chosen.queues),
    ),
    What.AGENT_QUARTERS: _by_quarter(
        agent_quarters, "pbx", "agent", keep=_of_agents(agent_quarters)
    ),
    What.CAMPAIGN_QUARTERS: _by_quarter(
        campaign_quarters, "pbx", "campaign_id", keep=_of_campaigns(campaign_quarters)
    ),
    What.TICKETS: Source(
        tickets, tickets.c.opened_at, (tickets.c.opened_at, tickets.c.number),
        _of_those_calls(tickets),
    ),
    What.SURVEYS: Source(
        survey_answers,
        survey_answers.c.asked_at,
        # as the index has it: by question
        tuple(survey_answers.c[name] for name in ("question", "asked_at", "pbx", "call_id")),
        _of_those_calls(survey_answers),
    ),
}  # fmt: skip
