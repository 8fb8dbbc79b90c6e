"""The campaign file of `linea800 simulate`: who works when, who is called, and how it is paced."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from calls.errors import Linea800Error
from dialer.campaign import PREVIEW
from dialer.pacing.decision import Pacing, Rules
from dialer.pacing.policies import policy
from documents.faults import Misfit, MisfitError
from simulator.scenario import HOUR, PLENTY, Lengths, Presence, Scenario

_FIRST_AGENT = 1001

Share = Annotated[float, Field(ge=0.0, le=1.0)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Crew(_Part):
    """People who work the same hours; without any, the whole shift."""

    count: int = Field(ge=1, le=1000)
    #: from which to which hour of the shift, as often as they come back from a break
    at_work: tuple[tuple[float, float], ...] = ()


class Duration(_Part):
    """How long something takes: its mean, and its standard deviation per mean."""

    mean_seconds: float = Field(gt=0.0, le=3600.0)
    variation: float = Field(default=0.5, ge=0.0, le=3.0)

    def lengths(self) -> Lengths:
        """As the simulator draws them."""
        return Lengths(self.mean_seconds, self.variation)


class Machines(_Part):
    """Answering machines among those who pick up, and a detection that listens for them."""

    share: Share
    listening_seconds: float = Field(default=2.0, gt=0.0, le=10.0)
    #: so long a person waits for an agent after that
    patience_seconds: float = Field(default=1.2, gt=0.0, le=10.0)


class PolicyChoice(_Part):
    """A pacing policy, and what is set of it."""

    name: str
    settings: dict[str, float] = {}

    @property
    def label(self) -> str:
        """The policy as people read it."""
        settings = ", ".join(f"{name} {value:g}" for name, value in self.settings.items())
        return f"{self.name} ({settings})" if settings else self.name


class Plan(_Part):
    """A campaign that is not dialed yet; raises `pydantic.ValidationError` with each fault."""

    agents: tuple[Crew, ...] = Field(min_length=1)
    hours: float = Field(gt=0.0, le=24.0)
    #: the clock when the shift begins: only the figures' labels ask for it
    begins: ClockTime = "00:00"
    #: people on the list, each called once; without a number it never ends
    leads: int | None = Field(default=None, ge=1, le=PLENTY - 1)
    #: of the attempts, how many are picked up: one number, or one for each hour
    answer_rate: tuple[Annotated[float, Field(gt=0.0, le=1.0)], ...] = Field(min_length=1)
    talk: Duration
    wrap_up: Duration
    ring: Duration = Duration(mean_seconds=12.0)
    ring_seconds: float = Field(default=25.0, ge=15.0, le=120.0)
    trunks: int | None = Field(default=None, ge=1, le=2000)
    machines: Machines | None = None
    abandonment_cap: float = Field(default=0.03, gt=0.0, le=1.0)
    policies: tuple[PolicyChoice, ...] = Field(
        default=(PolicyChoice(name="progressive"), PolicyChoice(name="predictive")), min_length=1
    )
    #: how often each policy plays the shift, with other people each time
    seeds: int = Field(default=5, ge=1, le=100)

    @field_validator("answer_rate", mode="before")
    @classmethod
    def _one_rate_is_a_list(cls, value: Any) -> Any:
        return _listed(value)

    @field_validator("agents", mode="before")
    @classmethod
    def _a_number_is_a_crew(cls, value: Any) -> Any:
        return _named(value, "count")

    @field_validator("policies", mode="before")
    @classmethod
    def _a_name_is_a_policy(cls, value: Any) -> Any:
        return _named(value, "name")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        misfits = [*self._unfit_hours(), *self._unfit_rates(), *self._unfit_policies()]
        if misfits:
            raise MisfitError(misfits)
        return self

    def _unfit_hours(self) -> Iterator[Misfit]:
        for position, crew in enumerate(self.agents):
            free_from = 0.0
            for turn, (begins, ends) in enumerate(crew.at_work):
                place = ("agents", position, "at_work", turn)
                if not free_from <= begins < ends:
                    yield Misfit(place, "has to begin after the one before, and end after it began")
                elif ends > self.hours:
                    yield Misfit(place, f"ends after the shift, which has {self.hours:g} hours")
                free_from = ends

    def _unfit_rates(self) -> Iterator[Misfit]:
        needed = math.ceil(self.hours)
        if 1 < len(self.answer_rate) != needed:
            reason = f"has to be one number, or {needed}: one for each hour that is begun"
            yield Misfit(("answer_rate",), reason)

    def _unfit_policies(self) -> Iterator[Misfit]:
        for position, choice in enumerate(self.policies):
            if choice.name == PREVIEW:
                reason = f"{PREVIEW}: people decide, it cannot be played"
                yield Misfit(("policies", position), reason)
            try:
                self.pacing(choice)
            except Linea800Error as error:
                yield Misfit(("policies", position), str(error))

    def pacing(self, choice: PolicyChoice) -> Pacing:
        """A fresh policy; raises `UnknownPolicyError` and `KnobError`."""
        scenario = self.scenario()
        rules = Rules(
            abandonment_cap=self.abandonment_cap,
            patience_seconds=scenario.patience,
            ring_seconds=scenario.ring_limit,
            screening_seconds=scenario.screening,
        )
        return policy(choice.name, rules, choice.settings)

    def scenario(self) -> Scenario:
        """The world of this plan."""
        rates = self.answer_rate
        machines = self.machines
        return Scenario(
            name="plan",
            agents=sum(crew.count for crew in self.agents),
            hours=self.hours,
            answered=lambda second: rates[min(int(second / HOUR), len(rates) - 1)],
            talk=self.talk.lengths(),
            wrap_up=self.wrap_up.lengths(),
            ring=self.ring.lengths(),
            ring_limit=self.ring_seconds,
            trunks=PLENTY if self.trunks is None else self.trunks,
            leads=PLENTY if self.leads is None else self.leads,
            machines=machines.share if machines is not None else 0.0,
            screening=machines.listening_seconds if machines is not None else 0.0,
            patience=machines.patience_seconds if machines is not None else 2.0,
            presences=self._presences,
        )

    def _presences(self, _: random.Random) -> list[Presence]:
        presences = []
        first = _FIRST_AGENT
        for crew in self.agents:
            for number in range(first, first + crew.count):
                presences += [
                    Presence(f"{number}", begins * HOUR, ends * HOUR)
                    for begins, ends in crew.at_work or ((0.0, self.hours),)
                ]
            first += crew.count
        return presences


def _listed(value: Any) -> Any:
    """One thing is a list of one; nothing stays nothing."""
    return value if value is None or isinstance(value, list | tuple) else [value]


def _named(values: Any, name: str) -> Any:
    """A list of maps, where whatever is no map becomes one with this name."""
    listed = _listed(values)
    if listed is None:
        return None
    return [value if isinstance(value, dict | BaseModel) else {name: value} for value in listed]
