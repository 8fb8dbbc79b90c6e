"""Callers and values in flow files, as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from documents.faults import DocumentRefusedError
from ivr.flow_said import expanded, read_prompts
from ivr.flows import parse_flows
from ivr.services import BUILT_IN, Answer
from ivr.walked import Caller
from prompts import spoken


@pytest.mark.parametrize(
    ("line", "caller"),
    [
        ("time: 2026-11-23 10:00", {"at": datetime.fromisoformat("2026-11-23 10:00")}),
        ("hora: 2026-11-23T10:00-05:00", {"at": datetime(2026, 11, 23, 15, tzinfo=UTC)}),
        ("atienden: 0", {"staffed": 0}),
        ("demora: 90", {"wait_seconds": 90.0}),
        ("novedad: tip_internet, tip_no_signal", {"incidents": ("tip_internet", "tip_no_signal")}),
        ("speaks: 0", {"speaks_seconds": 0.0}),
        ("tickets: no", {"tickets": False}),
        ("desde: long_wait cola ventas", {"node": "long_wait", "waits_in": "ventas"}),
        ("from: survey", {"node": "survey"}),
        ("answers: a missing", {"answers": {"a": (Answer("missing"),)}}),
        (
            'responde: bill = found {"amount": 1.5, "of": ["a"], "due": null}',
            {"answers": {"bill": (Answer("found", {"amount": 1.5, "of": ("a",), "due": None}),)}},
        ),
        (
            'responde: bill found amount=45000 text=2026-11-30 code="0012" no="7" open=true',
            {
                "answers": {
                    "bill": (
                        Answer(
                            "found",
                            {
                                "amount": 45000,
                                "text": "2026-11-30",
                                "code": "0012",
                                "no": "7",
                                "open": True,
                            },
                        ),
                    )
                }
            },
        ),
    ],
)
def test_how_things_stand_is_one_line_each(line: str, caller: dict[str, Any]) -> None:
    (flow,) = parse_flows(f"flow: x\n  {line}\n", "x.flow")
    assert flow.caller == Caller(**caller)


def test_a_customer_has_everything_that_is_not_said_and_answers_add_up() -> None:
    (flow,) = parse_flows(
        "answers: bill failed\nflow: x\n"
        "customer: id=7 first_name='Ana María' provable=sí reasons=balance+no_signal account=0012\n"
        "answers: bill found\n",
        "x.flow",
    )
    (customer,) = flow.caller.answers["customer_by_number"]
    assert customer.values.keys() == BUILT_IN["customer_by_number"].gives.keys()
    assert customer.values["id"] == 7
    assert customer.values["first_name"] == "Ana María"
    assert customer.values["provable"] is True
    assert customer.values["reasons"] == ("balance", "no_signal")
    assert customer.values["account"] == "0012"
    assert customer.values["status"] == ""
    assert flow.caller.answers["bill"] == (Answer("failed"), Answer("found"))


@pytest.mark.parametrize(
    "line",
    [
        "time: tomorrow",
        "time: 2026-11-23",
        "customer: shoe_size=43",
        "customer: provable=perhaps",
        "customer: id=Ana",
        "customer: Ana",
        "answers: bill",
        "answers: bill perhaps",
        "answers: bill found {amount: 3",
        "answers: bill found [3]",
        "staffed: many",
        "wait: long",
        "incident: It rains",
        "from: a b",
        "from: a cola",
        "tickets: 3",
        "does: balance",
        "does: balance begun",
        "does: Balance done",
        "hears: {45000}",
        "hears: {45000 XXX}",
        "hears: {fecha mañana}",
        "hears: {cifras doce}",
        "hears: {shout hello}",
        "hears: {45000 COP",
        "hears: {}",
        "ends: transfer",
    ],
)
def test_what_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(DocumentRefusedError) as caught:
        parse_flows(f"flow: x\n{line}\n", "x.flow")
    assert [fault.line for fault in caught.value.faults] == [2]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{45000.50 COP}", "cuarenta y cinco mil pesos con cincuenta centavos"),
        ("{fecha 2026-11-30}", "el treinta de noviembre"),
        ("{date 2026-11-30 year}", "el treinta de noviembre de dos mil veintiséis"),
        ("{hora 14:30}", "las dos y media de la tarde"),
        ("{cifras 26-01}", "dos seis, cero uno"),
        ("{número 21 femenino}", "veintiuna"),
        ("{ordinal 3 feminine}", "tercera"),
    ],
)
def test_values_are_written_as_people_write_them(written: str, said: str) -> None:
    prompts = read_prompts(written)
    assert prompts is not None
    assert spoken.words(expanded(prompts, "es"), "es") == said


def test_names_and_waits_are_values_too() -> None:
    prompts = read_prompts("hello, {nombre María}, {delante 0} {demora 30}")
    assert prompts is not None
    assert expanded(prompts, "en") == (
        "hello",
        "name_maria",
        "queue_youarenext",
        *spoken.say_wait(0, 1, "en"),
    )
