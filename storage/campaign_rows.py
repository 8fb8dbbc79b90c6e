"""Campaigns, leads and attempts as rows, and back."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Row

from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.campaign import Campaign, CampaignState, PacingNote, RetryRule
from dialer.lead import Lead, LeadState
from dialer.options import Options

_SPECIAL = ("retry", "state", "options")
_CAMPAIGN = [field.name for field in fields(Campaign) if field.name not in _SPECIAL]
_LEAD = [field.name for field in fields(Lead) if field.name not in ("state", "last_outcome")]
_ATTEMPT = [field.name for field in fields(Attempt) if field.name != "outcome"]
#: of an `AttemptResult` the rest is what becomes of the lead
_ENDED = (
    "ended_at", "answered_at", "connected_at", "outcome", "cause", "sip_code", "agent",
    "machine",
)  # fmt: skip
_NOTE = [field.name for field in fields(PacingNote)]


def campaign_row(campaign: Campaign) -> dict[str, Any]:
    """The row of a new campaign."""
    retry = campaign.retry
    return {
        **{name: getattr(campaign, name) for name in _CAMPAIGN},
        "retry": {
            "max_attempts": retry.max_attempts,
            "minutes": dict(retry.minutes),
            "other_number": sorted(retry.other_number),
        },
        "options": campaign.options.model_dump(mode="json", exclude_defaults=True),
        "state": campaign.state,
        "state_changed_at": campaign.created_at,
    }


def campaign_of(row: Row[Any]) -> Campaign:
    """The campaign of a row."""
    values = {name: row._mapping[name] for name in _CAMPAIGN}
    return Campaign(
        **values,
        retry=_retry(row.retry),
        options=Options.model_validate(row.options),
        state=CampaignState(row.state),
    )


def _retry(kept: dict[str, Any]) -> RetryRule:
    rule = RetryRule(
        max_attempts=kept["max_attempts"],
        minutes={Outcome(name): wait for name, wait in kept["minutes"].items()},
    )
    if "other_number" not in kept:
        return rule
    return replace(rule, other_number=frozenset(map(Outcome, kept["other_number"])))


def lead_of(row: Row[Any]) -> Lead:
    """The lead of a row."""
    values = {name: row._mapping[name] for name in _LEAD}
    return Lead(**values, state=LeadState(row.state), last_outcome=_outcome(row.last_outcome))


def attempt_of(row: Row[Any]) -> Attempt:
    """The attempt of a row."""
    values = {name: row._mapping[name] for name in _ATTEMPT}
    return Attempt(**values, outcome=_outcome(row.outcome))


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    """The row of a new attempt."""
    return {name: getattr(attempt, name) for name in _ATTEMPT}


def ended_row(result: AttemptResult) -> dict[str, Any]:
    """What an attempt's end writes into its row, and in `attempt` which one it is."""
    return {"attempt": result.attempt_id, **{name: getattr(result, name) for name in _ENDED}}


def note_row(note: PacingNote) -> dict[str, Any]:
    """The row of a new pacing note."""
    return {name: getattr(note, name) for name in _NOTE}


def note_of(row: Row[Any]) -> PacingNote:
    """The pacing note of a row."""
    return PacingNote(**{name: row._mapping[name] for name in _NOTE})


def _outcome(name: str | None) -> Outcome | None:
    return None if name is None else Outcome(name)
