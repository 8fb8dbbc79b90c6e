"""How orders leave for Asterisk: once, with the switch's own errors for what goes wrong."""

from __future__ import annotations

import re

from ami.errors import ValueRefusedError
from ami.link import AmiLink
from calls.errors import CallGoneError, CommandRefusedError

#: what Asterisk says when the thing spoken of is not there any more
_GONE = re.compile(
    r"no such channel|does not exist|channel not up|not logged in|not there|no such agent",
    re.IGNORECASE,
)


class Orders:
    """What every order to one Asterisk is made with."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def hang_up(self, channel_id: str) -> None:
        """See `calls.switch`. A call that is gone already is no error."""
        await self._send_if_there(("Action", "Hangup"), ("Channel", channel_id), ("Cause", "16"))

    async def _send(self, *fields: tuple[str, str]) -> None:
        try:
            await self._link.send(fields)
        except ValueRefusedError as error:
            raise CommandRefusedError(str(error)) from error

    async def _send_if_there(self, *fields: tuple[str, str]) -> None:
        try:
            await self._send(*fields)
        except CommandRefusedError as error:
            if not is_gone(error):
                raise

    async def _send_to_call(self, *fields: tuple[str, str]) -> None:
        """Raises `CallGoneError` when the call is over: callers hang up at any moment."""
        try:
            await self._send(*fields)
        except CommandRefusedError as error:
            if is_gone(error):
                raise CallGoneError(f"{fields[0][1]}: {error}") from error
            raise

    async def _set(self, channel_id: str, name: str, value: str) -> None:
        fields = [("Action", "Setvar"), ("Variable", name), ("Value", value)]
        if channel_id:
            fields.insert(1, ("Channel", channel_id))
        await self._send_to_call(*fields)

    async def _redirect(self, channel_id: str, context: str, exten: str) -> None:
        await self._send_to_call(
            ("Action", "Redirect"),
            ("Channel", channel_id),
            ("Context", context),
            ("Exten", exten),
            ("Priority", "1"),
        )


def is_gone(error: CommandRefusedError) -> bool:
    """Whether Asterisk refused because what was spoken of is not there any more."""
    return _GONE.search(str(error)) is not None
