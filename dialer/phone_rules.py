"""Which phone numbers may be dialed, and the digits that are dialed for them.

A valid number is not yet an allowed one: premium, satellite and toll-free numbers are valid. So
the raw text is held to an alphabet, the number is understood by `phonenumbers`, and its country
and kind must be on a list of allowed ones. What is dialed is always the re-formatted number.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from dialer.lists.refusals import NumberRefusedError, RowFault

#: ASCII on purpose: `\d` would accept digits of every script. The slash is not among the
#: separators, because "4321-1234/35" means two numbers and would be read as one.
_WRITTEN = re.compile(r"\(?(?P<plus>\+?)[0-9][0-9 ().-]{0,38}")
_STRANGE = re.compile(r"[^0-9 ().+-]")
#: a number that a spreadsheet took for a quantity, as 999123456.0 or 5.69E+10: its digits are
#: no longer those of the number
_QUANTITY = re.compile(r"[0-9]+\.0|[0-9]+([.,][0-9]+)?[Ee]\+?[0-9]+")
_DIALED = re.compile(r"[1-9][0-9]{6,14}")
_SHORTEST = 7

_CALLED_KINDS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)
_REFUSED_KINDS = {
    PhoneNumberType.TOLL_FREE: "toll free",
    PhoneNumberType.PREMIUM_RATE: "premium rate",
    PhoneNumberType.SHARED_COST: "shared cost",
    PhoneNumberType.PERSONAL_NUMBER: "personal number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company number",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


#: an Argentine mobile as it is dialed from abroad (549…) and by its area code (54…): one line
_ARGENTINE = re.compile(r"54(?P<mobile>9?)(?P<line>[1-8][0-9]{9})")


def written_ways(number: str) -> tuple[str, ...]:
    """Every way in which the same line may be on a list or have been dialed, this one first."""
    argentine = _ARGENTINE.fullmatch(number)
    if argentine is None:
        return (number,)
    other = "54" if argentine["mobile"] else "549"
    return (number, other + argentine["line"])


class PhoneRules:
    """What a campaign of one country may dial."""

    def __init__(self, country: str, allowed_countries: Collection[str] | None = None) -> None:
        """National numbers are read as `country`'s; by default only that country is dialed.

        Countries are ISO 3166 alpha-2; raises `ValueError` for one that has no numbers.
        """
        self._country = country
        self._allowed = frozenset({country} if allowed_countries is None else allowed_countries)
        unknown = sorted({country, *self._allowed} - phonenumbers.SUPPORTED_REGIONS)
        if unknown:
            raise ValueError(
                f"country {', '.join(unknown)}: give two capital letters of ISO 3166, such as EC"
            )
        self._allowed_prefixes = frozenset(
            phonenumbers.country_code_for_region(allowed) for allowed in self._allowed
        )

    def dialable(self, written: str) -> str:
        """The number as it is dialed, E.164 without the plus; raises `NumberRefusedError`."""
        number = self._understood(written.strip(" "))
        prefix = f"+{number.country_code}"
        shown = f"{prefix} {phonenumbers.national_significant_number(number)}"
        if number.country_code not in self._allowed_prefixes:
            raise NumberRefusedError(RowFault.PHONE_COUNTRY, prefix)
        if not phonenumbers.is_valid_number(number):
            raise NumberRefusedError(RowFault.PHONE_INVALID, shown)
        # Countries may share a prefix: +1 is twenty-five of them.
        country = phonenumbers.region_code_for_number(number)
        if country not in self._allowed:
            raise NumberRefusedError(RowFault.PHONE_COUNTRY, country or prefix)
        kind = phonenumbers.number_type(number)
        if kind not in _CALLED_KINDS:
            raise NumberRefusedError(RowFault.PHONE_KIND, _REFUSED_KINDS.get(kind, "?"))
        dialed = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
        if not _DIALED.fullmatch(dialed):
            raise NumberRefusedError(RowFault.PHONE_SHORT, dialed)
        return dialed

    def _understood(self, written: str) -> phonenumbers.PhoneNumber:
        if not written:
            raise NumberRefusedError(RowFault.PHONE_MISSING)
        if _QUANTITY.fullmatch(written):
            raise NumberRefusedError(RowFault.PHONE_QUANTITY, written[:40])
        shape = _WRITTEN.fullmatch(written)
        if shape is None:
            raise NumberRefusedError(RowFault.PHONE_CHARACTERS, _shown(written))
        digits = re.sub(r"[^0-9]", "", written)
        if len(digits) < _SHORTEST:
            raise NumberRefusedError(RowFault.PHONE_SHORT, digits)
        try:
            return phonenumbers.parse(shape["plus"] + digits, self._country)
        except NumberParseException as error:
            raise NumberRefusedError(RowFault.PHONE_INVALID, digits) from error


def _shown(written: str) -> str:
    """The first character that may not be there, else the text as a whole."""
    strange = _STRANGE.search(written)
    if strange is None:
        return written[:40]
    character = strange[0]
    return character if character.isprintable() else f"U+{ord(character):04X}"
