"""Lists, several numbers per lead, calling rules and their proof, callbacks, the audit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text()
_TIME = sa.DateTime(timezone=True)
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables and columns; what is there becomes each campaign's first list."""
    _lists()
    _give_campaigns_a_list()
    _leads()
    _phones()
    _attempts_and_campaigns()
    _imports()
    _rules()
    _promises()


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG_ID, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, _TIME, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _of_a_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=f"fk_{table}_campaigns")


def _lists() -> None:
    op.create_table(
        "lists",
        _text("id"),
        _text("campaign_id"),
        _text("name"),
        sa.Column("weight", sa.Double(), nullable=False),
        _number("active"),
        sa.Column("turn", sa.Double(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_lists"),
        sa.UniqueConstraint("campaign_id", "name", name="uq_lists_campaign_id_name"),
        _of_a_campaign("lists"),
    )
    op.create_table(
        "list_zones",
        _text("list_id"),
        _text("zone"),
        sa.PrimaryKeyConstraint("list_id", "zone", name="pk_list_zones"),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name="fk_list_zones_lists"),
    )


def _give_campaigns_a_list() -> None:
    op.execute(
        "INSERT INTO lists (id, campaign_id, name, weight, active, turn, created_at) "
        "SELECT 'first-' || id, id, '1', 1, 1, 0, created_at FROM campaigns"
    )
    # where their numbers are is found out when they are looked at
    op.execute("INSERT INTO list_zones (list_id, zone) SELECT 'first-' || id, '' FROM campaigns")


#: of a lead, in the order of its table: type, and what those there already have
_OF_A_LEAD: tuple[tuple[str, sa.types.TypeEngine[Any], str], ...] = (
    ("external_id", _TEXT, ""),
    ("phone", sa.Integer(), "0"),
    ("zone", _TEXT, ""),
    ("priority", sa.Integer(), "0"),
    ("score", sa.Double(), "0"),
    ("rank", sa.Double(), "0"),
    ("wanted_agent", _TEXT, ""),
    ("reason", _TEXT, ""),
)


def _leads() -> None:
    with op.batch_alter_table("leads") as table:
        table.add_column(sa.Column("list_id", _TEXT))
        for name, kind, was in _OF_A_LEAD:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=was))
    op.execute("UPDATE leads SET list_id = 'first-' || campaign_id")
    # those whose time has come are found again by the first look
    op.execute("UPDATE leads SET state = 'waiting' WHERE state = 'ready'")
    with op.batch_alter_table("leads") as table:
        table.alter_column("list_id", existing_type=_TEXT, nullable=False)
        for name, kind, _ in _OF_A_LEAD:
            table.alter_column(name, existing_type=kind, server_default=None)
        table.create_foreign_key("fk_leads_lists", "lists", ["list_id"], ["id"])
    op.create_index(
        "ix_leads_list_id_zone_state_rank_next_at_id",
        "leads",
        ["list_id", "zone", "state", "rank", "next_at", "id"],
    )


def _phones() -> None:
    op.create_table(
        "phones",
        _id("lead_id"),
        _number("ordinal"),
        _text("campaign_id"),
        _text("number"),
        _text("zone"),
        _text("label"),
        _number("dead"),
        sa.PrimaryKeyConstraint("lead_id", "ordinal", name="pk_phones"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_phones_leads"),
        _of_a_campaign("phones"),
        sa.UniqueConstraint("campaign_id", "number", name="uq_phones_campaign_id_number"),
    )
    op.execute(
        "INSERT INTO phones (lead_id, ordinal, campaign_id, number, zone, label, dead) "
        "SELECT id, 0, campaign_id, number, '', '', 0 FROM leads"
    )


def _attempts_and_campaigns() -> None:
    with op.batch_alter_table("attempts") as table:
        for name in ("caller_number", "wanted_agent", "disposition"):
            table.add_column(sa.Column(name, _TEXT, nullable=False, server_default=""))
        table.add_column(sa.Column("contact", sa.Integer()))
    with op.batch_alter_table("attempts") as table:
        for name in ("caller_number", "wanted_agent", "disposition"):
            table.alter_column(name, existing_type=_TEXT, server_default=None)
    op.create_index("ix_attempts_number_intended_at", "attempts", ["number", "intended_at"])
    with op.batch_alter_table("campaigns") as table:
        table.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("campaigns") as table:
        table.alter_column("options", existing_type=sa.JSON(), server_default=None)


def _imports() -> None:
    op.create_table(
        "imports",
        *(_text(name) for name in ("id", "campaign_id", "list_id", "file_name", "mode")),
        sa.Column("mapping", sa.JSON(), nullable=False),
        _text("state"),
        _text("fault"),
        sa.Column("total_bytes", _BIG_ID, nullable=False),
        sa.Column("done_bytes", _BIG_ID, nullable=False),
        *(_number(name) for name in ("rows", "added", "merged", "already_there", "refused")),
        _text("asked_by"),
        _time("started_at"),
        _time("changed_at"),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        _of_a_campaign("imports"),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name="fk_imports_lists"),
    )
    op.create_index("ix_imports_campaign_id_started_at", "imports", ["campaign_id", "started_at"])
    op.create_table(
        "import_refusals",
        _text("import_id"),
        _number("line"),
        *(_text(name) for name in ("column", "fault", "detail", "row")),
        _number("kept"),
        sa.PrimaryKeyConstraint("import_id", "line", "column", name="pk_import_refusals"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_refusals_imports"),
    )


def _rules() -> None:
    op.create_table(
        "rulings",
        _id("id"),
        _time("at"),
        _text("campaign_id"),
        sa.Column("lead_id", _BIG_ID),
        _text("number"),
        sa.Column("attempt_id", _TEXT),
        _number("allowed"),
        sa.Column("reasons", sa.JSON(), nullable=False),
        *(_text(name) for name in ("preset", "version", "purpose", "zone", "local_time")),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rulings"),
        _of_a_campaign("rulings"),
    )
    op.create_index("ix_rulings_campaign_id_at_id", "rulings", ["campaign_id", "at", "id"])
    op.create_index("ix_rulings_number_at", "rulings", ["number", "at"])
    op.create_table(
        "do_not_call",
        _id("id"),
        *(_text(name) for name in ("number", "campaign_id", "source", "reason", "added_by")),
        _time("added_at"),
        sa.Column("removed_by", _TEXT),
        sa.Column("removed_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_do_not_call"),
    )
    in_force = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_do_not_call_in_force",
        "do_not_call",
        ["number", "campaign_id"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_table(
        "registers",
        _text("name"),
        _number("generation"),
        _time("as_of"),
        _time("loaded_at"),
        _text("loaded_by"),
        _number("entries"),
        _text("sha256"),
        _text("format"),
        sa.PrimaryKeyConstraint("name", name="pk_registers"),
    )
    op.create_table(
        "register_numbers",
        _text("register"),
        _text("number"),
        _number("generation"),
        sa.PrimaryKeyConstraint("register", "number", "generation", name="pk_register_numbers"),
    )


def _promises() -> None:
    op.create_table(
        "callbacks",
        _text("id"),
        _text("campaign_id"),
        _id("lead_id"),
        _text("agent"),
        _time("promised_at"),
        _text("zone"),
        _text("made_by"),
        _time("made_at"),
        _text("note"),
        _text("state"),
        sa.Column("attempt_id", _TEXT),
        sa.Column("tried_at", _TIME),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        _of_a_campaign("callbacks"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_callbacks_leads"),
    )
    op.create_index(
        "ix_callbacks_campaign_id_state_promised_at",
        "callbacks",
        ["campaign_id", "state", "promised_at"],
    )
    op.create_index("ix_callbacks_lead_id", "callbacks", ["lead_id"])
    op.create_table(
        "audit",
        _id("id"),
        _time("at"),
        *(_text(name) for name in ("who", "action", "subject")),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at_id", "audit", ["at", "id"])
    op.create_index("ix_audit_subject_at", "audit", ["subject", "at"])
