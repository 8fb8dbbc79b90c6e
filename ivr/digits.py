"""What callers type: held to check digits, and understood as amounts and dates. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

Check: TypeAlias = Literal["luhn", "mod11", "rut"]


def is_right(digits: str, check: Check | None) -> bool:
    """Whether the last digit is what the others ask for; without a check every entry is right."""
    return check is None or _CHECKS[check](digits)


def amount_of(digits: str) -> int | None:
    """An amount in whole units; None for nothing but zeros."""
    return int(digits) or None


def date_of(digits: str, today: datetime.date, *, within_days: int | None = None) -> str | None:
    """`0512` (day, month: the next one that is not past) or `05122026`, as 2026-12-05.

    None for a day that does not exist, and with `within_days` for one that is past or later.
    """
    found = _day_of(digits, today)
    if found is None or (within_days is not None and not 0 <= (found - today).days <= within_days):
        return None
    return found.isoformat()


def _day_of(digits: str, today: datetime.date) -> datetime.date | None:
    day, month, year = int(digits[:2]), int(digits[2:4]), digits[4:]
    years = [int(year)] if year else list(range(today.year, today.year + 5))
    for each in years:
        try:
            found = datetime.date(each, month, day)
        except ValueError:
            continue  # the 29th of February waits for its year
        if year or found >= today:
            return found
    return None


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _mod11(digits: str) -> bool:
    """Weights 2, 3, 4 ... from the right; 11 minus the remainder, 11 is 0 and 10 is nobody's."""
    return len(digits) > 1 and _eleven(digits[:-1], range(2, 2 + len(digits))) == int(digits[-1])


def _rut(digits: str) -> bool:
    """As `mod11` with weights from 2 to 7 over and over; a K is typed as 0."""
    weights = [2 + place % 6 for place in range(len(digits))]
    if len(digits) < 2:
        return False
    wanted = _eleven(digits[:-1], weights)
    return (0 if wanted == 10 else wanted) == int(digits[-1])


def _eleven(digits: str, weights: range | list[int]) -> int:
    total = sum(
        int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=False)
    )
    return (11 - total % 11) % 11


_CHECKS: Mapping[Check, Callable[[str], bool]] = {
    "luhn": _luhn,
    "mod11": _mod11,
    "rut": _rut,
}
