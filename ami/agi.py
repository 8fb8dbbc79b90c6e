"""Commands of a dialogue (AsyncAGI): sent as orders, answered later by an event."""

from __future__ import annotations

import asyncio
import uuid
from urllib.parse import unquote

from ami.link import AmiLink
from ami.message import RawMessage
from ami.orders import Orders
from calls.errors import CallGoneError, LinkDownError, OutcomeUnknownError


class AgiOrders(Orders):
    """Orders, and commands whose results come back by `command_finished`."""

    def __init__(self, link: AmiLink) -> None:
        super().__init__(link)
        self._under_way: dict[str, tuple[str, asyncio.Future[str]]] = {}

    async def _run(self, call_id: str, command: str, *, most_seconds: float) -> str:
        """Run a command in the caller's dialogue; Asterisk's answer, such as `200 result=0`.

        Raises `CallGoneError` when the dialogue ends before the command does, `LinkDownError`, and
        `OutcomeUnknownError` when there is no answer after `most_seconds`.
        """
        command_id = uuid.uuid4().hex
        result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._under_way[command_id] = (call_id, result)
        try:
            await self._send_to_call(
                ("Action", "AGI"),
                ("Channel", call_id),
                ("Command", command),
                ("CommandID", command_id),
            )
            async with asyncio.timeout(most_seconds):
                return await result
        except TimeoutError:
            raise OutcomeUnknownError(
                f"{command[:60]!r}: no answer within {most_seconds:g} s"
            ) from None
        finally:
            del self._under_way[command_id]

    # --- what the connector tells

    def command_finished(self, message: RawMessage) -> None:
        """An `AsyncAGIExec` came: wake whoever waits for that command."""
        waiting = self._under_way.get(message.get("CommandId"))
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(unquote(message.get("Result")).strip())

    def dialogue_over(self, call_id: str) -> None:
        """Commands still queued for the call never run (lab notes, trap 23)."""
        self._fail(CallGoneError("the dialogue is over"), call_id)

    def link_lost(self) -> None:
        """No result will come any more."""
        self._fail(LinkDownError("the link was lost while a command ran"))

    def _fail(self, error: Exception, call_id: str = "") -> None:
        for owner, result in self._under_way.values():
            if call_id in ("", owner) and not result.done():
                result.set_exception(error)
                result.exception()  # it may be that nobody waits any more
