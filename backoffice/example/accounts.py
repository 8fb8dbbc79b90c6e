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
#: of the plans, a month
_PRICES = (1890, 2790, 3490, 4290)
CURRENCY = "ARS"
#: nobody promises for longer
_PROMISED_WITHIN_DAYS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What billing knows of one subscriber on one day."""

    number: str
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
        price = _PRICES[drawn % len(_PRICES)]
        owes = not number.endswith("0")
        due_on = today + datetime.timedelta(days=drawn // 7 % 30 - 9)
        return cls(
            number=number,
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
