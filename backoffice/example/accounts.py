"""Accounts of an operator that does not exist, each the same at every start: its number tells all.

Numbers of 6 to 12 digits are accounts unless they begin with 9; of those, one that ends in 0 owes
nothing, and one that ends in 7 is suspended.
"""

from __future__ import annotations

import datetime
import re
import zlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

_ACCOUNT = re.compile(r"[0-8][0-9]{5,11}", re.ASCII)
_PLANS = (("basico", 1890), ("familia", 2790), ("futbol", 3490), ("todo", 4290))
CURRENCY = "ARS"
#: nobody promises for longer
_PROMISED_WITHIN_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What billing knows of one subscriber on one day."""

    number: str
    plan: str
    amount: Decimal
    due_on: datetime.date | None
    overdue: bool
    suspended: bool

    @classmethod
    def of(cls, number: str, today: datetime.date) -> Self | None:
        """The account of that number, None where there is none."""
        if not _ACCOUNT.fullmatch(number):
            return None
        drawn = zlib.crc32(number.encode())
        plan, price = _PLANS[drawn % len(_PLANS)]
        owes = not number.endswith("0")
        due_on = today + datetime.timedelta(days=drawn // 7 % 30 - 9)
        return cls(
            number=number,
            plan=plan,
            amount=Decimal(price) + Decimal(drawn // 11 % 100) / 100 if owes else Decimal(0),
            due_on=due_on if owes else None,
            overdue=owes and due_on < today,
            suspended=number.endswith("7"),
        )

    def why_no_promise(
        self, amount: Decimal, on: datetime.date, today: datetime.date
    ) -> str | None:
        """Why a promise is not taken, None when it is."""
        if not 0 < amount <= self.amount:
            return "amount"
        if not today <= on <= today + datetime.timedelta(days=_PROMISED_WITHIN_DAYS):
            return "on"
        return None

    @property
    def offers(self) -> tuple[tuple[str, int], ...]:
        """The plans above this one and their prices; the highest has itself."""
        names = [name for name, _ in _PLANS]
        return _PLANS[names.index(self.plan) + 1 :] or _PLANS[-1:]
