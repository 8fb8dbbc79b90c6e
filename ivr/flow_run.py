"""Flows tried on their menu: the first difference, or none."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.flow_said import expanded
from ivr.flow_words import Word, end_words, said
from ivr.flows import Does, Ends, Flow, Hears, Presses
from ivr.menu import Menu
from ivr.nodes import ActionNode, LookUpNode
from ivr.walked import CalledBack, End
from ivr.walking import Promises, Walk

_ASKING = LookUpNode | ActionNode


@dataclass(frozen=True, slots=True)
class Difference:
    """What a flow expected at a line of its file, and what was seen there."""

    file: str
    line: int
    flow: str
    expected: str
    seen: str


def first_difference(
    flow: Flow, menu: Menu, language: str = "es", promises: Promises | None = None
) -> Difference | None:
    """None: the menu does what the flow says. The words are those of the language given.

    `promises` are as in `ivr.walking.Walk`.
    What a caller hears between two keys is only held to the flow where the flow tells it.
    """
    if found := _misfit(flow, menu):
        return found
    walk = Walk(menu, flow.caller, promises)
    told: list[Hears | Does] = []
    for each in flow.expected:
        if isinstance(each, Hears | Does):
            told.append(each)
            continue
        if found := _untrue(flow, told, walk, language):
            return found
        if isinstance(each, Ends):
            if not _same(each.end, walk.end):
                seen = end_words(walk.end, language)
                return _difference(flow, each.line, end_words(each.end, language), seen)
            continue
        if walk.end is not None:
            expected, seen = said(language, Word.LISTENING), end_words(walk.end, language)
            return _difference(flow, each.line, expected, seen)
        told = []
        if isinstance(each, Presses):
            walk.press(each.keys)
        else:
            walk.wait()
    return _untrue(flow, told, walk, language)


def _misfit(flow: Flow, menu: Menu) -> Difference | None:
    """What the flow says of the caller, and the menu does not know."""
    caller = flow.caller
    asked = {node.service for node in menu.nodes.values() if isinstance(node, _ASKING)}
    for named, known in (
        ({caller.language} - {""}, menu.languages),
        ({caller.node} - {""}, tuple(menu.nodes)),
        ({*caller.answers}, tuple(sorted(asked))),
    ):
        if strange := sorted(named - {*known}):
            return _difference(flow, flow.line, ", ".join(strange), ", ".join(known))
    return None


def _untrue(flow: Flow, told: list[Hears | Does], walk: Walk, language: str) -> Difference | None:
    hears = [each for each in told if isinstance(each, Hears)]
    prompts = tuple(prompt for each in hears for prompt in each.prompts)
    expected = expanded(prompts, walk.language)
    nothing = said(language, Word.NOTHING)
    if hears and expected != walk.heard:
        return _difference(
            flow, hears[0].line, ", ".join(expected) or nothing, ", ".join(walk.heard) or nothing
        )
    for each in told:
        step = walk.tasks.get(each.task, "") if isinstance(each, Does) else ""
        if isinstance(each, Does) and step != each.step:
            seen = f"{each.task} {said(language, Word(step))}" if step else nothing
            wanted = f"{each.task} {said(language, each.step)}"
            return _difference(flow, each.line, wanted, seen)
    return None


def _same(expected: End, seen: End | None) -> bool:
    """A call back is known by its number, however written; in which queue, the menu says."""
    if isinstance(expected, CalledBack) and isinstance(seen, CalledBack):
        return expected.number in (seen.number, seen.spoken)
    return expected == seen


def _difference(flow: Flow, line: int, expected: str, seen: str) -> Difference:
    return Difference(flow.file, line, flow.title, expected, seen)
