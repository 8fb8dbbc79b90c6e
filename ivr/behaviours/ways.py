"""Nodes that ask for nothing: what is said in passing, and where a caller goes."""

from __future__ import annotations

from ivr.behaviours.behaviour import Behaviour, speak
from ivr.nodes import (
    CallbackNode,
    ConditionNode,
    HangUpNode,
    IncidentsNode,
    LanguageNode,
    QueueNode,
    SayNode,
    TransferNode,
    WaitOnNode,
)
from ivr.turn import Turn
from ivr.vocabulary import (
    BackInLine,
    HangUp,
    OfferCallback,
    Transfer,
)


class SayBehaviour(Behaviour[SayNode]):
    def enter(self, turn: Turn, node: SayNode) -> None:
        turn.tell(node.prompts, node.goto, barge_in=turn.menu.barge_in(node))

    def key(self, turn: Turn, node: SayNode, digit: str) -> None:
        turn.change(typed=(digit, *turn.state.typed))
        turn.goal = node.goto


class ConditionBehaviour(Behaviour[ConditionNode]):
    def enter(self, turn: Turn, node: ConditionNode) -> None:
        true = (case.goto for case in node.cases if turn.holds(case.when))
        turn.goal = next(true, node.otherwise)


class IncidentsBehaviour(Behaviour[IncidentsNode]):
    def enter(self, turn: Turn, node: IncidentsNode) -> None:
        area = turn.value(node.area) if node.area is not None else ""
        turn.tell(turn.world.incidents(area if isinstance(area, str) else ""), node.goto)


class LanguageBehaviour(Behaviour[LanguageNode]):
    def enter(self, turn: Turn, node: LanguageNode) -> None:
        wanted = turn.value(node.language)
        if isinstance(wanted, str) and wanted in turn.menu.languages:
            speak(turn, wanted)
        turn.goal = node.goto


class QueueBehaviour(Behaviour[QueueNode]):
    def enter(self, turn: Turn, node: QueueNode) -> None:
        turn.hand_over(node)


class WaitOnBehaviour(Behaviour[WaitOnNode]):
    def enter(self, turn: Turn, node: WaitOnNode) -> None:
        if turn.state.waits_in:
            turn.part(node.prompts, BackInLine(turn.state.waits_in))
        else:
            turn.hand_over(turn.menu.person)


class CallbackBehaviour(Behaviour[CallbackNode]):
    def enter(self, turn: Turn, node: CallbackNode) -> None:
        # who waits already keeps the place there is, whichever queue the node names
        queue = turn.state.waits_in or node.queue
        turn.part(node.prompts, OfferCallback(queue, node.priority, node.say_position))


class TransferBehaviour(Behaviour[TransferNode]):
    def enter(self, turn: Turn, node: TransferNode) -> None:
        turn.part(node.prompts, Transfer(node.target))


class HangUpBehaviour(Behaviour[HangUpNode]):
    def enter(self, turn: Turn, node: HangUpNode) -> None:
        turn.part(node.prompts, HangUp())
