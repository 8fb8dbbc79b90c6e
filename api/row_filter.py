"""What of the floor one owner sees: everything, or only what belongs to some queues.

A call that is in no queue yet, and one of another queue, is nobody's who sees only some.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import aclosing
from typing import Any

from monitoring.board import Things, Update
from monitoring.record import CallRecord
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


class BoardFilter:
    """Leaves out of the board's pictures what one client does not see, and that it is gone."""

    def __init__(self, owner: TokenOwner, queue_of: QueueOf) -> None:
        self._owner = owner
        self._queue_of = queue_of
        self._shown: set[str] = set()

    async def seen(self, update: Update) -> Update:
        """The update as it is shown; what was shown and is not any more is gone."""
        if self._owner.queues is None:
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
            case _:
                shown = not thing.get("queue") or sees(thing["queue"])
        return thing if shown else None
