"""The floor as its owner describes it in one file: trunk, numbers, queues, agents, pause reasons.

The same description renders Asterisk's configuration (`local_asterisk/`) and drives the service,
so the two cannot disagree. Every name that reaches Asterisk is held to a strict alphabet here.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from agents.said import USUAL, Said, plain
from almanac.zone import USUAL_ZONE, Zone
from documents.faults import Misfit, MisfitError

QueueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
AgentNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,6}$")]
PhoneDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,15}$")]
PersonName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\"<>;\[\]\\]{1,60}$")]
SipUser = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
SipSecret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~+/=-]{8,80}$")]


MOST_WEIGHT = 1000
MOST_RECORD_DAYS = 36_600
#: what the queues begin with that have one agent each, who is in it for the time of one call
_OWN = "own_"


def own_queue(agent: str) -> str:
    """The queue whose calls nobody but that agent gets."""
    return f"{_OWN}{agent}"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Strategy(StrEnum):
    """Which free agent of a queue gets the next call (names as Asterisk knows them)."""

    LEAST_RECENT = "leastrecent"
    FEWEST_CALLS = "fewestcalls"
    ROUND_ROBIN = "rrmemory"
    RANDOM = "random"


class Address(_Part):
    """Where a SIP peer is: a numeric address and a UDP port."""

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)

    @field_validator("host")
    @classmethod
    def _numeric(cls, value: str) -> str:
        return str(ip_address(value))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Trunk(_Part):
    """The carrier: where calls go, from where they may come, how many at once and per second."""

    to: Address
    accepts_from: tuple[Address, ...] = ()
    user: SipUser | None = None
    secret: SipSecret | None = None
    max_calls: int = Field(default=30, ge=1, le=2000)
    #: calls that may leave each second; None: the carrier never said
    calls_per_second: float | None = Field(default=None, gt=0, le=1000)
    caller_number: PhoneDigits

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.user is None) != (self.secret is None):
            raise ValueError("user and secret go together: give both or neither")
        return self


class Guard(_Part):
    """A spending guard: at most so many calls to one destination in a stretch of time."""

    #: how many leading digits of the number make one destination; 0: all calls together
    digits: int = Field(default=0, ge=0, le=12)
    calls: int = Field(ge=1, le=10_000_000)
    #: a minute, an hour, a day; a day is the last 24 hours
    seconds: float = Field(default=60.0, ge=1, le=86_400.0)

    def destination(self, number: str) -> str:
        """Which of its destinations a number is."""
        return number[: self.digits]


class Number(_Part):
    """A number people call, and the menu that answers it."""

    number: PhoneDigits
    menu: str


class Queue(_Part):
    """People who wait for agents. The queue with the higher weight is served first."""

    name: QueueName
    weight: int = Field(default=0, ge=0, le=MOST_WEIGHT)
    strategy: Strategy = Strategy.LEAST_RECENT
    wrap_up_seconds: float = Field(default=20.0, ge=0, le=3600)
    #: whose midnight ends its day; None: the floor's
    zone: Zone | None = None
    announce_position_seconds: int = Field(default=30, ge=0, le=600)
    #: pressed by who would rather be called back; 0 is a person everywhere. None: not offered
    callback_key: Annotated[str, StringConstraints(pattern=r"^[1-9]$")] | None = None
    #: how often those who wait are told of it
    callback_offer_seconds: int = Field(default=60, ge=10, le=600)
    #: talks with who calls in are recorded, and the caller is told before the wait
    record: bool = False
    #: how old these recordings become; None: as all others
    record_days: int | None = Field(default=None, ge=1, le=MOST_RECORD_DAYS)


class Target(_Part):
    """Somebody outside whom the menu may hand callers to, through the trunk."""

    name: QueueName
    number: PhoneDigits


class Line(StrEnum):
    """How an agent is reached: held on the line all shift, or the phone rung for each call."""

    HELD = "held"
    RUNG = "rung"


class Agent(_Part):
    """A person who takes calls."""

    number: AgentNumber
    name: PersonName
    queues: tuple[QueueName, ...] = Field(min_length=1)
    line: Line = Line.HELD
    phone: Address | None = None  # a phone at a fixed address; else it registers with the secret
    secret: SipSecret | None = None


class PauseReason(_Part):
    """Why an agent takes no calls; `code` is the key pressed after the pause code."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class Disposition(_Part):
    """What agents may say of a call that came, and whether it was resolved then."""

    word: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,60}$")]
    resolved: bool


class Floor(_Part):
    """The whole floor; raises `pydantic.ValidationError` with the place of each fault."""

    pbx: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}$")] = "pbx1"
    language: Annotated[str, StringConstraints(pattern=r"^(es|en)$")] = "es"
    zone: Zone = USUAL_ZONE
    trunk: Trunk
    numbers: tuple[Number, ...] = Field(min_length=1)
    queues: tuple[Queue, ...] = Field(min_length=1)
    fallback_queue: QueueName
    targets: tuple[Target, ...] = ()
    agents: tuple[Agent, ...] = ()
    pause_reasons: tuple[PauseReason, ...] = ()
    #: none: the usual words of `agents.said`
    dispositions: tuple[Disposition, ...] = ()
    #: what stops a runaway list or a fraud; of all campaigns together
    spending: tuple[Guard, ...] = ()

    @model_validator(mode="after")
    def _names_are_known_and_unique(self) -> Self:
        misfits = [
            *self._doubled(),
            *self._taken_names(),
            *self._unknown_queues(),
            *self._unreachable_agents(),
        ]
        if misfits:
            raise MisfitError(misfits)
        return self

    def _doubled(self) -> Iterator[Misfit]:
        for place, names in (
            ("queues", [queue.name for queue in self.queues]),
            ("agents", [agent.number for agent in self.agents]),
            ("targets", [target.name for target in self.targets]),
            ("numbers", [number.number for number in self.numbers]),
            ("pause_reasons", [reason.code for reason in self.pause_reasons]),
            ("dispositions", [plain(said.word) for said in self.dispositions]),
        ):
            for position, name in enumerate(names):
                if name in names[:position]:
                    yield Misfit((place, position), f"given twice: {name}")

    def _taken_names(self) -> Iterator[Misfit]:
        for position, queue in enumerate(self.queues):
            if queue.name.startswith(_OWN):
                reason = f"{queue.name}: names that begin with {_OWN} are for agents' own queues"
                yield Misfit(("queues", position, "name"), reason)

    def _unknown_queues(self) -> Iterator[Misfit]:
        queues = {queue.name for queue in self.queues}
        for position, agent in enumerate(self.agents):
            for place, queue in enumerate(agent.queues):
                if queue not in queues:
                    reason = f"agent {agent.number}: no such queue: {queue}"
                    yield Misfit(("agents", position, "queues", place), reason)
        if self.fallback_queue not in queues:
            yield Misfit(("fallback_queue",), f"no such queue: {self.fallback_queue}")

    def _unreachable_agents(self) -> Iterator[Misfit]:
        for position, agent in enumerate(self.agents):
            if agent.phone is None and agent.secret is None:
                reason = f"agent {agent.number}: give a phone address or a secret"
                yield Misfit(("agents", position), reason)

    @property
    def said(self) -> Said:
        """The words of agents for what was resolved, and what was not."""
        if not self.dispositions:
            return USUAL
        words = {plain(one.word): one.resolved for one in self.dispositions}
        resolved = frozenset(word for word, is_resolved in words.items() if is_resolved)
        return Said(resolved=resolved, unresolved=frozenset(words) - resolved)

    def agent(self, number: str) -> Agent | None:
        """The agent with this number, or None."""
        return next((agent for agent in self.agents if agent.number == number), None)

    def queue(self, name: str) -> Queue | None:
        """The queue with this name, an agent's own one too, or None."""
        agent = self.agent(name.removeprefix(_OWN)) if name.startswith(_OWN) else None
        if agent is not None:
            return self._own_queue_of(agent)
        return next((queue for queue in self.queues if queue.name == name), None)

    def zone_of(self, name: str) -> ZoneInfo:
        """By which clock the queue's days begin; the floor's for one that it does not have."""
        queue = self.queue(name)
        return ZoneInfo(self.zone if queue is None or queue.zone is None else queue.zone)

    def own_queues(self) -> list[Queue]:
        """Each agent's own queue."""
        return [self._own_queue_of(agent) for agent in self.agents]

    def _own_queue_of(self, agent: Agent) -> Queue:
        """As long to write up as in the agent's own queues, and recorded if one of them is.

        Whoever waits in it goes first.
        """
        theirs = [queue for queue in self.queues if queue.name in agent.queues]
        days = [queue.record_days for queue in theirs if queue.record and queue.record_days]
        return Queue(
            name=own_queue(agent.number),
            weight=MOST_WEIGHT,
            wrap_up_seconds=max((queue.wrap_up_seconds for queue in theirs), default=0.0),
            announce_position_seconds=0,
            record=any(queue.record for queue in theirs),
            record_days=min(days, default=None),
        )

    def recorded_queues(self) -> list[str]:
        """The queues, agents' own ones too, in which talks with who calls in are recorded."""
        return [queue.name for queue in (*self.queues, *self.own_queues()) if queue.record]

    def may_dial_for(self, name: str) -> bool:
        """Whether a campaign may use the queue: it exists and announces nothing.

        An announcement is played before anybody is looked for: a called person would hear it
        instead of the agent, beyond the two seconds there are.
        """
        queue = self.queue(name)
        if queue is None or queue.callback_key is not None:
            return False
        return queue.announce_position_seconds == 0
