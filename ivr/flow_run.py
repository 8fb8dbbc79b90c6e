"""Flows tried on their menu: the first difference, or none."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.flow_words import Word, end_words, said
from ivr.flows import Ends, Flow, Hears, Presses
from ivr.menu import Menu
from ivr.walking import CalledBack, End, Walk


@dataclass(frozen=True, slots=True)
class Difference:
    """What a flow expected at a line of its file, and what was seen there."""

    file: str
    line: int
    flow: str
    expected: str
    seen: str


def first_difference(flow: Flow, menu: Menu, language: str = "es") -> Difference | None:
    """None: the menu does what the flow says. The words are those of the language given.

    What a caller hears between two keys is only held to the flow where the flow tells it.
    """
    if flow.caller.language not in {"", *menu.languages}:
        return _difference(flow, flow.line, flow.caller.language, ", ".join(menu.languages))
    walk = Walk(menu, flow.caller)
    hears: list[Hears] = []
    for each in flow.expected:
        if isinstance(each, Hears):
            hears.append(each)
            continue
        if found := _unheard(flow, hears, walk, language):
            return found
        if isinstance(each, Ends):
            if not _same(each.end, walk.end):
                seen = end_words(walk.end, language)
                return _difference(flow, each.line, end_words(each.end, language), seen)
            continue
        if walk.end is not None:
            expected, seen = said(language, Word.LISTENING), end_words(walk.end, language)
            return _difference(flow, each.line, expected, seen)
        hears = []
        if isinstance(each, Presses):
            walk.press(each.keys)
        else:
            walk.wait()
    return _unheard(flow, hears, walk, language)


def _unheard(flow: Flow, hears: list[Hears], walk: Walk, language: str) -> Difference | None:
    expected = tuple(prompt for each in hears for prompt in each.prompts)
    if not hears or expected == walk.heard:
        return None
    nothing = said(language, Word.NOTHING)
    return _difference(
        flow,
        hears[0].line,
        ", ".join(expected) or nothing,
        ", ".join(walk.heard) or nothing,
    )


def _same(expected: End, seen: End | None) -> bool:
    """A call back is known by its number; in which queue, the menu says."""
    if isinstance(expected, CalledBack) and isinstance(seen, CalledBack):
        return expected.number == seen.number
    return expected == seen


def _difference(flow: Flow, line: int, expected: str, seen: str) -> Difference:
    return Difference(flow.file, line, flow.title, expected, seen)
