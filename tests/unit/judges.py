"""Leads taken where every one is allowed, for tests of what is not about calling rules."""

from __future__ import annotations

from datetime import datetime

from dialer.attempt import Attempt
from dialer.book import AttemptBook
from dialer.campaign import Campaign
from simulator.unruled import Unruled


async def reserved(
    book: AttemptBook, campaign_id: str, count: int, *, pbx: str, now: datetime
) -> list[Attempt]:
    """The attempts made for the leads that were taken."""
    campaign = Campaign(
        id=campaign_id, name="", queue="salida", country="CO", caller_number="5716001234",
        created_at=now,
    )  # fmt: skip
    taken = await book.reserve(campaign_id, count, judge=Unruled(campaign), pbx=pbx, now=now)
    return taken.attempts
