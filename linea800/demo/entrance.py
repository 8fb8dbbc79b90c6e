"""Who may come in while the demonstration lasts: one person, with a new password each time."""

from __future__ import annotations

import secrets
from typing import Any

from linea800.demo.client import Client
from storage.tokens import Role

_LOGIN = "demo"


async def admitted(client: Client) -> tuple[str, str]:
    """Login and password of an admin, who may be there from the last time.

    Raises `ApiRefusedError`.
    """
    login, password = _LOGIN, secrets.token_urlsafe(12)
    known = await _known(client)
    if known is not None and known["ended_at"] is None:
        await client.patch(f"/users/{known['id']}", {"role": Role.ADMIN, "password": password})
        return login, password
    if known is not None:  # somebody ended that one, and a login is nobody else's ever again
        login = f"{_LOGIN}-{secrets.token_hex(3)}"
    person = {"login": login, "name": "Demo", "role": Role.ADMIN, "password": password}
    await client.post("/users", person)
    return login, password


async def _known(client: Client) -> dict[str, Any] | None:
    cursor: str | None = ""
    while cursor is not None:
        page = await client.get(f"/users?limit=200{cursor and f'&cursor={cursor}'}")
        for person in page["items"]:
            if person["login"] == _LOGIN:
                return dict(person)
        cursor = page["next_cursor"]
    return None
