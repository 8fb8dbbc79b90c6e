"""Webhooks are told what is written for them, at least once, whatever breaks in between."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from backoffice.safe_address import SafeAddresses
from backoffice.webhooks import PAUSES, Outcome, WebhookSender
from linea800.webhook_office import DOWN_AFTER, KEPT, WebhookOffice
from storage.database import Database
from storage.deliveries import Delivery, DeliveryState, DeliveryStore
from storage.errors import DatabaseUnavailableError
from storage.tables import deliveries
from storage.webhook_news import News, NewsKind, masked, tell
from storage.webhooks import OVERLAP, Ended, WebhookStore
from tests.integration.api_house import Clock
from tests.integration.misbehaving import Counting, behaving, good, hang_up, saying
from tests.unit.facts import START


class Receiver:
    """Takes messages or does not, as it is told, and keeps them."""

    def __init__(self, *answers: int | None) -> None:
        self.answers = list(answers)
        #: the `Retry-After` of whatever is not taken
        self.later = ""
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """As `WebhookSender.send`."""
        self.got.append((url, dict(headers), body))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            return Outcome(status, "")
        return Outcome(status, f"answered {status}", self.later)

    @property
    def ids(self) -> list[str]:
        """The ids of what came, in order."""
        return [headers["webhook-id"] for _, headers, _ in self.got]


class House:
    """The stores, a clock, and an office whose messages go to `receiver`."""

    def __init__(self, database: Database, *answers: int | None) -> None:
        self.database, self.clock, self.receiver = database, Clock(), Receiver(*answers)
        self.webhooks, self.deliveries = WebhookStore(database), DeliveryStore(database)
        self.secrets: dict[str, str] = {}
        self.office = self.new_office()

    def new_office(self) -> WebhookOffice:
        """As after a restart."""
        sender: Any = self.receiver
        return WebhookOffice(self.deliveries, sender, now=self.clock, drawn=lambda: 0.5)

    async def new_webhook(self, *kinds: str, url: str = "https://hook.example/") -> str:
        """A webhook; its id."""
        made, secret = await self.webhooks.create(url, kinds, "Ana", self.clock())
        self.secrets[made.id] = secret
        return made.id

    async def happens(self, key: str, kind: NewsKind = NewsKind.TICKET_CREATED) -> None:
        """Something to tell of."""
        news = News(kind=kind, key=key, at=self.clock(), data={"number": key})

        def write(connection: Connection) -> None:
            tell(connection, [news])

        await self.database.write(write)

    async def all(self, webhook_id: str, state: DeliveryState | None = None) -> list[Delivery]:
        """The deliveries of a webhook, the newest first."""
        return (await self.deliveries.page(webhook_id, state=state)).deliveries


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[House]:
    """On one database only: what is tried is not what it does."""
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        yield House(database)


async def test_each_is_told_what_it_wants_to_hear(house: House) -> None:
    everything = await house.new_webhook()
    alerts = await house.new_webhook("alert.raised", "alert.cleared")
    await house.happens("t1")
    await house.happens("a1", NewsKind.ALERT_RAISED)
    assert sorted(await house.deliveries.due(house.clock())) == sorted([everything, alerts])
    assert [await house.office.tell(one) for one in (everything, alerts)] == [2, 1]
    kinds = [json.loads(body)["type"] for _, _, body in house.receiver.got]
    assert sorted(kinds) == ["alert.raised", "alert.raised", "ticket.created"]
    assert await house.deliveries.due(house.clock()) == []
    (told,) = await house.all(alerts)
    assert (told.state, told.tries, told.fault) == (DeliveryState.DELIVERED, 1, "")


async def test_what_is_sent_is_signed_with_every_secret_that_is_good(house: House) -> None:
    webhook_id = await house.new_webhook()
    rotated = await house.webhooks.rotate(webhook_id, house.clock())
    assert rotated is not None
    good_ones = [rotated[1], house.secrets[webhook_id]]
    for key, secrets in (("t1", good_ones), ("t2", good_ones[:1])):
        await house.happens(key)
        await house.office.tell(webhook_id)
        _, headers, body = house.receiver.got[-1]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = []
        for secret in secrets:
            by = base64.b64decode(secret.removeprefix("whsec_"))
            digest = hmac.new(by, signed, hashlib.sha256).digest()
            expected.append("v1," + base64.b64encode(digest).decode())
        assert headers["webhook-signature"].split() == expected
        assert int(headers["webhook-timestamp"]) == int(house.clock().timestamp())
        house.clock.advance(OVERLAP.total_seconds())
    told = json.loads(body)
    assert (told["type"], told["data"]) == ("ticket.created", {"number": "t2"})
    assert told["timestamp"].endswith("Z")


async def test_what_is_not_taken_is_tried_for_a_day_under_one_id_and_is_then_dead(
    light: House,
) -> None:
    webhook_id = await light.new_webhook()
    light.receiver.answers = [500, None] * 20
    await light.happens("t1")
    moments: list[datetime] = []
    while await light.all(webhook_id, DeliveryState.WAITING):
        if await light.office.tell(webhook_id) == 0 and len(light.receiver.got) > len(moments):
            moments.append(light.clock())
        (delivery,) = await light.all(webhook_id)
        if delivery.ended_at is None:
            light.clock.time = delivery.next_at
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert pauses == list(PAUSES)
    assert len(set(light.receiver.ids)) == 1
    (dead,) = await light.all(webhook_id, DeliveryState.DEAD)
    assert (dead.tries, dead.fault) == (len(PAUSES) + 1, "answered 500")
    assert dead.ended_at == light.clock()


async def test_a_dead_one_can_be_told_again(house: House) -> None:
    webhook_id = await house.new_webhook()
    house.receiver.answers = [500]
    await house.happens("t1")
    await house.office.tell(webhook_id)
    await house.webhooks.end(webhook_id, house.clock())
    (dead,) = await house.all(webhook_id, DeliveryState.DEAD)
    assert dead.fault == "the webhook ended"
    assert await house.deliveries.again("another", dead.id, house.clock()) is None
    again = await house.deliveries.again(webhook_id, dead.id, house.clock())
    assert again is not None
    assert (again.state, again.tries) == (DeliveryState.WAITING, 0)
    # nobody is told any more, and so it is dead again
    assert await house.office.tell(webhook_id) == 0
    assert len(house.receiver.got) == 1

    other = await house.new_webhook()
    house.receiver.answers = [500] * (len(PAUSES) + 1)
    await house.happens("t2")
    for pause in (timedelta(), *PAUSES):
        house.clock.advance(pause.total_seconds())
        await house.office.tell(other)
    (dead,) = await house.all(other, DeliveryState.DEAD)
    await house.deliveries.again(other, dead.id, house.clock())
    assert await house.office.tell(other) == 1
    assert house.receiver.ids[-1] == dead.id


async def test_one_that_answers_410_has_ended(house: House) -> None:
    webhook_id = await house.new_webhook()
    house.receiver.answers = [410]
    for key in ("t1", "t2", "t3"):
        await house.happens(key)
    assert await house.office.tell(webhook_id) == 0
    webhook = await house.webhooks.get(webhook_id)
    assert webhook is not None
    assert webhook.ended_at == house.clock()
    dead = await house.all(webhook_id, DeliveryState.DEAD)
    assert [one.fault for one in dead] == ["answered 410"] * 3
    assert sorted((one.tries, one.status) for one in dead if one.tries) == [(1, 410)]
    assert [one.status for one in dead if not one.tries] == [None, None]
    assert webhook.ended_why == Ended.GONE
    await house.happens("t4")
    assert len(await house.all(webhook_id)) == 3
    assert len(house.receiver.got) == 1


async def test_what_is_told_twice_is_one_message_and_what_is_taken_back_none(
    house: House,
) -> None:
    webhook_id = await house.new_webhook()
    for _ in range(3):
        await house.happens("t1")
    news = News(kind=NewsKind.TICKET_CREATED, key="t2", at=START, data={})

    def fails(connection: Connection) -> None:
        tell(connection, [news, news])
        raise RuntimeError("before it is committed")

    with pytest.raises(RuntimeError):
        await house.database.write(fails)
    assert await house.office.tell(webhook_id) == 1
    await house.happens("t1")
    assert await house.office.tell(webhook_id) == 0


async def test_a_crash_between_sending_and_noting_sends_it_again(house: House) -> None:
    webhook_id = await house.new_webhook()
    await house.happens("t1")
    claim = await house.deliveries.claim(
        webhook_id, house.clock(), house.clock() + timedelta(seconds=40)
    )
    assert claim is not None  # it is sent now, and then we are gone
    after = house.new_office()
    assert await after.tell(webhook_id) == 0, "somebody is at it"
    house.clock.advance(40)
    assert await after.tell(webhook_id) == 1
    assert house.receiver.ids == [claim.delivery.id]
    # whoever comes back late changes nothing
    await house.deliveries.failed(claim, "late", house.clock(), house.clock())
    (told,) = await house.all(webhook_id)
    assert told.state is DeliveryState.DELIVERED


async def test_two_at_once_never_have_the_same_one(house: House) -> None:
    webhook_id = await house.new_webhook()
    for key in range(6):
        await house.happens(f"t{key}")
    until = house.clock() + timedelta(seconds=40)
    claims = await asyncio.gather(
        *(house.deliveries.claim(webhook_id, house.clock(), until) for _ in range(6))
    )
    ids = [claim.delivery.id for claim in claims if claim is not None]
    assert len(ids) == len(set(ids)) >= 1


async def test_one_that_is_down_is_left_alone_and_the_others_are_told(light: House) -> None:
    down, up = await light.new_webhook(), await light.new_webhook()
    for key in range(5):
        await light.happens(f"t{key}")
    light.receiver.answers = [None] * DOWN_AFTER
    assert await light.office.tell(down) == 0
    assert len(light.receiver.got) == DOWN_AFTER
    async with asyncio.TaskGroup() as group:
        await light.office.look(group)
    assert [one.state for one in await light.all(up)] == [DeliveryState.DELIVERED] * 5
    assert len(await light.all(down, DeliveryState.WAITING)) == 5
    light.clock.advance(61)
    async with asyncio.TaskGroup() as group:
        await light.office.look(group)
    assert len(await light.all(down, DeliveryState.DELIVERED)) == 5


async def test_a_database_that_is_away_loses_nothing(
    light: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook_id = await light.new_webhook()
    await light.happens("t1")

    async def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as broken:
        broken.setattr(DeliveryStore, "delivered", away)
        async with asyncio.TaskGroup() as group:
            await light.office.look(group)  # it was sent, and that cannot be written
    light.clock.advance(41)
    with monkeypatch.context() as broken:
        broken.setattr(DeliveryStore, "due", away)
        running = asyncio.create_task(light.office.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not running.done()
        running.cancel()
        await asyncio.wait({running})
    async with asyncio.TaskGroup() as group:
        await light.office.look(group)
    assert len(light.receiver.got) == 2
    assert len(set(light.receiver.ids)) == 1
    (told,) = await light.all(webhook_id)
    assert told.state is DeliveryState.DELIVERED


async def test_what_was_delivered_is_forgotten_after_a_while_and_the_dead_are_kept(
    house: House,
) -> None:
    webhook_id, dead_id = await house.new_webhook(), await house.new_webhook()
    await house.happens("t1")
    await house.office.tell(webhook_id)
    await house.webhooks.end(dead_id, house.clock())
    house.clock.advance(KEPT.total_seconds() + 1)
    async with asyncio.TaskGroup() as group:
        await house.new_office().look(group)
    assert await house.all(webhook_id) == []
    assert len(await house.all(dead_id)) == 1


async def test_over_the_wire(light: House) -> None:
    """503, a connection that breaks, then 200: one message, three times, with the same id."""

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    sender = WebhookSender(SafeAddresses(private=True, resolve=here), deadline_seconds=2.0)
    office = WebhookOffice(light.deliveries, sender, now=light.clock, drawn=lambda: 0.0)
    broken = saying(b"HTTP/1.1 503 No\r\nRetry-After: 40\r\nContent-Length: 0\r\n\r\n")
    hook = Counting(broken, hang_up, good(b"ok"))
    async with behaving(hook) as address:
        webhook_id = await light.new_webhook(url=address)
        await light.happens("ñandú")
        for taken, status, asked in ((0, 503, 40), (0, None, 0), (1, 200, 0)):
            assert await office.tell(webhook_id) == taken
            (tried,) = await light.all(webhook_id)
            until = light.clock() + timedelta(seconds=asked) if asked else None
            assert (tried.status, tried.not_before) == (status, until)
            light.clock.advance(60)
    ids = {
        line for head in hook.heads for line in head.splitlines() if line.startswith("webhook-id")
    }
    assert (len(hook.heads), len(ids)) == (3, 1)
    (told,) = await light.all(webhook_id)
    assert (told.tries, told.state) == (3, DeliveryState.DELIVERED)


async def test_pages(house: House) -> None:
    webhook_id = await house.new_webhook()
    for key in range(5):
        await house.happens(f"t{key}")
        house.clock.advance(1)
    first = await house.deliveries.page(webhook_id, limit=3)
    rest = await house.deliveries.page(webhook_id, limit=3, cursor=first.next_cursor)
    numbers = [json.loads(one.body)["data"]["number"] for one in first.deliveries + rest.deliveries]
    assert (numbers, rest.next_cursor) == (["t4", "t3", "t2", "t1", "t0"], None)
    count = select(func.count()).select_from(deliveries)
    assert (await house.database.rows(count))[0][0] == 5


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+573001234567", "*********4567"), ("573001234567", "********4567"), ("911", "**1"),
        ("", ""), ("1", "*"),
    ],
)  # fmt: skip
def test_numbers_leave_without_their_owner(number: str, shown: str) -> None:
    assert masked(number) == shown
