"""How long the proofs and the records of a campaign are kept, as its calling rules say. Pure.

Kept at least so long: a year is counted as 366 days. What no rule limits is kept for ever, and
nothing goes that a cap on attempts may still ask for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialer.rules.calling_rules import Held

_YEAR_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What of a campaign is old enough to go: whatever is of before these moments; None: nothing.

    Records never go before the proofs that speak of them.
    """

    campaign_id: str
    preset: str
    #: rulings and pacing notes
    evidence_before: datetime | None
    #: the numbers in attempts: both a record and a proof
    attempts_before: datetime | None
    #: what an import refused: no proof of anything
    records_before: datetime | None


def keeping(campaign_id: str, preset: str, held: Held, now: datetime) -> Keeping:
    """What the rules in force for a campaign let go."""
    evidence = _years([rule.evidence_years for rule in held.retention])
    records = _years([rule.call_records_years for rule in held.retention])
    if records is None:
        records = evidence
    longest = None if evidence is None or records is None else max(evidence, records)
    return Keeping(
        campaign_id=campaign_id,
        preset=preset,
        evidence_before=_before(now, evidence, held.history_days),
        attempts_before=_before(now, longest, held.history_days),
        records_before=_before(now, records, 0),
    )


def audit_before(keepings: Sequence[Keeping]) -> datetime | None:
    """Who changed what is kept as long as the proofs of the campaign that keeps them longest."""
    moments = [each.evidence_before for each in keepings]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _years(stated: Sequence[float | None]) -> float | None:
    return max((years for years in stated if years is not None), default=None)


def _before(now: datetime, years: float | None, least_days: int) -> datetime | None:
    if years is None:
        return None
    return now - timedelta(days=max(math.ceil(years * _YEAR_DAYS), least_days))
