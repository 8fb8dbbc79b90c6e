"""Campaigns, leads and attempts as rows, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from dialer.campaign import (
    Attempt,
    Campaign,
    CampaignState,
    Lead,
    LeadState,
    Outcome,
    PacingNote,
    RetryRule,
)

_CAMPAIGN = [field.name for field in fields(Campaign) if field.name not in ("retry", "state")]
_LEAD = [field.name for field in fields(Lead) if field.name not in ("state", "last_outcome")]
_ATTEMPT = [field.name for field in fields(Attempt) if field.name != "outcome"]


def campaign_row(campaign: Campaign) -> dict[str, Any]:
    """The row of a new campaign."""
    retry = campaign.retry
    return {
        **{name: getattr(campaign, name) for name in _CAMPAIGN},
        "retry": {"max_attempts": retry.max_attempts, "minutes": dict(retry.minutes)},
        "state": campaign.state,
        "state_changed_at": campaign.created_at,
    }


def campaign_of(row: Row[Any]) -> Campaign:
    """The campaign of a row."""
    retry = RetryRule(
        max_attempts=row.retry["max_attempts"],
        minutes={Outcome(name): wait for name, wait in row.retry["minutes"].items()},
    )
    values = {name: row._mapping[name] for name in _CAMPAIGN}
    return Campaign(**values, retry=retry, state=CampaignState(row.state))


def lead_of(row: Row[Any]) -> Lead:
    """The lead of a row."""
    values = {name: row._mapping[name] for name in _LEAD}
    return Lead(**values, state=LeadState(row.state), last_outcome=_outcome(row.last_outcome))


def attempt_of(row: Row[Any]) -> Attempt:
    """The attempt of a row."""
    values = {name: row._mapping[name] for name in _ATTEMPT}
    return Attempt(**values, outcome=_outcome(row.outcome))


def note_of(row: Row[Any]) -> PacingNote:
    """The pacing note of a row."""
    return PacingNote(**{field.name: row._mapping[field.name] for field in fields(PacingNote)})


def _outcome(name: str | None) -> Outcome | None:
    return None if name is None else Outcome(name)
