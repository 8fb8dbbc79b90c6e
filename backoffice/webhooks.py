"""One message to one webhook over HTTP, and whether it was taken.

It goes to the address that was found safe and to no other: redirects, proxies and cookies are not
followed or kept, and of an answer only its status counts, and how long it asks to be left alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx

from backoffice.safe_address import SafeAddresses, UnsafeAddressError, host_of

DEADLINE_SECONDS = 10.0
#: of an answer's body no more is read, and no longer: only so that the other side can end in peace
_MOST_BYTES = 16 * 1024
_BODY_SECONDS = 1.0
_MOST_ADDRESSES = 3
_LONGEST_FAULT = 200
#: httpcore closes a socket in the middle of a TLS handshake when its own time is up, not when it is
#: cancelled: so its time is up a little earlier than ours
_CONNECT_SHARE = 0.9
GONE = 410

#: between the tries of a message: more than twenty-two hours, then it is dead
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 10800, 21600, 43200)
)

# its debug lines tell headers, ours and theirs
logging.getLogger("httpcore").setLevel(logging.WARNING)


def pause_after(tries: int, drawn: float) -> timedelta | None:
    """How long to wait after so many tries, `drawn` (0 to 1) a tenth around it; None: give up."""
    if not 1 <= tries <= len(PAUSES):
        return None
    return PAUSES[tries - 1] * (0.9 + 0.2 * drawn)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the status of an answer, or None and what went wrong."""

    status: int | None
    fault: str
    #: the header `Retry-After`, as it came
    retry_after: str = ""

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants to hear no more, ever."""
        return self.status == GONE


class WebhookSender:
    """Sends messages, each over a connection of its own."""

    def __init__(
        self,
        addresses: SafeAddresses,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._addresses = addresses
        self._deadline_seconds = deadline_seconds
        # the system's certificates, or those of SSL_CERT_FILE
        self._tls = tls or ssl.create_default_context()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Never raises but `CancelledError`; takes a second longer than the deadline at most."""
        async with contextlib.AsyncExitStack() as connections:
            try:
                async with asyncio.timeout(self._deadline_seconds):
                    response = await self._answer(url, headers, body, connections)
            except TimeoutError:
                return Outcome(None, f"no answer within {self._deadline_seconds:g} s")
            except UnsafeAddressError as error:
                return Outcome(None, str(error))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                return Outcome(None, f"no connection: {error}"[:_LONGEST_FAULT])
            except httpx.HTTPError as error:
                return Outcome(None, f"the connection broke: {error}"[:_LONGEST_FAULT])
            await _read_a_little(response)
        status, later = response.status_code, response.headers.get("retry-after", "")
        outcome = Outcome(status, f"answered {status}", later)
        return replace(outcome, fault="") if outcome.taken else outcome

    async def _answer(
        self,
        text: str,
        headers: Mapping[str, str],
        body: bytes,
        connections: contextlib.AsyncExitStack,
    ) -> httpx.Response:
        """The head of an answer, from the first of the host's addresses that can be reached."""
        url = self._addresses.read(text)
        found = (await self._addresses.of(url))[:_MOST_ADDRESSES]
        patience_seconds = self._deadline_seconds * _CONNECT_SHARE / len(found)
        for address in found:
            request = _request(url, address, headers, body, patience_seconds)
            transport = httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False)
            await connections.enter_async_context(transport)
            try:
                response = await transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == found[-1]:
                    raise
            else:
                connections.push_async_callback(response.aclose)
                return response
        raise AssertionError("a host has at least one address")


def _request(
    url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes, patience_seconds: float
) -> httpx.Request:
    """What is sent to this address, as if its name led there."""
    return httpx.Request(
        "POST",
        url.copy_with(host=address),
        headers={
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "linea800",
            "connection": "close",
            **headers,
        },
        content=body,
        extensions={
            # the certificate has to be the name's, wherever we connect to
            "sni_hostname": host_of(url),
            "timeout": {"connect": patience_seconds},
        },
    )


async def _read_a_little(response: httpx.Response) -> None:
    """The answer's status stands, whatever becomes of its body."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    read = 0
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in response.stream:
                read += len(piece)
                if read > _MOST_BYTES:
                    return
