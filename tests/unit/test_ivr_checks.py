"""Broken menus, each told with line, rule and reason, in two languages and all at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.faults import DocumentRefusedError
from ivr.checks.check import Finding, check_file
from ivr.checks.draft import GOALS
from ivr.checks.inbound import inbound_rules
from ivr.checks.rules import FAULTS, WARNINGS
from ivr.checks.spanish import SPANISH
from ivr.exits import exits
from ivr.menu_file import MENUS, read_menu
from ivr.outline import Leads, outline
from ivr.services import BUILT_IN, Service, What
from tests import broken_grown_menus, broken_menus
from tests.broken_grown_menus import GROWN, grown
from tests.broken_menus import SMALL, changed, six

BROKEN = broken_menus.BROKEN | broken_grown_menus.BROKEN

CHECKS = MENUS.parent / "checks"
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


@cache
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


#: where reasons are written that a menu's author may read; those of countries are in a table
TELLING = (
    *(
        "asked",
        "choices",
        "digits",
        "expressions",
        "knowing",
        "menu",
        "nodes",
        "parts",
        "schedules",
    ),
    *("terms", "ways", "flows", *(f"checks/{path.stem}" for path in CHECKS.glob("[!i]*.py"))),
)


def reasons(module: str) -> Iterator[str]:
    """Every text that a module gives as a reason, something in each of its slots."""
    for node in ast.walk(ast.parse((CHECKS.parent / f"{module}.py").read_text("utf-8"))):
        named = {
            target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)
        }
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            told = node.args[-1:] if called in ("ValueError", "Misfit", "refuse") else []
        else:
            told = [node.value] if isinstance(node, ast.Assign) and "reason" in named else []
        for each in told:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value
            elif isinstance(each, ast.JoinedStr):
                parts = [getattr(part, "value", "x") for part in each.values]
                yield "".join(part if isinstance(part, str) else "x" for part in parts)


@pytest.mark.parametrize("module", TELLING)
def test_no_reason_was_written_without_its_spanish_sentence(module: str) -> None:
    assert SPANISH.unknown(reasons(module)) == ()


def test_reasons_are_found_where_they_are_written() -> None:
    found = {reason for module in TELLING for reason in reasons(module)}
    assert len(found) > 35
    assert "fewest is more than most" in found


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


#: each field of a node that leads on, in a node that cannot be read
UNREAD = {
    "found": "{kind: look_up, service: balance, found: x, failed: 3}",
    "missing": "{kind: look_up, service: balance, missing: x}",
    "done": "{kind: action, done: x}",
    "refused": "{kind: action, refused: x}",
    "failed": "{kind: transfer, failed: x}",
    "yes": "{kind: confirm, yes: x}",
    "no": "{kind: confirm, no: x}",
    "nothing": "{kind: record, nothing: x}",
    "otherwise": "{kind: condition, otherwise: x}",
    "goto": "{kind: condition, cases: [{goto: x}]}",
}


@pytest.mark.parametrize("way", GOALS)
def test_a_node_that_cannot_be_read_stands_in_for_whatever_it_leads_to(way: str) -> None:
    text = SMALL + f"      3: {{name: u, goto: u}}\n  u: {UNREAD[way]}\n  x: {{kind: hang_up}}\n"
    assert {short(each).split(":")[0] for each in found(text)} == {"25 form"}


def test_every_field_that_leads_to_a_node_is_known_to_stand_ins() -> None:
    fields = {
        place[-1]
        for path in MENUS.glob("*.yaml")
        for node in read_menu(path).nodes.values()
        for way in outline(node).exits
        if way.leads is Leads.NODE and (place := way.place)
    }
    assert fields <= {*GOALS}


def test_terms_that_cannot_be_read_still_lead_on() -> None:
    text = grown("after_call: survey", "after_call: survey, say_wait: perhaps")
    assert [short(each) for each in found(text)] == ["9 form: has to be true or false"]


def test_what_cannot_be_read_may_have_what_the_rest_speaks_of() -> None:
    for old, new, line in (
        ("into: bill, found: how", "into: bill, found: HOW", 14),
        ("kind: look_up, service: customer_by_account", "kind: look, service: balance", 13),
        ('["08:00-18:00"]', '["08-18"]', 7),
        ("reason: balance", "reason: [balance]", 17),
    ):
        told = found(grown(old, new))
        assert {each.rule for each in told} <= {"form", "unreachable"}, old
        assert {each.fault.line for each in told if each.rule == "form"} == {line}


def test_loops_of_expressions_have_names_of_their_own() -> None:
    text = grown("bill.amount > 0", 'customer.reasons.exists(each, each == "balance")')
    assert found(text) == ()
    assert read_menu(text).name == "grown"


def test_options_that_no_prompt_tells_of_are_not_counted() -> None:
    text = SMALL + six(3)
    words = {"more_menu": "Marque uno, dos, tres, cuatro o cinco."}
    told = check_file(text, texts={"es": words, "en": words})
    assert "options" not in {each.rule for each in told}
    words = {"more_menu": "Press one, three, four, five, six or seven."}
    told = check_file(text, texts={"es": words, "en": words})
    assert "has 6 options" in " ".join(each.fault.reason for each in told)


def test_a_name_may_come_before_its_sentence() -> None:
    assert (
        found(
            grown("[balance_is, {amount", "[{first_name: customer.first_name}, balance_is, {amount")
        )
        == ()
    )


def test_where_one_digit_is_an_entry_0_is_no_person() -> None:
    text = GROWN.replace("fewest: 4", "fewest: 1").replace(
        "missing: talk, failed: talk}", "missing: bye, failed: bye}"
    )
    assert "no_person" not in {each.rule for each in found(text)}
    menu = read_menu(text)
    assert [way.key for way in exits(menu, "account") if way.leads is Leads.PERSON] == [""]


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


def test_every_menu_that_somebody_hears_first_is_judged() -> None:
    good = changed("name: sales,", "name: reclamo,").replace("name: more,", "name: cancelar,")
    split = good.replace("start: hello", "start: which") + (
        "  which: {kind: condition, cases: [{when: queues.soporte.staffed > 0, goto: hello}], "
        "otherwise: suspended}\n"
        "  suspended:\n    kind: menu\n    prompts: [main_menu]\n"
        "    choices: {1: {name: pagos, queue: facturacion}, 2: {name: quejas, goto: main}}\n"
    )
    line = split.splitlines().index("  suspended:") + 1
    lacks = "BR asks for cancelling the service in the first menu (Decreto 11.034/2022)"
    assert [short(each) for each in found(split, country="BR")] == [f"{line} country: {lacks}"]


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
