"""A small client of our own API: the demonstration asks for everything as a supervisor would."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

from calls.errors import Linea800Error


class ApiRefusedError(Linea800Error):
    """The API did not do what was asked; the message is its own."""


class Client:
    """Requests with one token; each in a thread, so that our loop goes on serving them."""

    def __init__(self, address: str, token: str = "") -> None:
        self._address = address
        self._token = token

    async def get(self, path: str) -> Any:
        """The answer's JSON. Raises `ApiRefusedError`."""
        return await asyncio.to_thread(self._request, "GET", path, None, "")

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON. Raises `ApiRefusedError`."""
        data = json.dumps(body or {}).encode()
        return await asyncio.to_thread(self._request, "POST", path, data, "application/json")

    async def patch(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON. Raises `ApiRefusedError`."""
        data = json.dumps(body).encode()
        return await asyncio.to_thread(self._request, "PATCH", path, data, "application/json")

    async def post_csv(self, path: str, text: str) -> Any:
        """The answer's JSON. Raises `ApiRefusedError`."""
        return await asyncio.to_thread(self._request, "POST", path, text.encode(), "text/csv")

    def _request(self, method: str, path: str, data: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if kind:
            headers["Content-Type"] = kind
        request = urllib.request.Request(  # noqa: S310 - our own http address
            self._address + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                body = answer.read()
        except urllib.error.HTTPError as error:
            told = error.read().decode(errors="replace")
            raise ApiRefusedError(f"{method} {path}: {error.code} {told}") from error
        except OSError as error:
            raise ApiRefusedError(f"{method} {path}: {error}") from error
        return json.loads(body) if body else None
