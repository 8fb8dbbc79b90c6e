"""The public keys with which somebody else's sign-in signs its tokens, fetched and kept a while."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from backoffice.address import Address, AddressRefusedError
from calls.errors import Linea800Error

log = logging.getLogger(__name__)

_MOST_BYTES = 256 * 1024
_TIMEOUT_SECONDS = 5.0
#: a key that the issuer withdrew is accepted no longer than this
_FRESH = timedelta(minutes=10)
#: an unknown key id, or an issuer that is away, is asked about this often
_AGAIN = timedelta(minutes=1)

Key = Mapping[str, Any]


class KeysAwayError(Linea800Error):
    """The issuer's keys were never read, and cannot be read now; says why."""


class KeySet:
    """The keys by their ids. `url` None: where the issuer's own description says (OIDC discovery).

    Redirects and proxies are not followed. An issuer that is away keeps the keys it had.
    """

    def __init__(
        self,
        issuer: str,
        url: str | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._issuer = issuer
        self._url = url
        self._client = httpx.AsyncClient(
            transport=transport,
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=_TIMEOUT_SECONDS,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )
        self._keys: dict[str, Key] = {}
        self._read_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._asking = asyncio.Lock()

    async def key(self, key_id: str, now: datetime) -> Key | None:
        """The key, None when there is none with this id; raises `KeysAwayError`."""
        async with self._asking:
            if self._must_ask(key_id, now):
                await self._ask(now)
        if self._read_at is None:
            raise KeysAwayError(f"{self._issuer}: its keys could not be read yet")
        return self._keys.get(key_id)

    def _must_ask(self, key_id: str, now: datetime) -> bool:
        if self._asked_at is not None and now - self._asked_at < _AGAIN:
            return False
        fresh = self._read_at is not None and now - self._read_at < _FRESH
        return not fresh or key_id not in self._keys

    async def _ask(self, now: datetime) -> None:
        self._asked_at = now
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                self._keys = _by_id(await self._json(self._url or await self._discovered()))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, KeysAwayError) as error:
            log.warning(
                "the keys of %s cannot be read: %s", self._issuer, str(error) or "no answer"
            )
            return
        self._read_at = now

    async def _discovered(self) -> str:
        described = await self._json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if described.get("issuer") != self._issuer:
            raise KeysAwayError("what describes the issuer names another one")
        try:
            return Address.read(str(described.get("jwks_uri", ""))).url
        except AddressRefusedError as error:
            raise KeysAwayError(f"jwks_uri {error}") from None

    async def _json(self, url: str) -> dict[str, Any]:
        body = bytearray()
        async with self._client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise KeysAwayError(f"{url} answers {response.status_code}")
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise KeysAwayError(f"{url} answers with more than {_MOST_BYTES} bytes")
        try:
            read = json.loads(body)
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            raise KeysAwayError(f"{url} answers with no JSON object")
        return read

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()


def _by_id(answer: Mapping[str, Any]) -> dict[str, Key]:
    keys = answer.get("keys")
    if not isinstance(keys, list):
        raise KeysAwayError("there is no list of keys in the answer")
    return {
        key["kid"]: key for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str)
    }
