"""Whether a token of somebody else's sign-in is good, and whose it is. Pure: time is an argument.

The token chooses nothing: its header only names a key among the issuer's own, and what that key
may sign with is told by the key. Addresses and keys that a header brings along are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict, Field, field_validator

from backoffice.address import Address, AddressRefusedError
from storage.scopes import Role
from storage.tokens import TokenOwner

LONGEST = 8192
#: of clocks that do not agree
LEEWAY_SECONDS = 30.0
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
#: by kind of key, and curve: what may be signed with it
_SIGNED_WITH: Mapping[tuple[object, object], frozenset[str]] = {
    ("RSA", None): _RSA,
    ("EC", "P-256"): frozenset({"ES256"}),
    ("EC", "P-384"): frozenset({"ES384"}),
    ("EC", "P-521"): frozenset({"ES512"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA"}),
}
#: what else bears the issuer's signature (logout tokens, proofs of possession) lets nobody in
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_LONGEST_NAME = 80


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RoleClaim(_Part):
    """Where a token tells the role, and the values that mean one; the highest counts."""

    #: a name, or a way through objects with dots: realm_access.roles
    claim: str = Field(min_length=1)
    admin: frozenset[str] = frozenset()
    supervisor: frozenset[str] = frozenset()
    analyst: frozenset[str] = frozenset()
    agent: frozenset[str] = frozenset()


class OutsideTrust(_Part):
    """Whose tokens are accepted, and what they let one do (`oidc.yaml`)."""

    issuer: str
    audience: str = Field(min_length=1)
    #: without it, where the issuer's description says
    jwks_url: str | None = None
    role: RoleClaim
    #: the claim with the queues that are seen; without it all of them. Admins see all
    queues: str | None = None
    #: the claim with the agent's number
    agent: str | None = None

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                Address.read(value)
            except AddressRefusedError as error:
                raise ValueError(str(error)) from None
        return value


class TokenRefusedError(Exception):
    """The token is not good; the message says why, to the log and to nobody else."""


class TokenExpiredError(TokenRefusedError):
    """The token was good: nobody guessed it, whatever it is worth now."""


def looks_outside(plain: str) -> bool:
    """Whether it has the form of a signed token; ours have no dots."""
    return plain.count(".") == 2


def key_id(plain: str) -> str:
    """The key that the token names; raises `TokenRefusedError`."""
    header = _header(plain)
    named = header.get("kid")
    if not isinstance(named, str) or not 1 <= len(named) <= 200:
        raise TokenRefusedError("it names no key")
    return named


def claims(
    plain: str, key: Mapping[str, Any], trust: OutsideTrust, now: datetime
) -> dict[str, Any]:
    """What a good token says; raises `TokenRefusedError`."""
    header = _header(plain)
    algorithm = str(header.get("alg"))
    if algorithm not in _allowed(key):
        raise TokenRefusedError(f"its key does not sign with {algorithm[:20]!r}")
    if str(header.get("typ", "jwt")).lower() not in _TYPES:
        raise TokenRefusedError("it is another kind of token")
    try:
        found: dict[str, Any] = jwt.decode(
            plain,
            jwt.PyJWK(dict(key), algorithm=algorithm),
            algorithms=[algorithm],
            audience=trust.audience,
            issuer=trust.issuer,
            options={
                "require": ["iss", "aud", "exp", "sub"],
                "enforce_minimum_key_length": True,
                # below, by the time that we are given
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise TokenRefusedError(f"{type(error).__name__}: {error}") from None
    _must_be_now(found, now.timestamp())
    return found


def owner_of(
    found: Mapping[str, Any], trust: OutsideTrust, known_agent: Callable[[str], bool]
) -> TokenOwner:
    """Whose token it is and what it may; raises `TokenRefusedError` for one that may nothing."""
    subject = found.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 200 or not subject.isprintable():
        raise TokenRefusedError("it names nobody")
    role = _role(found, trust.role)
    number = None
    if role is Role.AGENT:
        number = next(iter(_texts(found, trust.agent)), "")
        if not known_agent(number):
            raise TokenRefusedError("it names no agent of this floor")
    queues = None
    if trust.queues is not None and role is not Role.ADMIN:
        queues = frozenset(_texts(found, trust.queues))
    return TokenOwner(
        id=f"oidc:{subject}", name=_name(found, subject), role=role, agent=number, queues=queues
    )


def _header(plain: str) -> Mapping[str, Any]:
    if len(plain) > LONGEST:
        raise TokenRefusedError("it is too long")
    try:
        return jwt.get_unverified_header(plain)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefusedError(f"{type(error).__name__}: {error}") from None


def _allowed(key: Mapping[str, Any]) -> frozenset[str]:
    if key.get("use", "sig") != "sig" or key.get("key_ops", ["verify"]) != ["verify"]:
        return frozenset()
    kind = key.get("kty"), None if key.get("kty") == "RSA" else key.get("crv")
    found = [signed for known, signed in _SIGNED_WITH.items() if known == kind]
    return frozenset(name for name in chain(*found) if key.get("alg", name) == name)


def _must_be_now(found: Mapping[str, Any], now: float) -> None:
    moments = {name: found[name] for name in ("exp", "nbf", "iat") if name in found}
    for name, moment in moments.items():
        if isinstance(moment, bool) or not isinstance(moment, int | float):
            raise TokenRefusedError(f"{name} is no time")
    if not moments["exp"] > now - LEEWAY_SECONDS:
        raise TokenExpiredError("it has expired")
    if any(not moments[name] <= now + LEEWAY_SECONDS for name in moments.keys() & {"nbf", "iat"}):
        raise TokenRefusedError("it is not good yet")


def _role(found: Mapping[str, Any], wanted: RoleClaim) -> Role:
    told = set(_texts(found, wanted.claim))
    for role, values in (
        (Role.ADMIN, wanted.admin),
        (Role.SUPERVISOR, wanted.supervisor),
        (Role.ANALYST, wanted.analyst),
        (Role.AGENT, wanted.agent),
    ):
        if told & values:
            return role
    raise TokenRefusedError("none of its roles means anything here")


def _texts(found: Mapping[str, Any], path: str | None) -> list[str]:
    """The texts of a claim: one, or a list of them; a claim's own name may have dots, too."""
    if path is None:
        return []
    value: Any = found.get(path)
    if value is None:
        value = found
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def _name(found: Mapping[str, Any], subject: str) -> str:
    for claim in ("name", "preferred_username", "email"):
        value = found.get(claim)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()[:_LONGEST_NAME]
    return subject[:_LONGEST_NAME]
