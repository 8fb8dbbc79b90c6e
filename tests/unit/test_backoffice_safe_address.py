"""Where webhooks may lead: never to us, to our network, or to what a cloud tells its machines."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice import safe_address
from backoffice.safe_address import (
    Refusal,
    Resolver,
    SafeAddresses,
    UnsafeAddressError,
    may_be_reached,
)

PUBLIC = "93.184.215.14"


def resolving(*addresses: str) -> SafeAddresses:
    """Every name leads there."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        if not addresses:
            raise socket.gaierror("no such name")
        return addresses

    return SafeAddresses(resolve=resolve)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "0.1.2.3", "255.255.255.255", "224.0.0.1",
        "240.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "::1", "::", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:5db8:d822::1",
        "2001:0:5db8:d822::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
        "ff02::1", "2001:db8::1", "::ffff:0:127.0.0.1", "100::1",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    assert not may_be_reached(ipaddress.ip_address(text), private=False)


@pytest.mark.parametrize(
    "text", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_allowed(text: str) -> None:
    assert may_be_reached(ipaddress.ip_address(text), private=False)


@given(st.ip_addresses())
def test_what_python_calls_global_is_needed_whatever_the_form(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if may_be_reached(address, private=False):
        mapped = getattr(address, "ipv4_mapped", None)
        assert (mapped or address).is_global
    if isinstance(address, ipaddress.IPv4Address):
        carried = ipaddress.IPv6Address(f"::ffff:{address}")
        for private in (False, True):
            assert may_be_reached(carried, private=private) == may_be_reached(
                address, private=private
            )


@pytest.mark.parametrize("text", ["127.0.0.1", "10.0.0.1", "::1", "fd12::1", "::ffff:10.0.0.1"])
def test_a_house_may_allow_its_own(text: str) -> None:
    assert may_be_reached(ipaddress.ip_address(text), private=True)


@pytest.mark.parametrize(
    "text",
    ["169.254.169.254", "fe80::1", "0.0.0.0",  # noqa: S104
     "0.1.2.3", "::", "255.255.255.255", "224.0.0.1",
     "ff02::1", "2002:7f00:1::", "::ffff:169.254.169.254",
     # what else clouds tell their machines, some of it at addresses that look public
     "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "::ffff:168.63.129.16",
     "192.0.0.192"],
)  # fmt: skip
def test_and_never_these(text: str) -> None:
    assert not may_be_reached(ipaddress.ip_address(text), private=True)


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("", Refusal.NO_ADDRESS),
        ("example.com", Refusal.NO_ADDRESS),
        ("ftp://example.com/", Refusal.NO_ADDRESS),
        ("file:///etc/passwd", Refusal.NO_ADDRESS),
        ("https://", Refusal.NO_ADDRESS),
        ("https:///hook", Refusal.NO_ADDRESS),
        ("https://example.com/\r\nx: y", Refusal.NO_ADDRESS),
        ("https://example.com/a b", Refusal.NO_ADDRESS),
        ("https://example.com/" + "a" * 2000, Refusal.NO_ADDRESS),
        ("https://example.com:99999/", Refusal.NO_PORT),
        ("https://example.com:0/", Refusal.NO_PORT),
        ("https://user:secret@example.com/", Refusal.USER_INFO),
        ("https://example.com/#x", Refusal.FRAGMENT),
        ("http://example.com/", Refusal.NOT_HTTPS),
        ("https://127.0.0.1/", Refusal.NOT_PUBLIC),
        ("https://[::1]/", Refusal.NOT_PUBLIC),
        ("https://[::ffff:10.0.0.1]/", Refusal.NOT_PUBLIC),
        ("https://169.254.169.254/latest/meta-data", Refusal.NOT_PUBLIC),
    ],
)
async def test_addresses_that_are_refused_unseen(url: str, refusal: Refusal) -> None:
    with pytest.raises(UnsafeAddressError) as error:
        await resolving(PUBLIC).check(url)
    assert error.value.refusal is refusal


async def test_a_good_one_is_kept_as_it_is() -> None:
    url = "https://hooks.example.com:8443/a/b?c=d"
    assert await resolving(PUBLIC, "2606:4700::1111").check(url) == url
    assert await resolving().check(url) == url, "a name that is not there yet"


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "::ffff:10.0.0.1"])
async def test_every_address_of_a_name_has_to_be_public(address: str) -> None:
    for addresses in ([address], [PUBLIC, address]):
        with pytest.raises(UnsafeAddressError) as error:
            await resolving(*addresses).check("https://example.com/")
        assert error.value.refusal is Refusal.NOT_PUBLIC
        assert address not in str(error.value)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "localhost", "0", "017700000001"]
)
async def test_other_ways_to_write_this_machine(host: str) -> None:
    """The system's own resolver knows them all, and what it answers is what is looked at."""
    addresses = SafeAddresses(resolve=(resolver := Resolver()))
    with pytest.raises(UnsafeAddressError):
        await addresses.check(f"https://{host}/")
    resolver.close()


@pytest.mark.parametrize(
    "host",
    [
        "xn--fa-hia.de",  # whom an older rule takes for fass.de
        "xn--a",  # whom no rule knows
    ],
)
async def test_a_name_is_looked_up_as_it_is_written(host: str) -> None:
    asked = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC]

    url = f"https://{host}/hook"
    assert await SafeAddresses(resolve=resolve).check(url) == url
    assert asked == [host]


async def test_a_name_that_leads_nowhere_for_long_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A look-up cannot be ended: who gives up and asks again must not hold one thread more."""
    answered = threading.Event()
    looked_up: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        looked_up.append(host)
        if host == "slow.example.com":
            answered.wait(60)
            raise socket.gaierror("no answer")
        return [PUBLIC]

    monkeypatch.setattr(safe_address, "_look_up", look_up)
    resolver = Resolver()
    try:
        for _ in range(40):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await resolver("slow.example.com", 443)
        async with asyncio.timeout(20):
            assert await resolver("example.com", 443) == [PUBLIC]
            last = asyncio.ensure_future(resolver("slow.example.com", 443))
            await asyncio.sleep(0)
            answered.set()
            with pytest.raises(OSError, match="no answer"):
                await last
            assert looked_up == ["slow.example.com", "example.com"]
            # and it is looked up anew for each message
            for _ in range(2):
                assert await resolver("example.com", 443) == [PUBLIC]
        assert looked_up.count("example.com") == 3
    finally:
        answered.set()
        resolver.close()
