"""Slows down addresses that present wrong tokens. Pure: time is an argument."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

_NOTHING = timedelta(0)


class Throttle:
    """A bucket of failures for each address; the addresses longest without one are forgotten."""

    def __init__(self, *, at_once: int, seconds_each: float, remembered: int = 10_000) -> None:
        self._at_once = at_once
        self._each = timedelta(seconds=seconds_each)
        self._remembered = remembered
        #: when an address will have paid for all of its failures
        self._paid_at: OrderedDict[str, datetime] = OrderedDict()

    def __len__(self) -> int:
        return len(self._paid_at)

    def wait_seconds(self, address: str, now: datetime) -> float:
        """How long the address has to wait before its next try; 0: it may try."""
        paid_at = self._paid_at.get(source(address), now)
        wait = paid_at - now - self._each * (self._at_once - 1)
        return max(wait, _NOTHING).total_seconds()

    def failed(self, address: str, now: datetime) -> None:
        """A try of this address failed."""
        key = source(address)
        paid_at = max(self._paid_at.pop(key, now), now)
        self._paid_at[key] = paid_at + self._each
        while len(self._paid_at) > self._remembered:
            self._paid_at.popitem(last=False)

    def refund(self, address: str) -> None:
        """A try that was counted when it began did not fail."""
        key = source(address)
        if key in self._paid_at:
            self._paid_at[key] -= self._each


def source(address: str) -> str:
    """One customer of a provider: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:120]
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
