"""The table of recorded talks; what callers leave as messages is `recordings`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Table, text

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import metadata

_still_open = text("state = 'open'")

#: One row per file; of one that is removed the row stays, without the file.
call_recordings = Table(
    "call_recordings",
    metadata,
    # the file's name, made by the dialplan: day, call, number of the recording in the call
    Column("recording", CleanText, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("call_id", CleanText, nullable=False),
    Column("queue", CleanText, nullable=False),
    # "" for who called in
    Column("campaign_id", CleanText, nullable=False),
    Column("agent", CleanText, nullable=False),
    # who told the customer: caller (who heard the sentence), agent (who says it); "" nobody knows
    Column("announced", CleanText, nullable=False),
    # monitoring.call_recordings.RecordingState
    Column("state", CleanText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    # of the talk
    Column("began_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # of the sound; pauses are in it, as silence
    Column("seconds", Double),
    Column("paused_seconds", Double),
    # [{"since": …, "until": … or null, "by": …}]
    Column("pauses", PlainData),
    Column("bytes", BigId),
    # of the file, hexadecimal; "" until it is kept
    Column("sha256", CleanText, nullable=False),
    # Asterisk did not live to finish the file
    Column("cut_short", Boolean, nullable=False),
    Column("kept_at", UtcDateTime),
    # when the file was found not to be what was kept
    Column("changed_at", UtcDateTime),
    Column("removed_at", UtcDateTime),
    Column("removed_why", CleanText, nullable=False),
    # somebody said that it must not go, and why; None: nobody did
    Column("held_at", UtcDateTime),
    Column("held_why", CleanText, nullable=False, server_default=text("''")),
    Index(None, "started_at", "recording"),
    Index(None, "pbx", "call_id"),
    Index(None, "queue", "started_at", "recording"),
    Index(None, "agent", "started_at", "recording"),
    Index(None, "campaign_id", "started_at", "recording"),
    Index(
        "ix_call_recordings_open",
        "started_at",
        sqlite_where=_still_open,
        postgresql_where=_still_open,
    ),
)
