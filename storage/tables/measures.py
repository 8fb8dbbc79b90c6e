"""The tables of measures: quarters of an hour, made of the facts and made anew from them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, text

from monitoring.wait_histogram import BANDS
from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import metadata

_COUNTS = (
    "received", "refused", "offered", "answered", "abandoned", "key_exit", "withdrawn",
    "timed_out", "empty_exit", "failed", "lost", "waiting", "callback_booked", "transferred",
)  # fmt: skip
_SUMS = (
    "answered_wait_ms", "abandoned_wait_ms", "longest_wait_ms", "talk_ms", "hold_ms", "wrap_up_ms",
)  # fmt: skip


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def _milliseconds(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


#: One row per queue, basis and quarter that has something: `monitoring.queue_counts.QueueCounts`.
queue_quarters = Table(
    "queue_quarters",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("queue", CleanText, primary_key=True),
    # offered, event
    Column("basis", CleanText, primary_key=True),
    Column("quarter", UtcDateTime, primary_key=True),
    *(_whole(name) for name in _COUNTS),
    *(_milliseconds(name) for name in _SUMS),
    *(_whole(f"answered_band_{band}") for band in range(BANDS)),
    *(_whole(f"abandoned_band_{band}") for band in range(BANDS)),
    # nothing of it will change any more
    Column("final", Boolean, nullable=False),
    Index(None, "quarter"),
)

#: One row per agent and quarter with any time on the shift; states as `monitoring.agent_counts`.
agent_quarters = Table(
    "agent_quarters",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("agent", CleanText, primary_key=True),
    Column("quarter", UtcDateTime, primary_key=True),
    _milliseconds("ready_ms"),
    _milliseconds("offered_ms"),
    _milliseconds("reserved_ms"),
    _milliseconds("talking_ms"),
    _milliseconds("wrapping_up_ms"),
    _milliseconds("paused_ms"),
    # of talking: the customer was on hold
    _milliseconds("hold_ms"),
    _whole("handled_inbound"),
    _whole("handled_dialed"),
    _whole("transferred"),
    _whole("missed"),
    # pauses by their reason, {reason: milliseconds}
    Column("pauses", PlainData),
    Column("final", Boolean, nullable=False),
    Index(None, "quarter"),
)

#: One row per campaign and quarter in which an attempt was meant to be made.
campaign_quarters = Table(
    "campaign_quarters",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("campaign_id", CleanText, primary_key=True),
    Column("quarter", UtcDateTime, primary_key=True),
    _whole("attempts"),
    _whole("answered"),
    # a person talked with an agent; with the right one; and it came to what it was for
    _whole("contacts"),
    _whole("right_party"),
    _whole("successes"),
    _whole("machines"),
    _whole("abandoned"),
    _milliseconds("talk_ms"),
    _milliseconds("wait_ms"),
    # attempts by their outcome, {outcome: count}
    Column("outcomes", PlainData),
    Column("final", Boolean, nullable=False),
    # from the answer to the end, whoever answered
    _milliseconds("line_ms"),
    # contacts by what they came to; the rest came to nothing
    _whole("callbacks"),
    _whole("do_not_call"),
    _whole("no_contact"),
    # and those of which nobody has said it
    _whole("undisposed"),
    Index(None, "quarter"),
)

#: What has to be counted again: written with the facts, in the same transaction. Every mark is a
#: row of its own: writers never wait for each other, and none is lost to a count under way.
stale_quarters = Table(
    "stale_quarters",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    # queue, agent, campaign
    Column("kind", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("quarter", UtcDateTime, nullable=False),
    Column("marked_at", UtcDateTime, nullable=False),
)

#: How a queue's figures are told, from a moment on; old rows stay.
queue_settings = Table(
    "queue_settings",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("queue", CleanText, primary_key=True),
    Column("valid_from", UtcDateTime, primary_key=True),
    Column("method", CleanText, nullable=False),
    Column("seconds", Integer, nullable=False),
    # of a hundred
    Column("goal", Integer, nullable=False),
    Column("short_seconds", Integer, nullable=False),
    Column("set_by", CleanText, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)
