"""The live picture as server-sent events, to a client that may read slowly, or not at all."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from datetime import datetime
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.limits import Limits
from api.problem_texts import Kind
from api.problems import ProblemError
from monitoring.board import Update
from monitoring.board_things import Thing

log = logging.getLogger(__name__)

_COMMENT = b": still here\n\n"


def picture(update: Update, as_of: datetime) -> dict[str, Any]:
    """An update as plain data."""
    return {"seq": update.seq, "as_of": as_of.isoformat(), "things": update.things}


class Telling:
    """Updates as they are sent. A thing that many screens are told of is written once for all."""

    def __init__(self) -> None:
        #: of each path the thing that was written last, and how
        self._written: dict[str, tuple[Thing, str]] = {}

    def event(self, update: Update, as_of: datetime) -> bytes:
        """`snapshot` replaces everything, `delta` only what it names."""
        name = "snapshot" if update.whole else "delta"
        if update.whole:  # calls that went while nobody looked on were not told of
            for gone in self._written.keys() - update.things.keys():
                del self._written[gone]
        things = ",".join(
            f"{_json(path)}:{self._thing(path, thing)}" for path, thing in update.things.items()
        )
        # JSON has no bare line break, so it is always one line of `data`
        data = f'{{"seq":{update.seq},"as_of":"{as_of.isoformat()}","things":{{{things}}}}}'
        return f"event: {name}\nid: {update.seq}\ndata: {data}\n\n".encode("utf-8", "replace")

    def _thing(self, path: str, thing: Thing | None) -> str:
        if thing is None:
            self._written.pop(path, None)
            return "null"
        written = self._written.get(path)
        if written is not None and written[0] is thing:
            return written[1]
        text = _json(thing)
        self._written[path] = (thing, text)
        return text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Streams:
    """How many streams each token has open, and how they are told."""

    def __init__(self, limit: int) -> None:
        self.telling = Telling()
        self._limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, token_id: str) -> Iterator[None]:
        """A place for one more; raises `ProblemError` when the token has its share."""
        if self._open[token_id] >= self._limit:
            raise ProblemError(Kind.TOO_MANY_STREAMS, limit=self._limit)
        self._open[token_id] += 1
        try:
            yield
        finally:
            self._open[token_id] -= 1
            if not self._open[token_id]:
                del self._open[token_id]


class EventStream(Response):
    """Sends updates until the client goes, stops reading, or may not see them any more.

    While a send waits for the client its updates conflate in the board's slot, so a slow client
    costs one picture of memory and nobody's time.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        updates: AsyncGenerator[Update, None],
        *,
        telling: Telling,
        place: AbstractContextManager[None],
        still_allowed: Callable[[], Awaitable[bool]],
        now: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"cache-control": "no-store", "x-accel-buffering": "no"})
        self._updates = updates
        self._telling = telling
        self._place = place
        self._still_allowed = still_allowed
        self._now = now
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send; raises `ProblemError` before anything was sent when there is no place left."""
        with self._place:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send_all(send))
                leaving = group.create_task(_gone(receive))
                await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
                sending.cancel()
                leaving.cancel()

    async def _send_all(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async with aclosing(self._lines()) as lines:
                async for line in lines:
                    async with asyncio.timeout(self._limits.send_seconds):
                        await send({"type": "http.response.body", "body": line, "more_body": True})
            async with asyncio.timeout(self._limits.send_seconds):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            log.info("a live view took nothing for %g s: let go", self._limits.send_seconds)

    async def _lines(self) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        comment_at = loop.time() + self._limits.comment_seconds
        async with aclosing(self._updates) as updates:
            # a task of its own: a wait that is broken off for the comment must not end the updates
            coming = asyncio.ensure_future(anext(updates))
            try:
                while True:
                    await asyncio.wait({coming}, timeout=max(0.0, comment_at - loop.time()))
                    if coming.done():
                        yield self._telling.event(coming.result(), self._now())
                        await asyncio.sleep(self._limits.gather_seconds)
                        coming = asyncio.ensure_future(anext(updates))
                    if loop.time() >= comment_at:
                        if not await self._still_allowed():
                            return
                        yield _COMMENT
                        comment_at = loop.time() + self._limits.comment_seconds
            finally:
                coming.cancel()
                await asyncio.wait({coming})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
