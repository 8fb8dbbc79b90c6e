"""Nodes that ask others: a look-up, an action, a ticket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from ivr.behaviours.behaviour import Behaviour
from ivr.nodes import (
    ActionNode,
    LookUpNode,
    Marked,
    TicketNode,
)
from ivr.services import FAILED, OUTCOMES, Answer
from ivr.turn import Phase, Turn
from ivr.vocabulary import (
    Ask,
    Known,
    OpenTicket,
    Play,
)

#: an answer that comes sooner needs no "one moment, please"
PATIENT_SECONDS = 0.7
N = TypeVar("N", bound=Marked)


class AsksBehaviour(Behaviour[N], ABC):
    """Stage 0 waits in silence, 1 while prompts play, 2 after them."""

    def silent(self, turn: Turn, node: N) -> None:
        prompts = node.prompts if isinstance(node, LookUpNode | ActionNode) else ()
        played = turn.words(prompts)
        if turn.state.stage == 0 and played:
            turn.change(stage=1)
            turn.actions.append(Play(played, barge_in=False))

    def heard(self, turn: Turn, node: N) -> None:
        held = turn.state.held
        turn.change(stage=2, held=None)
        if held is not None:
            self.goes_on(turn, node, held)

    def answered(self, turn: Turn, node: N, answer: Answer) -> None:
        if turn.state.stage == 1:
            turn.change(held=answer)
        else:
            self.goes_on(turn, node, answer)

    @abstractmethod
    def goes_on(self, turn: Turn, node: N, answer: Answer) -> None:
        """The answer decides."""


class ServiceBehaviour(AsksBehaviour[Any]):
    def enter(self, turn: Turn, node: LookUpNode | ActionNode) -> None:
        arguments = {name: turn.value(source) for name, source in node.arguments.items()}
        if None in arguments.values():
            self.goes_on(turn, node, Answer(FAILED))  # there is nothing to ask with
            return
        visit = turn.state.visits.get(turn.state.node, 0)
        key = f"{turn.world.call_id}-{turn.state.node}-{visit}"
        turn.change(phase=Phase.ASKING, stage=0, held=None)
        turn.actions.append(Ask(node.service, arguments, key))

    def goes_on(self, turn: Turn, node: LookUpNode | ActionNode, answer: Answer) -> None:
        if answer.outcome == "missing":
            turn.learn(node.into, None)
        elif answer.outcome != FAILED:
            asked = {name: turn.value(source) for name, source in node.arguments.items()}
            values = {**answer.values, "outcome": answer.outcome, "asked": asked}
            turn.learn(node.into, values)
        declared = answer.outcome in OUTCOMES[node.kind]
        turn.goal = getattr(node, answer.outcome) if declared else node.failed
        if answer.outcome == "found":
            self._know(turn, node, answer)

    def _know(self, turn: Turn, node: LookUpNode | ActionNode, answer: Answer) -> None:
        """Who calls is a fact of the call, not only of the menu."""
        if node.service in ("customer_by_number", "customer_by_account"):
            who, account = answer.values.get("id"), str(answer.values.get("account") or "")
            if isinstance(who, int):
                turn.facts.append(Known(who, account, proven=False))
        elif node.service == "prove_customer":
            who = turn.value(node.arguments["customer"]) if "customer" in node.arguments else None
            if isinstance(who, int):
                turn.facts.append(Known(who, "", proven=True))


class TicketBehaviour(AsksBehaviour[TicketNode]):
    def enter(self, turn: Turn, node: TicketNode) -> None:
        note = turn.state.values.get(node.note) if node.note else None
        turn.change(phase=Phase.ASKING, stage=0, held=None)
        turn.actions.append(
            OpenTicket(
                node.ticket,
                turn.state.reason,
                note if isinstance(note, str) else "",
                node.working_days,
            )
        )

    def goes_on(self, turn: Turn, node: TicketNode, answer: Answer) -> None:
        note = turn.state.values.get(node.note) if node.note else None
        turn.learn(node.into, {**answer.values, "outcome": answer.outcome, "note": note})
        if answer.outcome != FAILED:
            turn.learn(node.note, None)  # it is this ticket's, and no other's
        turn.goal = node.failed if answer.outcome == FAILED else node.goto
