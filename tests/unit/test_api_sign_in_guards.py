"""What stands around a sign-in: who has to wait, where a request comes from, what is too weak."""

from __future__ import annotations

import pytest

from api.limits import Limits
from api.passwords import refuse_weak
from api.problems import ProblemError
from api.same_origin import comes_from_elsewhere, proves_same_origin
from api.sign_in_throttle import SignInThrottle
from tests.unit.facts import START, at

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def throttle() -> SignInThrottle:
    return SignInThrottle(
        Limits(failures_at_once=3, seconds_per_failure=6, seconds_per_login_failure=60)
    )


def test_an_address_that_guesses_many_logins_waits(throttle: SignInThrottle) -> None:
    waits = [throttle.begin(f"user{number}", HOME, START) for number in range(4)]
    assert waits == [0, 0, 0, 6]
    assert throttle.begin("another", ELSEWHERE, START) == 0
    assert throttle.begin("user9", HOME, at(6)) == 0


def test_a_login_that_is_guessed_from_many_addresses_waits(throttle: SignInThrottle) -> None:
    waits = [throttle.begin("Ana", f"198.51.100.{number}", START) for number in range(4)]
    assert waits == [0, 0, 0, 60]
    assert throttle.begin("ANA", ELSEWHERE, START) == 60, "letters large or small"
    assert throttle.begin("berta", ELSEWHERE, START) == 0


def test_who_guesses_elsewhere_does_not_lock_the_person_out(throttle: SignInThrottle) -> None:
    assert throttle.begin("ana", HOME, START) == 0
    throttle.succeeded("ana", HOME)
    for number in range(9):
        throttle.begin("ana", f"198.51.100.{number}", at(1))
    assert throttle.begin("ana", ELSEWHERE, at(1)) > 0
    assert throttle.begin("ana", HOME, at(1)) == 0
    throttle.succeeded("ana", HOME)
    # from home it may be guessed no more often either
    assert [throttle.begin("ana", HOME, at(2)) > 0 for _ in range(4)] == [False] * 3 + [True]


def test_no_login_is_the_name_of_somebody_elses_bucket(throttle: SignInThrottle) -> None:
    """Who knows from where a person signs in locks them out with no login that is made up."""
    throttle.begin("ana", HOME, START)
    throttle.succeeded("ana", HOME)
    for made_up in (f"ana {HOME}", f"{HOME} ana", f"known {HOME} ana"):
        for number in range(9):
            throttle.begin(made_up, f"198.51.100.{number}", at(1))
    assert throttle.begin("ana", HOME, at(1)) == 0


def test_many_tries_at_once_do_not_pass_together(throttle: SignInThrottle) -> None:
    # none of them has failed yet
    assert sum(throttle.begin("ana", HOME, START) == 0 for _ in range(50)) == 3


def test_right_ones_cost_nothing(throttle: SignInThrottle) -> None:
    for _ in range(50):
        assert throttle.begin("ana", HOME, START) == 0
        throttle.succeeded("ana", HOME)


GOOD = {"host": "cc.example.com", "x-linea800": "1"}


@pytest.mark.parametrize(
    ("said", "proved"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://cc.example.com"}, True),
        ({"origin": "https://cc.example.com"}, True),
        ({"origin": "http://CC.example.com"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://cc.example.com.evil.example"}, False),
        ({"origin": "https://cc.example.com:8443"}, False),
        ({"origin": "cc.example.com"}, False),
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://cc.example.com"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"sec-fetch-site": "same-origin", "x-linea800": "0"}, False),
        ({"sec-fetch-site": "same-origin", "x-linea800": ""}, False),
        ({"origin": "https://", "host": ""}, False),
    ],
)
def test_where_a_request_comes_from(said: dict[str, str], proved: bool) -> None:
    assert proves_same_origin({**GOOD, **said}) is proved


def test_a_program_is_from_nowhere() -> None:
    assert not comes_from_elsewhere(GOOD)
    assert comes_from_elsewhere({**GOOD, "origin": "https://evil.example"})


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa", "123456789012", "Password1234", "contraseña2026!", "Contrasena 2026",
        "qwertyqwerty", "maria.lopez1", "linea800linea800", "abcabcabcabc", "            ",
        "bienvenido123", "ADMINISTRADOR1",
    ],
)  # fmt: skip
def test_what_is_guessed_first(password: str) -> None:
    with pytest.raises(ProblemError):
        refuse_weak(password, "maria.lopez", "body.password")


@pytest.mark.parametrize(
    "password",
    [
        "un gato azul come lunas",
        "x7#Kd92!mQzp",
        "caballo batería grapa",
        "四月の雨は静かに降って町を包む",
    ],
)
def test_what_is_not(password: str) -> None:
    refuse_weak(password, "maria.lopez", "body.password")
