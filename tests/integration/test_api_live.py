"""The live picture, once and as a stream, from a real server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.limits import Limits
from api.problem_texts import Kind
from calls.events import CallArrived, CallEnded, LinkUp
from tests.integration.api_house import ApiHouse, problem, served, sqlite_house
from tests.unit.facts import CALL, PBX, arrived, at, fact, on_call

LIMITS = Limits(comment_seconds=0.3, send_seconds=0.5, gather_seconds=0.01, streams_per_token=2)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path, LIMITS) as opened:
        yield opened


@pytest.fixture
async def address(house: ApiHouse) -> AsyncIterator[str]:
    async with served(house.app) as where:
        yield where


class Reader:
    """Reads events of a stream as a browser would."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.comments = 0
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, int, dict[str, Any]]:
        """The next event: its name, its id, and what it says."""
        found: dict[str, str] = {}
        async with asyncio.timeout(60):
            async for line in self._lines:
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    found[name] = value
                elif found:
                    return found["event"], int(found["id"]), json.loads(found["data"])
        raise EOFError

    async def end(self) -> None:
        """Read until the server ends the stream."""
        async with asyncio.timeout(60):
            async for _ in self._lines:
                pass

    async def comment(self) -> None:
        """Wait for a sign of life."""
        seen = self.comments
        async with asyncio.timeout(60):
            while self.comments == seen:
                self.comments += (await anext(self._lines)).startswith(":")


@asynccontextmanager
async def watching(house: ApiHouse, address: str, who: str = "supervisor") -> AsyncIterator[Reader]:
    async with (
        httpx.AsyncClient(base_url=address) as client,
        client.stream("GET", "/live/events", headers=house.headers(who)) as response,
    ):
        yield Reader(response)


def _viewers(house: ApiHouse) -> int:
    return len(house.parts.board._viewers)


async def _until_viewers(house: ApiHouse, count: int) -> None:
    async with asyncio.timeout(60):
        while _viewers(house) != count:  # noqa: ASYNC110 - the board tells nobody who left
            await asyncio.sleep(0.01)


async def test_the_picture_once(house: ApiHouse) -> None:
    await house.happen(fact(LinkUp, 0, booted_at=at(-100)), arrived(1))
    picture = await house.get("/live")
    assert picture["seq"] == house.parts.board.seq
    assert picture["as_of"] == "2026-03-01T12:00:00Z"
    assert picture["things"]["link"]["up"] is True
    assert picture["things"][f"calls/{CALL}"]["caller_number"] == "573001234567"
    assert {"queues/soporte", "agents/1001"} <= picture["things"].keys()


async def test_first_everything_then_what_changes(house: ApiHouse, address: str) -> None:
    async with watching(house, address) as reader:
        headers = reader.response.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert headers["x-content-type-options"] == "nosniff"
        name, seq, picture = await reader.next()
        assert (name, seq, picture["seq"]) == ("snapshot", 0, 0)
        assert f"calls/{CALL}" not in picture["things"]
        await house.happen(arrived(1, caller_name="a\r\ndata: forged"))
        name, seq, delta = await reader.next()
        assert (name, seq) == ("delta", house.parts.board.seq)
        assert delta["things"][f"calls/{CALL}"]["state"] == "arriving"
        assert "agents/1001" not in delta["things"]
        await house.happen(on_call(CallEnded, 9, cause=16, sip_code=200))
        name, later, delta = await reader.next()
        assert name == "delta"
        assert later > seq
        assert delta["things"][f"calls/{CALL}"] is None
        await reader.comment()
    await _until_viewers(house, 0)


async def test_a_stream_without_news_lives(house: ApiHouse, address: str) -> None:
    async with watching(house, address) as reader:
        await reader.next()
        for _ in range(3):
            await reader.comment()


async def test_deltas_add_up_to_the_picture(house: ApiHouse, address: str) -> None:
    async with watching(house, address) as reader:
        _, _, whole = await reader.next()
        things = whole["things"]
        for number in range(300):
            call_id = f"pbx1-{number}"
            await house.happen(
                CallArrived(at=at(number), pbx=PBX, call_id=call_id, number_called="0800",
                            caller_number=str(number))
            )  # fmt: skip
            if number % 3 == 0:
                ended = CallEnded(at=at(number), pbx=PBX, call_id=call_id, cause=16, sip_code=0)
                await house.happen(ended)
            await asyncio.sleep(0)
        while True:
            _, seq, delta = await reader.next()
            things |= delta["things"]
            if seq == house.parts.board.seq:
                break
        now = house.parts.board.snapshot().things
        assert {path: thing for path, thing in things.items() if thing is not None} == now


async def test_who_may_not_watch(house: ApiHouse, address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        for who, status in (("nobody", 401), ("1001", 403)):
            response = await client.get("/live/events", headers=house.headers(who))
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"
    assert _viewers(house) == 0


async def test_one_token_has_only_so_many_streams(house: ApiHouse, address: str) -> None:
    async with watching(house, address) as one, watching(house, address) as two:
        await one.next()
        await two.next()
        async with httpx.AsyncClient(base_url=address) as client:
            headers = house.headers("supervisor")
            problem(await client.get("/live/events", headers=headers), Kind.TOO_MANY_STREAMS)
        async with watching(house, address, "admin") as other:
            assert (await other.next())[0] == "snapshot"
    await _until_viewers(house, 0)
    async with watching(house, address) as again:
        assert (await again.next())[0] == "snapshot"


async def test_a_revoked_token_ends_its_stream(house: ApiHouse, address: str) -> None:
    async with watching(house, address) as reader:
        await reader.next()
        for entry in await house.parts.tokens.list():
            if entry.owner.name == "supervisor":
                await house.parts.tokens.revoke(entry.owner.id, now=house.clock())
        await reader.end()
    await _until_viewers(house, 0)


async def test_a_client_that_stops_reading_is_let_go_and_harms_nobody(
    house: ApiHouse, address: str
) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect((host, int(port)))
        token = house.tokens["supervisor"]
        request = f"GET /live/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        stuck.sendall(request.encode())
        async with watching(house, address, "admin") as reader:
            await reader.next()
            await _until_viewers(house, 2)
            number = 0
            async with asyncio.timeout(60):
                while _viewers(house) == 2:
                    number += 1
                    name = "x" * 5000
                    await house.happen(
                        CallArrived(at=at(number), pbx=PBX, call_id=f"pbx1-{number}",
                                    number_called=name, caller_number=name)
                    )  # fmt: skip
                    await reader.next()
            # the one that reads goes on
            await house.happen(on_call(CallArrived, 1, number_called="0800", caller_number="1"))
            things: dict[str, Any] = {}
            while f"calls/{CALL}" not in things:
                things = (await reader.next())[2]["things"]
