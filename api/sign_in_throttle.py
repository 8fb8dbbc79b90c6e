"""Slows down who guesses passwords: by address, and by login. Pure: time is an argument.

A try is counted when it begins, so that many at once do not pass together. Where a login has
signed in from before, it is counted apart: who guesses elsewhere does not lock its person out.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from api.limits import Limits
from api.throttle import Throttle, source

_GOOD_REMEMBERED = 1000


class SignInThrottle:
    """What each address and each login may still try."""

    def __init__(self, limits: Limits) -> None:
        each = {"at_once": limits.failures_at_once}
        self._addresses = Throttle(**each, seconds_each=limits.seconds_per_failure)
        self._logins = Throttle(**each, seconds_each=limits.seconds_per_login_failure)
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()

    def begin(self, login: str, address: str, now: datetime) -> float:
        """Seconds to wait before a try; 0: the try is counted as one that fails."""
        name = self._name(login, address)
        wait = max(self._addresses.wait_seconds(address, now), self._logins.wait_seconds(name, now))
        if wait == 0:
            self._addresses.failed(address, now)
            self._logins.failed(name, now)
        return wait

    def succeeded(self, login: str, address: str) -> None:
        """The try was right after all: it is not counted."""
        self._addresses.refund(address)
        self._logins.refund(self._name(login, address))
        pair = (login.lower(), source(address))
        self._good[pair] = None
        self._good.move_to_end(pair)
        if len(self._good) > _GOOD_REMEMBERED:
            self._good.popitem(last=False)

    def _name(self, login: str, address: str) -> str:
        pair = (login.lower(), source(address))
        # whatever somebody writes as a login, it is the name of no other bucket
        return f"known {pair[1]} {pair[0]}" if pair in self._good else f"any {pair[0]}"
