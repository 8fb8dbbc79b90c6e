"""Any menu, any caller: the dialogue waits or ends, and who only misses comes to a person."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue import Phase, State, Step, start, step
from ivr.menu import Menu
from ivr.nodes import MenuNode
from ivr.vocabulary import (
    Action,
    Entered,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Listen,
    Missed,
    OfferCallback,
    Play,
    Played,
    Pressed,
    SayPosition,
    Waited,
)
from tests.made_menus import ask, menu_of, say

NAMES = ["n0", "n1", "n2", "n3", "n4"]
names = st.sampled_from(NAMES)
prompts = st.lists(st.sampled_from(["p", "q"]), max_size=2)
handovers = st.fixed_dictionaries(
    {"queue": st.sampled_from(["x", "y"])},
    optional={"prompts": prompts, "say_position": st.booleans()},
)
ways = st.one_of(
    st.fixed_dictionaries({"goto": names}),
    st.fixed_dictionaries({"goto": names}),
    handovers,
    st.just({"back": True}),
    st.just({"repeat": True}),
    st.fixed_dictionaries({"hang_up": st.just(True), "prompts": prompts}),
    st.fixed_dictionaries({"language": st.sampled_from(["next", "es", "en"])}),
)
patience = {
    "max_no_input": st.integers(1, 4),
    "max_no_match": st.integers(1, 4),
    "no_input_prompts": prompts,
    "no_match_prompts": prompts,
    "barge_in": st.booleans(),
    "too_many": handovers,
}
asking = st.builds(
    lambda choices, rest: ask(choices, **rest),
    st.dictionaries(st.sampled_from("0123*#"), ways, min_size=1),
    st.fixed_dictionaries({}, optional=patience),
)


#: who only speaks leads to a menu or a queue in the end, so every menu made of these is sound
any_nodes = st.fixed_dictionaries(
    {
        "n0": asking | st.builds(say, st.sampled_from(["n1", "n2"]), barge_in=st.booleans()),
        "n1": asking | st.builds(say, st.sampled_from(["n2", "n3"]), barge_in=st.booleans()),
        "n2": asking,
        "n3": asking
        | handovers.map(lambda handover: {"kind": "queue", **handover})
        | handovers.map(lambda handover: {"kind": "callback", **handover}),
        "n4": asking | prompts.map(lambda bye: {"kind": "hang_up", "prompts": bye}),
    }
)


def goals(node: dict[str, Any]) -> set[str]:
    ways = [node, *node.get("choices", {}).values()]
    return {way["goto"] for way in ways if "goto" in way}


@st.composite
def menus(draw: st.DrawFn) -> Menu:
    drawn = draw(any_nodes)
    reached, ahead = {"n0"}, ["n0"]
    while ahead:
        new = goals(drawn[ahead.pop()]) - reached
        reached |= new
        ahead += new
    nodes = {name: node for name, node in drawn.items() if name in reached}
    defaults = draw(st.fixed_dictionaries({}, optional=patience))
    return menu_of(nodes, start="n0", defaults=defaults)


events = st.one_of(
    st.sampled_from("0123456789*#A").map(Pressed),
    st.just(Played()),
    st.just(Waited()),
)
LAST = (GoToQueue, HangUp, OfferCallback)
HEARD = (Play, SayPosition)


def check_step(menu: Menu, before: State | None, event: Event | None, after: Step) -> None:
    """What holds of every step."""
    state, actions = after.state, after.actions
    ends = [action for action in actions if isinstance(action, LAST)]
    assert (state.phase is Phase.DONE) == bool(ends) or (before and before.phase is Phase.DONE)
    assert ends == list(actions[-1:]) or not ends
    # it waits for something that will come, or it is over
    if actions and not ends:
        assert isinstance(actions[-1], Listen if state.phase is Phase.LISTENING else HEARD)
    if isinstance(event, Pressed) and before and before.phase in (Phase.PLAYING, Phase.LISTENING):
        assert actions
    if not actions:
        assert not after.facts
        assert before
        assert state.phase is before.phase
    # no more nodes in one step than keys to use, with the words between them
    keys = len(before.typed) + 1 if before else 0
    assert sum(isinstance(fact, Entered) for fact in after.facts) <= (keys + 1) * len(menu.nodes)
    assert state.phase is Phase.TELLING or not state.typed
    assert len(set(state.trail)) == len(state.trail)
    assert all(isinstance(menu.nodes[name], MenuNode) for name in state.trail)
    if state.phase is Phase.LISTENING:
        assert isinstance(menu.nodes[state.node], MenuNode)


def check_counters(menu: Menu, before: State, after: Step) -> None:
    """A miss counts for its own kind only, and nothing but entering a node forgets it."""
    if any(isinstance(fact, Entered) for fact in after.facts):
        return
    for kind, old, new in (
        ("no_input", before.no_input, after.state.no_input),
        ("no_match", before.no_match, after.state.no_match),
    ):
        assert new - old == after.facts.count(Missed(before.node, kind))


@given(menus(), st.lists(events, max_size=40))
@settings(max_examples=100, deadline=None)
def test_whatever_happens_the_dialogue_waits_or_ends(menu: Menu, happening: list[Event]) -> None:
    now = start(menu)
    check_step(menu, None, None, now)
    for event in happening:
        before = now.state
        now = step(menu, before, event)
        check_step(menu, before, event, now)
        check_counters(menu, before, now)
        assert step(menu, before, event) == now


@given(menus(), st.lists(events, max_size=10), st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=100, deadline=None)
def test_who_only_misses_comes_to_a_person(
    menu: Menu, first: list[Event], silent: list[bool]
) -> None:
    """From wherever the caller is: fewer misses than the two maxima together, then a person."""
    state = start(menu).state
    for event in first:
        state = step(menu, state, event).state
    while state.typed:
        state = step(menu, state, Played()).state
    end: Action | None = None
    misses: list[Happened] = []
    for quiet in silent:
        while state.phase not in (Phase.LISTENING, Phase.DONE):
            now = step(menu, state, Played())
            state, end = now.state, now.actions[-1]
        if state.phase is Phase.LISTENING:
            now = step(menu, state, Waited() if quiet else Pressed("A"))
            state, end = now.state, now.actions[-1]
            misses += [fact for fact in now.facts if isinstance(fact, Missed)]
    assert state.phase is Phase.DONE
    if misses:
        assert isinstance(end, GoToQueue)
        node = menu.nodes[state.node]
        assert isinstance(node, MenuNode)
        patience = menu.patience(node)
        assert len(misses) < patience.max_no_input + patience.max_no_match
