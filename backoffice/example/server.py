"""The example's HTTP side: the shipped services, and knobs and counts below /example."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from backoffice.example.accounts import CURRENCY, Account
from backoffice.example.moods import Mood, MoodName, Moods

_KNOBS = "/example/"
Key = Annotated[str, Header(alias="idempotency-key")]
router = APIRouter()


class Promise(BaseModel):
    """What `promise_payment` sends."""

    amount: Decimal
    on: datetime.date


class Ticket(BaseModel):
    """What `new_ticket` sends, as far as it matters here."""

    number: Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
    kind: str


class Ledger:
    """What was asked and done; a second asking with the same key is the first one."""

    def __init__(self, today: Callable[[], datetime.date]) -> None:
        self.today = today
        self.asked: Counter[str] = Counter()
        self.refreshes: Counter[str] = Counter()
        self._done: dict[tuple[str, str], dict[str, Any]] = {}

    def once(self, service: str, key: str, does: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do it, unless it was done; the same answer either way."""
        if (service, key) not in self._done:
            self._done[service, key] = does()
        return self._done[service, key]

    def counts(self) -> dict[str, Any]:
        """How often each service was asked, and how often something was really done."""
        done = Counter(service for service, _ in self._done)
        return {"asked": self.asked, "done": done, "refreshes": self.refreshes}


async def _ledger(request: Request) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


Books = Annotated[Ledger, Depends(_ledger)]


async def _known(account: str, books: Books) -> Account:
    found = Account.of(account, books.today())
    if found is None:
        raise HTTPException(404, "no such account")
    return found


Known = Annotated[Account, Depends(_known)]


@router.get("/accounts/{account}/balance")
async def balance(account: Known, books: Books) -> dict[str, Any]:
    """What is owed, and until when."""
    books.asked["balance"] += 1
    return {
        "amount": f"{account.amount:.2f}",
        "currency": CURRENCY,
        "due_on": account.due_on,
        "overdue": account.overdue,
    }


@router.post("/accounts/{account}/promises")
async def promise(account: Known, promised: Promise, key: Key, books: Books) -> dict[str, Any]:
    """Take a promise; no more than is owed, and not for long."""
    books.asked["promise_payment"] += 1
    if reason := account.why_no_promise(promised.amount, promised.on, books.today()):
        raise HTTPException(422, reason)
    return books.once("promise_payment", key, lambda: {"promised_on": promised.on.isoformat()})


@router.post("/accounts/{account}/decoders/{decoder}/refresh", status_code=202)
async def refresh(account: Known, decoder: str, key: Key, books: Books) -> dict[str, Any]:
    """Give a decoder its rights anew; not a suspended account's."""
    books.asked["refresh_signal"] += 1
    if account.suspended:
        raise HTTPException(409, "suspended")

    def refreshed() -> dict[str, Any]:
        books.refreshes[decoder] += 1
        return {"refreshed": books.refreshes[decoder]}

    return books.once("refresh_signal", key, refreshed)


@router.post("/tickets", status_code=201)
async def ticket(told: Ticket, key: Key, books: Books) -> dict[str, Any]:
    """Hear of a ticket; its reference over here is made of its number."""
    books.asked["new_ticket"] += 1
    return books.once("new_ticket", key, lambda: {"reference": f"CRM-{told.number}"})


@router.put("/example/mood")
async def change_mood(wanted: Mood, request: Request) -> Mood:
    """Misbehave from now on, or behave again."""
    request.app.state.moods.change(wanted)
    return wanted


@router.get("/example/counts")
async def counts(books: Books) -> dict[str, Any]:
    """What was asked and done so far."""
    return books.counts()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def create_example(
    mood: Mood | None = None, *, today: Callable[[], datetime.date] = _today
) -> FastAPI:
    """An operator's systems that live as long as the application."""
    app = FastAPI(title="An operator's systems, as an example", docs_url=None, redoc_url=None)
    app.state.moods = moods = Moods(mood or Mood())
    app.state.ledger = Ledger(today)

    @app.middleware("http")
    async def in_a_mood(
        request: Request, goes_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        path = request.url.path
        mood = MoodName.WELL if path.startswith(_KNOBS) else moods.now.mood
        if mood is MoodName.DEAD:
            return Response("down for maintenance", 503)
        if mood is MoodName.LYING:
            return moods.lie(path)
        if mood is MoodName.SLOW:
            await moods.be_slow()
        return await goes_on(request)

    app.include_router(router)
    return app
