"""/exports/queue_log: lines as Asterisk writes them, for the tools that read its `queue_log`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from api.access import Needs, Owner
from api.export_masking import masked_number
from api.exports import Stretch, attachment, chosen
from api.parts import Rooms
from api.trail import Trailed
from calls.events import ATTEMPT_PREFIX
from monitoring.queue_log import Line
from storage.scopes import Scope

router = APIRouter(
    prefix="/exports",
    tags=["exports"],
    dependencies=[Depends(Needs(Scope.EXPORTS)), Depends(Needs(Scope.CALLS_READ))],
)
_MEDIA_TYPE = "text/plain; charset=utf-8"


@router.get(
    "/queue_log",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def queue_log(
    rooms: Rooms, owner: Owner, trail: Trailed, query: Annotated[Stretch, Query()]
) -> StreamingResponse:
    """The log of a stretch of time, in order; who asked for it is kept."""
    lines = rooms.figures.queue_log.lines(chosen(query, owner, rooms.floor), rooms.floor)
    # before the answer begins: a database that is away can still be told
    first = await anext(lines)
    hide = not owner.may(Scope.PII_READ)
    await trail.leave(
        "export.make",
        "exports/queue_log",
        after={
            "from": query.since.isoformat(), "until": query.until.isoformat(), "masked": hide,
        },
    )  # fmt: skip
    return attachment(_pieces(first, lines, hide=hide), _MEDIA_TYPE, "queue_log")


async def _pieces(
    first: list[Line], rest: AsyncGenerator[list[Line], None], *, hide: bool
) -> AsyncGenerator[bytes, None]:
    yield _text(first, hide=hide)
    async for lines in rest:
        yield _text(lines, hide=hide)


def _text(lines: list[Line], *, hide: bool) -> bytes:
    told = map(_masked, lines) if hide else lines
    return "".join(f"{line.text}\n" for line in told).encode("utf-8", "replace")


def _masked(line: Line) -> Line:
    """Without the caller's number; of a dialed call it is our own that stands there."""
    if line.event != "ENTERQUEUE" or line.call_id.startswith(ATTEMPT_PREFIX):
        return line
    url, number, *others = line.data
    return replace(line, data=(url, masked_number(number), *others))
