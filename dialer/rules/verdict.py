"""The question whether a call may be made, and the answer with everything that led to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialer.rules.abandonment import Tally
from dialer.rules.frequency import Past
from dialer.rules.place import Place
from dialer.rules.preset import Purpose
from dialer.rules.sections import AbandonmentWindow


class Reason(StrEnum):
    """Why a call is not made; the codes stay, their sentences are in `verdict_words.py`."""

    NUMBER_INVALID = "number_invalid"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    NUMBER_KIND_NOT_ALLOWED = "number_kind_not_allowed"
    UNKNOWN_ZONE = "unknown_zone"
    PURPOSE_NOT_PERMITTED = "purpose_not_permitted"
    NO_CONSENT = "no_consent"
    DNC_LISTED = "dnc_listed"
    DNC_STALE = "dnc_stale"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    DAILY_CAP = "daily_cap"
    WEEKLY_CAP = "weekly_cap"
    PERIOD_CAP = "period_cap"
    TOO_SOON = "too_soon"
    BAD_CALLER_ID = "bad_caller_id"
    ABANDON_CAP = "abandon_cap"
    FACT_MISSING = "fact_missing"


#: reasons that time alone heals
PASSING = frozenset(
    {
        Reason.OUTSIDE_HOURS,
        Reason.HOLIDAY,
        Reason.DAILY_CAP,
        Reason.WEEKLY_CAP,
        Reason.PERIOD_CAP,
        Reason.TOO_SOON,
    }
)


class Fact(StrEnum):
    """What only the one who asks can know."""

    HISTORY = "history"
    DO_NOT_CALL = "do_not_call"
    REGISTER_AGE = "register_age"
    CALLER_ID = "caller_id"
    ABANDONMENT = "abandonment"


class NoteKind(StrEnum):
    """What else there is to know about a verdict."""

    #: a section of the preset is uncertain, and `house-strict` holds in it; the detail names it
    HOUSE_RULE = "house_rule"
    #: a fact was not given and nothing was judged by it; the detail names it
    NOT_JUDGED = "not_judged"
    #: the lead named no zone: the number told it, and a person may have moved
    ZONE_FROM_NUMBER = "zone_from_number"
    #: several zones count, and the moment had to be good in all of them; the detail is the place
    STRICTEST_ZONE = "strictest_zone"
    #: nobody here knows the holidays of this country and year; the detail is both
    HOLIDAYS_UNKNOWN = "holidays_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this person be called now? None stands for what the one who asks does not know."""

    #: as written; nationally written ones are read as the preset's country's
    number: str
    purpose: Purpose
    at: dt.datetime
    #: the lead's own time zone, by its IANA name
    zone: str | None = None
    #: the place worked out before (`place_from` of a stored key), instead of `zone`
    place: Place | None = None
    #: ISO 3166 countries that may be called; None: the preset's, or any if it names none
    countries: frozenset[str] | None = None
    #: when the person agreed to be called for this purpose; None: never
    consented_at: dt.datetime | None = None
    #: the call is about a contract in force
    has_contract: bool = False
    #: the person agreed to be called at this hour
    agreed_hour: bool = False
    #: an agent is there for this very call: preview, or progressive
    agent_guaranteed: bool = False
    history: tuple[Past, ...] | None = None
    #: names of the registers and own lists that have this number or lead
    listed_in: frozenset[str] | None = None
    #: how old the copy of each register is, in days; what is not named was never fetched
    register_age_days: Mapping[str, float] | None = None
    #: the number that would be shown; "" is a withheld one
    caller_id: str | None = None
    #: the campaign's tally so far in each window asked for
    abandonment: Mapping[AbandonmentWindow, Tally] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, with what it is about: a register, a limit, a prefix; never a sentence."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about a verdict that is no reason against the call."""

    kind: NoteKind
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the call may be made, and by which rules that was decided."""

    findings: tuple[Finding, ...]
    preset: str
    version: str
    fingerprint: str
    #: None when nobody knows where the person is
    place: Place | None
    #: the clocks on the wall where it may be, each time once; one that is closed comes first
    local_times: tuple[dt.datetime, ...]
    #: when this call may be made if nothing but time passes, at once when it is allowed; None: time
    #: does not help, or not within 400 days
    next_allowed_at: dt.datetime | None
    notes: tuple[Note, ...]

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against the call."""
        return not self.findings

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The codes, each once, in the order of `Reason`."""
        found = {finding.reason for finding in self.findings}
        return tuple(reason for reason in Reason if reason in found)

    @property
    def local_time(self) -> dt.datetime | None:
        """The wall clock that decided; None when no zone is known."""
        return self.local_times[0] if self.local_times else None
