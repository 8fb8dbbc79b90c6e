"""What a campaign wants done with calls that a machine answered. Pure.

The verdict comes seconds after the answer, from whoever listened beside the call: by then the
person, if it is one, has an agent. So it is acted on only when it is sure and comes in time.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from calls.call import Call, Verdict


class Then(StrEnum):
    """What is done when a machine answered."""

    #: the agent is shown it, and nothing else happens
    TELL_AGENT = "tell_agent"
    HANG_UP = "hang_up"
    #: the agent is let go, and the machine gets a recorded message
    LEAVE_MESSAGE = "leave_message"


class MachineRule(BaseModel):
    """A campaign that has answered calls listened to, and what it does with machines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    then: Then = Then.TELL_AGENT
    #: a prompt of the catalogue; it begins after the beep
    message: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")] = (
        "machine_message"
    )
    #: who has talked to an agent for longer, or was judged longer ago, is left to the agent
    listen_seconds: float = Field(default=7.0, ge=1.0, le=60.0)

    @property
    def ends_calls(self) -> bool:
        """Whether somebody may be hung up on by a verdict."""
        return self.then is not Then.TELL_AGENT


def what_to_do(rule: MachineRule, call: Call, judged_at: datetime, now: datetime) -> Then:
    """What is done with an answered call now: only a sure verdict in time takes it from anybody."""
    if call.machine != Verdict.MACHINE or not call.open or call.answered_at is None:
        return Then.TELL_AGENT
    if call.ended_as_machine:  # before a restart
        return Then.TELL_AGENT
    since = min(judged_at, call.connected_at or judged_at)
    late = (now - since).total_seconds() > rule.listen_seconds
    return Then.TELL_AGENT if late else rule.then
