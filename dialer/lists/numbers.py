"""A phone number of a list, and where it is: as `dialer.phone_rules` says, but fast.

`phonenumbers` takes some 400 µs for both, which is minutes for a million rows. A number of a
country that has its calling code to itself, written in plain digits, is understood here from the
same tables with a few matches; whatever is not as plain as that goes the long way. A test holds the
two equal. Nothing but the zone is remembered by prefix, and that one is a table by prefix itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType
from phonenumbers.phonemetadata import PhoneNumberDesc
from phonenumbers.tzdata import TIMEZONE_LONGEST_PREFIX

from dialer.lead import Phone
from dialer.phone_rules import PhoneRules
from dialer.rules.place import UnknownZoneError, place_of

_PLAIN = re.compile(r"\(?(?P<plus>\+?)[0-9][0-9 ().-]{6,38}")
_SEPARATORS = str.maketrans("", "", " ().-+")
#: kinds in the order in which `phonenumbers` asks for them; those that are called at the end
_REFUSED_FIRST = ("premium_rate", "toll_free", "shared_cost")
_REFUSED_AFTER = ("personal_number", "pager", "uan", "voicemail")
_MOST_ZONES_KEPT = 200_000


class NumberReader:
    """Reads the numbers of one campaign's country."""

    def __init__(self, rules: PhoneRules, country: str) -> None:
        self._rules = rules
        self._plain = _plain_numbers(country)
        self._zones: dict[str, str] = {}

    def read(self, written: str, zone: str, label: str) -> Phone:
        """The number as it is dialed, and its zone's key: that of `zone`, unless it is "".

        Raises `NumberRefusedError`. `zone` is a key already; where nobody knows it stays "".
        """
        found = self._plain.read(written) if self._plain is not None else None
        if found is None:
            number = self._rules.dialable(written)
            return Phone(number, zone or _zone_of(number), label)
        number, kind = found
        if not zone:
            # all that `phonenumbers` looks at for the zone of a number of this kind
            known = f"{kind}{number[:TIMEZONE_LONGEST_PREFIX]}"
            zone = self._zones.get(known, "")
            if not zone:
                if len(self._zones) == _MOST_ZONES_KEPT:
                    self._zones.clear()
                zone = self._zones[known] = _zone_of(number)
        return Phone(number, zone, label)


class _PlainNumbers:
    """The numbers of a country that has its calling code to itself, written in plain digits."""

    def __init__(self, table: PhoneMetadata) -> None:
        self._code = str(table.country_code)
        self._general = _matcher(table.general_desc)
        self._refused_first = _matchers(table, _REFUSED_FIRST)
        self._voip = _matcher(table.voip)
        self._refused_after = _matchers(table, _REFUSED_AFTER)
        self._fixed, self._mobile = _matcher(table.fixed_line), _matcher(table.mobile)
        self._same = table.same_mobile_and_fixed_line_pattern
        self._abroad = re.compile(table.international_prefix or "(?!)")
        self._trunk = re.compile(table.national_prefix_for_parsing or "(?!)")
        self._transforms = bool(table.national_prefix_transform_rule)
        self._zero_is_trunk = table.national_prefix_for_parsing == "0" and not self._transforms

    def read(self, written: str) -> tuple[str, int] | None:
        """What is dialed, and its kind; None: not plain enough to be sure, or no number at all."""
        shape = _PLAIN.fullmatch(written)
        if shape is None:
            return None
        digits = written.translate(_SEPARATORS)
        if not 7 <= len(digits) <= 15:
            return None
        national = self._national(digits, plus=bool(shape["plus"]))
        if national is None:
            return None
        kind = self._kind(national)
        dialed = self._code + national
        return None if kind is None or not 7 <= len(dialed) <= 15 else (dialed, kind)

    def _national(self, digits: str, *, plus: bool) -> str | None:
        """The digits after the calling code; None: only the long way can tell."""
        if plus:
            rest = digits.removeprefix(self._code)
            return rest if rest != digits and self._is_whole(rest) else None
        if self._abroad.match(digits):
            return None
        if self._zero_is_trunk and digits[0] == "0":
            rest = digits[1:]
            return rest if self._is_whole(rest) else None
        if self._is_whole(digits):
            return digits
        rest = digits.removeprefix(self._code)
        if rest == digits or self._general(digits) or not self._is_whole(rest):
            return None
        return rest

    def _is_whole(self, national: str) -> bool:
        """A number of the country from its first digit on, of which no trunk prefix is taken."""
        if national[:1] in ("", "0") or not self._general(national):
            return False
        trunk = self._trunk.match(national)
        if trunk is None:
            return True
        return trunk.end() == 0 and not self._transforms

    def _kind(self, national: str) -> int | None:
        """Its kind when it is one that is called; as `phonenumbers` tells kinds apart."""
        if any(matches(national) for matches in self._refused_first):
            return None
        if self._voip(national):
            return PhoneNumberType.VOIP
        if any(matches(national) for matches in self._refused_after):
            return None
        if self._fixed(national):
            both = self._same or self._mobile(national)
            return PhoneNumberType.FIXED_LINE_OR_MOBILE if both else PhoneNumberType.FIXED_LINE
        if not self._same and self._mobile(national):
            return PhoneNumberType.MOBILE
        return None


class _Matcher:
    """Whether digits are of one kind: their count, and their pattern."""

    __slots__ = ("_lengths", "_matches")

    def __init__(self, pattern: str, lengths: tuple[int, ...]) -> None:
        self._matches = re.compile(pattern).fullmatch
        self._lengths = frozenset(lengths)

    def __call__(self, national: str) -> bool:
        if self._lengths and len(national) not in self._lengths:
            return False
        return self._matches(national) is not None


def _matcher(desc: PhoneNumberDesc | None) -> _Matcher:
    if desc is None or not desc.national_number_pattern:
        return _Matcher("(?!)", (0,))
    return _Matcher(desc.national_number_pattern, tuple(desc.possible_length))


def _matchers(table: PhoneMetadata, kinds: Sequence[str]) -> list[_Matcher]:
    """Those of the kinds that the country has."""
    return [_matcher(desc) for kind in kinds if (desc := getattr(table, kind)) is not None]


def _plain_numbers(country: str) -> _PlainNumbers | None:
    code = phonenumbers.country_code_for_region(country)
    if phonenumbers.region_codes_for_country_code(code) != (country,):
        return None
    table = PhoneMetadata.metadata_for_region(country)
    return None if table is None else _PlainNumbers(table)


def _zone_of(number: str) -> str:
    try:
        return place_of(f"+{number}").key
    except UnknownZoneError:
        return ""
