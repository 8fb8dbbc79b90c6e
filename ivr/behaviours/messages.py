"""The node at which a caller leaves a spoken message."""

from __future__ import annotations

import re

from ivr.behaviours.behaviour import Behaviour
from ivr.nodes import (
    RecordNode,
)
from ivr.outline import PERSON_KEY
from ivr.turn import Phase, Turn
from ivr.vocabulary import (
    Play,
    PlayRecording,
    Record,
    Sent,
)

#: shorter than this nothing was said
SHORTEST_SECONDS = 1.0
LISTEN_KEY, SPEAK_AGAIN_KEY, SEND_KEY = "1", "2", "3"


class RecordBehaviour(Behaviour[RecordNode]):
    """Stage 0 is before the caller has said anything, stage 1 the review."""

    def enter(self, turn: Turn, node: RecordNode) -> None:
        turn.change(stage=0, typed=())
        turn.learn(node.into, None)  # what was said here before is told already
        turn.ask(node, node.prompts)

    def heard(self, turn: Turn, node: RecordNode) -> None:
        if turn.state.stage == 0:
            self._begin(turn, node)
        else:
            turn.listen(turn.menu.patience(node).no_input_seconds)

    def key(self, turn: Turn, node: RecordNode, digit: str) -> None:
        if digit == PERSON_KEY:
            turn.chosen("person")
            turn.hand_over(turn.menu.person)
        elif turn.state.stage == 0 or digit == SPEAK_AGAIN_KEY:
            self._begin(turn, node)  # enough was heard: speak
        elif digit == LISTEN_KEY:
            turn.change(phase=Phase.PLAYING)
            turn.actions.append(PlayRecording(turn.state.recording))
            turn.actions.append(Play(turn.words(node.review_prompts) or (), barge_in=True))
        elif digit == SEND_KEY:
            turn.chosen("send")
            self._send(turn, node)
        else:
            self._review(turn, node)

    def silent(self, turn: Turn, node: RecordNode) -> None:
        """Who spoke and says nothing more meant to leave it."""
        self._send(turn, node)

    def recorded(self, turn: Turn, node: RecordNode, seconds: float) -> None:
        if seconds >= SHORTEST_SECONDS:
            turn.change(stage=1, recorded_seconds=seconds)
            self._review(turn, node)
            return
        turn.change(no_input=turn.state.no_input + 1)
        if turn.state.no_input >= turn.menu.patience(node).max_no_input:
            turn.tell(("record_nothing",), node.nothing)
        else:
            turn.change(phase=Phase.PLAYING)
            turn.actions.append(Play(("record_nothing",), barge_in=True))

    def _begin(self, turn: Turn, node: RecordNode) -> None:
        visit = turn.state.visits.get(turn.state.node, 0)
        call = re.sub(r"[^a-z0-9]+", "-", turn.world.call_id.lower())[:50]
        name = f"{node.purpose}-{call}-{visit}"
        turn.change(phase=Phase.RECORDING, stage=0, typed=(), recording=name)
        turn.actions.append(Record(name, node.most_seconds, node.silence_seconds))

    def _review(self, turn: Turn, node: RecordNode) -> None:
        turn.change(phase=Phase.PLAYING, typed=())
        turn.actions.append(Play(turn.words(node.review_prompts) or (), barge_in=True))

    def _send(self, turn: Turn, node: RecordNode) -> None:
        state = turn.state
        turn.facts.append(Sent(state.recording, node.purpose, state.recorded_seconds))
        turn.learn(node.into, state.recording)
        turn.change(recording="")
        turn.tell(("record_sent",), node.goto)
