"""One kind of node, as the dialogue meets it."""

from __future__ import annotations

from typing import Generic, TypeVar

from ivr.nodes import (
    Marked,
)
from ivr.services import Answer
from ivr.turn import Turn
from ivr.vocabulary import (
    SetLanguage,
)

N = TypeVar("N", bound=Marked)


class Behaviour(Generic[N]):
    """One kind of node; what it does not say means nothing to it."""

    def enter(self, turn: Turn, node: N) -> None:
        """The caller is here."""

    def heard(self, turn: Turn, node: N) -> None:
        """What it said was heard to its end, and no key waits."""

    def key(self, turn: Turn, node: N, digit: str) -> None:
        """A key while it listens, or while it plays what a key stops."""

    def silent(self, turn: Turn, node: N) -> None:
        """Nothing was pressed in time."""

    def answered(self, turn: Turn, node: N, answer: Answer) -> None:
        """What was asked for is known."""

    def recorded(self, turn: Turn, node: N, seconds: float) -> None:
        """The caller is done speaking."""


def speak(turn: Turn, language: str) -> None:
    turn.change(language=language)
    turn.actions.append(SetLanguage(language))
