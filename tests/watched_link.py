"""A quick link to a scripted peer, and ways to wait for what it tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ami.link import AmiLink
from ami.message import Down, Event, Item, LoginInfo, RawMessage, Up
from tests.scripted_peer import SECRET

PING, MUTE = 0.05, 0.2
ORIGINATE = [("Action", "Originate"), ("Async", "true"), ("ActionID", "attempt-1")]
CHANNELS = [("Action", "CoreShowChannels")]
COMPLETE = "CoreShowChannelsComplete"


def assert_nothing_left() -> None:
    """No task and no timer outlives a test: no loose reconnection, no loose coroutine."""
    loop = asyncio.get_running_loop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert [timer for timer in vars(loop)["_scheduled"] if not timer.cancelled()] == []


def link_to(port: int, secret: str = SECRET, **options: Any) -> AmiLink:
    """A link that is quick in everything, to a peer on this machine."""
    quick: dict[str, Any] = {
        "ping_seconds": PING,
        "mute_seconds": MUTE,
        "action_seconds": 30.0,
        "backoff_seconds": (0.01, 0.05),
        "refused_seconds": 0.1,
    }
    return AmiLink("127.0.0.1", port, "linea800", secret, **(quick | options))


@asynccontextmanager
async def running(link: AmiLink) -> AsyncIterator[AmiLink]:
    """The link runs inside the block; after it, its task is over and no socket is left."""
    run = asyncio.create_task(link.run())
    try:
        yield link
        assert not run.done(), run.exception()
    finally:
        run.cancel()
        await asyncio.wait({run})
    assert run.cancelled()
    assert not link.up


async def following(link: AmiLink, kind: type[Item]) -> list[Item]:
    """Everything up to and with the next item of a kind."""
    found: list[Item] = []
    async with asyncio.timeout(60):
        async for item in link.items():
            found.append(item)
            if isinstance(item, kind):
                break
    return found


async def up(link: AmiLink) -> LoginInfo:
    """Wait until the link is up."""
    item = (await following(link, Up))[-1]
    assert isinstance(item, Up)
    return item.info


async def down(link: AmiLink) -> str:
    """Wait until the link is down; the reason."""
    item = (await following(link, Down))[-1]
    assert isinstance(item, Down)
    return item.reason


async def event(link: AmiLink) -> RawMessage:
    """The next event."""
    item = (await following(link, Event))[-1]
    assert isinstance(item, Event)
    return item.message


def waiting_orders(link: AmiLink) -> set[str]:
    """The ids of the orders, pings aside, for which an answer is awaited."""
    protocol = vars(link)["_connection"].protocol
    return {order.id for order in protocol.responses.values() if order["Action"] != "Ping"}
