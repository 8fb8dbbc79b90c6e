"""A number as somebody lists it, in the form in which it would be dialed.

Not every listed number can be dialed: its kind may be one that we never call, or its range too new
to be known here. It is listed all the same: the day it can be dialed it is on the list already. So
only its length has to be right, where `dialer/phone_rules.py` asks for more.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from dialer.lists.refusals import NumberRefusedError, RowFault

#: ASCII on purpose: `\d` would accept digits of every script
_WRITTEN = re.compile(r"\(?\+?[0-9][0-9 ().-]{0,38}", re.ASCII)
#: a number that a spreadsheet took for a quantity: its last digit is none of the number's
_QUANTITY = re.compile(r"[0-9]+\.0")
_SHORTEST = 7
_LISTED = re.compile(r"[1-9][0-9]{6,14}")


def listed_number(written: str, country: str | None) -> str:
    """E.164 without the plus; a nationally written one is read as `country`'s.

    Without a country bare digits have to be an existing number in international form, so that
    nobody believes a national number to be listed. Raises `NumberRefusedError`.
    """
    written = written.strip(" ")
    if not written:
        raise NumberRefusedError(RowFault.PHONE_MISSING)
    if _QUANTITY.fullmatch(written):
        raise NumberRefusedError(RowFault.PHONE_QUANTITY, written[:40])
    if not _WRITTEN.fullmatch(written):
        raise NumberRefusedError(RowFault.PHONE_CHARACTERS, ascii(written[:40])[1:-1])
    digits = re.sub(r"[^0-9]", "", written)
    if len(digits) < _SHORTEST:
        raise NumberRefusedError(RowFault.PHONE_SHORT, digits)
    plus = "+" in written or country is None
    try:
        number = phonenumbers.parse(f"+{digits}" if plus else digits, country)
    except NumberParseException as error:
        raise NumberRefusedError(RowFault.PHONE_INVALID, digits) from error
    sure = "+" in written or country is not None
    fits = phonenumbers.is_possible_number if sure else phonenumbers.is_valid_number
    listed = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    if not fits(number) or not _LISTED.fullmatch(listed):
        raise NumberRefusedError(RowFault.PHONE_INVALID, digits)
    return listed
