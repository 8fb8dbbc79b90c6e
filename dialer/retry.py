"""When a lead may be dialed again after an attempt: pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from dialer.attempt import Outcome
from dialer.campaign import RetryRule

#: from one number of a lead to the next: long enough that two phones of a household do not ring
#: at once
OTHER_NUMBER = timedelta(minutes=2)

#: attempts that the carrier did not put through are not held against a lead, but not without end:
#: a number that it never puts through must not be dialed for ever
MOST_FORGIVEN = 10


def counted_attempts(ordinal: int, congested: int) -> int:
    """How many of a lead's attempts count toward `max_attempts`.

    `ordinal` is the last one's, `congested` how many ended in congestion, the last one included.
    """
    return ordinal - min(congested, MOST_FORGIVEN)


def other_number_at(
    rule: RetryRule, outcome: Outcome, attempts_so_far: int, ended_at: datetime
) -> datetime | None:
    """The earliest moment at which another number of the lead may be tried; None: not any."""
    if outcome not in rule.other_number or attempts_so_far >= rule.max_attempts:
        return None
    return ended_at + OTHER_NUMBER


def next_attempt_at(
    rule: RetryRule, outcome: Outcome, attempts_so_far: int, ended_at: datetime
) -> datetime | None:
    """The earliest moment of the next attempt, or None when there will be none.

    `attempts_so_far` counts the attempt that just ended (`counted_attempts`). A lead that talked
    to an agent is done, whatever the rule says. Raises `ValueError` for a waiting time that is
    not zero or more minutes, and for an `ended_at` without a time zone.
    """
    if ended_at.utcoffset() is None:
        raise ValueError(f"ended_at {ended_at.isoformat()}: give it a time zone (UTC)")
    if outcome is Outcome.CONNECTED or attempts_so_far >= rule.max_attempts:
        return None
    minutes = rule.minutes.get(outcome)
    if minutes is None:
        return None
    if not math.isfinite(minutes) or minutes < 0:
        raise ValueError(f"retry rule, {outcome}: {minutes} is not a number of minutes, 0 or more")
    return ended_at + timedelta(minutes=minutes)
