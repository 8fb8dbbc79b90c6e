"""The node that asks how it went."""

from __future__ import annotations

from customers.surveys import in_turn
from ivr.behaviours.behaviour import Behaviour
from ivr.nodes import (
    Question,
    SurveyNode,
)
from ivr.turn import Phase, Turn
from ivr.vocabulary import (
    Play,
    Surveyed,
)

END_KEY = "#"


class SurveyBehaviour(Behaviour[SurveyNode]):
    """`stage` counts the questions that were put."""

    def enter(self, turn: Turn, node: SurveyNode) -> None:
        turn.change(stage=0)
        self._next(turn, node)

    def _next(self, turn: Turn, node: SurveyNode) -> None:
        questions = _asked(node, turn.world.call_id)
        if turn.state.stage == len(questions):
            turn.goal = node.goto
            return
        question = questions[turn.state.stage]
        turn.change(stage=turn.state.stage + 1, entry="", no_match=0, phase=Phase.PLAYING)
        turn.facts.append(Surveyed(question.name, None, question.low, question.high))
        turn.actions.append(Play(turn.words(question.prompts) or (), barge_in=True))

    def heard(self, turn: Turn, node: SurveyNode) -> None:
        turn.listen(turn.menu.defaults.no_input_seconds)

    def silent(self, turn: Turn, node: SurveyNode) -> None:
        if turn.state.entry:
            self._take(turn, node)
        else:
            self._next(turn, node)

    def key(self, turn: Turn, node: SurveyNode, digit: str) -> None:
        question = _asked(node, turn.world.call_id)[turn.state.stage - 1]
        if digit == END_KEY:
            self.silent(turn, node)
            return
        turn.change(entry=turn.state.entry + digit)
        # a one may be the beginning of ten
        if question.high == 10 and turn.state.entry == "1":
            turn.listen(2.0)
        else:
            self._take(turn, node)

    def _take(self, turn: Turn, node: SurveyNode) -> None:
        question = _asked(node, turn.world.call_id)[turn.state.stage - 1]
        entry = turn.state.entry
        if entry.isdecimal() and question.low <= int(entry) <= question.high:
            turn.facts.append(Surveyed(question.name, int(entry), question.low, question.high))
            self._next(turn, node)
        elif turn.state.no_match:
            self._next(turn, node)
        else:
            turn.change(no_match=1, entry="", phase=Phase.PLAYING)
            turn.actions.append(Play(turn.words(question.prompts) or (), barge_in=True))


def _asked(node: SurveyNode, call_id: str) -> tuple[Question, ...]:
    """All questions, or the one whose turn it is: decided by the call, so that it never changes."""
    if node.ask == "all":
        return node.questions
    drawn = in_turn(call_id, {each.name: each.weight for each in node.questions})
    return tuple(each for each in node.questions if each.name == drawn)
