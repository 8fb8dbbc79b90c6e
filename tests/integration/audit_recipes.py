"""How the routes of the 0800 line are brought to change something, so that a row has to be left."""

from __future__ import annotations

import httpx

from calls.events import (
    MessageRecorded,
    TicketOpened,
)
from customers.ticket_numbers import ticket_number
from tests.integration.api_house import ApiHouse
from tests.unit.facts import arrived, at, on_call


async def ticket_changed(house: ApiHouse) -> httpx.Response:
    number = ticket_number(2026, 1)
    await house.happen(
        arrived(0),
        on_call(
            TicketOpened, 1, number=number, kind="claim", reason="billing", due_at=at(86400)
        ),
    )  # fmt: skip
    await house.parts.recorder.ship_now()
    return await house.ask("PATCH", f"/tickets/{number}", json={"owner": "1001"})


async def message_removed(house: ApiHouse) -> httpx.Response:
    await house.happen(
        arrived(0), on_call(MessageRecorded, 1, recording="m1", purpose="claim", seconds=2.0)
    )
    await house.parts.recorder.ship_now()
    return await house.ask("DELETE", "/recordings/m1")


async def incident_begun(house: ApiHouse) -> httpx.Response:
    asked = {"area": "Norte", "prompt": "outage"}
    return await house.ask("POST", "/incidents", json=asked)


async def incident_ended(house: ApiHouse) -> httpx.Response:
    begun = (await incident_begun(house)).json()
    return await house.ask("POST", f"/incidents/{begun['id']}/end")


async def customer_kept(house: ApiHouse) -> httpx.Response:
    asked = {"external_id": "C-1", "name": "Ana", "phones": ["+573001234567"]}
    return await house.ask("POST", "/customers", json=asked)


async def customer_replaced(house: ApiHouse) -> httpx.Response:
    kept = (await customer_kept(house)).json()
    return await house.ask("PUT", f"/customers/{kept['id']}", json={"name": "Ana N."})


async def customer_erased(house: ApiHouse) -> httpx.Response:
    kept = (await customer_kept(house)).json()
    return await house.ask("DELETE", f"/customers/{kept['id']}")


async def customer_noted(house: ApiHouse) -> httpx.Response:
    kept = (await customer_kept(house)).json()
    return await house.ask("POST", f"/customers/{kept['id']}/notes", json={"text": "x"})


async def customers_imported(house: ApiHouse) -> httpx.Response:
    return await house.ask(
        "POST", "/customers/file", content="external_id,name\nC-1,Ana\n",
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
