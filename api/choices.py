"""/choices: what an order may name: reasons of a pause, what can be said, queues and targets."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.access import Needs, Owner
from api.parts import Rooms
from api.problems import language_of
from prompts.catalog import prompt_names
from prompts.spoken import LANGUAGES
from storage.scopes import Scope

router = APIRouter(tags=["live"], dependencies=[Depends(Needs(Scope.OWN, Scope.LIVE_READ))])


class Sayable(BaseModel):
    """A prompt that exists in every language."""

    name: str
    text: Annotated[str, Field(description="In the language of the request; empty: a recording")]


class Choices(BaseModel):
    """What may be named, in the order in which it is shown."""

    pause_reasons: list[str]
    prompts: list[Sayable]
    #: where a talk is passed on to; also of a queue that is closed now
    queues: list[str]
    targets: list[str]


@router.get("/choices")
async def choices(rooms: Rooms, owner: Owner, request: Request) -> Choices:
    """Reasons of a pause, what callers can be told, and where talks can be passed on to."""
    texts = rooms.sentences[language_of(request)]
    names = [frozenset(known) for known in rooms.prompts.values()]
    everywhere = names[0].intersection(*names) if names else frozenset()
    # without the thousands of numbers and names that sentences are made with
    named = sorted(name for name in everywhere if name in texts or name not in _known())
    return Choices(
        pause_reasons=[reason.name for reason in rooms.floor.pause_reasons],
        prompts=[Sayable(name=name, text=texts.get(name, "")) for name in named],
        queues=[queue.name for queue in rooms.floor.queues if owner.sees(queue.name)],
        targets=[target.name for target in rooms.floor.targets],
    )


@cache
def _known() -> frozenset[str]:
    return frozenset[str]().union(*(prompt_names(language) for language in LANGUAGES))
