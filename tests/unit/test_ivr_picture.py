"""A menu can be looked at."""

from __future__ import annotations

from ivr.menu_file import MENUS, read_menu
from ivr.picture import menu_picture

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
  node_bye --> the_end(("end"))
"""
    )


def test_a_queue_node_leads_to_its_queue() -> None:
    text = SMALL.replace("kind: hang_up", "kind: queue, queue: cobranza")
    assert 'node_bye --> queue_cobranza[["cobranza"]]' in menu_picture(read_menu(text))


def test_the_menu_that_comes_with_linea800_has_a_picture() -> None:
    picture = menu_picture(read_menu(MENUS / "simple.yaml"))
    assert 'node_support -->|"1: no_signal"| queue_soporte[["soporte"]]' in picture
