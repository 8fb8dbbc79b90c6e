"""The keys of somebody else's sign-in: asked for seldom, kept while the issuer is away."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backoffice.key_set import KeysAwayError, KeySet
from tests.unit.facts import START, at

ISSUER = "https://sso.example.com/realms/tv"
DESCRIBED = ISSUER + "/.well-known/openid-configuration"
KEYS = "https://sso.example.com/keys"


class Issuer:
    """Answers with what it is told, and notes what it was asked for."""

    def __init__(self) -> None:
        self.keys: list[Any] = [{"kid": "one", "kty": "RSA"}]
        self.described: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": KEYS}
        self.asked: list[str] = []
        self.answer: httpx.Response | Exception | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        body = self.described if str(request.url) == DESCRIBED else {"keys": self.keys}
        return httpx.Response(200, content=json.dumps(body))


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def _keys(issuer: Issuer, url: str | None = KEYS) -> KeySet:
    return KeySet(ISSUER, url, transport=httpx.MockTransport(issuer))


async def test_the_issuer_says_where_its_keys_are(issuer: Issuer) -> None:
    keys = _keys(issuer, None)
    assert await keys.key("one", START) == {"kid": "one", "kty": "RSA"}
    assert issuer.asked == [DESCRIBED, KEYS]
    await keys.close()


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example", "jwks_uri": KEYS}, {"jwks_uri": KEYS},
        {"issuer": ISSUER}, {"issuer": ISSUER, "jwks_uri": "http://evil.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"}, {"issuer": ISSUER, "jwks_uri": 7},
    ],
)  # fmt: skip
async def test_a_description_of_somebody_else_is_not_believed(
    issuer: Issuer, described: dict[str, Any]
) -> None:
    issuer.described = described
    with pytest.raises(KeysAwayError):
        await _keys(issuer, None).key("one", START)
    assert issuer.asked == [DESCRIBED]


async def test_keys_are_kept_and_looked_at_again_after_a_while(issuer: Issuer) -> None:
    keys = _keys(issuer)
    for seconds in (0, 1, 599):
        assert await keys.key("one", at(seconds))
    assert len(issuer.asked) == 1
    issuer.keys = [{"kid": "two"}]
    assert await keys.key("one", at(601)) is None, "a key that was withdrawn is good no more"
    assert await keys.key("two", at(601))


async def test_a_new_key_is_found_and_unknown_ones_are_asked_for_once_a_minute(
    issuer: Issuer,
) -> None:
    keys = _keys(issuer)
    assert await keys.key("one", START)
    issuer.keys.append({"kid": "two"})
    assert await keys.key("two", at(30)) is None
    assert await keys.key("two", at(61)) == {"kid": "two"}
    for number in range(100):
        assert await keys.key(f"made up {number}", at(62 + number / 10)) is None
    assert len(issuer.asked) == 2


async def test_many_at_once_ask_once(issuer: Issuer) -> None:
    keys = _keys(issuer)
    found = await asyncio.gather(*(keys.key("one", START) for _ in range(20)))
    assert all(found)
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no"), httpx.ReadTimeout(""), httpx.Response(500),
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(200, content=b"<html>"), httpx.Response(200, content=b"[]"),
        httpx.Response(200, content=b'{"keys": 7}'), httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b" " * 300_000),
    ],
    ids=str,
)  # fmt: skip
async def test_an_issuer_in_trouble(issuer: Issuer, answer: httpx.Response | Exception) -> None:
    issuer.answer = answer
    keys = _keys(issuer)
    for seconds in (0, 1, 59):
        with pytest.raises(KeysAwayError):
            await keys.key("one", at(seconds))
    assert len(issuer.asked) == 1, "it is left in peace for a minute"
    issuer.answer = None
    assert await keys.key("one", at(60))
    issuer.answer = answer
    assert await keys.key("one", START + timedelta(hours=5)), "what was known stays"


async def test_what_is_no_key_is_left_out(issuer: Issuer) -> None:
    issuer.keys = [7, None, {"kty": "RSA"}, {"kid": 3}, {"kid": "one"}]
    assert await _keys(issuer).key("one", START) == {"kid": "one"}
