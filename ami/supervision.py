"""What supervisors ask of Asterisk: to hear a talk, and to move those who wait."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ami.headers import CHANNEL_ID, LEAVE_KEY, NAME, agent_of
from ami.message import RawMessage
from ami.orders import Orders
from calls.errors import CallGoneError, CommandRefusedError
from calls.events import LISTEN_PREFIX
from calls.switch import ListenIn, Mode

#: a supervisor's phone rings this long
RING_SECONDS = 30
_LISTEN_ID = re.compile(LISTEN_PREFIX + r"[0-9]{3,6}-[0-9a-f]{12}")
_PHONE = re.compile(r"[0-9]{3,6}")
#: names that are put together with a prefix of the dialplan
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


class SupervisorOrders(Orders):
    """`calls.switch.SupervisorPhones` and most of `WaitingLine`."""

    # --- who listens

    async def listen_in(self, order: ListenIn) -> None:
        """See `calls.switch.SupervisorPhones`.

        What is spied on is the agent's channel: there the agent alone can be spoken to.
        """
        _must_fit(_LISTEN_ID, order.channel_id)
        _must_fit(CHANNEL_ID, order.call_id)
        _must_fit(_PHONE, order.phone)
        _must_fit(_PHONE, order.agent)
        _must_fit(NAME, order.by)
        channels = await self._link.ask(
            [("Action", "CoreShowChannels")], "CoreShowChannelsComplete"
        )
        spied = talking_channel(channels, order.agent, order.call_id)
        if spied is None:
            raise CallGoneError(f"agent {order.agent} does not talk in {order.call_id} any more")
        await self._send(
            ("Action", "Originate"),
            ("ActionID", order.channel_id),
            ("ChannelId", order.channel_id),
            ("Channel", f"PJSIP/{order.phone}"),
            ("CallerID", order.agent),
            ("Timeout", str(RING_SECONDS * 1000)),
            ("Context", "supervision"),
            ("Exten", "begin"),
            ("Priority", "1"),
            ("Variable", f"L8_CALL={order.call_id}"),
            ("Variable", f"L8_AGENT={order.agent}"),
            ("Variable", f"L8_PHONE={order.phone}"),
            ("Variable", f"L8_BY={order.by}"),
            ("Variable", f"L8_SPIED={spied}"),
            ("Variable", f"L8_MODE={Mode(order.mode)}"),
            ("Async", "true"),
        )

    async def listen_otherwise(self, channel_id: str, mode: Mode) -> None:
        """See `calls.switch.SupervisorPhones`."""
        _must_fit(_LISTEN_ID, channel_id)
        await self._set(channel_id, "L8_MODE", Mode(mode))
        await self._redirect(channel_id, "supervision", "begin")

    # --- who waits

    async def send_elsewhere(self, call_id: str, queue: str) -> None:
        """See `calls.switch.WaitingLine`."""
        must_be_a_name(queue)
        await self._set(call_id, "L8_MOVE", queue)
        await self._take_out(call_id, "moved")

    async def send_ahead(self, call_id: str, queue: str, position: int) -> None:
        """See `calls.switch.WaitingLine`.

        Asterisk puts nobody before those with a higher priority, so the caller gets the priority
        of whoever has the place now.
        """
        must_be_a_name(queue)
        entries = await self._link.ask(
            [("Action", "QueueStatus"), ("Queue", queue)], "QueueStatusComplete"
        )
        priority = priority_at(entries, call_id, position)
        if priority is None:
            raise CommandRefusedError(f"{call_id} does not wait in {queue} now")
        await self._set(call_id, "QUEUE_PRIO", str(priority))
        await self._set(call_id, "L8_MOVE", str(position))
        await self._take_out(call_id, "ahead")

    async def send_away(self, call_id: str) -> None:
        """See `calls.switch.WaitingLine`."""
        await self._take_out(call_id, "withdrawn")

    async def _take_out(self, call_id: str, where: str) -> None:
        """Press the key that leads out of the queue: once, for it is the line's own key as well."""
        await self._set(call_id, "L8_BACK", where)
        await self._send_to_call(
            ("Action", "PlayDTMF"), ("Channel", call_id), ("Digit", LEAVE_KEY), ("Receive", "true")
        )


def talking_channel(channels: Sequence[RawMessage], agent: str, call_id: str) -> str | None:
    """The unique id of the agent's channel that is in the talk; None: there is none.

    It shares the customer's bridge, or (held, and Asterisk has not yet shortened the way) is in the
    bridge of an agent.
    """
    bridge = next((raw.get("BridgeId") for raw in channels if raw.get("Uniqueid") == call_id), "")
    mine = [
        raw
        for raw in channels
        if agent_of(raw.get("Channel")) == agent
        and raw.get("BridgeId")
        and not raw.get("Uniqueid").startswith(LISTEN_PREFIX)
    ]
    mine.sort(key=lambda raw: raw.get("BridgeId") != bridge)
    found = mine[0].get("Uniqueid") if mine and bridge else ""
    return found if CHANNEL_ID.fullmatch(found) else None


def priority_at(entries: Sequence[RawMessage], call_id: str, position: int) -> int | None:
    """The priority of whoever has this place, the caller left out; None: the caller has none."""
    waiting = sorted(
        (_whole(raw.get("Position")), raw.get("Uniqueid"), _whole(raw.get("Priority")))
        for raw in entries
        if raw.event == "QueueEntry"
    )
    own = next((priority for _, waits, priority in waiting if waits == call_id), None)
    others = [priority for _, waits, priority in waiting if waits != call_id]
    if own is None or not others:
        return own
    return others[min(position, len(others)) - 1]


def must_be_a_name(name: str) -> None:
    """Raises `CommandRefusedError` for what no queue and no target of a floor can be called."""
    _must_fit(_NAME, name)


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 0


def _must_fit(pattern: re.Pattern[str], value: str) -> None:
    if not pattern.fullmatch(value):
        raise CommandRefusedError(f"{value[:80]!r} cannot be sent to the dialplan")
