"""How the routes of targets and webhooks are brought to change something, so that a row is left."""

from __future__ import annotations

import httpx

from tests.integration.api_house import ApiHouse


async def target_made(house: ApiHouse) -> httpx.Response:
    asked = {"kpi": "waiting", "subject_kind": "queue", "subject": "soporte", "high": 10}
    return await house.ask("POST", "/targets", json=asked)


async def target_changed(house: ApiHouse) -> httpx.Response:
    made = (await target_made(house)).json()
    return await house.ask("PATCH", f"/targets/{made['id']}", json={"high": 20})


async def target_taken_away(house: ApiHouse) -> httpx.Response:
    made = (await target_made(house)).json()
    return await house.ask("DELETE", f"/targets/{made['id']}")


async def webhook_made(house: ApiHouse) -> httpx.Response:
    asked = {"url": "https://hook.example/"}
    return await house.ask("POST", "/webhooks", "admin", json=asked)


async def webhook_changed(house: ApiHouse) -> httpx.Response:
    asked = {"kinds": ["ticket.created"]}
    return await house.ask("PATCH", await _webhook(house), "admin", json=asked)


async def webhook_rotated(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", f"{await _webhook(house)}/rotate", "admin")


async def webhook_tried(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", f"{await _webhook(house)}/try", "admin")


async def webhook_told_again(house: ApiHouse) -> httpx.Response:
    tried = await webhook_tried(house)
    path = tried.request.url.path.removesuffix("/try")
    again = f"{path}/deliveries/{tried.json()['id']}/again"
    return await house.ask("POST", again, "admin")


async def webhook_ended(house: ApiHouse) -> httpx.Response:
    return await house.ask("DELETE", await _webhook(house), "admin")


async def _webhook(house: ApiHouse) -> str:
    return f"/webhooks/{(await webhook_made(house)).json()['id']}"
