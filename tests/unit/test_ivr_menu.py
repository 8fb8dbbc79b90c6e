"""Menus are read from their files, complete with the lines of what is wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from documents.faults import DocumentRefusedError, Misfit
from ivr.callback import CALLBACK_PROMPTS
from ivr.choices import Goto, ToQueue
from ivr.menu import Menu, check_menu
from ivr.menu_file import MENUS, read_menu
from ivr.nodes import MenuNode
from ivr.parts import Handover
from ivr.services import BUILT_IN

QUEUES = {"soporte", "ventas", "facturacion"}
PROMPTS = {
    *("welcome", "main_menu", "support_menu", "billing_menu"),
    *("no_input_1", "no_input_2", "no_match_1", "no_match_2", "sorry_trouble"),
    *("transfer_support", "transfer_sales", "transfer_billing", "goodbye", "please_hold"),
}
BOTH = {"es": PROMPTS, "en": PROMPTS}

SMALL = """\
name: small
language: es
languages: [es, en]
start: hello
person: {queue: soporte}
nodes:
  hello:
    kind: say
    prompts: [welcome]
    goto: main
  main:
    kind: menu
    prompts: [main_menu]
    choices:
      1: {name: sales, queue: ventas, priority: 3}
      "*": {name: repeat, repeat: true}
"""


def faults(text: str, **known: object) -> list[str]:
    queues = QUEUES if known.get("checked") else None
    prompts = BOTH if known.get("checked") else None
    with pytest.raises(DocumentRefusedError) as caught:
        read_menu(text, queues=queues, prompts=prompts, file="m.yaml")
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def node(menu: Menu, name: str) -> MenuNode:
    found = menu.nodes[name]
    assert isinstance(found, MenuNode)
    return found


def test_the_menu_that_comes_with_linea800_fits_its_queues_and_prompts() -> None:
    menu = read_menu(MENUS / "simple.yaml", queues=QUEUES, prompts=BOTH)
    assert menu.name == "simple"
    support = node(menu, "support")
    assert menu.choice(support, "1") == ToQueue(
        name="no_signal", queue="soporte", priority=5, prompts=("transfer_support",)
    )
    for name in ("main", "support", "billing"):
        person = menu.choice(node(menu, name), "0")
        assert isinstance(person, ToQueue)
        assert (person.name, person.queue) == ("person", "soporte")


def test_the_version_follows_the_content_and_nothing_else() -> None:
    version = read_menu(SMALL).version
    assert len(version) == 12
    assert read_menu("# a word\n" + changed("[es, en]", '["es",   en]')).version == version
    head, nodes = SMALL.split("  hello:")
    hello, main = nodes.split("  main:")
    assert read_menu(f"{head}  main:{main}  hello:{hello}").version == version
    assert read_menu(changed("priority: 3", "priority: 4")).version != version


def test_what_a_node_leaves_out_is_as_in_the_defaults() -> None:
    text = SMALL + "    max_no_match: 1\n    no_input_prompts: []\n    barge_in: false\n"
    text += "defaults: {max_no_input: 5, no_input_prompts: [a], too_many: {queue: ventas}}\n"
    menu = read_menu(text)
    patience = menu.patience(node(menu, "main"))
    assert (patience.max_no_input, patience.max_no_match) == (5, 1)
    assert patience.no_input_prompts == ()
    assert patience.no_input_seconds == 5.0
    assert isinstance(patience.too_many, Handover)
    assert patience.too_many.queue == "ventas"
    assert not menu.barge_in(node(menu, "main"))
    assert menu.defaults.barge_in


def test_zero_is_a_person_unless_the_node_says_otherwise() -> None:
    menu = read_menu(SMALL + "      0: {name: again, goto: main}\n")
    assert menu.choice(node(menu, "main"), "0") == Goto(name="again", goto="main")
    assert menu.choice(node(menu, "main"), "7") is None
    assert menu.choice(node(menu, "main"), "A") is None


def test_languages_go_round() -> None:
    menu = read_menu(SMALL)
    assert menu.language_after("es") == "en"
    assert menu.language_after("en") == "es"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed("goto: main", "goto: man"), 'm.yaml:10: nodes.hello.goto: goes to "man", which'),
        (
            changed("queue: ventas, priority: 3", "goto: sales2"),
            'm.yaml:15: nodes.main.choices.1.goto: goes to "sales2", which is no node of this menu',
        ),
        (changed("start: hello", "start: hi"), 'm.yaml:4: start: starts at "hi", which is no'),
        (changed("language: es", "language: fr"), "m.yaml:2: language: is not one of the langu"),
        (changed("[es, en]", "[es, es]"), "m.yaml:3: languages: names a language twice"),
        (changed("[es, en]", "[]"), "m.yaml:3: languages: needs entries: at least 1"),
        (changed("start: hello", "start: main"), "m.yaml:7: nodes.hello: no way leads here"),
        (changed("person: {queue: soporte}\n", ""), "m.yaml:1: person: is missing"),
        (changed("queue: ventas, ", ""), "m.yaml:15: nodes.main.choices.1: needs a name and exa"),
        (
            changed("queue: ventas, priority: 3", "queue: ventas, goto: main"),
            "m.yaml:15: nodes.main.choices.1: needs a name and exactly one of: goto, queue, back,",
        ),
        (changed("priority: 3", "priority: -1"), "m.yaml:15: nodes.main.choices.1.priority: has"),
        (changed("name: sales, ", ""), "m.yaml:15: nodes.main.choices.1.name: is missing"),
        (changed("repeat: true", "repeat: false"), "m.yaml:16: nodes.main.choices.*.repeat: can"),
        (
            changed('"*"', '"1"'),
            "m.yaml:16: nodes.main.choices.1: is given twice; first in line 15",
        ),
        (
            changed('"*"', "**"),
            'm.yaml:16: * and & mean something to YAML: put them in quotes: "*"',
        ),
        (changed('"*"', "12"), "m.yaml:16: nodes.main.choices.12: this name has to be one of: '0'"),
        (changed("kind: say", "kind: sing"), "m.yaml:7: nodes.hello: 'kind' has to be one of: "),
        (changed("kind: say", "wait: 1"), "m.yaml:7: nodes.hello: 'kind' is missing"),
        (changed("[welcome]", "[]"), "m.yaml:9: nodes.hello.prompts: needs entries: at least 1"),
        (changed("[welcome]", "[../x]"), "m.yaml:9: nodes.hello.prompts[0]: does not fit the pat"),
        (SMALL + "  end: {kind: hang_up}\n", "m.yaml:17: nodes.end: no way leads here"),
        (
            changed("repeat: true", "language: fr"),
            'm.yaml:16: nodes.main.choices.*.language: "fr" is no language of this menu',
        ),
        (
            SMALL.replace("[es, en]", "[es]").replace("repeat: true", "language: next"),
            "m.yaml:16: nodes.main.choices.*.language: there is no other language in this menu",
        ),
        (SMALL + "version: 3\n", "m.yaml:17: version: is no setting known here"),
        (SMALL + "defaults: {no_input_seconds: nan}\n", "m.yaml:17: defaults.no_input_seconds: h"),
    ],
)
def test_a_menu_with_a_fault_is_refused_with_its_line(text: str, expected: str) -> None:
    (line,) = faults(text)
    assert line.startswith(expected)


def test_prompts_in_a_circle_are_refused() -> None:
    text = SMALL.split("  main:")[0].replace("goto: main", "goto: more")
    text += "  more: {kind: say, prompts: [a], goto: again}\n"
    text += "  again: {kind: say, prompts: [b], goto: more}\n"
    assert faults(text) == [
        "m.yaml:11: nodes.more.goto: prompts in a circle without end: more > again > more"
    ]


def test_a_menu_that_leads_to_no_person_is_refused() -> None:
    text = SMALL.split("  main:")[0].replace("goto: main", "goto: bye")
    assert faults(text + "  bye: {kind: hang_up}\n") == [
        "m.yaml:6: nodes: no caller can reach a person: there is no menu and no queue"
    ]


def test_all_faults_are_told_at_once() -> None:
    text = SMALL.replace("goto: main", "goto: nowhere").replace("language: es", "language: fr")
    assert [line.split(":")[1] for line in faults(text)] == ["2", "10"]


def test_queues_that_do_not_exist_are_told_wherever_they_are_named() -> None:
    text = SMALL.replace("soporte", "suporte").replace("goto: main", "goto: wait")
    text = text.replace("ventas, priority: 3", "venta").replace("start: hello", "start: main")
    text = text.replace("repeat: true", "goto: hello")
    text += "    too_many: {queue: x1}\n"
    text += "  wait: {kind: queue, queue: x2}\n"
    text += "defaults:\n  too_many:\n    queue: x3\n"
    assert faults(text, checked=True) == [
        'm.yaml:5: person.queue: no such queue: "suporte"',
        'm.yaml:15: nodes.main.choices.1.queue: no such queue: "venta"',
        'm.yaml:17: nodes.main.too_many.queue: no such queue: "x1"',
        'm.yaml:18: nodes.wait.queue: no such queue: "x2"',
        'm.yaml:21: defaults.too_many.queue: no such queue: "x3"',
    ]


def test_what_is_asked_of_others_has_to_exist_before_a_caller_finds_out() -> None:
    text = (
        changed("repeat: true}", "goto: who}")
        + """\
  who: {kind: look_up, service: customer_by_number, arguments: {name: caller}, into: c,
        found: debt, missing: debt, failed: debt}
  debt: {kind: action, service: balanc, done: bank, refused: bank, failed: bank}
  bank: {kind: transfer, target: bank, failed: main}
"""
    )
    assert read_menu(text).start == "hello"
    with pytest.raises(DocumentRefusedError) as caught:
        read_menu(text, file="m.yaml", services=BUILT_IN, targets={"police"})
    assert str(caught.value).splitlines() == [
        'm.yaml:17: nodes.who.arguments.name: the service "customer_by_number" has no argument'
        ' "name"',
        'm.yaml:17: nodes.who.arguments: the service "customer_by_number" needs "number"',
        'm.yaml:19: nodes.debt.service: there is no service "balanc"',
        'm.yaml:20: nodes.bank.target: no such target: "bank"',
    ]
    read_menu(text, services=None, targets={"bank"})


def test_prompts_are_wanted_in_every_language_offered() -> None:
    menu = read_menu(SMALL)
    assert check_menu(menu) == ()
    assert check_menu(menu, prompts={"es": {"welcome", "main_menu"}, "en": {"welcome"}}) == (
        Misfit(("nodes", "main", "prompts", 0), 'no prompt "main_menu" in en'),
    )
    absent = check_menu(menu, prompts={})
    assert [misfit.reason for misfit in absent] == [
        'no prompt "welcome" in es, en',
        'no prompt "main_menu" in es, en',
    ]


def test_an_offer_of_a_call_back_needs_its_queue_and_its_sentences() -> None:
    text = SMALL.replace("repeat: true", "goto: offer")
    text += "  offer: {kind: callback, queue: x, prompts: [welcome]}\n"
    found = faults(text, checked=True)
    assert any('nodes.offer.queue: no such queue: "x"' in one for one in found)
    sentences = [one for one in found if 'nodes.offer: no prompt "callback_' in one]
    assert len(sentences) == len(CALLBACK_PROMPTS)


def test_prompts_are_checked_wherever_they_are_named() -> None:
    text = SMALL.replace("{queue: soporte}", "{queue: soporte, prompts: [p1]}")
    text = text.replace("priority: 3", "prompts: [main_menu, p2]")
    text += "    no_match_prompts: [p3]\n    too_many: {queue: ventas, prompts: [p4]}\n"
    text += "defaults: {no_input_prompts: [p5]}\n"
    assert faults(text, checked=True) == [
        'm.yaml:5: person.prompts[0]: no prompt "p1" in es, en',
        'm.yaml:15: nodes.main.choices.1.prompts[1]: no prompt "p2" in es, en',
        'm.yaml:17: nodes.main.no_match_prompts[0]: no prompt "p3" in es, en',
        'm.yaml:18: nodes.main.too_many.prompts[0]: no prompt "p4" in es, en',
        'm.yaml:19: defaults.no_input_prompts[0]: no prompt "p5" in es, en',
    ]


def test_a_menu_made_by_hand_is_held_to_the_same() -> None:
    menu = read_menu(SMALL)
    assert Menu(**dict(menu)).version == menu.version
    with pytest.raises(ValidationError, match='starts at "gone", which is no node'):
        Menu(**{**dict(menu), "start": "gone"})
