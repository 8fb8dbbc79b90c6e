"""A customer's number: as it is kept, and in every way in which a trunk may show it."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.phone_rules import written_ways
from dialer.registers.numbers import listed_number


def customer_number(written: str, country: str | None) -> str:
    """A number that somebody writes down of a customer: E.164 without the plus.

    One that does not exist is refused, for nobody can call by it. Raises `NumberRefusedError`.
    """
    number = listed_number(written, country)
    if not _is_valid(number):
        raise NumberRefusedError(RowFault.PHONE_INVALID, f"+{number}")
    return number


def kept_number(shown: str, country: str | None) -> str | None:
    """What a trunk shows, as customers' numbers are kept: E.164 without the plus; None: no number.

    A national number is read as the country's; a foreign one may come without its plus. Gateways
    write zeros before numbers also where people dial none.
    """
    bare = shown.lstrip("0")
    readings = [(shown, country), (bare, country), (bare, None)]
    if shown.startswith("00"):
        readings.insert(0, (bare, None))
    found = [number for written, of in readings if (number := _listed(written, of)) is not None]
    return next(filter(_is_valid, found), found[0] if found else None)


def _listed(written: str, country: str | None) -> str | None:
    try:
        return listed_number(written, country)
    except NumberRefusedError:
        return None


def _is_valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}", None))


def kept_ways(shown: str, country: str | None) -> tuple[str, ...]:
    """Every way in which the number may be kept; none when it is no number."""
    number = kept_number(shown, country)
    return () if number is None else written_ways(number)


def shown_ways(number: str) -> tuple[str, ...]:
    """Every way in which a trunk may show a number that is kept."""
    ways: dict[str, None] = {}
    for way in written_ways(number):
        ways |= dict.fromkeys((way, f"+{way}", f"00{way}"))
        try:
            parsed = phonenumbers.parse(f"+{way}", None)
        except NumberParseException:
            continue
        national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
        plain = phonenumbers.national_significant_number(parsed)
        # gateways write a zero before it also where people do not
        ways |= dict.fromkeys((plain, f"0{plain}", re.sub("[^0-9]", "", national)))
    return tuple(ways)
