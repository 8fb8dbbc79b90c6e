"""Messages to webhooks that behave badly: each try ends in time, and reaches only whom it may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from backoffice.safe_address import SafeAddresses
from backoffice.webhooks import PAUSES, Outcome, WebhookSender, pause_after
from tests.integration.misbehaving import (
    BEHAVIOURS,
    Behaviour,
    Counting,
    behaving,
    dead_port,
    good,
    saying,
)

BODY = b'{"type":"ping"}'
DEADLINE = 0.4


def sender(*, private: bool = True, deadline_seconds: float = DEADLINE) -> WebhookSender:
    """Every name is that of this machine."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    return WebhookSender(
        SafeAddresses(private=private, resolve=resolve), deadline_seconds=deadline_seconds
    )


async def sent(url: str) -> Outcome:
    return await sender().send(url, {"webhook-id": "msg_1"}, BODY)


def status(code: int, more: bytes = b"") -> Behaviour:
    return saying(b"HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n" % (code, more))


async def test_one_that_is_taken() -> None:
    hook = Counting(good(b"{}"))
    async with behaving(hook) as address:
        outcome = await sent(address.replace("127.0.0.1", "hook.example") + "/a?b=c")
    assert (outcome.taken, outcome.gone, outcome.fault) == (True, False, "")
    (head,) = hook.heads
    assert head.startswith("POST /a?b=c HTTP/1.1\r\n")
    port = address.rpartition(":")[2]
    headers = head.lower().splitlines()
    assert f"host: hook.example:{port}" in headers
    assert "webhook-id: msg_1" in headers
    assert "content-type: application/json" in headers
    assert f"content-length: {len(BODY)}" in headers


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_nobody_follows(code: int) -> None:
    async with behaving(Counting(good(b"{}"))) as elsewhere:
        led_on = status(code, b"Location: %s/\r\n" % elsewhere.encode())
        async with behaving(led_on) as address:
            outcome = await sent(address)
    assert (outcome.status, outcome.taken) == (code, False)
    assert outcome.fault == f"answered {code}"


@pytest.mark.parametrize("code", [400, 404, 429, 500, 503])
async def test_one_that_is_not_taken(code: int) -> None:
    async with behaving(status(code)) as address:
        assert await sent(address) == Outcome(code, f"answered {code}")


async def test_one_that_is_gone() -> None:
    async with behaving(status(410)) as address:
        assert (await sent(address)).gone


@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_whatever_it_does_the_try_ends(name: str) -> None:
    began = time.monotonic()
    async with behaving(BEHAVIOURS[name]) as address:
        outcome = await sent(address)
    assert time.monotonic() - began < DEADLINE + 1.0
    # once there is a good status, what comes after it matters to nobody
    has_status = {
        "stops in the middle", "trickles its body", "has no end to its body", "has bad chunks",
        "packs what was to be plain",
    }  # fmt: skip
    assert outcome.taken == (name in has_status), outcome
    assert bool(outcome.fault) != outcome.taken


async def test_nobody_is_there() -> None:
    outcome = await sent(dead_port())
    assert (outcome.status, outcome.taken) == (None, False)
    assert outcome.fault.startswith("no connection")


async def test_the_name_is_asked_for_at_the_address_that_was_looked_at() -> None:
    """TLS begins with the name that the certificate has to be of, in clear."""
    hello = asyncio.Event()

    async def listens(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        assert b"hook.example" in await reader.read(2000)
        hello.set()

    async with behaving(listens, "https") as address:
        outcome = await sent(address.replace("127.0.0.1", "hook.example"))
    assert hello.is_set()
    assert outcome.status is None


async def test_a_name_that_changes_its_mind_leads_nowhere_else() -> None:
    """Public when the webhook is made, ours when it is told: what is told stays with us."""
    answers = [["93.184.215.14"], ["127.0.0.1"], ["93.184.215.14", "10.0.0.1"]]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    addresses = SafeAddresses(resolve=rebinding)
    hook = Counting(good(b"{}"))
    async with behaving(hook, "https") as address:
        url = address.replace("127.0.0.1", "hook.example")
        assert await addresses.check(url) == url
        sending = WebhookSender(addresses, deadline_seconds=DEADLINE)
        for _ in range(2):
            outcome = await sending.send(url, {}, BODY)
            assert outcome.status is None
            assert "not public" in outcome.fault
    assert hook.heads == []


async def test_the_first_address_that_answers_is_enough() -> None:
    async def two(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    sending = WebhookSender(SafeAddresses(private=True, resolve=two))
    async with behaving(good(b"{}")) as address:
        assert (await sending.send(address.replace("127.0.0.1", "hook"), {}, BODY)).taken


async def test_a_name_server_that_is_silent_holds_nobody_up() -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    sending = WebhookSender(SafeAddresses(private=True, resolve=silent), deadline_seconds=0.1)
    assert "no answer" in (await sending.send("http://hook/", {}, BODY)).fault


def test_pauses_grow_to_a_day_and_then_it_is_dead() -> None:
    pauses = [pause_after(tries, 0.5) for tries in range(1, len(PAUSES) + 1)]
    assert pauses == list(PAUSES)
    assert list(PAUSES) == sorted(PAUSES)
    assert 20 * 3600 < sum(pause.total_seconds() for pause in PAUSES) <= 24 * 3600
    assert pause_after(len(PAUSES) + 1, 0.5) is None
    for drawn, share in ((0.0, 0.9), (1.0, 1.1)):
        assert pause_after(3, drawn) == PAUSES[2] * share
