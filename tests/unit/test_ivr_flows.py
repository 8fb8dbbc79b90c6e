"""Flow files: read with the line of what is wrong, and held to their menus."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from documents.faults import DocumentRefusedError, Fault
from ivr.checks.spanish import SPANISH
from ivr.exits import exits
from ivr.flow_run import Difference, first_difference
from ivr.flow_words import WORDS, Word, end_words, meaning
from ivr.flows import Ends, Hears, Presses, Silent, parse_flows, read_flows
from ivr.menu_file import MENUS, read_menu
from ivr.nodes import MenuNode
from ivr.outline import Leads
from ivr.vocabulary import Chosen, Entered, TurnedAway
from ivr.walked import CalledBack, Caller, HungUp, Queued, Told, Transferred
from ivr.walking import Walk
from tests.made_menus import ask, menu_of

GOOD = """\
# what callers live through
menu: tienda.yaml
language: es
waiting: 2

flow: Somebody buys
  number: +573001234567
  hears: welcome, main_menu
  presses: 3#*
  silent
  hears: nothing
  ends: queue ventas priority 5

flujo: Alguien quiere que le llamen
  devuelven: no
  oye: welcome
  marca: 1
  calla
  termina: devolución 3001234567

flow: Bye
  ends: hang_up
"""


def difference(text: str, language: str = "en") -> Difference | None:
    (flow,) = parse_flows(text, "simple.flow")
    return first_difference(flow, MENU["simple.yaml"], language)


def test_a_file_is_read_in_both_languages() -> None:
    buys, later, bye = parse_flows(GOOD, "x.flow")
    assert (buys.title, buys.menu, buys.line) == ("Somebody buys", "tienda.yaml", 6)
    assert buys.caller == Caller(language="es", number="+573001234567", waiting=2)
    assert buys.expected == (
        Hears(8, ("welcome", "main_menu")),
        Presses(9, "3#*"),
        Silent(10),
        Hears(11, ()),
        Ends(12, Queued("ventas", 5)),
    )
    assert later.caller == Caller(language="es", waiting=2, called_back=False)
    assert later.expected[-1] == Ends(19, CalledBack("", "3001234567"))
    assert bye.expected == (Ends(22, HungUp()),)


def test_a_file_that_names_no_menu_is_about_the_one_of_its_name() -> None:
    (flow,) = parse_flows("flow: x\n", "tienda.flow")
    assert flow.menu == "tienda.yaml"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# nothing\n", 0),
        ("flow:\n", 1),
        ("hears: welcome\n", 1),
        ("flow: x\npress: 1\n", 2),
        ("flow: x\nmenu: y.yaml\n", 2),
        ("flow: x\npresses: 12a\n", 2),
        ("flow: x\nhears: Welcome!\n", 2),
        ("flow: x\nsilent: 3\n", 2),
        ("flow: x\nends: somewhere\n", 2),
        ("flow: x\nends: queue a priority high\n", 2),
        ("flow: x\nends: hang_up\npresses: 1\n", 3),
        ("flow: x\npresses: 1\nwaiting: 3\n", 3),
        ("waiting: many\nflow: x\n", 1),
        ("language: Spanish\nflow: x\n", 1),
        ("called_back: perhaps\nflow: x\n", 1),
        ("number: none\nflow: x\n", 1),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_number(text: str, line: int) -> None:
    with pytest.raises(DocumentRefusedError) as caught:
        parse_flows(text, "x.flow")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("x.flow", line)
    assert SPANISH.unknown([fault.reason]) == ()


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.flow").write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentRefusedError) as caught:
        read_flows(tmp_path / "x.flow")
    assert caught.value.faults == (Fault("x.flow", 0, 0, "", "is no text to read"),)


MENU = {path.name: read_menu(path) for path in sorted(MENUS.glob("*.yaml"))}
SHIPPED = [flow for file in sorted(MENUS.glob("*.flow")) for flow in read_flows(file)]


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: f"{flow.file}:{flow.line}")
def test_the_flows_that_come_with_linea800(flow: object) -> None:
    (found,) = [each for each in SHIPPED if each is flow]
    assert first_difference(found, MENU[found.menu]) is None


def test_every_shipped_menu_has_flows() -> None:
    assert {flow.menu for flow in SHIPPED} == {path.name for path in MENUS.glob("*.yaml")}


def test_prompts_that_differ_are_shown_with_the_line_that_expects_them() -> None:
    text = "flow: Buy\nhears: welcome\nhears: main_menu\npresses: 3\nhears: goodbye\n"
    assert difference(text) == Difference("simple.flow", 5, "Buy", "goodbye", "transfer_sales")


def test_what_is_not_told_is_not_held_to_the_flow() -> None:
    assert difference("flow: Buy\npresses: 3\nends: queue ventas\n") is None


def test_an_end_that_differs() -> None:
    text = "flow: Fix\npresses: 2\npresses: 1\nends: queue soporte\n"
    assert difference(text) == Difference(
        "simple.flow", 4, "Fix", "queue soporte", "queue soporte priority 5"
    )


def test_a_menu_that_still_listens_and_one_that_is_over() -> None:
    found = difference("flow: x\npresses: 2\nends: queue soporte\n", "es")
    assert found is not None
    assert (found.expected, found.seen) == ("cola soporte", "el menú sigue esperando una tecla")
    found = difference("flow: x\npresses: 0\nsilent\n")
    assert found is not None
    assert (found.line, found.expected) == (3, "the menu still waits for a key")
    assert found.seen == "queue soporte"


def test_nothing_heard_and_too_much_heard() -> None:
    found = difference("flow: x\nhears: nothing\n")
    assert found is not None
    assert (found.expected, found.seen) == ("nothing", "welcome, main_menu")


def test_a_language_the_menu_does_not_offer() -> None:
    found = difference("language: fr\nflow: x\nhears: welcome, main_menu\n")
    assert found is not None
    assert (found.line, found.expected, found.seen) == (2, "fr", "es, en")


def test_a_call_back_is_known_by_its_number() -> None:
    menu = menu_of({"a": {"kind": "callback", "queue": "sales"}})
    text = "number: 3001234567\nflow: x\npresses: 1\nsilent\nends: callback 3001234567\n"
    (flow,) = parse_flows(text, "m.flow")
    assert first_difference(flow, menu) is None
    (flow,) = parse_flows(text.replace("callback 3", "callback 4"), "m.flow")
    found = first_difference(flow, menu, "en")
    assert found is not None
    assert found.seen == "callback 3001234567"


def test_a_menu_that_hangs_up() -> None:
    menu = menu_of({"a": ask({"1": {"hang_up": True}})})
    (flow,) = parse_flows("flow: x\npresses: 1\nends: hang_up\n", "m.flow")
    assert first_difference(flow, menu) is None


@pytest.mark.parametrize("language", WORDS)
def test_every_word_exists_and_means_itself(language: str) -> None:
    assert set(WORDS[language]) == set(Word)
    assert all(meaning(written) is word for word, written in WORDS[language].items())
    for end in (
        *(Queued("a", 3), Queued("a"), HungUp()),
        *(CalledBack("", "3001234567"), Transferred("bank")),
    ):
        (flow,) = parse_flows(f"flow: x\nends: {end_words(end, language)}\n", "x.flow")
        assert flow.expected == (Ends(2, end),)


def test_the_flows_of_the_menus_page_are_those_of_its_menu() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "menus.md").read_text("utf-8")
    example, *_ = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (flows,) = re.findall(r"^```text\n(idioma:.*?)^```", page, re.MULTILINE | re.DOTALL)
    menu = read_menu(example)
    for flow in parse_flows(flows, "tienda.flow"):
        assert first_difference(flow, menu) is None


# --- the shipped flows leave nothing out ------------------------------------------------------


def walks(menu: str) -> list[tuple[Walk, list[Told]]]:
    """Every flow of a menu walked, with all that happened."""
    found = []
    for flow in SHIPPED:
        if flow.menu == menu:
            walk = Walk(MENU[menu], flow.caller)
            told = list(walk.turn)
            for each in flow.expected:
                if isinstance(each, Presses):
                    walk.press(each.keys)
                elif isinstance(each, Silent):
                    walk.wait()
                else:
                    continue
                told += walk.turn
            found.append((walk, told))
    return found


@pytest.mark.parametrize("name", sorted(path.name for path in MENUS.glob("*.yaml")))
def test_the_shipped_flows_enter_every_node_and_take_every_way(name: str) -> None:
    menu = MENU[name]
    entered: set[str] = set()
    chosen: set[tuple[str, str]] = set()
    passed: set[tuple[str, str]] = set()
    for _, told in walks(name):
        nodes = [each.node for each in told if isinstance(each, Entered)]
        entered |= {*nodes}
        passed |= {*pairwise(nodes)}
        chosen |= {(each.node, each.choice) for each in told if isinstance(each, Chosen)}
    assert {*menu.nodes} - entered == set()
    written = {
        (node, choice.name)
        for node, each in menu.nodes.items()
        if isinstance(each, MenuNode)
        for choice in each.choices.values()
    }
    assert written - chosen == set()
    ways = {
        (node, way.to)
        for node in menu.nodes
        for way in exits(menu, node)
        if way.leads is Leads.NODE and not way.term
    }
    assert ways - passed == set()


@pytest.mark.parametrize("name", sorted(path.name for path in MENUS.glob("*.yaml")))
def test_the_shipped_flows_meet_everything_that_holds_for_queues(name: str) -> None:
    menu = MENU[name]
    met = set()
    for walk, told in walks(name):
        met |= {(each.queue, each.why) for each in told if isinstance(each, TurnedAway)}
        met |= {("", each.node) for each in told[:1] if isinstance(each, Entered)}
        assert walk.turn
    for queue, terms in menu.queues.items():
        for setting, goal in terms.goals():
            later = setting in ("too_long", "after_call")
            assert (("", goal) if later else (queue, setting)) in met


def test_a_task_that_stands_otherwise() -> None:
    menu = menu_of({"a": {"kind": "say", "starts": "t", "prompts": ["p"], "goto": "b"},
                    "b": ask({"1": {"hang_up": True}}, completes="t")})  # fmt: skip
    good = "flow: x\ndoes: t started\npresses: 1\ndoes: t done\nends: hang_up\n"
    (flow,) = parse_flows(good, "m.flow")
    assert first_difference(flow, menu) is None
    (flow,) = parse_flows(good.replace("t started", "t failed"), "m.flow")
    assert first_difference(flow, menu, "en") == Difference(
        "m.flow", 2, "x", "t failed", "t started"
    )
    (flow,) = parse_flows("flow: x\nhace: u hecha\n", "m.flow")
    assert first_difference(flow, menu, "es") == Difference("m.flow", 2, "x", "u hecha", "nada")


@pytest.mark.parametrize(
    ("line", "strange"),
    [("from: nowhere", "nowhere"), ("answers: balanse found", "balanse")],
)
def test_a_flow_that_speaks_of_what_the_menu_has_not(line: str, strange: str) -> None:
    found = difference(f"flow: x\n{line}\n")
    assert found is not None
    assert (found.line, found.expected) == (1, strange)


def test_a_transfer_is_an_end() -> None:
    menu = menu_of({"a": {"kind": "transfer", "target": "bank", "failed": "b"},
                    "b": ask({"1": {"hang_up": True}})})  # fmt: skip
    (flow,) = parse_flows("flow: x\nends: transferencia bank\n", "m.flow")
    assert first_difference(flow, menu) is None
