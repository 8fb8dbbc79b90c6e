"""What a campaign sets beyond its list, its agents and its pacing.

Validated where it enters, kept with the campaign as it was given; every part has a default, so an
older campaign reads as it always did.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from agents.floor import MOST_RECORD_DAYS, QueueName
from dialer.blending import BlendRule
from dialer.caller_ids import CallerNumber
from dialer.costs import Costs
from dialer.dispositions import USUAL, Disposition
from dialer.machines import MachineRule
from dialer.rules.preset import HOUSE, Purpose
from dialer.showing import PreviewRule


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleChoice(_Part):
    """Which calling rules hold, and for what the campaign calls."""

    preset: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = HOUSE
    purpose: Purpose = Purpose.SERVICE
    #: the owner of the lists says so: the calls are about a contract in force with these people
    has_contract: bool = False
    #: the owner of the lists says so: all of them agreed to be called for this, at the latest then
    consented_at: AwareDatetime | None = None


class Options(_Part):
    """All of it."""

    rules: RuleChoice = RuleChoice()
    caller_numbers: tuple[CallerNumber, ...] = ()
    dispositions: tuple[Disposition, ...] = USUAL
    blend: BlendRule | None = None
    #: None: nobody listens whether a machine answered
    machines: MachineRule | None = None
    preview: PreviewRule = PreviewRule()
    #: its talks are recorded; the agent says so, because nobody who answers is kept waiting for it
    record: bool = False
    #: how old these recordings become; None: as all others
    record_days: int | None = Field(default=None, ge=1, le=MOST_RECORD_DAYS)
    #: None: nobody has said what its calls cost
    costs: Costs | None = None
    #: it makes the calls that those who wait in these queues asked for instead of waiting
    callbacks_of: tuple[QueueName, ...] = ()
    #: who asked for one and does not answer is called so often altogether
    callback_tries: int = Field(default=2, ge=1, le=10)
    #: a promised call whose own agent is not there goes to anybody after so long
    callback_grace_minutes: float = Field(default=15.0, ge=0, le=24 * 60)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, names in (
            ("caller_numbers", [one.number for one in self.caller_numbers]),
            ("dispositions", [one.code for one in self.dispositions]),
            ("callbacks_of", list(self.callbacks_of)),
        ):
            doubled = {name for name in names if names.count(name) > 1}
            if doubled:
                raise ValueError(f"{what}: given twice: {', '.join(sorted(doubled))}")
        return self

    @model_validator(mode="after")
    def _callbacks_are_service(self) -> Self:
        if self.callbacks_of and self.rules.purpose is not Purpose.SERVICE:
            raise ValueError(
                f"callbacks_of: who asked to be called is called for service: "
                f"rules.purpose cannot be {self.rules.purpose}"
            )
        return self


#: for a trunk that ends in a test: any hour will do, because no person is called
ON_A_TEST_LINE = Options(rules=RuleChoice(preset="test-line"))
