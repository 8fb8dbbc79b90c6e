"""How long a receiver asks to be left alone: the `Retry-After` of a 429 or a 503. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: no receiver is left alone for longer, whatever it asks for
MOST = timedelta(hours=1)
_BUSY = frozenset({429, 503})
_SECONDS = re.compile(r"[0-9]{1,9}")
#: no HTTP date is longer
_LONGEST_DATE = 40


def asked_pause(status: int | None, header: str, now: datetime) -> timedelta | None:
    """The pause that an answer asks for, `MOST` at the longest; None: it asks for none.

    The header is seconds or an HTTP date; one that is neither, or a moment that is over, is none.
    """
    if status not in _BUSY:
        return None
    if _SECONDS.fullmatch(header):
        asked = timedelta(seconds=int(header))
    elif len(header) <= _LONGEST_DATE and (moment := _moment(header)) is not None:
        asked = moment - now
    else:
        return None
    return min(asked, MOST) if asked > timedelta() else None


def _moment(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
        # the date of an answer is always GMT, told so or not
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
