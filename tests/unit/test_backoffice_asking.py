"""Questions become requests that cannot change the path; answers are held to what they must be."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.asking import Request, Response, answer_of, request_of
from backoffice.kinds import WrongKindError, held
from backoffice.path_template import UnfitArgumentError, filled
from backoffice.pointer import ABSENT, found
from backoffice.spec import ServiceSpec
from backoffice.trouble import Trouble, TroubleKind
from backoffice.trouble_words import trouble_sentence
from ivr.services import Answer, Question, What
from ivr.values import Value

BALANCE = ServiceSpec.model_validate(
    {
        "kind": "look_up",
        "arguments": {"account": "digits", "since": "date", "all": "yes_no", "tags": "texts"},
        "gives": {"amount": "amount", "due_on": "date", "overdue": "yes_no"},
        "optional": ["since", "all", "tags", "due_on"],
        "values": {"amount": "/money/0/owed"},
        "sent_as": {"since": "from"},
        "method": "GET",
        "path": "/accounts/{account}/balance",
    }
)
REFRESH = ServiceSpec.model_validate(
    {
        "kind": "action",
        "arguments": {"decoder": "text", "reason": "text", "amount": "amount"},
        "optional": ["reason"],
        "method": "POST",
        "path": "/decoders/{decoder}.json",
        "at_most_every_seconds": 60,
        "per": ["decoder"],
    }
)
GOOD: dict[str, Any] = {"money": [{"owed": 1021.01}], "due_on": "2026-11-30", "overdue": False}


def asked(spec: ServiceSpec, **arguments: Value) -> Request:
    return request_of(spec, question(**arguments))


def question(key: str = "c1-7", /, **arguments: Value) -> Question:
    return Question(call_id="c1", service="x", arguments=arguments, key=key)


def answered(spec: ServiceSpec, body: Any, status: int = 200, wait: str = "") -> Answer | Trouble:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answer_of(spec, Response(status, raw, wait))


# --- what leaves ------------------------------------------------------------------------------


def test_a_look_up_asks_in_path_and_query() -> None:
    request = asked(BALANCE, account="00123", since="2026-11-01", all=True, tags=("a b", "c&d"))
    assert (request.method, request.body, request.key) == ("GET", b"", "")
    assert urlsplit(request.path).path == "/accounts/00123/balance"
    query = parse_qs(urlsplit(request.path).query)
    assert query == {"from": ["2026-11-01"], "all": ["true"], "tags": ["a b", "c&d"]}


def test_an_action_sends_a_body_and_its_key() -> None:
    request = asked(REFRESH, decoder="A 7", reason=" no\nsignal ", amount="1021.01")
    assert (request.method, request.path, request.key) == ("POST", "/decoders/A%207.json", "c1-7")
    assert json.loads(request.body) == {"reason": "no signal", "amount": 1021.01}
    assert json.loads(asked(REFRESH, decoder="A", amount=3).body) == {"amount": 3}


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "account is no row"),
        ({"account": None}, "account is no row"),
        ({"account": ""}, "account"),
        ({"account": "12a"}, "account is no row"),
        ({"account": "١٢٣"}, "account is no row"),
        ({"account": "1" * 33}, "account is no row"),
        ({"account": "123", "since": "2026-02-30"}, "since is no date"),
        ({"account": "123", "since": "20261101"}, "since is no date"),
        ({"account": "123", "colour": "red"}, "colour"),
        ({"account": "123", "all": "yes"}, "all is neither"),
    ],
)
def test_unfit_arguments_are_named_and_their_values_are_not(
    arguments: dict[str, Value], fault: str
) -> None:
    with pytest.raises(UnfitArgumentError) as refused:
        asked(BALANCE, **arguments)
    assert str(refused.value).startswith(fault)
    assert not {str(value) for value in arguments.values() if value} & set(
        str(refused.value).split()
    )


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX: y", "ñ", "x" * 201])
def test_a_key_is_a_header(key: str) -> None:
    with pytest.raises(UnfitArgumentError, match="key"):
        request_of(REFRESH, question(key, decoder="A", amount=1))


@pytest.mark.parametrize(
    "decoder",
    ["", " ", "a/b", "../x", "..", ".", "a\\b", "%2e%2e", "a%2fb", "a\0b", "\u202e1"],
)
def test_what_could_be_more_than_one_step_is_refused(decoder: str) -> None:
    spec = REFRESH.model_copy(update={"path": "/decoders/{decoder}/refresh"})
    with pytest.raises(UnfitArgumentError):
        asked(spec, decoder=decoder, amount=1)


@given(st.text(), st.text())
def test_no_text_changes_the_path(one: str, other: str) -> None:
    try:
        path = filled("/a/{one}{other}/z", {"one": one, "other": other})
    except UnfitArgumentError:
        return
    steps = path.split("/")
    assert (len(steps), steps[:2], steps[3]) == (4, ["", "a"], "z")
    assert path.isascii()
    assert not set("?#\r\n \\") & set(path)
    assert steps[2] not in ("", ".", "..")


# --- what comes -------------------------------------------------------------------------------


def test_a_good_answer() -> None:
    values: dict[str, Value] = {"amount": 1021.01, "due_on": "2026-11-30", "overdue": False}
    assert answered(BALANCE, GOOD) == Answer("found", values)
    assert answered(BALANCE, {**GOOD, "due_on": None}) == Answer(
        "found", {**values, "due_on": None}
    )
    assert answered(REFRESH, b"", 204) == Answer("done", {"wait_seconds": 0})
    assert answered(REFRESH, b"<p>ok", 202) == Answer("done", {"wait_seconds": 0})


@pytest.mark.parametrize(
    ("spec", "status", "outcome"),
    [
        (BALANCE, 404, Answer("missing")),
        (BALANCE, 410, Answer("missing")),
        (BALANCE, 409, TroubleKind.NOT_UNDERSTOOD),
        (BALANCE, 422, TroubleKind.NOT_UNDERSTOOD),
        (BALANCE, 429, TroubleKind.TOO_MANY),
        (REFRESH, 404, Answer("refused")),
        (REFRESH, 409, Answer("refused")),
        (REFRESH, 422, Answer("refused")),
        (REFRESH, 400, TroubleKind.NOT_UNDERSTOOD),
        (REFRESH, 401, TroubleKind.NOT_ALLOWED),
        (REFRESH, 403, TroubleKind.NOT_ALLOWED),
        (REFRESH, 302, TroubleKind.REDIRECTED),
        (REFRESH, 500, TroubleKind.SERVER_ERROR),
        (REFRESH, 503, TroubleKind.SERVER_ERROR),
        (REFRESH, 599, TroubleKind.SERVER_ERROR),
        (REFRESH, 206, TroubleKind.NOT_UNDERSTOOD),
    ],
)
def test_a_status_means_something(
    spec: ServiceSpec, status: int, outcome: Answer | TroubleKind
) -> None:
    result = answered(spec, {}, status)
    assert (result.kind if isinstance(result, Trouble) else result) == outcome


@pytest.mark.parametrize(("wait", "seconds"), [("30", 30), ("", 0), ("-5", 0), ("soon", 0)])
def test_a_refusal_may_say_how_long_to_wait(wait: str, seconds: int) -> None:
    assert answered(REFRESH, {}, 429, wait) == Answer("refused", {"wait_seconds": seconds})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b'{"money": [{"owed": NaN}], "due_on": null, "overdue": false}',
        b'{"money": [{"owed": -Infinity}], "due_on": null, "overdue": false}',
        b'{"money": [{"owed": 1' + b"0" * 5000 + b'}], "due_on": null, "overdue": false}',
        b'{"money": [{"owed": 1e99999999999999999999}], "due_on": null, "overdue": false}',
        b'{"money": [{"owed": 1021.0',
        b"[" * 60_000,
        b"\xff\xfe{}",
        "{}".encode("utf-16"),
    ],
)
def test_what_is_no_json(body: bytes) -> None:
    assert answered(BALANCE, body) == Trouble(TroubleKind.NOT_JSON, left=True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"money": None}, "amount is missing"),
        ({"money": []}, "amount is missing"),
        ({"money": [{"owed": None}]}, "amount is no number"),
        ({"money": [{"owed": True}]}, "amount is no number"),
        ({"money": [{"owed": "mucho"}]}, "amount is no amount"),
        ({"money": [{"owed": "1,021.01"}]}, "amount is no amount"),
        ({"money": [{"owed": [1]}]}, "amount is no number"),
        ({"money": [{"owed": 10**13}]}, "amount is no number up to"),
        ({"money": [{"owed": 10**400}]}, "amount is no number up to"),
        ({"due_on": "30/11/2026"}, "due_on is no date"),
        ({"due_on": "2026-11-31"}, "due_on is no date"),
        ({"due_on": 20261130}, "due_on is no date"),
        ({"overdue": "false"}, "overdue is neither"),
        ({"overdue": 0}, "overdue is neither"),
        ({"overdue": None}, "overdue is neither"),
    ],
)
def test_a_lie_is_named_and_not_repeated(changes: dict[str, Any], reason: str) -> None:
    result = answered(BALANCE, {**GOOD, **changes})
    assert isinstance(result, Trouble)
    assert (result.kind, result.left) == (TroubleKind.WRONG_VALUE, True)
    assert result.detail.startswith(reason)
    assert "mucho" not in result.detail


@pytest.mark.parametrize("body", [[], None, 3, "x", True])
def test_json_that_is_no_object(body: Any) -> None:
    assert answered(BALANCE, body) == Trouble(
        TroubleKind.WRONG_VALUE, "amount is missing", left=True
    )


@pytest.mark.parametrize(
    ("kind", "value", "becomes"),
    [
        (What.AMOUNT, "1021.01", 1021.01),
        (What.AMOUNT, "-3", -3),
        (What.AMOUNT, 1021.0, 1021),
        (What.NUMBER, 7, 7),
        (What.NUMBER, 0.5, 0.5),
        (What.DIGITS, 42, "42"),
        (What.DIGITS, "", ""),
        (What.TEXT, "  Ana \n María ", "Ana María"),
        (What.TEXTS, ["a", " b"], ("a", "b")),
        (What.YES_NO, True, True),
    ],
)
def test_good_values(kind: What, value: Any, becomes: Value) -> None:
    result = held(value, kind)
    assert result == becomes
    assert type(result) is type(becomes)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (What.TEXT, "x" * 501),
        (What.TEXT, 3),
        (What.TEXT, "a\x1b[31m"),
        (What.TEXTS, "abc"),
        (What.TEXTS, ["a"] * 21),
        (What.TEXTS, ["a", 1]),
        (What.NUMBER, "7"),
        (What.NUMBER, float("nan")),
        (What.NUMBER, float("inf")),
        (What.DIGITS, -1),
        (What.DIGITS, 10**40),
        (What.DIGITS, 1.5),
        (What.DIGITS, True),
    ],
)
def test_bad_values(kind: What, value: Any) -> None:
    with pytest.raises(WrongKindError):
        held(value, kind)


@given(st.binary(max_size=300), st.integers(100, 999))
def test_whatever_comes_is_an_answer_or_a_trouble(body: bytes, status: int) -> None:
    assert isinstance(answer_of(BALANCE, Response(status, body)), Answer | Trouble)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_whatever_a_value_is(value: Any) -> None:
    for kind in What:
        try:
            held(value, kind)
        except WrongKindError:
            continue


def test_pointers() -> None:
    document = {"a": {"b/c": [1, {"~": 2}]}, "": 3, "null": None}
    for pointer, value in {
        "": document, "/a/b~1c/0": 1, "/a/b~1c/1/~0": 2, "/": 3, "/null": None,
    }.items():  # fmt: skip
        assert found(document, pointer) == value
    for pointer in ("/x", "/a/b~1c/2", "/a/b~1c/-1", "/a/b~1c/00", "/null/x", "/a/b~1c/٠"):
        assert found(document, pointer) is ABSENT


@pytest.mark.parametrize("kind", TroubleKind)
def test_every_trouble_is_told_in_both_languages(kind: TroubleKind) -> None:
    spanish, english = (trouble_sentence(Trouble(kind, "x"), each) for each in ("es", "en"))
    assert spanish != english
    assert spanish.endswith(".")
    assert english.endswith(".")
