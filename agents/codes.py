"""Short codes an agent dials: from the idle phone as a number, on the held line as keys.

*22   sign in            *23   sign out
*24   ready: ends a pause or the wrap-up
*25n  pause, n is the reason's code in the floor file
*26   end the customer's call, and stay on the line
*27   dial the lead that is looked at   *28   pass it over
*29   keep what follows out of the recording of the call; again: record it
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

#: keys of one code follow each other within this time
KEY_GAP = timedelta(seconds=5)


class Code(StrEnum):
    """What a short code asks for."""

    SIGN_IN = "*22"
    SIGN_OUT = "*23"
    READY = "*24"
    PAUSE = "*25"
    END_CALL = "*26"
    DIAL_LEAD = "*27"
    SKIP_LEAD = "*28"
    RECORDING = "*29"


def parse(dialed: str) -> tuple[Code, str] | None:
    """The code and its argument (the pause reason's code), or None when it is no code."""
    if len(dialed) == 4 and dialed.startswith(Code.PAUSE):
        return Code.PAUSE, dialed[3]
    if len(dialed) == 3 and dialed in set(Code) - {Code.PAUSE}:
        return Code(dialed), ""
    return None


class Keys:
    """Collects keys pressed on a held line into codes."""

    def __init__(self) -> None:
        self._typed = ""
        self._last: datetime | None = None

    def press(self, digit: str, at: datetime) -> tuple[Code, str] | None:
        """Take a key; the code when it completes one."""
        if self._last is not None and at - self._last > KEY_GAP:
            self._typed = ""
        self._last = at
        self._typed = digit if digit == "*" else self._typed + digit
        code = parse(self._typed)
        if code is not None or len(self._typed) >= 4 or not self._typed.startswith("*"):
            self._typed = ""
        return code
