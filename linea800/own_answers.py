"""The answers that linea800 gives menus by itself, out of its own tables: who calls, what is open.

Each is given within the time its service has, or it failed: a caller never waits for a database.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from customers.customer import Account
from ivr.services import BUILT_IN, FAILED, Answer, Question
from ivr.values import Value
from storage.customer_contacts import ContactStore
from storage.customer_numbers import kept_ways
from storage.customer_rows import KnownCustomer
from storage.customers import CustomerStore
from storage.errors import StorageError

log = logging.getLogger(__name__)

#: of the time a service has; the rest is for the way there and back
_SHARE = 0.9
_BALANCE_SECONDS = 1.5
#: wrong digits for one customer within this time; then nothing is right any more
WRONG_MOST = 5
WRONG_SECONDS = 3600.0

_FOUND, _MISSING = "found", "missing"


class OwnAnswers:
    """Answers the services of `BUILT_IN`."""

    def __init__(
        self,
        customers: CustomerStore,
        contacts: ContactStore,
        *,
        country: str | None,
        zone: tzinfo = UTC,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """National numbers are the `country`'s (ISO 3166 alpha-2); days are those of `zone`."""
        self._customers = customers
        self._contacts = contacts
        self._country = country
        self._zone = zone
        self._now = now
        self._wrong = WrongDigits()
        #: those that nobody waits for any more
        self._asking: set[asyncio.Task[Answer]] = set()

    async def answer(self, question: Question) -> Answer:
        """The answer to a question of `BUILT_IN`, `FAILED` when the database has none in time.

        Raises `KeyError` for a service that is none of these.
        """
        looks = {
            "customer_by_number": self._by_number,
            "customer_by_account": self._by_account,
            "prove_customer": self._prove,
            "ticket_by_number": self._ticket,
        }
        look = looks[question.service]
        most_seconds = BUILT_IN[question.service].most_seconds * _SHARE
        return await self._within(most_seconds, question.service, look(question))

    async def balance(self, account: str) -> Answer:
        """What billing last told of the account, for when billing itself does not answer.

        Gives `amount`, `currency`, `due_on` (None when nobody told), `overdue` and `as_of`.
        """
        return await self._within(_BALANCE_SECONDS, "balance", self._balance(account))

    async def _within(self, seconds: float, service: str, work: Awaitable[Answer]) -> Answer:
        # not `asyncio.timeout`: taking back what hangs would itself be waited for
        task = asyncio.ensure_future(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            task.cancel()  # the caller hung up
            raise
        if not done:
            task.cancel()
            log.warning("%s: the database did not answer within %g s", service, seconds)
            return Answer(FAILED)
        try:
            return task.result()
        except StorageError as error:
            log.warning("%s: %s", service, error)
            return Answer(FAILED)

    async def _by_number(self, question: Question) -> Answer:
        ways = kept_ways(_text(question, "number"), self._country)
        known = await self._customers.by_number(ways) if ways else None
        return await self._told(question, known, None)

    async def _by_account(self, question: Question) -> Answer:
        account = _text(question, "account")
        known = await self._customers.by_account(account) if account else None
        return await self._told(question, known, account)

    async def _told(
        self, question: Question, known: KnownCustomer | None, asked: str | None
    ) -> Answer:
        if known is None:
            return Answer(_MISSING)
        one = known.customer
        open_tickets = await self._contacts.open_tickets(known.id)
        newest = open_tickets[0] if open_tickets else None
        owners = (ticket.owner for ticket in open_tickets if ticket.owner)
        reasons = await self._contacts.reasons(known.id, question.call_id, self._now())
        meant = [each for each in one.accounts if asked is None or each.account == asked]
        return Answer(
            _FOUND,
            {
                "id": known.id,
                "first_name": one.first_name,
                "segment": one.segment,
                "language": one.language,
                "account": _common(meant, "account"),
                "plan": _common(meant, "plan"),
                "status": _common(meant, "status"),
                "area": _common(meant, "area"),
                "decoder": _common(meant, "decoder"),
                "provable": one.proof != "",
                "open_ticket": newest.number if newest is not None else "",
                "owner": next(owners, ""),
                "reasons": reasons,
            },
        )

    async def _prove(self, question: Question) -> Answer:
        customer_id = question.arguments.get("customer")
        if not isinstance(customer_id, int) or isinstance(customer_id, bool):
            return Answer(_MISSING)
        if not self._wrong.begin(customer_id, question.key, self._now()):
            return Answer(_MISSING)
        wrong = False
        try:
            known = await self._customers.one(customer_id)
            proof = known.customer.proof if known is not None else ""
            # as long for the first digit wrong as for the last
            same = hmac.compare_digest(proof.encode(), _text(question, "digits").encode())
            wrong = not (proof and same)
        finally:
            if not wrong:
                self._wrong.take_back(customer_id, question.key)
        return Answer(_MISSING if wrong else _FOUND)

    async def _ticket(self, question: Question) -> Answer:
        found = await self._contacts.ticket(_text(question, "number"))
        if found is None:
            return Answer(_MISSING)
        due_on = found.due_at.astimezone(self._zone).date().isoformat()
        return Answer(_FOUND, {"state": found.state, "kind": found.kind, "due_on": due_on})

    async def _balance(self, account: str) -> Answer:
        known = await self._customers.by_account(account)
        every = known.customer.accounts if known is not None else ()
        found = next((each for each in every if each.account == account), None)
        if found is None or found.balance is None or found.balance_at is None:
            return Answer(_MISSING)
        today = self._now().astimezone(self._zone).date()
        late = found.due_on is not None and found.due_on < today
        return Answer(
            _FOUND,
            {
                # a number: a menu asks whether it is more than nothing
                "amount": float(found.balance),
                "currency": found.currency,
                "due_on": found.due_on.isoformat() if found.due_on is not None else None,
                "overdue": late and found.balance > Decimal(0),
                "as_of": found.balance_at.astimezone(self._zone).date().isoformat(),
            },
        )


class WrongDigits:
    """How often lately somebody was not proved to be who they said; a restart forgets it."""

    def __init__(self) -> None:
        #: by customer, each asking once with its moment; whoever was asked for last stands last
        self._tries: dict[int, dict[str, datetime]] = {}

    def begin(self, customer_id: int, key: str, now: datetime) -> bool:
        """Count a try as wrong until it is known better; whether it may be made at all.

        Counted before anybody looks, so that many callers at once have no more tries than one.
        """
        since = now - timedelta(seconds=WRONG_SECONDS)
        self._forget(since)
        tries = self._tries.pop(customer_id, {})
        tries = {of: at for of, at in tries.items() if at > since and of != key}
        self._tries[customer_id] = tries
        if len(tries) >= WRONG_MOST:
            return False
        tries[key] = now
        return True

    def take_back(self, customer_id: int, key: str) -> None:
        """That try was not wrong."""
        self._tries.get(customer_id, {}).pop(key, None)

    def _forget(self, before: datetime) -> None:
        while self._tries:
            oldest = next(iter(self._tries))
            if any(at > before for at in self._tries[oldest].values()):
                return
            del self._tries[oldest]


def _text(question: Question, name: str) -> str:
    value: Value = question.arguments.get(name, "")
    return str(value) if isinstance(value, str | int) else ""


def _common(meant: Iterable[Account], name: str) -> str:
    """What is so of all accounts; "" when they differ: nothing is told that may be another's."""
    values = {getattr(each, name) for each in meant}
    return str(values.pop()) if len(values) == 1 else ""
