"""Where callers' tickets are opened, and told to the operator's own system afterwards.

A ticket is opened without asking anybody: its number is in hand already, and the fact carries it to
the database. From there it is told on, for as long as it takes: the operator's system may be down
for hours, and the caller has the number all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from calls.errors import Linea800Error
from calls.events import TicketOpened
from customers.ticket_numbers import TicketNumbers
from customers.tickets import Ticket, due
from ivr.neighbours import TicketWanted
from ivr.services import FrontOffice, Question
from storage.errors import StorageError
from storage.tickets import TicketStore

log = logging.getLogger(__name__)

#: tells the operator's system of a ticket and gives the name it has there; the ticket's number is
#: the key by which that system knows one that it was told before. Raises `Linea800Error`.
Tell: TypeAlias = Callable[[Ticket], Awaitable[str]]

#: what a menu may ask for
MOST_WORKING_DAYS = 60
LOOK_SECONDS = 5.0
#: tickets of one look
AT_ONCE = 100
#: after so many failures in a row the system is taken to be down, and the rest waits
DOWN_AFTER = 3
LONGEST_WAIT = timedelta(minutes=5)


#: the service of `services.yaml` that is told of tickets
SERVICE = "new_ticket"


class NotTakenError(Linea800Error):
    """The operator's system did not take a ticket; it is told again later."""


def telling(office: FrontOffice) -> Tell:
    """Tells the operator's system by its service `new_ticket`."""

    async def tell(ticket: Ticket) -> str:
        arguments = {
            "number": ticket.number,
            "kind": ticket.kind,
            "reason": ticket.reason,
            "account": ticket.account,
            "phone": ticket.phone,
            "opened_at": ticket.opened_at.isoformat(),
            "due_at": ticket.due_at.isoformat(),
        }
        known = {name: value for name, value in arguments.items() if value}
        question = Question(
            call_id=ticket.call_id, service=SERVICE, arguments=known, key=ticket.number
        )
        answer = await office.ask(question)
        if answer.outcome != "done":
            raise NotTakenError(f"the operator's system answered {answer.outcome!r}")
        return str(answer.values.get("reference", ""))

    return tell


class TicketOffice:
    """Opens tickets (`open`), and tells the operator's system of them (`run`, `look`)."""

    def __init__(
        self,
        pbx: str,
        numbers: TicketNumbers,
        store: TicketStore,
        tell: Tell | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._numbers = numbers
        self._store = store
        self._tell = tell
        self._now = now
        #: tickets that failed, and when they are tried again; a restart tries them at once
        self._later: dict[str, datetime] = {}
        #: what the operator's system took and the database does not know yet
        self._taken: dict[str, str] = {}

    def open(self, call_id: str, wanted: TicketWanted) -> TicketOpened | None:
        """The fact that a ticket is open; who asks for it puts it into the intake. Never waits.

        None: no number is left, and the caller needs a person.
        """
        number = self._numbers.take()
        if number is None:
            return None
        now = self._now()
        return TicketOpened(
            at=now,
            pbx=self._pbx,
            call_id=call_id,
            number=number,
            kind=wanted.kind,
            reason=wanted.reason,
            due_at=due(now, wanted.working_days, wanted.zone, wanted.country),
            account=wanted.account,
            customer_id=wanted.customer_id,
            phone=wanted.phone,
            recording=wanted.recording,
        )

    def learn(self, zone: str, country: str) -> None:
        """Look a country's holidays up now: the first time takes so long that callers hear it."""
        due(self._now(), MOST_WORKING_DAYS, zone, country)

    async def run(self) -> None:
        """Keep numbers in hand and tell of tickets, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._numbers.run())
            if self._tell is not None:
                group.create_task(self._keep_telling(self._tell))

    async def _keep_telling(self, tell: Tell) -> None:
        while True:
            try:
                await self.look(tell)
            except StorageError as error:
                log.warning("tickets are told later: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, tell: Tell) -> None:
        """Tell of every ticket whose turn it is; raises `StorageError`."""
        in_a_row = 0
        for ticket in await self._store.untold(self._pbx, AT_ONCE):
            if ticket.number not in self._taken:
                if self._later.get(ticket.number, self._now()) > self._now():
                    continue
                if not await self._told(tell, ticket):
                    in_a_row += 1
                    if in_a_row == DOWN_AFTER:
                        break
                    continue
                in_a_row = 0
            await self._store.told(ticket.number, self._taken[ticket.number], self._now())
            del self._taken[ticket.number]

    async def _told(self, tell: Tell, ticket: Ticket) -> bool:
        try:
            self._taken[ticket.number] = await tell(ticket)
        except Linea800Error as error:
            wait = min(timedelta(seconds=2.0 ** min(ticket.told_tries, 20)), LONGEST_WAIT)
            self._later[ticket.number] = self._now() + wait
            if ticket.told_tries == 0:
                log.warning("ticket %s is told later: %s", ticket.number, error)
            await self._store.not_told(ticket.number)
            return False
        self._later.pop(ticket.number, None)
        return True
