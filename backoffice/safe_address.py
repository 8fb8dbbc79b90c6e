"""Where a webhook may lead: a name is looked up by us, and every address of it has to be public.

Whoever gives an address must not reach with our hands what only we can reach: this machine, the
network it is in, the cloud's own services. So the connection goes to the very address that was
looked at, and not to what a second look-up of the name would answer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

import httpx

from calls.errors import Linea800Error

#: the addresses of a name, as texts
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_LONGEST_URL = 2000
_CHECK_SECONDS = 3.0
#: names that are looked up at the same time: as many as webhooks are told at the same time
_AT_ONCE = 16
_PORTS = {"https": 443, "http": 80}
#: addresses that carry one of IPv4 in their last 32 bits
_CARRIERS = tuple(
    ipaddress.IPv6Network(text) for text in ("::/96", "::ffff:0:0/96", "64:ff9b::/96")
)
#: never anybody's place: 6to4 and Teredo carry an address of IPv4 elsewhere
_TUNNELS = tuple(ipaddress.IPv6Network(text) for text in ("2002::/16", "2001::/32", "fec0::/10"))
#: where clouds tell a machine its secrets beside 169.254.169.254: some of it looks public
_CLOUDS = frozenset(
    ipaddress.ip_address(text)
    for text in ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
)


class Refusal(StrEnum):
    """Why a webhook may not lead somewhere; the value is what stays, for programs."""

    NO_ADDRESS = "no_webhook_address"
    NOT_HTTPS = "webhook_not_https"
    USER_INFO = "webhook_with_user"
    FRAGMENT = "webhook_with_fragment"
    NO_PORT = "no_such_port"
    NOT_PUBLIC = "webhook_not_public"
    UNKNOWN_HOST = "webhook_unknown_host"


_WORDS = {
    Refusal.NO_ADDRESS: "it has to be an address like https://example.com/hook",
    Refusal.NOT_HTTPS: "it has to be https: plain http shows everybody what is sent",
    Refusal.USER_INFO: "it must not have a password in it: what is sent is signed",
    Refusal.FRAGMENT: "it must not have a # in it",
    Refusal.NO_PORT: "its port is none: 1 to 65535",
    Refusal.NOT_PUBLIC: "it leads to an address that is not public",
    Refusal.UNKNOWN_HOST: "its host's name leads nowhere",
}


class UnsafeAddressError(Linea800Error):
    """A webhook may not lead there; the message says why, without any address of our network."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"the webhook's address is refused: {_WORDS[refusal]}")
        self.refusal = refusal


def read_url(text: str, *, private: bool) -> httpx.URL:
    """The address of a webhook; raises `UnsafeAddressError`. `private`: plain http may be."""
    if len(text) > _LONGEST_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise UnsafeAddressError(Refusal.NO_ADDRESS)
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise UnsafeAddressError(Refusal.NO_ADDRESS) from None
    if url.scheme not in _PORTS or not url.raw_host:
        raise UnsafeAddressError(Refusal.NO_ADDRESS)
    if url.scheme == "http" and not private:
        raise UnsafeAddressError(Refusal.NOT_HTTPS)
    if url.userinfo:
        raise UnsafeAddressError(Refusal.USER_INFO)
    if url.fragment:
        raise UnsafeAddressError(Refusal.FRAGMENT)
    if not 1 <= port_of(url) <= 65535:
        raise UnsafeAddressError(Refusal.NO_PORT)
    try:
        literal = ipaddress.ip_address(host_of(url))
    except ValueError:
        return url
    if not may_be_reached(literal, private=private):
        raise UnsafeAddressError(Refusal.NOT_PUBLIC)
    return url


def host_of(url: httpx.URL) -> str:
    """The host as it is written, letter for letter.

    Not `url.host`: that reads xn--fa-hia.de as faß.de, which the system's resolver, of an older
    rule, takes for fass.de: somebody else's.
    """
    return url.raw_host.decode("ascii")


def port_of(url: httpx.URL) -> int:
    """The port that is connected to."""
    return _PORTS[url.scheme] if url.port is None else url.port


def may_be_reached(address: IPv4Address | IPv6Address, *, private: bool) -> bool:
    """Whether a webhook may lead to this address; with `private` to one of the house, too.

    Never to where clouds tell a machine its secrets, link-local or not, and never to many at once.
    """
    if isinstance(address, IPv6Address):
        if any(address in carrier for carrier in _CARRIERS) and not _is_own_kind(address):
            return may_be_reached(IPv4Address(int(address) & 0xFFFFFFFF), private=private)
        if address.scope_id is not None or any(address in tunnel for tunnel in _TUNNELS):
            return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if address in _CLOUDS:
        return False
    if address.is_global:
        return not address.is_reserved
    return private and not _is_nowhere(address)


class SafeAddresses:
    """Checks where webhooks lead; closed at its end (`close`)."""

    def __init__(self, *, private: bool = False, resolve: Resolve | None = None) -> None:
        """`private`: plain http, and addresses of the house, are allowed."""
        self._private = private
        self._resolver: Resolver | None = None
        if resolve is None:
            resolve = self._resolver = Resolver()
        self._resolve: Resolve = resolve

    def read(self, text: str) -> httpx.URL:
        """The address, as far as it can be told without looking; raises `UnsafeAddressError`."""
        return read_url(text, private=self._private)

    async def check(self, text: str) -> str:
        """The address as it is kept; raises `UnsafeAddressError` when a webhook may not be there.

        A name that cannot be looked up now may be later: it is looked up anew for each message.
        """
        url = self.read(text)
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self.of(url)
        except TimeoutError:
            pass
        except UnsafeAddressError as error:
            if error.refusal is not Refusal.UNKNOWN_HOST:
                raise
        return str(url)

    async def of(self, url: httpx.URL) -> list[str]:
        """Every address of a webhook's host, all of them allowed; raises `UnsafeAddressError`."""
        try:
            found = list(dict.fromkeys(await self._resolve(host_of(url), port_of(url))))
        except (OSError, UnicodeError):
            raise UnsafeAddressError(Refusal.UNKNOWN_HOST) from None
        if not found:
            raise UnsafeAddressError(Refusal.UNKNOWN_HOST)
        for text in found:
            if not may_be_reached(ipaddress.ip_address(text), private=self._private):
                raise UnsafeAddressError(Refusal.NOT_PUBLIC)
        return found

    def close(self) -> None:
        """Look no more names up."""
        if self._resolver is not None:
            self._resolver.close()


class Resolver:
    """Looks names up in threads of its own: slow name servers keep nobody else waiting.

    A look-up cannot be ended. So who asks for a name that is being looked up waits for that, and
    whoever tries a dead name again and again holds one thread and not all of them.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook-names")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host; raises `OSError`."""
        asked = self._asked.get((host, port))
        if asked is None:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, _look_up, host, port)
            self._asked[host, port] = asked
            asked.add_done_callback(lambda done: self._answered((host, port), done))
        return await asyncio.shield(asked)

    def _answered(self, place: tuple[str, int], done: asyncio.Future[list[str]]) -> None:
        del self._asked[place]
        if not done.cancelled():
            done.exception()  # told to who still waits, if anybody does

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_own_kind(address: IPv6Address) -> bool:
    """`::` and `::1` are addresses of IPv6, whatever their last bits say."""
    return address.is_unspecified or address.is_loopback


def _is_nowhere(address: IPv4Address | IPv6Address) -> bool:
    """0.0.0.0/8, which reaches this machine, and what is kept for later, broadcasts included."""
    if isinstance(address, IPv4Address):
        return address in ipaddress.IPv4Network("0.0.0.0/8") or address.is_reserved
    return False
