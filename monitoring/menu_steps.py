"""A caller's stays at the nodes of menus, made of the facts of the call. Pure.

Facts may come late, twice, in any order, or not at all: whatever is known is put in the order in
which it happened, and the stays are made anew. The switch and we may have two clocks: what our
dialogue says within `SKEW` after the switch said that the caller left still belongs before it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

from calls.events import (
    AgentConnected,
    AgentOffered,
    CallbackAsked,
    CallEnded,
    CallFellBack,
    CallTransferred,
    CallVanished,
    DialogueOffered,
    EndAsked,
    Fact,
    HangUpAsked,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueGaveUp,
    QueueJoined,
)

SKEW = timedelta(seconds=2)


class How(StrEnum):
    """How a node was left."""

    ON = "on"  # to another node
    QUEUE = "queue"
    CALLBACK = "callback"  # the caller is to be called back instead of waiting
    TRANSFER = "transfer"
    HANG_UP = "hang_up"  # by the caller
    END = "end"  # by the menu, or whoever else of ours ended the call
    LOST = "lost"  # nobody led the dialogue any more, or nobody saw the end


@dataclass(slots=True, kw_only=True)
class MenuStep:
    """A stay at a node, and what happened there."""

    at: datetime
    node: str
    #: the name of what was chosen last; "" when nothing was
    choice: str = ""
    menu: str = ""
    version: str = ""
    language: str = ""
    #: how often nothing was pressed in time, and a key that means nothing
    no_input: int = 0
    no_match: int = 0
    #: None, and "": the caller is there still
    left_at: datetime | None = None
    how: str = ""


class _What(IntEnum):
    """What a mark says; of one moment the lower comes first."""

    OFFERED = 0  # a dialogue begins
    ENTERED = 1
    MISSED = 2
    CHOSEN = 3
    LOST = 4  # from here on the caller leaves: the first word on it stands
    CALLED_BACK = 5
    TRANSFERRED = 6
    QUEUED = 7
    HUNG_UP = 8
    ENDED = 9
    VANISHED = 10


_LEAVING = {
    _What.LOST: How.LOST,
    _What.CALLED_BACK: How.CALLBACK,
    _What.TRANSFERRED: How.TRANSFER,
    _What.QUEUED: How.QUEUE,
    _What.HUNG_UP: How.HANG_UP,
    _What.ENDED: How.END,
    _What.VANISHED: How.LOST,
}


class _Mark(NamedTuple):
    """What a fact says about stays; two that are equal are the same fact."""

    at: datetime
    what: _What
    node: str = ""
    #: of a choice or a miss
    word: str = ""
    menu: str = ""
    language: str = ""
    version: str = ""


class MenuTrail(list[MenuStep]):
    """The stays of one call, in order; `take` makes them anew of all that is known."""

    __slots__ = ("_marks",)

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[_Mark] = []

    def take(self, fact: Fact) -> bool:
        """Take a fact of the call in; whether it said anything new about the stays."""
        mark = _mark(fact)
        if mark is None:
            return False
        place = bisect_left(self._marks, mark)
        if self._marks[place : place + 1] == [mark]:
            return False
        self._marks.insert(place, mark)
        walk = _Walk()
        for each in self._marks:
            walk.go(each)
        self[:] = walk.stays
        return True


def _mark(fact: Fact) -> _Mark | None:
    match fact:
        case DialogueOffered():
            return _Mark(fact.at, _What.OFFERED)
        case MenuEntered():
            return _Mark(
                fact.at, _What.ENTERED, fact.node,
                menu=fact.menu, language=fact.language, version=fact.version,
            )  # fmt: skip
        case MenuChosen():
            return _Mark(fact.at, _What.CHOSEN, fact.node, fact.choice, fact.menu)
        case MenuMissed():
            return _Mark(fact.at, _What.MISSED, fact.node, fact.kind, fact.menu)
        case _:
            leaving = _LEAVES.get(type(fact))
            return None if leaving is None else _Mark(fact.at, leaving)


_LEAVES: dict[type[Fact], _What] = {
    CallFellBack: _What.LOST,
    CallbackAsked: _What.CALLED_BACK,
    CallTransferred: _What.TRANSFERRED,
    QueueJoined: _What.QUEUED,
    # a queue that was full, or whose beginning was never seen
    QueueGaveUp: _What.QUEUED,
    AgentOffered: _What.QUEUED,
    AgentConnected: _What.QUEUED,
    HangUpAsked: _What.HUNG_UP,
    EndAsked: _What.ENDED,
    CallEnded: _What.ENDED,
    CallVanished: _What.VANISHED,
}


class _Walk:
    """Along the marks of a call, in order."""

    def __init__(self) -> None:
        self.stays: list[MenuStep] = []
        #: how many there were when the dialogue at hand was offered, and how that was left
        self._before = 0
        self._gone: tuple[datetime, How] | None = None

    def go(self, mark: _Mark) -> None:
        """One mark further."""
        if mark.what is _What.OFFERED:
            self._begin_dialogue()
        elif how := _LEAVING.get(mark.what):
            if self._gone is None:
                self._gone = mark.at, how
                self._leave(mark.at, how)
        elif mark.what is _What.ENTERED:
            self._enter(mark, mark.language, mark.version)
        else:
            self._note(mark)

    def _begin_dialogue(self) -> None:
        self._before, self._gone = len(self.stays), None

    def _enter(self, mark: _Mark, language: str, version: str) -> None:
        if self._gone is not None and mark.at - self._gone[0] > SKEW:
            self._begin_dialogue()  # the caller came back, and that went unseen
        if self._gone is not None and len(self.stays) > self._before:
            self.stays[-1].left_at, self.stays[-1].how = None, ""
        self._leave(mark.at, How.ON)
        stay = MenuStep(
            at=mark.at, node=mark.node, menu=mark.menu, language=language, version=version
        )
        self.stays.append(stay)
        if self._gone is not None:
            left_at, how = self._gone
            self._leave(max(left_at, mark.at), how)

    def _leave(self, at: datetime, how: How) -> None:
        if self.stays and self.stays[-1].left_at is None:
            self.stays[-1].left_at, self.stays[-1].how = at, how.value

    def _note(self, mark: _Mark) -> None:
        stay = self._stay_of(mark)
        if stay is None:  # its beginning went unseen
            last = self.stays[-1] if self.stays else None
            self._enter(mark, last.language if last else "", last.version if last else "")
            stay = self.stays[-1]
        if mark.what is _What.CHOSEN:
            stay.choice = mark.word
        elif mark.word == "no_input":
            stay.no_input += 1
        else:
            stay.no_match += 1

    def _stay_of(self, mark: _Mark) -> MenuStep | None:
        """The stay during which it happened: that at its node, the latest that lasted until then.

        The last one may be over by the other clock.
        """
        for stay in reversed(self.stays):
            if stay.node == mark.node and (
                stay is self.stays[-1] or stay.left_at is None or stay.left_at >= mark.at
            ):
                return stay
        return None
