"""What every table shares: how its keys and indexes are called."""

from __future__ import annotations

from sqlalchemy import MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: of whatever has an end: those that have none yet
not_ended = text("ended_at IS NULL")
#: of leads: those whom the owner of the list calls something
has_external_id = text("external_id <> ''")
#: of tickets: those that the operator's own system has not taken yet
not_told = text("told_at IS NULL")
