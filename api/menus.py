"""/menus: the menus that answer now, and reading their files again without dropping a call."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.access import Needs
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trailed
from documents.faults import DocumentRefusedError
from storage.scopes import Scope

router = APIRouter(prefix="/menus", tags=["menus"])


class MenuTold(BaseModel):
    """A menu, and the number it answers. The same content has the same version."""

    number: str
    name: str
    version: str
    languages: list[str]


class MenusTold(BaseModel):
    """The menus of this service."""

    items: list[MenuTold]
    #: callers who are in one of them now, whichever version
    callers: int


class Reloaded(BaseModel):
    """What a reload did."""

    #: the numbers that another menu answers from now on
    changed: list[str]
    items: list[MenuTold]


@router.get("", dependencies=[Depends(Needs(Scope.MENUS_READ))])
async def menus(rooms: Rooms) -> MenusTold:
    """The menus that answer now."""
    return MenusTold(items=_items(rooms), callers=rooms.callers_in_menus())


@router.post(
    "/reload", dependencies=[Depends(Needs(Scope.MENUS_RELOAD))], responses=told(Kind.MENU_REFUSED)
)
async def reload(rooms: Rooms, trail: Trailed, request: Request) -> Reloaded:
    """Read the files again. Who is in a menu stays in the one they are in.

    All files are taken or none: with a fault in one, everything stays as it was.
    """
    lock: asyncio.Lock = request.app.state.reloading
    async with lock:
        try:
            # off the loop: a menu of hundreds of nodes takes a tenth of a second to read
            done = await asyncio.to_thread(rooms.menus.reload)
        except DocumentRefusedError as error:
            raise ProblemError(Kind.MENU_REFUSED, reason=str(error)) from None
    if done.changed:
        after = {number: done.versions[number] for number in done.changed}
        await trail.leave("menu.reload", "menus", after=after)
    return Reloaded(changed=list(done.changed), items=_items(rooms))


def _items(rooms: Rooms) -> list[MenuTold]:
    return [
        MenuTold(
            number=number, name=menu.name, version=menu.version, languages=list(menu.languages)
        )
        for number, menu in sorted(rooms.menus.all().items())
    ]
