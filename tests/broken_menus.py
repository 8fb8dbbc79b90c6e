"""Menus with one fault each, and what is told of it: line, rule and reason."""

from __future__ import annotations

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
      1: {name: sales, queue: ventas}
      2: {name: more, goto: more}
      "*": {name: repeat, repeat: true}
  more:
    kind: menu
    prompts: [more_menu]
    choices:
      1: {name: bills, queue: facturacion}
      "#": {name: back, back: true}
"""
#: the same, and the way to `more` closed for the person's key
TWO = SMALL + "      0: {name: again, goto: main}\n"
LONELY = TWO.replace("queue: facturacion", "repeat: true").replace(
    '"*": {name: repeat, repeat: true}', "0: {name: more, goto: more}"
)


def changed(old: str, new: str, text: str = SMALL) -> str:
    assert old in text
    return text.replace(old, new)


def six(first: int) -> str:
    """Six options, where five are the most."""
    return "".join(f"      {key}: {{name: k{key}, queue: ventas}}\n" for key in range(first, 9))


BROKEN = {
    "a node misspelt": (
        changed("goto: main", "goto: mian"),
        '10 lost: goes to "mian", which is no node of this menu',
    ),
    "a choice to nowhere": (
        SMALL + "      2: {name: x, goto: offers}\n",
        '24 lost: goes to "offers", which is no node of this menu',
    ),
    "no first node": (changed("start: hello\n", ""), "1 form: is missing"),
    "a first node that is none": (
        changed("start: hello", "start: helo"),
        '4 lost: starts at "helo", which is no node of this menu',
    ),
    "no language": (changed("language: es\n", ""), "1 form: is missing"),
    "no languages": (changed("languages: [es, en]\n", ""), "1 form: is missing"),
    "an empty list of languages": (
        changed("[es, en]", "[]"),
        "3 form: needs entries: at least 1",
    ),
    "a language twice": (
        changed("[es, en]", "[es, en, es]"),
        "3 language: names a language twice",
    ),
    "a language not offered": (
        changed("language: es\n", "language: en_US\n"),
        "2 language: is not one of the languages offered",
    ),
    "a change to a language not offered": (
        SMALL + "      9: {name: french, language: fr}\n",
        '24 language: "fr" is no language of this menu',
    ),
    "a change of the only language": (
        changed("[es, en]", "[es]") + "      9: {name: other, language: next}\n",
        "24 language: there is no other language in this menu",
    ),
    "a language nobody speaks": (
        changed("[es, en]", "[es, en, pt]"),
        '3 prompt: there are no prompts in "pt"',
    ),
    "a prompt nobody made": (
        changed("[more_menu]", "[more_menu, offers]"),
        '20 prompt: no prompt "offers" in es, en',
    ),
    "a prompt missing in the defaults": (
        SMALL + "defaults: {no_input_prompts: [no_input_1, no_input_2]}\n",
        '24 prompt: no prompt "no_input_2" in es, en',
    ),
    "a node no way leads to": (
        SMALL + "  closed: {kind: hang_up}\n",
        "24 unreachable: no way leads here",
    ),
    "a key twice": (
        SMALL + "      1: {name: sales, queue: ventas}\n",
        "24 yaml: is given twice; first in line 22",
    ),
    "a node twice": (
        SMALL + "  main: {kind: hang_up}\n",
        "24 yaml: is given twice; first in line 11",
    ),
    "prompts in a circle": (
        changed("goto: more", "goto: a")
        + "      2: {name: m, goto: more}\n"
        + "  a: {kind: say, prompts: [welcome], goto: b}\n"
        + "  b: {kind: say, prompts: [welcome], goto: a}\n",
        "18 unreachable: no way leads here",
        "25 circle: prompts in a circle without end: a > b > a",
    ),
    "a dead end": (
        changed('"#": {name: back, back: true}', "0: {name: again, repeat: true}").replace(
            "queue: facturacion", "language: next"
        ),
        "18 dead_end: is a dead end: no key leads on, and none to a person or an end",
        "23 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
    ),
    "a first menu that goes back to nothing": (
        "name: m\nlanguage: es\nlanguages: [es]\nstart: a\nperson: {queue: soporte}\n"
        "nodes:\n  a: {kind: menu, prompts: [welcome], choices: {0: {name: b, back: true}}}\n",
        "7 dead_end: is a dead end: no key leads on, and none to a person or an end",
        "7 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
    ),
    "a loop without an exit": (
        changed("{name: sales, queue: ventas}", "{name: again, repeat: true}", LONELY),
        "11 endless: is in a loop without an exit: main > more > main",
        "17 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
        "24 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
    ),
    "no way to a person": (
        changed("{name: sales, queue: ventas}", "{name: bye, hang_up: true}", LONELY),
        "11 no_person: no key leads to a person from here",
        "17 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
        "18 no_person: no key leads to a person from here",
        "24 zero_elsewhere: 0 does not lead to a person here, as it does elsewhere",
    ),
    "a line that only speaks": (
        "name: m\nlanguage: es\nlanguages: [es]\nstart: a\nperson: {queue: soporte}\n"
        "nodes:\n  a: {kind: say, prompts: [welcome], goto: b}\n  b: {kind: hang_up}\n",
        "6 no_person: no caller can reach a person: there is no menu and no queue",
    ),
    "no person at all": (changed("person: {queue: soporte}\n", ""), "1 form: is missing"),
    "more than five options": (
        SMALL + six(3),
        "21 options: has 7 options: at most 5 can be kept in mind",
    ),
    "a queue the floor does not know": (
        changed("queue: ventas", "queue: venta"),
        '15 queue: no such queue: "venta"',
    ),
    "a person in no queue": (
        changed("{queue: soporte}", "{queue: people}"),
        '5 queue: no such queue: "people"',
    ),
    "a menu that repeats for ever": (
        SMALL + "    max_no_input: 1000\n",
        "24 form: has to be at most 10",
    ),
    "a menu that never counts silence": (
        SMALL + "defaults: {max_no_input: ~}\n",
        "24 form: has no value: it has to be a whole number",
    ),
    "a node that says nothing": (
        changed("[welcome]", "[]"),
        "9 form: needs entries: at least 1",
    ),
    "a kind that is none": (
        changed("kind: say", "kind: sing"),
        "7 form: 'kind' has to be one of: 'menu', 'collect', 'confirm', 'record', 'say', "
        "'look_up', 'action', 'condition', 'ticket', 'survey', 'incidents', 'language', 'queue', "
        "'wait_on', 'callback', 'transfer', 'hang_up'",
    ),
    "a choice with two ways": (
        changed("queue: ventas", "queue: ventas, goto: more"),
        "15 form: needs a name and exactly one of: goto, queue, back, repeat, hang_up, language",
    ),
    "a key that is none": (
        changed('"*":', "12:"),
        "17 form: this name has to be one of: '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', "
        "'*' or '#'",
    ),
    "a star without quotes": (
        changed('"*":', "*:"),
        '17 yaml: * and & mean something to YAML: put them in quotes: "*"',
    ),
    "a setting nobody knows": (SMALL + "version: 3\n", "24 form: is no setting known here"),
    "a bracket that is not opened": (
        changed("[welcome]", "welcome]]"),
        "9 form: has to be a list",
    ),
    "a brace that is not closed": (
        changed("queue: ventas}", "queue: ventas"),
        "16 yaml: expected ',' or '}', but got ':'",
    ),
    "a list without its place": (
        changed("    goto: main", "    goto: main\n- x"),
        "11 yaml: expected <block end>, but found '-'",
    ),
    "a file of tabs": (
        changed("  hello:", "\thello:"),
        "7 yaml: a tab: YAML is indented with spaces",
    ),
    "nothing": ("", "0 yaml: is empty"),
    "a list": ("- name: small\n", "1 form: has to be a map of names and values"),
}
