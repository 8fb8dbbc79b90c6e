"""A menu can be looked at."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ivr.drawing import drawing
from ivr.menu_file import MENUS, read_menu
from ivr.picture import menu_picture
from ivr.picture_svg import menu_svg

SMALL = """\
name: small
language: es
languages: [es]
start: end
person: {queue: soporte}
defaults: {too_many: {queue: ventas}}
nodes:
  end:
    kind: menu
    prompts: [main_menu]
    choices:
      1: {name: hours, goto: hours}
      "#": {name: back, back: true}
      9: {name: bye, hang_up: true}
  hours: {kind: say, prompts: [hours], goto: bye}
  bye: {kind: hang_up}
"""


def test_the_picture_shows_every_way_and_escapes_what_mermaid_would_misread() -> None:
    assert (
        menu_picture(read_menu(SMALL))
        == """\
flowchart TD
  begin(["small (es)"]) --> node_end
  node_end{{"end<br/>#35;: back"}}
  node_end -->|"1: hours"| node_hours
  node_end -->|"9: bye"| the_end(("end"))
  node_end -->|"0: person"| queue_soporte[["soporte"]]
  node_end -.-> queue_ventas[["ventas"]]
  node_hours["hours"]
  node_hours --> node_bye
  node_bye["bye"]
  node_bye --> the_end
"""
    )


def test_a_queue_node_leads_to_its_queue() -> None:
    text = SMALL.replace("kind: hang_up", "kind: queue, queue: cobranza")
    assert 'node_bye --> queue_cobranza[["cobranza"]]' in menu_picture(read_menu(text))


def test_the_menu_that_comes_with_linea800_has_a_picture() -> None:
    picture = menu_picture(read_menu(MENUS / "simple.yaml"))
    assert 'node_support -->|"1: no_signal"| queue_soporte' in picture


def test_kinds_have_shapes_and_what_holds_for_queues_is_dotted() -> None:
    picture = menu_picture(read_menu(MENUS / "operator.yaml")).splitlines()
    for line in (
        'node_who[("who")]',
        'node_at_hand{"at_hand"}',
        'node_account[/"account"/]',
        'node_see_now{{"see_now"}}',
        'node_complaint_ticket>"complaint_ticket"]',
        'node_proof_given -->|"found"| node_proven',
        'queue_ventas -.->|"closed"| node_closed',
        'node_wait_on --> the_line[["the same place in line"]]',
    ):
        assert picture.count(f"  {line}") == 1, line


def test_a_transfer_leads_outside() -> None:
    text = SMALL.replace("kind: hang_up", "kind: transfer, target: bank, failed: end")
    picture = menu_picture(read_menu(text))
    assert 'node_bye -->|"failed"| node_end' in picture
    assert 'target_bank[\\"bank"/]' in picture


@pytest.mark.parametrize("name", ["operator.yaml", "simple.yaml"])
def test_the_svg_shows_every_node_once(name: str) -> None:
    menu = read_menu(MENUS / name)
    root = ElementTree.fromstring(menu_svg(menu))  # noqa: S314 - our own
    shapes = [each for each in root if each.tag.endswith(("rect", "polygon"))]
    drawn = drawing(menu)
    outer = [edge for edge in drawn.edges if edge.to not in drawn.nodes]
    assert len(menu.nodes) < len(shapes) <= len(menu.nodes) + len(outer) + 1 + len(menu.queues)
    words = [(each.find("{*}title"), each.text) for each in root if each.tag.endswith("text")]
    told = [title.text if title is not None else text for title, text in words]
    for node in menu.nodes:
        assert told.count(node) >= 1
