"""Who is at which node of which menu now, and how often each node was reached. Pure.

A caller is at a node from the moment it is entered until another is, or the call is in no menu.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from calls.events import MenuChosen, MenuEntered, MenuMissed
from calls.states import CallState
from calls.tracker import Change

#: what is counted at a node, by the fact that tells it
_COUNTED = {MenuEntered: "entered", MenuChosen: "chosen", MenuMissed: "missed"}


class MenuPlaces:
    """Folds facts into the places of callers; counts are since the service started."""

    def __init__(self) -> None:
        self._at: dict[str, tuple[str, str]] = {}
        self._counts: dict[str, dict[str, Counter[str]]] = {}

    def fold(self, change: Change) -> set[str]:
        """Take a change in; answers the menus that look different."""
        fact, call = change.fact, change.after
        if call is None:
            return set()
        touched = set()
        if call.state is not CallState.IN_MENU and call.call_id in self._at:
            touched.add(self._at.pop(call.call_id)[0])
        if isinstance(fact, MenuEntered | MenuChosen | MenuMissed):
            self._counts_of(fact.menu, fact.node)[_COUNTED[type(fact)]] += 1
            touched.add(fact.menu)
        if isinstance(fact, MenuEntered) and call.state is CallState.IN_MENU:
            if call.call_id in self._at:
                touched.add(self._at[call.call_id][0])
            self._at[call.call_id] = fact.menu, fact.node
        return touched

    def thing(self, menu: str) -> dict[str, Any]:
        """One menu: its nodes in the order in which they were first reached."""
        here = Counter(node for name, node in self._at.values() if name == menu)
        nodes = {
            node: {"callers": here[node], **{each: counts[each] for each in _COUNTED.values()}}
            for node, counts in self._counts.get(menu, {}).items()
        }
        return {"name": menu, "callers": sum(here.values()), "nodes": nodes}

    def _counts_of(self, menu: str, node: str) -> Counter[str]:
        return self._counts.setdefault(menu, {}).setdefault(node, Counter())
