"""What of the floor one owner sees: everything, or only what belongs to some queues.

A call that is in no queue yet, and one of another queue, is nobody's who sees only some.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from typing import Any

from agents.floor import Floor
from api.persons import hidden_thing
from dialer.alarms import AlarmKind
from monitoring.board import Things, Update
from monitoring.record import CallRecord
from monitoring.watched_figures import SubjectKind
from storage.scopes import Scope
from storage.targets import Reach, Within
from storage.tokens import TokenOwner

#: the queue of a campaign by its id; "" when it is not known
QueueOf = Callable[[str], Awaitable[str]]


def sees_agent(owner: TokenOwner, number: str, queues: Collection[str]) -> bool:
    """Whether an agent of these queues is shown; everybody sees themselves."""
    if owner.queues is None or owner.agent == number:
        return True
    return any(map(owner.sees, queues))


def sees_call(owner: TokenOwner, record: CallRecord) -> bool:
    """Whether a call is shown: it was in one of the queues."""
    return owner.queues is None or any(owner.sees(stay.queue) for stay in record.stays)


def within(owner: TokenOwner, floor: Floor) -> Within:
    """Whose figures the owner of a token may see; None: everybody's."""
    if owner.queues is None:
        return None
    agents = [agent.number for agent in floor.agents if any(map(owner.sees, agent.queues))]
    return Reach(queues=owner.queues, agents=frozenset(agents))


class AlertFilter:
    """Leaves out alerts of what one client does not see: a target's figure, a campaign's calls."""

    def __init__(self, owner: TokenOwner, queue_of: QueueOf, within: Within) -> None:
        self._owner = owner
        self._queue_of = queue_of
        self._within = within

    async def seen(
        self, kind: str, subject: str, details: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """The details as they are shown; None: the alert is not."""
        if self._within is None:
            return details
        match kind:
            case AlarmKind.TARGET:
                shown = await self.sees_subject(details["subject_kind"], details["subject"])
            case AlarmKind.PROMISE_BROKEN:
                shown = await self._sees_campaign(subject.removeprefix("campaigns/"))
            case AlarmKind.REGISTER_STALE:
                held = [each for each in details["campaigns"] if await self._sees_campaign(each)]
                return {**details, "campaigns": held}
            case _:
                shown = True
        return details if shown else None

    async def sees_subject(self, kind: str, subject: str) -> bool:
        """Whether the figure of one queue, agent, campaign, menu is shown."""
        if self._within is None:
            return True
        match kind:
            case SubjectKind.QUEUE:
                return subject in self._within.queues
            case SubjectKind.AGENT:
                return subject in self._within.agents
            case SubjectKind.CAMPAIGN:
                return await self._sees_campaign(subject)
            case _:
                return False

    async def _sees_campaign(self, campaign_id: str) -> bool:
        return self._owner.sees(await self._queue_of(campaign_id))


class BoardFilter:
    """Leaves out of the board's pictures what one client does not see, and that it is gone.

    Who has not `pii:read` gets calls without whose they are.
    """

    def __init__(self, owner: TokenOwner, queue_of: QueueOf, within: Within = None) -> None:
        self._owner = owner
        self._queue_of = queue_of
        self._alerts = AlertFilter(owner, queue_of, within)
        self._shown: set[str] = set()
        self._sees_persons = owner.may(Scope.PII_READ)

    @property
    def sees_all(self) -> bool:
        """Whether nothing is left out."""
        return self._owner.queues is None and self._sees_persons

    async def seen(self, update: Update) -> Update:
        """The update as it is shown; what was shown and is not any more is gone."""
        if self.sees_all:
            return update
        if update.whole:
            self._shown.clear()
        things: Things = {}
        for path, thing in update.things.items():
            shown = None if thing is None else await self._thing(path, thing)
            if shown is not None:
                self._shown.add(path)
                things[path] = shown
            elif path in self._shown:
                self._shown.remove(path)
                things[path] = None
        return Update(update.seq, whole=update.whole, things=things)

    async def watched(self, updates: AsyncGenerator[Update, None]) -> AsyncGenerator[Update, None]:
        """Each update as it is shown; those with nothing in them are left out."""
        async with aclosing(updates):
            async for update in updates:
                seen = await self.seen(update)
                if seen.whole or seen.things:
                    yield seen

    async def _thing(self, path: str, thing: dict[str, Any]) -> dict[str, Any] | None:
        shown = thing if self._owner.queues is None else await self._of_own_queues(path, thing)
        if shown is None or self._sees_persons or not path.startswith("calls/"):
            return shown
        return hidden_thing(shown)

    async def _of_own_queues(self, path: str, thing: dict[str, Any]) -> dict[str, Any] | None:
        kind, _, name = path.partition("/")
        sees = self._owner.sees
        match kind:
            case "queues":
                shown = sees(name)
            case "agents":
                shown = sees_agent(self._owner, name, thing["queues"])
            case "campaigns":
                shown = sees(await self._queue_of(name))
            case "calls":
                shown = sees(thing["queue"])
            case "curves":
                queues = {each: point for each, point in thing["queues"].items() if sees(each)}
                return {**thing, "queues": queues}
            case "alerts":
                details = await self._alerts.seen(thing["kind"], thing["subject"], thing["details"])
                return None if details is None else {**thing, "details": details}
            case _:
                shown = not thing.get("queue") or sees(thing["queue"])
        return thing if shown else None
