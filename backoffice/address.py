"""Where the operator's systems are: HTTPS, or plain HTTP within the house."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from pydantic import SecretStr

from calls.errors import Linea800Error

#: names that no public name server knows
_OF_THE_HOUSE = (".localhost", ".internal", ".local", ".lan", ".home.arpa", ".test")


class AddressRefusedError(Linea800Error):
    """The operator's systems cannot be asked there, or not with this token; says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A base address, without / at its end, and what lets us in."""

    url: str
    token: SecretStr | None = None

    @classmethod
    def read(cls, url: str, token_file: Path | None = None) -> Self:
        """Raises `AddressRefusedError`; the message never has the address or the token in it."""
        return cls(_checked(url), None if token_file is None else _token(token_file))

    @property
    def shown(self) -> str:
        """Scheme, host and port, for people."""
        url = httpx.URL(self.url)
        return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _checked(text: str) -> str:
    try:
        url = httpx.URL(text.strip())
        host = url.host  # of xn--… that is no name there is an error only now
    except (httpx.InvalidURL, ValueError):
        raise AddressRefusedError("is no address like https://crm.example.com/api") from None
    if url.scheme not in ("http", "https") or not host:
        raise AddressRefusedError("has to be like https://crm.example.com/api")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise AddressRefusedError("has a port that is none: 1 to 65535")
    if url.userinfo:
        raise AddressRefusedError("has a password in it: use a token file instead")
    if url.query or url.fragment:
        raise AddressRefusedError("has to end with its path: no ? and no #")
    if url.scheme == "http" and not _of_the_house(host):
        raise AddressRefusedError(
            "plain http is for this machine and private networks: use https, or the private "
            "address itself"
        )
    return str(url).rstrip("/")


def _of_the_house(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # a name without a dot is one of the machine, or of the containers' own network
        return "." not in host or host.endswith(_OF_THE_HOUSE)
    return address.is_loopback or (address.is_private and not address.is_unspecified)


def _token(path: Path) -> SecretStr:
    try:
        token = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise AddressRefusedError(f"the token file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AddressRefusedError("the token file has more than letters, digits, signs") from None
    if not token or any(not "!" <= sign <= "~" for sign in token):
        raise AddressRefusedError("the token file has to hold one token in one line")
    return SecretStr(token)
