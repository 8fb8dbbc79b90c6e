"""An agent with a lead before their eyes: what was asked, and what may keep it from being done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from calls.errors import Linea800Error
from dialer.ruling import Ruling
from dialer.showing import Decision, Shown


class NothingShownError(Linea800Error):
    """The agent looks at no lead."""


class PreviewOverError(Linea800Error):
    """The time to decide was over, or the lead is not the agent's any more."""


class NoLineError(Linea800Error):
    """Every line is taken at this moment."""


class RulesRefuseError(Linea800Error):
    """The calling rules do not allow the call any more; `ruling` says why."""

    def __init__(self, ruling: Ruling) -> None:
        super().__init__(f"lead {ruling.lead_id}: {', '.join(ruling.reasons)}")
        self.ruling = ruling


@dataclass(slots=True)
class Asked:
    """What somebody wants of a lead that is shown; `answer` is None when nobody waits for it."""

    decision: Decision
    reason: str
    at: datetime
    answer: asyncio.Future[None] | None = None

    def told(self, error: Linea800Error | None) -> None:
        """Whoever waits hears how it went."""
        if self.answer is None or self.answer.done():
            return
        if error is None:
            self.answer.set_result(None)
        else:
            self.answer.set_exception(error)


@dataclass(slots=True)
class Looking:
    """An agent with a lead before their eyes."""

    shown: Shown
    #: the fact that the agent is kept has come round
    kept: bool = False
    asked: Asked | None = None
