"""Talks of the made world: how long, with music in between, and how the two part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from calls.events import DialogueOffered, SurveyAnswered, SurveyAsked
from tests.truth.exchange import Exchange
from tests.truth.ledger import Wait
from tests.truth.lines import Line

#: question: lowest and highest answer
_QUESTIONS = {"csat": (1, 5), "nps": (0, 10), "resolved": (1, 2), "ces": (1, 7)}


class Talks:
    """Every talk. `end_call` is an agent's, `elsewhere` sends a caller on to another queue."""

    def __init__(
        self,
        exchange: Exchange,
        end_call: Callable[[str], Awaitable[None]],
        elsewhere: Callable[[Line, str], None],
        hangs_up: Callable[[Line], None],
    ) -> None:
        self._exchange = exchange
        self._clock = exchange.clock
        self._draw = exchange.draw
        self._end_call = end_call
        self._elsewhere = elsewhere
        self._hangs_up = hangs_up
        exchange.on_talk = self._begins

    def _begins(self, line: Line) -> None:
        draw, wait = self._draw, line.wait
        seconds = 0.2 if draw.random() < 0.02 else 1.0 + draw.lognormvariate(4.2, 0.8)
        held = 0.0
        while held < seconds - 10 and draw.random() < 0.2:
            begins, long = draw.uniform(held + 0.1, seconds - 2), draw.uniform(0.5, 30)
            held = min(begins + long, seconds - 0.5)
            self._in_talk(line, wait, begins, self._exchange.hold)
            self._in_talk(line, wait, held, self._exchange.unhold)
        self._in_talk(line, wait, seconds, self._parts)

    def _in_talk(
        self,
        line: Line,
        wait: Wait | None,
        seconds: float,
        what: Callable[[Line], Awaitable[None] | None],
    ) -> None:
        def then() -> Awaitable[None] | None:
            return what(line) if line.wait is wait and line.place == "talking" else None

        self._clock.after(seconds, then)

    def _parts(self, line: Line) -> Awaitable[None] | None:
        chance = self._draw.random()
        if line.call.dialed or chance < 0.55:
            self._exchange.hang_up_in_line(line)
        elif chance < 0.75:
            return self._end_call(line.agent)
        elif chance < 0.85:
            self._asked_afterwards(line)
        elif chance < 0.97:
            self._transferred(line)
        else:
            # the line broke, and Asterisk never tells the end of the talk
            self._exchange.release(line, "unknown", told=False)
            self._exchange.end(line, cause=38)
        return None

    def _asked_afterwards(self, line: Line) -> None:
        self._exchange.release(line, "agent")
        self._exchange.say(DialogueOffered, line, number_called="", reason="after_call")
        question = self._draw.choice(list(_QUESTIONS))
        low, high = _QUESTIONS[question]
        answer = self._draw.randint(low, high) if self._draw.random() < 0.7 else None
        line.call.asked.append((question, self._clock(), answer))
        self._exchange.say(SurveyAsked, line, question=question)
        if answer is not None:
            self._exchange.say(
                SurveyAnswered, line, question=question, answer=answer, low=low, high=high
            )
        self._clock.after(self._draw.uniform(1, 8), self._hangs_up, line)

    def _transferred(self, line: Line) -> None:
        """To another queue, or to somebody outside."""
        assert line.wait is not None
        queue = line.wait.queue
        self._exchange.release(line, "transfer")
        if self._draw.random() < 0.6:
            self._elsewhere(line, queue)
        else:
            line.place = "outside"
            self._clock.after(self._draw.uniform(5, 60), self._exchange.end, line)
