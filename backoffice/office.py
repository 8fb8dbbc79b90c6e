"""The back office: an operator's own CRM, billing and provisioning, asked over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from backoffice.address import Address
from backoffice.clerk import Clerk, Fallback, Pattern
from backoffice.client import Client
from backoffice.figures import ServiceHealth
from backoffice.spec import ServiceSpec
from ivr.services import FAILED, Answer, Question, Service

log = logging.getLogger(__name__)


class BackOffice:
    """A `FrontOffice` for the services of `services.yaml`; without an address it has no answers.

    Made inside a running loop, and closed at its end (`async with`, or `close`).
    """

    def __init__(
        self,
        specs: Mapping[str, ServiceSpec],
        address: Address | None,
        *,
        fallback: Fallback | None = None,
        pattern: Pattern | None = None,
    ) -> None:
        """`fallback` answers for services that declare `fallback: own`."""
        self.address = address
        connections = sum(spec.at_once for spec in specs.values())
        self._client = None if address is None else Client(address, connections=connections)
        self._services = {name: spec.as_service() for name, spec in specs.items()}
        pattern = pattern or Pattern()
        self._clerks = {
            name: Clerk(name, spec, self._client, fallback, pattern) for name, spec in specs.items()
        }

    def services(self) -> Mapping[str, Service]:
        """What may be asked."""
        return self._services

    async def ask(self, question: Question) -> Answer:
        """Never raises, and answers within the service's `most_seconds`: at worst with `FAILED`."""
        clerk = self._clerks.get(question.service)
        if clerk is None:
            log.error("%s is no service of services.yaml", question.service)
            return Answer(FAILED)
        try:
            return await clerk.answer(question)
        except Exception:  # the caller's way goes on, whatever we did wrong
            log.exception("%s of call %s broke", question.service, question.call_id)
            clerk.broke()
            return Answer(FAILED)

    def health(self) -> tuple[ServiceHealth, ...]:
        """How every service is, in the order of the file."""
        return tuple(clerk.health() for clerk in self._clerks.values())

    async def close(self) -> None:
        """Close the connections; whoever is still asking hears that it failed."""
        if self._client is not None:
            await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()
