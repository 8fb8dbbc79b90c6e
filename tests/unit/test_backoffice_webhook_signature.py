"""Messages to webhooks are signed as Standard Webhooks says."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.webhook_signature import signed_headers

#: the vector of the specification's own libraries
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'


def test_the_vector() -> None:
    assert signed_headers(ID, AT, BODY, [SECRET]) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_two_secrets_are_good_there_are_two_signatures() -> None:
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    alone = [signed_headers(ID, AT, BODY, [secret]) for secret in (other, SECRET)]
    both = signed_headers(ID, AT, BODY, [other, SECRET])["webhook-signature"]
    assert both.split() == [headers["webhook-signature"] for headers in alone]


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
def test_whoever_has_the_secret_can_verify_it(key: bytes, body: bytes) -> None:
    """As the how-to does it."""
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = signed_headers(ID, AT, body, [secret])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        signed_headers(ID, AT, BODY, ["whsec_not base64!"])
