"""/webhooks: programs that are told what happens, and what each was told."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, IdPath, PageQuery
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from backoffice.safe_address import UnsafeAddressError
from storage.deliveries import Delivery, DeliveryState
from storage.scopes import Scope
from storage.webhook_news import NewsKind
from storage.webhooks import Ended, Webhook

router = APIRouter(
    prefix="/webhooks", tags=["webhooks"], dependencies=[Depends(Needs(Scope.WEBHOOKS))]
)

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        description="https, and public unless LINEA800_WEBHOOKS_PRIVATE says otherwise",
    ),
]
Kinds = Annotated[
    list[NewsKind], Field(max_length=len(NewsKind), description="What it is told; empty: all")
]
DeliveryPath = Annotated[str, Path(pattern=r"^msg_[0-9a-f]{40}$")]


class NewWebhook(Asked):
    """Who is to be told, and of what."""

    url: Url
    kinds: Kinds = Field(default_factory=list)


class WebhookChange(Asked):
    """What is to be another; what is not given stays."""

    url: Url | None = None
    kinds: Kinds | None = None


class WebhookQuery(PageQuery):
    """Which webhooks; what is not given does not matter."""

    open: Annotated[bool | None, Field(description="Told, or ended")] = None


class WebhookTold(BaseModel):
    """One webhook, but not its secrets."""

    id: str
    url: str
    kinds: list[NewsKind]
    created_by: str
    created_at: AwareDatetime
    #: null: it is told
    ended_at: AwareDatetime | None
    #: `gone`: the receiver answered 410; null: it has not ended, or long ago
    ended_why: Ended | None
    #: signed with two secrets until then
    secret_before_until: AwareDatetime | None


class WebhookMade(WebhookTold):
    """A webhook with a new secret, which is told this once."""

    secret: str


class Webhooks(BaseModel):
    """A page of webhooks, the newest first; `next_cursor` null: there are no more."""

    items: list[WebhookTold]
    next_cursor: str | None


class DeliveryQuery(PageQuery):
    """Which deliveries; what is not given does not matter."""

    state: DeliveryState | None = None


class DeliveryTold(BaseModel):
    """What a webhook was told, or is to be. `id` is the `webhook-id` of every try."""

    id: str
    kind: str
    state: DeliveryState
    message: dict[str, Any]
    tries: int
    #: what went wrong at the last try; "": nothing
    fault: str
    #: what the receiver answered to the last try; null: nothing
    status: int | None
    #: the receiver asked not to be told again before (`Retry-After`); null: it did not
    not_before: AwareDatetime | None
    created_at: AwareDatetime
    #: null: it is not tried again
    next_at: AwareDatetime | None
    ended_at: AwareDatetime | None


class Deliveries(BaseModel):
    """A page of deliveries, the newest first; `next_cursor` null: there are no more."""

    items: list[DeliveryTold]
    next_cursor: str | None


@router.get("")
async def webhooks(rooms: Rooms, query: Annotated[WebhookQuery, Query()]) -> Webhooks:
    """Webhooks, the newest first."""
    page = await rooms.webhooks.page(is_open=query.open, cursor=query.cursor, limit=query.limit)
    return Webhooks(items=[_told(one) for one in page.webhooks], next_cursor=page.next_cursor)


@router.post("", status_code=201)
async def make_webhook(
    rooms: Rooms, asked: NewWebhook, owner: Owner, trail: Trailed, response: Response
) -> WebhookMade:
    """Tell somebody from now on; the secret that proves it is told once."""
    url = await _checked(rooms, asked.url)
    made, secret = await rooms.webhooks.create(url, asked.kinds, owner.name, rooms.now())
    after = {"url": made.url, "kinds": made.kinds}
    await trail.leave("webhook.make", f"webhooks/{made.id}", after=after)
    response.headers["location"] = f"/webhooks/{made.id}"
    return WebhookMade(**_told(made).model_dump(), secret=secret)


@router.get("/{webhook_id}", responses=told(Kind.NO_SUCH_WEBHOOK))
async def one_webhook(rooms: Rooms, webhook_id: IdPath) -> WebhookTold:
    """One webhook, also one that has ended."""
    return _told(await _found(rooms, webhook_id))


@router.patch("/{webhook_id}", responses=told(Kind.NO_SUCH_WEBHOOK, Kind.WEBHOOK_ENDED))
async def change_webhook(
    rooms: Rooms, webhook_id: IdPath, asked: WebhookChange, trail: Trailed
) -> WebhookTold:
    """Another address, or other kinds; what waits goes to the new address."""
    before = await _found(rooms, webhook_id)
    values: dict[str, Any] = {}
    if asked.url is not None:
        values["url"] = await _checked(rooms, asked.url)
    if asked.kinds is not None:
        values["kinds"] = [kind.value for kind in asked.kinds]
    changed = {name: value for name, value in values.items() if getattr(before, name) != value}
    if not changed:
        return _told(before)
    after = await rooms.webhooks.change(webhook_id, **changed)
    if after is None:
        raise ProblemError(Kind.WEBHOOK_ENDED, webhook_id=webhook_id)
    was = {name: getattr(before, name) for name in changed}
    await trail.leave("webhook.change", f"webhooks/{webhook_id}", before=was, after=changed)
    return _told(after)


@router.delete("/{webhook_id}", status_code=204, responses=told(Kind.NO_SUCH_WEBHOOK))
async def end_webhook(rooms: Rooms, webhook_id: IdPath, trail: Trailed) -> None:
    """Tell it no more; what it was not told yet is dead, and kept."""
    before = await _found(rooms, webhook_id)
    if not await rooms.webhooks.end(webhook_id, rooms.now()):
        raise ProblemError(Kind.NO_SUCH_WEBHOOK, webhook_id=webhook_id)
    was = {"url": before.url, "kinds": before.kinds}
    await trail.leave("webhook.end", f"webhooks/{webhook_id}", before=was)


@router.post("/{webhook_id}/rotate", responses=told(Kind.NO_SUCH_WEBHOOK, Kind.WEBHOOK_ENDED))
async def rotate_secret(rooms: Rooms, webhook_id: IdPath, trail: Trailed) -> WebhookMade:
    """A new secret, told once; the one before is good for a day beside it."""
    await _found(rooms, webhook_id)
    rotated = await rooms.webhooks.rotate(webhook_id, rooms.now())
    if rotated is None:
        raise ProblemError(Kind.WEBHOOK_ENDED, webhook_id=webhook_id)
    webhook, secret = rotated
    said = WebhookMade(**_told(webhook).model_dump(), secret=secret)
    until = said.model_dump(mode="json", include={"secret_before_until"})
    await trail.leave("webhook.rotate", f"webhooks/{webhook_id}", after=until)
    return said


@router.post(
    "/{webhook_id}/try",
    status_code=202,
    responses=told(Kind.NO_SUCH_WEBHOOK, Kind.WEBHOOK_ENDED),
)
async def try_webhook(rooms: Rooms, webhook_id: IdPath, trail: Trailed) -> DeliveryTold:
    """Tell it a `ping` in a moment; the deliveries say what came of it."""
    await _found(rooms, webhook_id)
    delivery_id = await rooms.webhooks.ping(webhook_id, rooms.now())
    found = await rooms.deliveries.get(webhook_id, delivery_id) if delivery_id else None
    if found is None:
        raise ProblemError(Kind.WEBHOOK_ENDED, webhook_id=webhook_id)
    await trail.leave("webhook.try", f"webhooks/{webhook_id}", after={"delivery": found.id})
    return _delivery(found)


@router.get("/{webhook_id}/deliveries", responses=told(Kind.NO_SUCH_WEBHOOK))
async def deliveries(
    rooms: Rooms, webhook_id: IdPath, query: Annotated[DeliveryQuery, Query()]
) -> Deliveries:
    """What it was told and is to be told, the newest first; the dead ones with `state=dead`."""
    await _found(rooms, webhook_id)
    page = await rooms.deliveries.page(
        webhook_id, state=query.state, cursor=query.cursor, limit=query.limit
    )
    items = [_delivery(one) for one in page.deliveries]
    return Deliveries(items=items, next_cursor=page.next_cursor)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/again",
    status_code=202,
    responses=told(Kind.NO_SUCH_WEBHOOK, Kind.NO_SUCH_DELIVERY, Kind.WEBHOOK_ENDED),
)
async def deliver_again(
    rooms: Rooms, webhook_id: IdPath, delivery_id: DeliveryPath, trail: Trailed
) -> DeliveryTold:
    """Tell it once more, under the same id, and for another day if it is not taken."""
    webhook = await _found(rooms, webhook_id)
    if webhook.ended_at is not None:
        raise ProblemError(Kind.WEBHOOK_ENDED, webhook_id=webhook_id)
    again = await rooms.deliveries.again(webhook_id, delivery_id, rooms.now())
    if again is None:
        raise ProblemError(Kind.NO_SUCH_DELIVERY, delivery_id=delivery_id)
    await trail.leave("webhook.again", f"webhooks/{webhook_id}", after={"delivery": again.id})
    return _delivery(again)


async def _found(rooms: Parts, webhook_id: str) -> Webhook:
    webhook = await rooms.webhooks.get(webhook_id)
    if webhook is None:
        raise ProblemError(Kind.NO_SUCH_WEBHOOK, webhook_id=webhook_id)
    return webhook


async def _checked(rooms: Parts, url: str) -> str:
    try:
        return await rooms.webhook_addresses.check(url)
    except UnsafeAddressError as error:
        raise invalid("body.url", error.refusal) from error


def _told(webhook: Webhook) -> WebhookTold:
    values = {name: getattr(webhook, name) for name in WebhookTold.model_fields}
    return WebhookTold(**{**values, "ended_why": webhook.ended_why or None})


def _delivery(delivery: Delivery) -> DeliveryTold:
    return DeliveryTold(
        id=delivery.id,
        kind=delivery.kind,
        state=delivery.state,
        message=json.loads(delivery.body),
        tries=delivery.tries,
        fault=delivery.fault,
        status=delivery.status,
        not_before=delivery.not_before,
        created_at=delivery.created_at,
        next_at=None if delivery.ended_at else delivery.next_at,
        ended_at=delivery.ended_at,
    )
