"""What callers got done, as rows: tickets, messages, answers of surveys, waits that were told.

They are made of the facts that are shipped with the calls, in the same transaction. A fact may be
shipped again, and in another order: whatever was done with a row since then stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, func, select

from calls.events import (
    CallRecordingStarted,
    Fact,
    MessageRecorded,
    SurveyAnswered,
    SurveyAsked,
    TicketOpened,
    WaitTold,
)
from customers.tickets import TicketState
from monitoring.call_recordings import RecordingState
from monitoring.record import CallRecord
from storage.database import Database
from storage.tables import call_recordings, recordings, survey_answers, tickets, waits_told
from storage.webhook_news import News, NewsKind, masked, moment, tell

log = logging.getLogger(__name__)

Row: TypeAlias = dict[str, Any]
_ANSWER_KEY = ("pbx", "call_id", "question")
_KINDS = (
    TicketOpened, MessageRecorded, SurveyAsked, SurveyAnswered, WaitTold, CallRecordingStarted,
)  # fmt: skip


class ServiceRows:
    """Writes these rows; costs nothing where there are none to write."""

    def __init__(self, database: Database) -> None:
        answer = database.insert(survey_answers)
        new = answer.excluded
        #: the first word stands, and so does what was known: an answer may come before its question
        self._keep_answer = answer.on_conflict_do_update(
            index_elements=_ANSWER_KEY,
            set_={
                "asked_at": func.least(survey_answers.c.asked_at, new.asked_at)
                if database.dialect == "postgresql"
                else func.min(survey_answers.c.asked_at, new.asked_at),
                **{
                    name: func.coalesce(survey_answers.c[name], new[name])
                    for name in ("answer", "low", "high")
                },
            },
        )
        insert = database.insert(tickets)
        self._keep_ticket = insert.on_conflict_do_nothing().returning(tickets.c.number)
        self._keep_recording = database.insert(recordings).on_conflict_do_nothing()
        self._keep_wait = database.insert(waits_told).on_conflict_do_nothing()
        self._open_recording = database.insert(call_recordings).on_conflict_do_nothing()

    def save(
        self, connection: Connection, records: Sequence[CallRecord], facts: Iterable[Fact]
    ) -> None:
        """Write what follows from these facts; `records` are those of their calls."""
        told = [fact for fact in facts if isinstance(fact, _KINDS)]
        if not told:
            return
        callers = {(each.pbx, each.call_id): each.caller_number for each in records}
        campaigns = {(each.pbx, each.call_id): each.campaign_id for each in records}
        self._save_tickets(
            connection, {one.number: one for one in told if isinstance(one, TicketOpened)}
        )
        for statement, rows in (
            (self._keep_recording, _recordings(told, callers)),
            (self._keep_answer, _answers(told)),
            (self._keep_wait, [_wait(one) for one in told if isinstance(one, WaitTold)]),
            (self._open_recording, _talks_recorded(told, campaigns)),
        ):
            if rows:
                connection.execute(statement, rows)
        tell(connection, [_answered(one) for one in told if isinstance(one, SurveyAnswered)])

    def _save_tickets(self, connection: Connection, opened: Mapping[str, TicketOpened]) -> None:
        if not opened:
            return
        rows = [_ticket(fact) for fact in opened.values()]
        new = set(connection.execute(self._keep_ticket, rows).scalars())
        tell(connection, [_opened(fact) for fact in opened.values() if fact.number in new])
        if old := opened.keys() - new:
            known = select(tickets.c.number, tickets.c.call_id).where(tickets.c.number.in_(old))
            for number, call_id in connection.execute(known):
                if call_id != opened[number].call_id:
                    # only a database brought back from an older copy gives a number twice
                    log.error(
                        "ticket %s of call %s is that of call %s already: see to it by hand",
                        number, opened[number].call_id, call_id,
                    )  # fmt: skip


def _opened(fact: TicketOpened) -> News:
    return News(
        kind=NewsKind.TICKET_CREATED,
        key=fact.number,
        at=fact.at,
        data={
            "number": fact.number,
            "kind": fact.kind,
            "reason": fact.reason,
            "pbx": fact.pbx,
            "call_id": fact.call_id,
            "account": fact.account,
            "customer_id": fact.customer_id,
            "phone": masked(fact.phone),
            "opened_at": moment(fact.at),
            "due_at": moment(fact.due_at),
        },
    )


def _answered(fact: SurveyAnswered) -> News:
    """Of one question the first word stands: a second one is the same news."""
    names = ("pbx", "call_id", "question", "answer", "low", "high")
    return News(
        kind=NewsKind.SURVEY_ANSWERED,
        key=f"{fact.pbx}/{fact.call_id}/{fact.question}",
        at=fact.at,
        data={name: getattr(fact, name) for name in names},
    )


def _ticket(fact: TicketOpened) -> Row:
    return {
        "number": fact.number,
        "pbx": fact.pbx,
        "call_id": fact.call_id,
        "kind": fact.kind,
        "reason": fact.reason,
        "account": fact.account,
        "customer_id": fact.customer_id,
        "phone": fact.phone,
        "recording": fact.recording,
        "state": TicketState.OPEN.value,
        "owner": "",
        "answer": "",
        "opened_at": fact.at,
        "due_at": fact.due_at,
        "told_as": "",
        "told_tries": 0,
    }


def _recordings(facts: Iterable[Fact], callers: Mapping[tuple[str, str], str]) -> list[Row]:
    return [
        {
            "recording": fact.recording,
            "pbx": fact.pbx,
            "call_id": fact.call_id,
            "purpose": fact.purpose,
            "seconds": fact.seconds,
            "at": fact.at,
            "caller_number": callers.get((fact.pbx, fact.call_id), ""),
        }
        for fact in facts
        if isinstance(fact, MessageRecorded)
    ]


def _talks_recorded(facts: Iterable[Fact], campaigns: Mapping[tuple[str, str], str]) -> list[Row]:
    """Of what is there already, settled perhaps, nothing changes (`recording_settling.py`)."""
    return [
        {
            "recording": fact.recording,
            "pbx": fact.pbx,
            "call_id": fact.call_id,
            "queue": fact.queue,
            "campaign_id": campaigns.get((fact.pbx, fact.call_id), ""),
            "agent": "",
            "announced": fact.announced,
            "state": RecordingState.OPEN.value,
            "started_at": fact.at,
            "sha256": "",
            "cut_short": False,
            "removed_why": "",
        }
        for fact in facts
        if isinstance(fact, CallRecordingStarted)
    ]


def _answers(facts: Sequence[Fact]) -> list[Row]:
    """A row for each question of a call: two in one statement could not be told apart."""
    rows: dict[tuple[str, str, str], Row] = {}
    asked = [fact for fact in facts if isinstance(fact, SurveyAsked | SurveyAnswered)]
    for fact in sorted(asked, key=lambda fact: fact.at):
        key = dict(zip(_ANSWER_KEY, (fact.pbx, fact.call_id, fact.question), strict=True))
        nothing = {"asked_at": fact.at, "answer": None, "low": None, "high": None}
        row = rows.setdefault((fact.pbx, fact.call_id, fact.question), {**key, **nothing})
        if isinstance(fact, SurveyAnswered) and row["answer"] is None:
            row.update(answer=fact.answer, low=fact.low, high=fact.high)
    return list(rows.values())


def _wait(fact: WaitTold) -> Row:
    return {
        "pbx": fact.pbx,
        "call_id": fact.call_id,
        "at": fact.at,
        "queue": fact.queue,
        "position": fact.position,
        "expected_seconds": fact.expected_seconds,
        "low_seconds": fact.low_seconds,
        "high_seconds": fact.high_seconds,
    }
