"""One request to the operator's systems over HTTP, and back what came or what went wrong."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import httpx

from backoffice.address import Address
from backoffice.asking import Request, Response
from backoffice.trouble import Trouble, TroubleKind

#: an answer for a caller is some hundred bytes; whoever sends more has something else in mind
MOST_BYTES = 64 * 1024

#: httpcore closes a socket in the middle of a TLS handshake when its own time is up, not when it is
#: cancelled: so its time is up a little earlier than ours
_CONNECT_SHARE = 0.9

# its debug lines tell headers, ours and theirs
logging.getLogger("httpcore").setLevel(logging.WARNING)


class _Departure:
    """Notes when the first byte of a request leaves: from then on it may have its effect."""

    def __init__(self) -> None:
        self.left = False

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.left = True


class Client:
    """The connections to one address. Redirects, proxies and cookies are not followed or kept."""

    def __init__(
        self,
        address: Address,
        *,
        connections: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._address = address
        base = httpx.URL(address.url)
        self._base, self._base_path = base, base.raw_path.rstrip(b"/")
        self._headers = {
            "accept": "application/json",
            "accept-encoding": "identity",  # what is small when packed may be endless unpacked
            "user-agent": "linea800",
        }
        if address.token is not None:
            self._headers["authorization"] = f"Bearer {address.token.get_secret_value()}"
        if transport is None:
            transport = httpx.AsyncHTTPTransport(
                # the system's certificates, or those of SSL_CERT_FILE; plain http needs none
                verify=ssl.create_default_context() if base.scheme == "https" else False,
                trust_env=False,
                limits=httpx.Limits(
                    max_connections=connections,
                    max_keepalive_connections=connections,
                    keepalive_expiry=5.0,
                ),
            )
        self._transport = transport

    async def send(self, request: Request, timeout_seconds: float) -> Response | Trouble:
        """Never raises but `CancelledError`; takes no longer, whatever the other side does."""
        departure = _Departure()
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._exchanged(request, departure, timeout_seconds)
        except (TimeoutError, httpx.TimeoutException):
            return Trouble(TroubleKind.SILENT, left=departure.left)
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            return Trouble(TroubleKind.UNREACHABLE)
        except httpx.HTTPError:
            return Trouble(TroubleKind.BROKEN, left=departure.left)

    async def _exchanged(
        self, request: Request, departure: _Departure, timeout_seconds: float
    ) -> Response | Trouble:
        headers = dict(self._headers)
        if request.body:
            headers["content-type"] = "application/json"
        if request.key:
            headers["idempotency-key"] = request.key
        url = self._base.copy_with(raw_path=self._base_path + request.path.encode("ascii"))
        asked = httpx.Request(
            request.method,
            url,
            headers=headers,
            content=request.body,
            extensions={
                "trace": departure,
                "timeout": {"connect": timeout_seconds * _CONNECT_SHARE},
            },
        )
        response = await self._transport.handle_async_request(asked)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        try:
            body = bytearray()
            async for piece in response.stream:
                body += piece
                if len(body) > MOST_BYTES:
                    return Trouble(TroubleKind.TOO_BIG, f"{MOST_BYTES} bytes", left=True)
            retry_after = response.headers.get("retry-after", "").strip()
            return Response(response.status_code, bytes(body), retry_after)
        finally:
            await response.aclose()

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.aclose()
