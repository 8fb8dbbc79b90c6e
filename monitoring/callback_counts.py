"""What is added up of callers who gave up the line to be called back, where they asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.additive import Additive


@dataclass(slots=True, kw_only=True)
class CallbackCounts(Additive):
    """The additive counts of one queue's call backs, each with all that became of it."""

    booked: int = 0
    #: calls that were made to them
    attempts: int = 0
    #: of the booked: an agent talked to them, nobody answered in any of the tries, it was taken
    #: back or asked for anew, it is to be made still; together these are the booked
    connected: int = 0
    expired: int = 0
    cancelled: int = 0
    waiting: int = 0
    #: from the moment they asked to the talk, of the connected
    until_talk_ms: int = 0
