"""Somebody else's sign-in, for tests: keys, and tokens signed with them."""

from __future__ import annotations

import functools
import json
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.outside_claims import OutsideTrust

ISSUER = "https://sso.example.com/realms/tv"
TRUST = OutsideTrust.model_validate(
    {
        "issuer": ISSUER,
        "audience": "linea800",
        "jwks_url": "https://sso.example.com/keys",
        "role": {
            "claim": "realm_access.roles",
            "admin": ["jefes"],
            "supervisor": ["supervisores"],
            "analyst": ["analistas"],
            "agent": ["agentes"],
        },
        "queues": "colas",
        "agent": "extension",
    }
)


@functools.cache
def rsa_key() -> rsa.RSAPrivateKey:
    """The issuer's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """Another of its keys."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem() -> bytes:
    """The public key as everybody can have it."""
    return rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwk(**other: Any) -> dict[str, Any]:
    """The public key as the issuer hands it out."""
    plain = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key().public_key()))
    return {**plain, "kid": "one", "use": "sig", **other}


def said(now: datetime, **other: Any) -> dict[str, Any]:
    """What a good token of a supervisor says; None takes a claim out."""
    moment = int(now.timestamp())
    claims = {
        "iss": ISSUER, "aud": "linea800", "sub": "u-1", "name": "Ana", "iat": moment,
        "nbf": moment, "exp": moment + 300, "realm_access": {"roles": ["supervisores"]},
        "colas": ["soporte"], **other,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def signed(now: datetime, headers: dict[str, Any] | None = None, **other: Any) -> str:
    """A token with these claims, signed by the issuer."""
    claims = json.dumps(said(now, **other)).encode()
    return jwt.PyJWS().encode(claims, rsa_key(), "RS256", {"kid": "one", **(headers or {})})
