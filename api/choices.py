"""/choices: what an order of a supervisor may name: reasons of a pause, and what can be said."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.access import Needs
from api.parts import Rooms
from api.problems import language_of
from prompts.catalog import prompt_names, sentences
from prompts.spoken import LANGUAGES
from storage.scopes import Scope

router = APIRouter(tags=["live"], dependencies=[Depends(Needs(Scope.LIVE_READ))])


class Sayable(BaseModel):
    """A prompt that exists in every language."""

    name: str
    text: Annotated[str, Field(description="In the language of the request; empty: a recording")]


class Choices(BaseModel):
    """What may be named, in the order in which it is shown."""

    pause_reasons: list[str]
    prompts: list[Sayable]


@router.get("/choices")
async def choices(rooms: Rooms, request: Request) -> Choices:
    """Reasons of a pause, and the sentences and own recordings that callers can be told."""
    texts = _sentences()[language_of(request)]
    names = [frozenset(known) for known in rooms.prompts.values()]
    everywhere = names[0].intersection(*names) if names else frozenset()
    # without the thousands of numbers and names that sentences are made with
    named = sorted(name for name in everywhere if name in texts or name not in _known())
    return Choices(
        pause_reasons=[reason.name for reason in rooms.floor.pause_reasons],
        prompts=[Sayable(name=name, text=texts.get(name, "")) for name in named],
    )


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return sentences()


@cache
def _known() -> frozenset[str]:
    return frozenset[str]().union(*(prompt_names(language) for language in LANGUAGES))
