"""What a campaign's calls cost, by the rates in force when they were made. Pure, exact decimals.

Rates hold by quarters, as the settings of a queue do: a change counts from the next quarter on.
Those given first hold for all that was before them, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from monitoring.campaign_counts import CampaignCounts
from monitoring.intervals import next_quarter

_MINUTE_MS, _HOUR_MS = Decimal(60_000), Decimal(3_600_000)
#: what amounts are told in
_STEP = Decimal("0.0001")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What is paid from a moment on; `currency` "": from then on nobody says what is paid."""

    valid_from: datetime
    currency: str
    per_attempt: Decimal | None = None
    per_minute: Decimal | None = None
    per_agent_hour: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """Counts of one campaign in a stretch of time, and the rates of it; None: not known."""

    counts: CampaignCounts
    #: the agents of its queue, together
    signed_in_ms: int
    rates: Rates | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it cost; of `contacts` and `conversions` each, None where there was none."""

    currency: str
    attempts: Decimal
    line: Decimal
    agents: Decimal
    total: Decimal
    per_contact: Decimal | None
    per_conversion: Decimal | None


def in_force(rates: Sequence[Rates], at: datetime) -> Rates | None:
    """Those of this moment, of rates in order: the last that began, the first before it began."""
    begun = [one for one in rates if one.valid_from <= at]
    found = begun[-1] if begun else next(iter(rates), None)
    return found if found is not None and found.currency else None


def changes(rates: Iterable[Sequence[Rates]]) -> list[datetime]:
    """The quarters with which other rates of any of these campaigns begin to count."""
    return sorted({next_quarter(one.valid_from) for each in rates for one in each[1:]})


def cost_of(parts: Iterable[CostPart]) -> Cost | None:
    """What these cost together.

    None when that cannot be told: rates are not known of some of it, or are of two currencies.
    """
    told = [part for part in parts if part.rates is not None or part.counts.attempts]
    currencies = {part.rates.currency if part.rates else "" for part in told}
    if len(currencies) != 1 or "" in currencies:
        return None
    attempts = line = agents = _NOTHING
    for part in told:
        if part.rates is not None:
            attempts += part.counts.attempts * (part.rates.per_attempt or _NOTHING)
            line += part.counts.line_ms * (part.rates.per_minute or _NOTHING) / _MINUTE_MS
            agents += part.signed_in_ms * (part.rates.per_agent_hour or _NOTHING) / _HOUR_MS
    total = attempts + line + agents
    return Cost(
        currency=currencies.pop(),
        attempts=_told(attempts),
        line=_told(line),
        agents=_told(agents),
        total=_told(total),
        per_contact=_of_each(total, sum(part.counts.contacts for part in told)),
        per_conversion=_of_each(total, sum(part.counts.successes for part in told)),
    )


def _of_each(total: Decimal, count: int) -> Decimal | None:
    return _told(total / count) if count else None


def _told(amount: Decimal) -> Decimal:
    return amount.quantize(_STEP, ROUND_HALF_UP)
