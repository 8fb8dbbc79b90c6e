"""A judge who allows everybody: in a simulation nobody is really called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from dialer.campaign import Campaign
from dialer.ruling import Candidate, Ruling, Seen, ZonesNow


class Unruled:
    """Lets anybody be dialed at any time; the rulings it leaves say so."""

    history_days = 1.0
    registers: tuple[str, ...] = ()
    estimates_people = False

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign

    @property
    def abandonment_cap(self) -> float | None:
        """As `dialer.ruling.Judge`."""
        return None

    def ledger_since(self, now: datetime) -> datetime:
        """As `dialer.ruling.Judge`: the day by UTC."""
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def zones(self, zones: Collection[str], now: datetime) -> ZonesNow:
        """As `dialer.ruling.Judge`."""
        return ZonesNow(frozenset(zones), None)

    def standing(self, registers: Mapping[str, datetime], now: datetime) -> Ruling | None:
        """As `dialer.ruling.Judge`."""
        return None

    def judge(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        """As `dialer.ruling.Judge`."""
        return Ruling(
            at=now,
            campaign_id=self._campaign.id,
            lead_id=candidate.lead_id,
            number=candidate.number,
            allowed=True,
            reasons=(),
            preset="simulation",
            version="1",
            purpose=self._campaign.options.rules.purpose,
            zone=candidate.zone,
            local_time=now.isoformat(),
        )

    def look(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        """As `dialer.ruling.Judge`."""
        return self.judge(candidate, seen, registers, now)

    def promise(self, candidate: Candidate, seen: Seen, at: datetime) -> datetime | None:
        """As `dialer.ruling.Judge`."""
        return at
