"""What a dialogue needs of other rooms, each with an answer for when nobody gives one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from typing import Protocol

from calls.events import TicketOpened
from customers.routing import OwnerNow
from ivr.callback import NumberCheck
from ivr.services import BUILT_IN, FAILED, Answer, FrontOffice, Question, Service
from ivr.world import QueueNow


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWanted:
    """What a menu knows of a ticket when it asks for its number.

    It is due at the end of the last of so many working days of `country` (ISO 3166 alpha-2), as
    they are counted in `zone`.
    """

    kind: str
    reason: str
    working_days: int
    zone: str
    country: str
    account: str = ""
    customer_id: int | None = None
    phone: str = ""
    recording: str = ""


class TicketDesk(Protocol):
    """Whoever has numbers to give."""

    def open(self, call_id: str, wanted: TicketWanted) -> TicketOpened | None:
        """The fact that there is a ticket; None when no number is left. Waits for nothing."""


class _NobodyKnows:
    """There is no customer, no billing, nothing."""

    def services(self) -> Mapping[str, Service]:
        return BUILT_IN

    async def ask(self, question: Question) -> Answer:
        return Answer(FAILED)


class _NoTickets:
    def open(self, call_id: str, wanted: TicketWanted) -> TicketOpened | None:
        return None


async def _nobody_preferred(_call_id: str, _agent: str, _seconds: float) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The other rooms, as a dialogue sees them."""

    #: which numbers are called back for those who wait in a queue; None: nobody does it now
    calls_back: Callable[[str], NumberCheck | None] = lambda _: None
    office: FrontOffice = _NobodyKnows()  # noqa: RUF009 - it has no state
    tickets: TicketDesk = _NoTickets()  # noqa: RUF009 - it has no state
    #: agents at work in a queue, and those of them who are free
    staffed: Callable[[str], tuple[int, int]] = lambda _: (1, 0)
    #: seconds until a caller at a position of a queue, with a priority, is served; None: nobody
    #: can say
    expected_wait: Callable[[str, int, int], float | None] = lambda _queue, _position, _prio: None
    #: the prompt that tells why a supervisor closed a queue ("": none); None: it is open
    closed_with: Callable[[str], str | None] = lambda _: None
    #: the prompts of what goes on in an area
    incidents: Callable[[str], tuple[str, ...]] = lambda _: ()
    #: the prompts that exist in a language
    recorded: Callable[[str], Set[str]] = lambda _: frozenset()
    #: the agent of a number, as the owner of an open matter
    owner: Callable[[str], OwnerNow | None] = lambda _: None
    #: keep an agent for a call for so many seconds: the queue to wait in, "" when it cannot be
    prefer: Callable[[str, str, float], Awaitable[str]] = _nobody_preferred

    def queue_now(self, queue: str, waiting: int) -> QueueNow:
        """How a queue stands in which so many wait."""
        staffed, free = self.staffed(queue)
        expected = self.expected_wait(queue, waiting + 1, 0)
        return QueueNow(
            waiting=waiting, staffed=staffed, free=free, wait_seconds=expected,
            closed_with=self.closed_with(queue),
        )  # fmt: skip
