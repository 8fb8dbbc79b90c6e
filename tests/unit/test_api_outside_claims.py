"""Tokens of somebody else's sign-in: the good ones, and every known way to forge one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from api.outside_claims import (
    OutsideTrust,
    TokenRefusedError,
    claims,
    key_id,
    looks_outside,
    owner_of,
)
from storage.scopes import Role
from tests.outside_sign_in import TRUST, ec_key, jwk, public_pem, rsa_key, said, signed
from tests.unit.facts import START

NOW = START


def _packed(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _by_hand(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    return f"{_packed(header)}.{_packed(body)}.{_packed(signature)}"


def _hmac(algorithm: str, secret: bytes) -> str:
    header = {"alg": algorithm, "kid": "one", "typ": "JWT"}
    start = f"{_packed(header)}.{_packed(said(NOW))}"
    digest = hmac.digest(secret, start.encode(), f"sha{algorithm[2:]}")
    return f"{start}.{_packed(digest)}"


def _altered() -> str:
    head, body, signature = signed(NOW).split(".")
    plain = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{_packed({**plain, 'sub': 'root'})}.{signature}"


def _with_own_key() -> str:
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(mine.public_key()))
    headers = {"kid": "one", "jwk": own, "jku": "https://evil.example/keys", "x5u": "https://x"}
    return jwt.encode(said(NOW), mine, "RS256", headers)


#: what is presented, and what of the reason has to be in the log
FORGED: dict[str, tuple[Callable[[], str], str]] = {
    "no signature": (lambda: _by_hand({"alg": "none", "kid": "one"}, said(NOW)), "not sign with"),
    "none in other letters": (lambda: _by_hand({"alg": "nOnE", "kid": "one"}, said(NOW)), "sign"),
    "no algorithm": (lambda: _by_hand({"kid": "one"}, said(NOW)), ""),
    "a list of algorithms": (lambda: _by_hand({"alg": ["RS256"], "kid": "one"}, said(NOW)), ""),
    "the public key as a secret": (lambda: _hmac("HS256", public_pem()), "not sign with"),
    "the same, longer": (lambda: _hmac("HS512", public_pem()), "not sign with"),
    "the key as handed out as a secret": (
        lambda: _hmac("HS256", json.dumps(jwk()).encode()), "not sign with",
    ),
    "no secret": (lambda: _hmac("HS256", b""), "not sign with"),
    "another kind of signature": (
        lambda: jwt.encode(said(NOW), ec_key(), "ES256", {"kid": "one"}), "not sign with",
    ),
    "a key of its own in the header": (_with_own_key, "InvalidSignature"),
    "other claims than signed": (_altered, "InvalidSignature"),
    "an empty signature": (lambda: signed(NOW).rpartition(".")[0] + ".", "InvalidSignature"),
    "something unknown that must be understood": (
        lambda: signed(NOW, {"crit": ["exp"], "exp": 1}), "",
    ),
    "a payload that is not packed": (lambda: signed(NOW, {"b64": False, "crit": ["b64"]}), ""),
    "another kind of token": (lambda: signed(NOW, {"typ": "logout+jwt"}), "another kind"),
    "another issuer": (lambda: signed(NOW, iss="https://sso.example.com/realms/other"), "Issuer"),
    "the issuer and more": (lambda: signed(NOW, iss=[TRUST.issuer, "https://evil"]), ""),
    "an issuer with a slash more": (lambda: signed(NOW, iss=TRUST.issuer + "/"), "Issuer"),
    "another audience": (lambda: signed(NOW, aud="billing"), "Audience"),
    "no audience": (lambda: signed(NOW, aud=None), "aud"),
    "an audience that begins so": (lambda: signed(NOW, aud="linea800-test"), "Audience"),
    "no issuer": (lambda: signed(NOW, iss=None), "iss"),
    "nobody": (lambda: signed(NOW, sub=None), "sub"),
    "a figure for a person": (lambda: signed(NOW, sub=7), ""),
    "for ever": (lambda: signed(NOW, exp=None), "exp"),
    "expired": (lambda: signed(NOW, exp=int(NOW.timestamp()) - 31), "expired"),
    "an end that is no time": (lambda: signed(NOW, exp="9999999999"), "no time"),
    "an end that is no number": (lambda: signed(NOW, exp=float("nan")), "expired"),
    "an end that is true": (lambda: signed(NOW, exp=True), "no time"),
    "not good yet": (lambda: signed(NOW, nbf=int(NOW.timestamp()) + 31), "not good yet"),
    "made in the future": (lambda: signed(NOW, iat=int(NOW.timestamp()) + 31), "not good yet"),
    "too long": (lambda: signed(NOW, more="x" * 9000), "too long"),
    "no token": (lambda: "a.b.c", ""),
    "dots": (lambda: "..", ""),
    "deep": (lambda: _by_hand({"alg": "RS256"}, {}).replace("e", "[" * 2000, 1)[:8000], ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_it_is_refused(name: str) -> None:
    make, reason = FORGED[name]
    with pytest.raises(TokenRefusedError) as caught:
        owner_of(claims(make(), jwk(), TRUST, NOW), TRUST, lambda _: True)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "key",
    [
        jwk(use="enc"), jwk(alg="RS512"), jwk(alg="HS256"), jwk(key_ops=["sign"]),
        {"kty": "oct", "kid": "one", "k": _packed(public_pem())},
        {"kty": "oct", "kid": "one", "alg": "RS256", "k": _packed(public_pem())},
        {"kty": "RSA", "kid": "one"}, {"kty": "EC", "crv": "P-256", "kid": "one"}, {},
        {"kty": ["RSA"], "kid": "one"},
    ],
)  # fmt: skip
def test_a_key_that_does_not_fit_lets_nobody_in(key: dict[str, Any]) -> None:
    with pytest.raises(TokenRefusedError):
        claims(signed(NOW), key, TRUST, NOW)
    with pytest.raises(TokenRefusedError):
        claims(_hmac("HS256", public_pem()), key, TRUST, NOW)


def test_the_key_says_how_it_signs() -> None:
    token = jwt.encode(said(NOW), rsa_key(), "PS256", {"kid": "one"})
    assert claims(token, jwk(), TRUST, NOW)
    with pytest.raises(TokenRefusedError, match="does not sign with"):
        claims(token, jwk(alg="RS256"), TRUST, NOW)


def test_a_short_rsa_key_is_not_trusted() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 the point of it
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key()))
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = jwt.encode(said(NOW), short, "RS256", {"kid": "one"})
    with pytest.raises(TokenRefusedError, match="InvalidKey"):
        claims(token, {**public, "kid": "one"}, TRUST, NOW)


def test_a_good_one_is_a_supervisor_of_some_queues() -> None:
    token = signed(NOW)
    assert looks_outside(token)
    assert key_id(token) == "one"
    owner = owner_of(claims(token, jwk(), TRUST, NOW), TRUST, lambda _: True)
    assert (owner.id, owner.name, owner.role) == ("oidc:u-1", "Ana", Role.SUPERVISOR)
    assert owner.queues == frozenset({"soporte"})
    assert owner.user_id is None


def test_clocks_may_differ_a_little() -> None:
    token = signed(NOW)
    assert claims(token, jwk(), TRUST, NOW - timedelta(seconds=29))
    assert claims(token, jwk(), TRUST, NOW + timedelta(seconds=329))


def test_an_elliptic_key_signs_too() -> None:
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec_key().public_key()))
    token = jwt.encode(said(NOW), ec_key(), "ES256", {"kid": "two", "typ": "at+jwt"})
    assert claims(token, {**public, "kid": "two"}, TRUST, NOW)["sub"] == "u-1"


@pytest.mark.parametrize(
    ("said_of_them", "role", "agent", "queues"),
    [
        ({"realm_access": {"roles": ["x", "jefes", "agentes"]}}, Role.ADMIN, None, None),
        ({"realm_access": {"roles": "supervisores"}, "colas": "a"}, Role.SUPERVISOR, None, {"a"}),
        ({"realm_access": {"roles": ["agentes", "analistas"]}}, Role.ANALYST, None, {"soporte"}),
        # who is to see only some queues, and is told none, sees none
        ({"colas": None}, Role.SUPERVISOR, None, set()),
        ({"realm_access": {"roles": ["agentes"]}, "extension": "1001"}, Role.AGENT, "1001",
         {"soporte"}),
    ],
)  # fmt: skip
def test_what_it_may(
    said_of_them: dict[str, Any], role: Role, agent: str | None, queues: set[str] | None
) -> None:
    found = said(NOW, **said_of_them)
    owner = owner_of(found, TRUST, lambda number: number == "1001")
    assert (owner.role, owner.agent, owner.queues) == (role, agent, queues)


@pytest.mark.parametrize(
    "said_of_them",
    [
        {"realm_access": None}, {"realm_access": {"roles": []}}, {"realm_access": "jefes"},
        {"realm_access": {"roles": ["JEFES"]}}, {"realm_access": {"roles": [["jefes"], 1]}},
        {"realm_access": {"roles": ["agentes"]}},
        {"realm_access": {"roles": ["agentes"]}, "extension": "9999"},
        {"realm_access": {"roles": ["agentes"]}, "extension": 1001},
        {"sub": ""}, {"sub": "x\ny"}, {"sub": "x" * 201},
    ],
)  # fmt: skip
def test_who_means_nothing_here_gets_in_nowhere(said_of_them: dict[str, Any]) -> None:
    with pytest.raises(TokenRefusedError):
        owner_of(said(NOW, **said_of_them), TRUST, lambda number: number == "1001")


def test_a_name_is_one_that_can_be_shown() -> None:
    def name(**other: Any) -> str:
        return owner_of(said(NOW, **other), TRUST, lambda _: True).name

    assert name(name="a\x1b[2J", preferred_username="ana") == "ana"
    assert name(name=None) == "u-1"
    assert len(name(name="x" * 500)) == 80


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://sso.example.com"}, {"issuer": "sso"}, {"audience": ""},
        {"jwks_url": "file:///etc/passwd"}, {"role": {"claim": ""}}, {"more": 1},
    ],
)  # fmt: skip
def test_a_trust_that_cannot_be_held_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OutsideTrust.model_validate({**TRUST.model_dump(), **wrong})


def test_the_table_of_forgeries_is_signed_as_it_says() -> None:
    """The one that takes the public key for a secret would be good to a careless verifier."""
    head, body, signature = _hmac("HS256", public_pem()).split(".")
    digest = hmac.new(public_pem(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert _packed(digest) == signature
