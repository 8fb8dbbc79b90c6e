"""Customers, and what callers get done: menu steps, tasks, tickets, messages, surveys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_ENDED = sa.text("ended_at IS NULL")
_NOT_TOLD = sa.text("told_at IS NULL")
_NAMED = sa.text("external_id <> ''")


def upgrade() -> None:
    """Add the tables; of earlier calls nothing is known but that they came."""
    op.add_column("calls", sa.Column("customer_id", _BIG_ID))
    for name in ("account", "reason"):
        op.add_column(
            "calls", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        )
    no: sa.Column[bool] = sa.Column(
        "proven", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("calls", no)
    op.create_index("ix_calls_customer_id_arrived_at", "calls", ["customer_id", "arrived_at"])
    _customers()
    _customer_phones()
    _accounts()
    _customer_notes()
    _menu_steps()
    _menu_sessions()
    _tasks()
    _tickets()
    _ticket_numbers()
    _survey_answers()
    _recordings()
    _waits_told()
    _incidents()


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("consents", sa.JSON()),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_index(
        "uq_customers_external_id",
        "customers",
        ["external_id"],
        unique=True,
        sqlite_where=_NAMED,
        postgresql_where=_NAMED,
    )


def _customer_phones() -> None:
    op.create_table(
        "customer_phones",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", _BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("number", "customer_id", name="pk_customer_phones"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name="fk_customer_phones_customers",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_customer_phones_customer_id", "customer_phones", ["customer_id"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer_id", _BIG_ID, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("decoder", sa.Text(), nullable=False),
        sa.Column("balance", sa.Numeric(18, 2)),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("balance_at", _TIME),
        sa.PrimaryKeyConstraint("account", name="pk_accounts"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name="fk_accounts_customers",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_accounts_customer_id", "accounts", ["customer_id"])


def _customer_notes() -> None:
    op.create_table(
        "customer_notes",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("customer_id", _BIG_ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_notes"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name="fk_customer_notes_customers",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_customer_notes_customer_id_at", "customer_notes", ["customer_id", "at"])


def _menu_steps() -> None:
    op.create_table(
        "menu_steps",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("menu", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("entered_at", _TIME, nullable=False),
        sa.Column("left_at", _TIME),
        sa.Column("seconds", sa.Double()),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("no_input", sa.Integer(), nullable=False),
        sa.Column("no_match", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("session_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("pbx", "call_id", "ordinal", name="pk_menu_steps"),
    )
    op.create_index("ix_menu_steps_menu_session_at", "menu_steps", ["menu", "session_at"])


def _menu_sessions() -> None:
    op.create_table(
        "menu_sessions",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("menu", sa.Text(), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("left_at", _TIME),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("asked_person", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", _TIME),
        sa.Column("queued_at", _TIME),
        sa.Column("talked", sa.Boolean(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "call_id", "menu", name="pk_menu_sessions"),
    )
    op.create_index(
        "ix_menu_sessions_menu_began_at_pbx_call_id",
        "menu_sessions",
        ["menu", "began_at", "pbx", "call_id"],
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME),
        sa.Column("failed_at", _TIME),
        sa.PrimaryKeyConstraint("pbx", "call_id", "task", name="pk_tasks"),
    )
    op.create_index("ix_tasks_task_started_at", "tasks", ["task", "started_at"])


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("customer_id", _BIG_ID),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("solved_at", _TIME),
        sa.Column("ended_at", _TIME),
        sa.Column("told_at", _TIME),
        sa.Column("told_as", sa.Text(), nullable=False),
        sa.Column("told_tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tickets"),
    )
    op.create_index("ix_tickets_customer_id_opened_at", "tickets", ["customer_id", "opened_at"])
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["due_at"],
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_index(
        "ix_tickets_untold",
        "tickets",
        ["opened_at"],
        sqlite_where=_NOT_TOLD,
        postgresql_where=_NOT_TOLD,
    )
    op.create_index("ix_tickets_opened_at_number", "tickets", ["opened_at", "number"])
    op.create_index("ix_tickets_phone_opened_at", "tickets", ["phone", "opened_at"])


def _ticket_numbers() -> None:
    op.create_table(
        "ticket_numbers",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("next", _BIG_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_ticket_numbers"),
    )


def _survey_answers() -> None:
    op.create_table(
        "survey_answers",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("answer", sa.Integer()),
        sa.Column("low", sa.Integer()),
        sa.Column("high", sa.Integer()),
        sa.PrimaryKeyConstraint("pbx", "call_id", "question", name="pk_survey_answers"),
    )
    op.create_index(
        "ix_survey_answers_question_asked_at", "survey_answers", ["question", "asked_at"]
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("recording", sa.Text(), nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=False),
        sa.Column("heard_at", _TIME),
        sa.Column("removed_at", _TIME),
        sa.PrimaryKeyConstraint("recording", name="pk_recordings"),
    )
    op.create_index("ix_recordings_purpose_at", "recordings", ["purpose", "at"])


def _waits_told() -> None:
    op.create_table(
        "waits_told",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("expected_seconds", sa.Double(), nullable=False),
        sa.Column("low_seconds", sa.Double(), nullable=False),
        sa.Column("high_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "call_id", "at", name="pk_waits_told"),
    )
    op.create_index("ix_waits_told_queue_at", "waits_told", ["queue", "at"])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME),
        sa.Column("ended_at", _TIME),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["began_at"],
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
