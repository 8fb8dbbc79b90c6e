"""The calling rules of one campaign at work: what is asked of them, and what they answer. Pure.

Everything that may keep a person from being called meets here: the preset, the do-not-call lists,
the caps on attempts, the caller numbers, the spending guards. What was asked and which preset
answered goes into the ruling, which is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import phonenumbers

from dialer.caller_ids import CallerNumber, ShownNumbers, caller_number
from dialer.campaign import PREVIEW, Campaign
from dialer.guards import Guards, Tripped
from dialer.rules.abandonment import Tally, period_around
from dialer.rules.calling_rules import CallingRules
from dialer.rules.check import check
from dialer.rules.place import UnknownZoneError, place_from, whole_country
from dialer.rules.preset import Purpose
from dialer.rules.sections import AbandonmentWindow
from dialer.rules.verdict import Question, Reason, Verdict
from dialer.ruling import Candidate, Ruling, Seen, ZonesNow

#: reasons of ours that no preset knows
GUARDED = "spending_guard"
NO_CALLER_NUMBER = "caller_numbers_used_up"
_DAY = timedelta(days=1)
#: pacing policies that never dial without an agent who is free
_AGENT_THERE = frozenset({"progressive", PREVIEW})
#: what speaks against every call of a campaign, and is asked again after so long
_STANDING = (
    Reason.PURPOSE_NOT_PERMITTED, Reason.NO_CONSENT, Reason.DNC_STALE
)  # fmt: skip
STANDS_AGAIN = timedelta(minutes=5)


class CampaignJudge:
    """Judges every call of one campaign. `guards` and `shown` are of all campaigns together."""

    def __init__(
        self,
        campaign: Campaign,
        rules: CallingRules,
        guards: Guards,
        shown: ShownNumbers | None = None,
    ) -> None:
        """Raises `ValueError` when the campaign's purpose is none."""
        self._campaign = campaign
        self._rules = rules
        self._guards = guards
        self._purpose = Purpose(campaign.options.rules.purpose)
        self._held = rules.held(self._purpose)
        self._hours = rules.open_hours(self._purpose, campaign.country)
        self._shown = shown or ShownNumbers()

    @property
    def history_days(self) -> float:
        """As `dialer.ruling.Judge`."""
        return self._held.history_days

    @property
    def abandonment_cap(self) -> float | None:
        """As `dialer.ruling.Judge`."""
        caps = [rule.cap for rule in self._held.abandonment if rule.cap is not None]
        return min(caps, default=None)

    @property
    def estimates_people(self) -> bool:
        """As `dialer.ruling.Judge`."""
        return any(rule.estimate == "reasoned" for rule in self._held.abandonment)

    def ledger_since(self, now: datetime) -> datetime:
        """As `dialer.ruling.Judge`; a country of several zones has its day by the first of them."""
        zone = whole_country(self._campaign.country).zones[0]
        begun = self._campaign.created_at
        periods = [
            period_around(now, rule.window, begun, zone)
            for rule in self._held.abandonment
            if rule.cap is not None
        ]
        # of several windows the longest is the hardest to mend
        day = period_around(now, AbandonmentWindow.CALENDAR_DAY, begun, zone)
        return min(since for since, _ in periods or [day])

    @property
    def registers(self) -> tuple[str, ...]:
        """As `dialer.ruling.Judge`."""
        return tuple(register.name for register in self._held.registers)

    def zones(self, zones: Collection[str], now: datetime) -> ZonesNow:
        """As `dialer.ruling.Judge`."""
        open_now = set()
        next_open = []
        for key in zones:
            try:
                place = place_from(key) if key else None
            except UnknownZoneError:
                place = None
            if place is None or self._hours.is_open(now, place):
                open_now.add(key)
            elif (opens := self._hours.next_open(now, place)) is not None:
                next_open.append(opens)
        return ZonesNow(frozenset(open_now), min(next_open, default=None))

    def standing(self, registers: Mapping[str, datetime], now: datetime) -> Ruling | None:
        """As `dialer.ruling.Judge`."""
        somebody = phonenumbers.example_number(self._campaign.country)
        number = f"{somebody.country_code}{somebody.national_number}" if somebody else ""
        candidate = Candidate(lead_id=0, number=number, zone="", attempts=0)
        ages = _ages(registers, now)
        verdict = check(self._rules, self._question(candidate, Seen(), ages, "", now))
        reasons = tuple(reason for reason in verdict.reasons if reason in _STANDING)
        if not reasons:
            return None
        return Ruling(
            at=now,
            campaign_id=self._campaign.id,
            lead_id=None,
            number="",
            allowed=False,
            reasons=reasons,
            preset=verdict.preset,
            version=verdict.version,
            purpose=self._purpose,
            zone="",
            local_time="",
            evidence=_evidence(verdict, Seen(), ages, None),
            next_at=now + STANDS_AGAIN,
        )

    def judge(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        """As `dialer.ruling.Judge`."""
        ruling = self.look(candidate, seen, registers, now)
        if ruling.allowed:
            self._guards.counted(candidate.number, now.timestamp())
            self._shown.counted(ruling.caller_number, now)
        return ruling

    def look(
        self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
    ) -> Ruling:
        """As `dialer.ruling.Judge`."""
        shown = self._caller_number(candidate.number, now)
        ages = _ages(registers, now)
        verdict = check(self._rules, self._question(candidate, seen, ages, shown or "", now))
        reasons: list[str] = list(verdict.reasons)
        next_at = verdict.next_allowed_at
        tripped = self._guards.stops(candidate.number, now.timestamp())
        if tripped is not None:
            reasons.append(GUARDED)
            next_at = _later(next_at, tripped, allowed=verdict.allowed)
        if shown is None:
            reasons.append(NO_CALLER_NUMBER)
            next_at = max(next_at or now, now + timedelta(hours=1)) if verdict.allowed else next_at
        return Ruling(
            at=now,
            campaign_id=self._campaign.id,
            lead_id=candidate.lead_id,
            number=candidate.number,
            allowed=not reasons,
            reasons=tuple(reasons),
            preset=verdict.preset,
            version=verdict.version,
            purpose=self._purpose,
            zone=verdict.place.key if verdict.place is not None else candidate.zone,
            local_time=verdict.local_time.isoformat() if verdict.local_time else "",
            evidence=_evidence(verdict, seen, ages, tripped),
            next_at=None if not reasons else next_at,
            caller_number=shown or "",
        )

    def promise(self, candidate: Candidate, seen: Seen, at: datetime) -> datetime | None:
        """As `dialer.ruling.Judge`."""
        question = replace(
            self._question(candidate, seen, {}, "", at),
            register_age_days=None,  # what is only known when the moment has come
            caller_id=None,
            abandonment=None,
        )
        verdict = check(self._rules, question, facts_required=False)
        return at if verdict.allowed else verdict.next_allowed_at

    def _question(
        self,
        candidate: Candidate,
        seen: Seen,
        ages: Mapping[str, float],
        shown: str,
        now: datetime,
    ) -> Question:
        choice = self._campaign.options.rules
        return Question(
            number=f"+{candidate.number}",
            purpose=self._purpose,
            at=now,
            place=place_from(candidate.zone) if candidate.zone else None,
            countries=frozenset({self._campaign.country}),
            consented_at=choice.consented_at,
            has_contract=choice.has_contract,
            agent_guaranteed=self._campaign.pacing in _AGENT_THERE,
            history=seen.past,
            listed_in=seen.listed,
            register_age_days=ages,
            caller_id=shown,
            # pacing keeps the cap over the very same ledger (`ledger_since`): at the cap it dials
            # for agents who are free and for nobody else, which abandons nobody
            abandonment={
                rule.window: Tally(live=0.0, abandoned=0.0) for rule in self._held.abandonment
            },
        )

    def _caller_number(self, called: str, now: datetime) -> str | None:
        numbers = self._campaign.options.caller_numbers or (
            CallerNumber(number=self._campaign.caller_number),
        )
        return caller_number(numbers, called, self._shown.today(now))


def _ages(registers: Mapping[str, datetime], now: datetime) -> dict[str, float]:
    return {name: (now - as_of) / _DAY for name, as_of in registers.items()}


def _later(moment: datetime | None, tripped: Tripped, *, allowed: bool) -> datetime | None:
    """When both the rules and the guard let it through; None: the rules never do."""
    until = datetime.fromtimestamp(tripped.until, UTC)
    if moment is None:
        return until if allowed else None
    return max(moment, until)


def _evidence(
    verdict: Verdict, seen: Seen, ages: Mapping[str, float], tripped: Tripped | None
) -> dict[str, str | float | list[str]]:
    found: dict[str, str | float | list[str]] = {
        "fingerprint": verdict.fingerprint,
        "past": [f"{past.at.isoformat()} {past.kind}" for past in seen.past],
        "listed": sorted(seen.listed),
        "registers": [f"{name} {age:.2f} d" for name, age in sorted(ages.items())],
        "findings": [f"{one.reason} {one.detail}".strip() for one in verdict.findings],
    }
    if tripped is not None:
        found["guard"] = f"{tripped.code} {tripped.destination}".strip()
    return found
