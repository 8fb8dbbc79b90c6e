"""Whether a number may be dialed at all: the rules for numbers, with this campaign's countries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.phone_rules import PhoneRules
from dialer.rules.verdict import Finding, Reason

_REASONS = {
    RowFault.PHONE_COUNTRY: Reason.COUNTRY_NOT_ALLOWED,
    RowFault.PHONE_KIND: Reason.NUMBER_KIND_NOT_ALLOWED,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A number as it would be dialed, E.164 with the plus, or why it is not."""

    e164: str = ""
    #: ISO 3166; "" when the number is refused
    country: str = ""
    refusal: Finding | None = None


@lru_cache(maxsize=65_536)
def judged(written: str, home: str | None, countries: frozenset[str] | None) -> Judged:
    """What becomes of a number as written; without a `home` it has to be in international form."""
    try:
        country = home or _country_of(written)
        e164 = "+" + PhoneRules(country, countries).dialable(written)
    except NumberRefusedError as error:
        reason = _REASONS.get(error.fault, Reason.NUMBER_INVALID)
        return Judged(refusal=Finding(reason, f"{error.fault}:{error.detail}"))
    found = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    return Judged(e164=e164, country=found or country)


def _country_of(written: str) -> str:
    """The country of an international number; raises `NumberRefusedError`."""
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(written))
    except NumberParseException as error:
        raise NumberRefusedError(RowFault.PHONE_INVALID, written[:40]) from error
    if country is None or country not in phonenumbers.SUPPORTED_REGIONS:
        raise NumberRefusedError(RowFault.PHONE_COUNTRY, written[:40])
    return country
