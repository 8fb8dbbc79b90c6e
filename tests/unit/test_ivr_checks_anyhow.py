"""Any menu: what the checks say of persons and exits is what the steps of real calls do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.checks.case import Case
from ivr.checks.draft import Draft
from ivr.checks.roads import roads
from ivr.checks.rules import dead_ends, endless, no_person
from ivr.dialogue import Phase, State, Step, start, step
from ivr.menu import Menu
from ivr.nodes import CollectNode, MenuNode, Node
from ivr.outline import PERSON_KEY
from ivr.vocabulary import GoToQueue, OfferCallback, Played, Pressed, Waited
from tests.made_menus import ask, menu_of, say

NAMES = ["n0", "n1", "n2", "n3"]
names = st.sampled_from(NAMES)
ways: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"goto": names}),
    st.just({"back": True}),
    st.just({"repeat": True}),
    st.sampled_from([{"hang_up": True}, {"queue": "sales"}, {"language": "next"}]),
)
#: 0 is mostly taken: else every node would lead to a person
choices = st.dictionaries(st.sampled_from("012"), ways, min_size=1).map(
    lambda given: {PERSON_KEY: {"repeat": True}, **given}
)


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    nodes = {name: ask(draw(choices)) for name in NAMES}
    match draw(st.integers(0, 4)):
        case 0:
            nodes["n1"] = say("n2")
        case 1:
            nodes["n1"] = {"kind": "collect", "prompts": ["p"], "into": "x", "goto": "n2"}
        case 2:
            nodes["n1"] = {"kind": "confirm", "prompts": ["p"], "yes": "n2", "no": "n3"}
        case 3:
            nodes["n1"]["too_many"] = {"goto": "n3"}
        case _:
            pass
    reached, ahead = {"n0"}, ["n0"]
    while ahead:
        node = nodes[ahead.pop()]
        ways_on = [node, *node.get("choices", {}).values(), node.get("too_many", {})]
        goals = {way.get(field) for way in ways_on for field in ("goto", "yes", "no")}
        new = {goal for goal in goals if goal} - reached
        reached |= new
        ahead += new
    return menu_of({name: node for name, node in nodes.items() if name in reached}, start="n0")


def settled(menu: Menu, at: Step) -> State:
    """Everything heard to its end."""
    while at.state.phase not in {Phase.LISTENING, Phase.DONE}:
        at = step(menu, at.state, Played())
    # how often somebody came by makes no difference here, and would never end
    return replace(at.state, visits={"n0": 1})


def explored(menu: Menu) -> dict[State, set[State]]:
    """Where every key that means something leads, from wherever a caller may be, silent or not."""
    map_: dict[State, set[State]] = {}
    ahead = [settled(menu, start(menu))]
    while ahead:
        state = ahead.pop()
        if state in map_:
            continue
        map_[state] = set()
        if state.phase is Phase.LISTENING:
            map_[state] = {after(menu, state, *keys) for keys in meaning(menu.nodes[state.node])}
            ahead.append(settled(menu, step(menu, state, Waited())))
        ahead += map_[state]
    return map_


def meaning(node: Node) -> set[str]:
    """The keys, or runs of keys, that mean something at a node."""
    match node:
        case MenuNode():
            return {*node.choices, PERSON_KEY}
        case CollectNode():
            return {"1#"}
        case _:
            return {PERSON_KEY, "1", "2"}


def after(menu: Menu, state: State, *keys: str) -> State:
    for key in keys:
        state = settled(menu, step(menu, state, Pressed(key)))
    return state


def with_a_person_ahead(map_: dict[State, set[State]]) -> set[State]:
    found = {state for state in map_ if isinstance(state.leaving, GoToQueue | OfferCallback)}
    while more := {state for state, after in map_.items() if after & found} - found:
        found |= more
    return found


@settings(deadline=None, max_examples=150)
@given(menus())
@example(
    # back leads to who has a person ahead, or to who has none: it depends on the way one came
    menu_of(
        {
            "n0": ask({"0": {"goto": "n2"}, "1": {"queue": "sales"}, "2": {"goto": "n1"}}),
            "n1": ask({"0": {"goto": "n2"}}),
            "n2": ask({"0": {"back": True}, "1": {"hang_up": True}}),
        }
    )
)
def test_something_is_told_exactly_when_some_caller_has_no_person_ahead(menu: Menu) -> None:
    case = Case(draft=Draft(menu, frozenset()), roads=roads(menu))
    told = [misfit for rule in (dead_ends, endless, no_person) for misfit in rule(case)]
    map_ = explored(menu)
    waiting = {state for state in map_ if state.phase is Phase.LISTENING}
    lost = waiting - with_a_person_ahead(map_)
    assert bool(told) is bool(lost)
