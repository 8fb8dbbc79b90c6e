"""The tables of what a caller got done: steps of menus, tasks, tickets, messages, surveys."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table

from storage.columns import BigId, CleanText, UtcDateTime
from storage.tables.base import metadata, not_ended, not_told

#: One row per stay at a node: what was pressed there, and how it was left.
menu_steps = Table(
    "menu_steps",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("menu", CleanText, nullable=False),
    Column("version", CleanText, nullable=False),
    Column("node", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    # None: the caller is there still
    Column("left_at", UtcDateTime),
    Column("seconds", Double),
    # the name of what was chosen last; "" when the caller only passed through
    Column("choice", CleanText, nullable=False),
    Column("no_input", Integer, nullable=False),
    Column("no_match", Integer, nullable=False),
    # on, queue, callback, transfer, hang_up (the caller), end (the menu), lost (nobody led it)
    Column("how", CleanText, nullable=False),
    # of the session: what is counted of a month is found without looking at every session
    Column("session_at", UtcDateTime, nullable=False),
    Index(None, "menu", "session_at"),
)

#: One row per call and menu: when it came, and what it came to.
menu_sessions = Table(
    "menu_sessions",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("menu", CleanText, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    # None: the caller is there still
    Column("left_at", UtcDateTime),
    # of the menu at the beginning; the language is the one at the end
    Column("version", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    # as of a step, but never on; "" while it lasts
    Column("how", CleanText, nullable=False),
    Column("asked_person", Boolean, nullable=False),
    # of the call: why, the first task done, the first queue, whether an agent talked
    Column("reason", CleanText, nullable=False),
    Column("done_at", UtcDateTime),
    Column("queued_at", UtcDateTime),
    Column("talked", Boolean, nullable=False),
    # soon after a talk began it was transferred, or the caller was in another queue
    Column("passed_on", Boolean, nullable=False),
    Index(None, "menu", "began_at", "pbx", "call_id"),
)

#: What a caller wants to get done; started again in the same call it is the same row.
tasks = Table(
    "tasks",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("task", CleanText, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("failed_at", UtcDateTime),
    Index(None, "task", "started_at"),
)

#: A ticket's number is given once, ever; the row outlives the call's.
tickets = Table(
    "tickets",
    metadata,
    Column("number", CleanText, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("call_id", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("account", CleanText, nullable=False),
    Column("customer_id", BigId),
    Column("phone", CleanText, nullable=False),
    Column("recording", CleanText, nullable=False),
    # open, in_progress, solved, closed
    Column("state", CleanText, nullable=False),
    # the agent who looks after it; "" nobody yet
    Column("owner", CleanText, nullable=False),
    Column("answer", CleanText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("solved_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # when the operator's own system took it, and what it calls it
    Column("told_at", UtcDateTime),
    Column("told_as", CleanText, nullable=False),
    Column("told_tries", Integer, nullable=False),
    Index(None, "opened_at", "number"),
    Index(None, "customer_id", "opened_at"),
    Index(None, "phone", "opened_at"),
    Index("ix_tickets_open", "due_at", sqlite_where=not_ended, postgresql_where=not_ended),
    Index("ix_tickets_untold", "opened_at", sqlite_where=not_told, postgresql_where=not_told),
)

#: The next number of each series that nobody has taken yet: numbers are taken in blocks.
ticket_numbers = Table(
    "ticket_numbers",
    metadata,
    Column("series", CleanText, primary_key=True),
    Column("next", BigId, nullable=False, autoincrement=False),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("question", CleanText, primary_key=True),
    Column("asked_at", UtcDateTime, nullable=False),
    # None: asked, not answered
    Column("answer", Integer),
    Column("low", Integer),
    Column("high", Integer),
    Index(None, "question", "asked_at"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("recording", CleanText, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("call_id", CleanText, nullable=False),
    Column("purpose", CleanText, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("caller_number", CleanText, nullable=False),
    Column("heard_at", UtcDateTime),
    # the file is gone, by age or by order
    Column("removed_at", UtcDateTime),
    Index(None, "purpose", "at"),
)

#: Callers who were told how long it takes, and how long it took.
waits_told = Table(
    "waits_told",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("queue", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("expected_seconds", Double, nullable=False),
    Column("low_seconds", Double, nullable=False),
    Column("high_seconds", Double, nullable=False),
    Index(None, "queue", "at"),
)

#: What is told to callers of an area before the menu, while it lasts.
incidents = Table(
    "incidents",
    metadata,
    Column("id", BigId, primary_key=True),
    # "" is everywhere
    Column("area", CleanText, nullable=False),
    Column("prompt", CleanText, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("opened_by", CleanText, nullable=False),
    Index("ix_incidents_open", "began_at", sqlite_where=not_ended, postgresql_where=not_ended),
)
