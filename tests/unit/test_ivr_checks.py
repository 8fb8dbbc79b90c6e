"""Broken menus, each told with line, rule and reason, in two languages and all at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.faults import DocumentRefusedError
from ivr.checks.check import Finding, check_file
from ivr.checks.inbound import inbound_rules
from ivr.checks.rules import FAULTS, WARNINGS
from ivr.menu_file import MENUS, read_menu
from ivr.services import BUILT_IN, Service, What
from tests.broken_menus import BROKEN, GROWN, SMALL, changed

QUEUES = {"soporte", "ventas", "facturacion"}
WORDS = {"welcome", "main_menu", "more_menu", "no_input_1", "balance_is", "record_review"}
PROMPTS = {"es": WORDS | {"record_nothing", "record_sent"}, "en": WORDS}
PROMPTS["en"] = PROMPTS["es"]
TEXTS = {
    "es": {"welcome": "Hola.", "balance_is": "Su saldo es de,"},
    "en": {"welcome": "Hello.", "balance_is": "Your balance is,"},
}
SERVICES = {
    **BUILT_IN,
    "balance": Service(
        kind="look_up",
        arguments={"account": What.DIGITS, "day": What.DATE},
        gives={"amount": What.AMOUNT},
        optional=("day",),
    ),
    "refresh_signal": Service(kind="action", arguments={"account": What.DIGITS}),
}


def found(text: str, country: str = "") -> tuple[Finding, ...]:
    return check_file(
        text,
        file="m.yaml",
        queues=QUEUES,
        targets={"bank"},
        prompts=PROMPTS,
        texts=TEXTS,
        services=SERVICES,
        country=country,
    )


def short(finding: Finding) -> str:
    return f"{finding.fault.line} {finding.rule}: {finding.fault.reason}"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_menu_is_told_with_line_rule_and_reason(name: str) -> None:
    text, *expected = BROKEN[name]
    assert [short(each) for each in found(text)] == expected


@pytest.mark.parametrize("name", BROKEN)
def test_every_reason_has_its_spanish_sentence(name: str) -> None:
    for each in found(BROKEN[name][0], country="BR"):
        spanish = each.in_spanish().fault
        assert spanish.reason != each.fault.reason
        assert (spanish.line, spanish.place) == (each.fault.line, each.fault.place)


@pytest.mark.parametrize("name", BROKEN)
def test_what_linea800_does_not_read_has_a_fault(name: str) -> None:
    text = BROKEN[name][0]
    faults = [each for each in check_file(text) if not each.warning]
    try:
        read_menu(text)
    except DocumentRefusedError:
        assert faults


def test_there_are_at_least_60_and_every_rule_that_a_file_can_break_has_one() -> None:
    assert len(BROKEN) >= 60
    broken = {each.rule for text, *_ in BROKEN.values() for each in found(text)}
    # no file of today repeats for ever: a model refuses it before (see test_ivr_outline.py)
    assert {*FAULTS, *WARNINGS} - broken == {"repeats_for_ever"}


def test_a_sound_menu_has_nothing_to_tell() -> None:
    assert found(SMALL) == ()
    assert found(GROWN) == ()


@pytest.mark.parametrize("path", sorted(MENUS.glob("*.yaml")), ids=lambda path: str(path.name))
def test_the_menus_that_come_with_linea800_are_fine(path: Path) -> None:
    assert check_file(path) == ()


def test_a_fault_hides_no_other() -> None:
    text = changed("kind: say", "kind: sing").replace("goto: more", "goto: less")
    text = text.replace("queue: facturacion", "queue: bills").replace("[es, en]", "[es, es]")
    text = text.replace("[more_menu]", "[other_menu]") + "      1: {name: twice, repeat: true}\n"
    text += "  closed: {kind: hang_up}\n"
    assert [short(each).split(": ")[0] for each in found(text)] == [
        "3 language", "7 form", "16 lost", "18 unreachable", "20 prompt", "22 queue", "24 yaml",
        "25 unreachable",
    ]  # fmt: skip


def test_what_cannot_be_read_is_not_held_against_the_rest() -> None:
    text = changed("queue: ventas", "queue: VENTAS").replace(
        "person: {queue: soporte}", "person: 3"
    )
    assert [short(each) for each in found(text)] == [
        "5 form: has to be a map of names and values",
        "15 form: does not fit the pattern ^[a-z][a-z0-9_]{0,30}$",
    ]


def test_a_missing_file_of_a_path_is_a_fault_of_the_whole(tmp_path: Path) -> None:
    (finding,) = check_file(tmp_path / "none.yaml")
    assert str(finding.fault) == "none.yaml: cannot be read: No such file or directory"


# --- countries --------------------------------------------------------------------------------


def test_brazil_asks_for_complaint_and_cancel_in_the_first_menu() -> None:
    warnings = found(SMALL, country="BR")
    assert all(each.warning for each in warnings)
    assert [short(each) for each in warnings] == [
        "11 country: BR asks for a complaint in the first menu (Decreto 11.034/2022)",
        "11 country: BR asks for cancelling the service in the first menu (Decreto 11.034/2022)",
    ]
    good = changed("name: sales,", "name: reclamo,").replace("name: more,", "name: cancelar,")
    assert found(good, country="BR") == ()


def test_a_complaint_further_down_is_enough_in_colombia_and_not_in_brazil() -> None:
    down = changed("name: bills", "name: pqr_nueva")
    assert len(found(SMALL, country="CO")) == 1
    assert found(down, country="CO") == ()
    assert len(found(down, country="BR")) == 2


def test_spain_asks_for_a_person_in_the_first_menu() -> None:
    text = SMALL.replace('"*": {name: repeat, repeat: true}', "0: {name: more, goto: more}")
    text = text.replace("1: {name: sales, queue: ventas}", "1: {name: bye, hang_up: true}")
    assert "ES asks for a person in the first menu (Ley 10/2025)" in {
        each.fault.reason for each in found(text, country="ES")
    }
    assert found(SMALL, country="ES") == ()


@pytest.mark.parametrize("country", sorted(inbound_rules().countries))
def test_every_country_can_be_asked_of_a_broken_menu(country: str) -> None:
    for text in ("", "- x", SMALL, changed("start: hello", "start: gone")):
        found(text, country=country)


# --- whatever the file ------------------------------------------------------------------------

LINES = (MENUS / "simple.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
STUFF = ["", "x", "{", "goto: main\n", "    kind: say\n", "  - 1\n", '"', ": ", "&a ", "nodes:\n"]


@settings(deadline=None, max_examples=30)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(STUFF), st.booleans()),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_not_read_has_a_fault_with_its_reason(
    cuts: list[tuple[int, str, bool]],
) -> None:
    lines = list(LINES)
    for place, stuff, instead in cuts:
        lines[place] = stuff if instead else f"{lines[place].rstrip()}{stuff}\n"
    text = "".join(lines)
    findings = check_file(text)
    try:
        read_menu(text)
    except DocumentRefusedError:
        assert any(not each.warning for each in findings)
    assert all(each.fault.reason for each in findings)
