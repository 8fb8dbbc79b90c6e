"""What the board shows of a campaign that no fact tells: name, why it dials or waits, its cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from dialer.running import Running
from monitoring.board_things import NO_CARD, Thing

_LANGUAGES = ("es", "en")


def cards(
    campaigns: Callable[[], Mapping[str, Running]],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[str], Thing]:
    """Tells the card of each of these campaigns, by its id."""

    def card_of(campaign_id: str) -> Thing:
        running = campaigns().get(campaign_id)
        return NO_CARD if running is None else card(running, now())

    return card_of


def card(running: Running, now: datetime) -> Thing:
    """A campaign in hand as its policy sees it."""
    campaign, told = running.campaign, running.told
    return {
        "name": campaign.name,
        "policy": campaign.pacing,
        "why": None if told is None else {each: told.sentence(each) for each in _LANGUAGES},
        "max_lines": campaign.max_lines,
        "agents_at_work": running.picture.at_work,
        "abandonment": _abandonment(running, now),
    }


def _abandonment(running: Running, now: datetime) -> dict[str, Any] | None:
    """What pacing keeps below the cap, counted since the period began; None: not counted yet."""
    since = running.judge.ledger_since(now)
    if running.ledger_of != since:
        return None
    ledger = running.picture.ledger
    return {
        "since": since.isoformat(),
        "cap": running.abandonment_cap,
        "answered": round(ledger.live_estimated, 1),
        "abandoned": round(ledger.abandoned_estimated, 1),
        "share": round(ledger.share, 4) if ledger.live_estimated else None,
    }
