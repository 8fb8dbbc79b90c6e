"""Called people of the made world: the house dials, they answer or do not."""

from __future__ import annotations

from calls.events import (
    CallAnswered,
    CallDialed,
    CallRang,
    DialRefused,
    HangUpAsked,
    SafeHarbourPlayed,
)
from calls.switch import Dial
from tests.truth.exchange import Exchange
from tests.truth.ledger import Came, Tried
from tests.truth.lines import Line
from tests.truth.time import WorldClock

#: campaigns, and the first digits of the numbers that each dials
CAMPAIGNS = {"57300": "sales", "57310": "callbacks"}
_PATIENCE_SECONDS, _MESSAGE_SECONDS = 2.0, 4.0
#: cause, SIP code, the outcome they mean, after how long, whether it rang
_REFUSALS = (
    (17, 486, "busy", 2.0, False),
    (1, 404, "invalid", 0.5, False),
    (21, 603, "rejected", 7.0, True),
    (34, 503, "congestion", 0.2, False),
)


class Called:
    """Whoever is dialed."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        exchange.on_dial, exchange.on_end = self._dialed, self._ended
        self._draw = exchange.draw
        self.clock: WorldClock = exchange.clock

    def _dialed(self, order: Dial) -> None:
        now = self.clock()
        call = Came(call_id=order.attempt_id, dialed=True, arrived_at=now, number=order.number)
        tried = Tried(
            attempt_id=order.attempt_id, campaign=CAMPAIGNS[order.number[:5]], meant_at=now
        )
        line = Line(call=call, number_called=order.number, place="rings_out", up=False)
        ledger = self._exchange.ledger
        ledger.calls[call.call_id], ledger.tries[call.call_id] = call, tried
        self._exchange.lines[call.call_id] = line
        self._exchange.say(CallDialed, line)
        chance = self._draw.random()
        if chance < 0.30:
            self._rings(line)
            self.clock.after(order.ring_seconds, self._rang_out, line, tried)
        elif chance < 0.55:
            cause, sip_code, outcome, seconds, rang = self._draw.choice(_REFUSALS)
            if rang:
                self._rings(line)
            self.clock.after(seconds, self._refused, line, tried, cause, sip_code, outcome)
        else:
            self._rings(line)
            self.clock.after(self._draw.uniform(1, 14), self._answered, line, tried, order.queue)

    def _rings(self, line: Line) -> None:
        line.rings = True
        self._exchange.say(CallRang, line)

    def _refused(self, line: Line, tried: Tried, cause: int, sip_code: int, outcome: str) -> None:
        if line.place == "rings_out":
            self._exchange.say(HangUpAsked, line, cause=cause)
            self._exchange.say(DialRefused, line, reason="originate failed, reason 0")
            self._over(line, tried, outcome, cause, sip_code)

    def _rang_out(self, line: Line, tried: Tried) -> None:
        if line.place == "rings_out":
            self._exchange.say(DialRefused, line, reason="originate failed, reason 3")
            self._over(line, tried, "no_answer", 19, 480)

    def _over(
        self, line: Line, tried: Tried, outcome: str, cause: int = 16, sip_code: int = 0
    ) -> None:
        tried.outcome = outcome
        self._exchange.end(line, cause, sip_code)

    def _answered(self, line: Line, tried: Tried, queue: str) -> None:
        if line.place != "rings_out":
            return
        line.up, tried.answered_at = True, self.clock()
        self._exchange.say(CallAnswered, line)
        self._exchange.join(line, queue)
        if self._draw.random() < 0.1:
            self.clock.after(self._draw.uniform(0.0, 1.5), self._hangs_up, line)
        else:
            self.clock.after(_PATIENCE_SECONDS, self._nobody_came, line, tried)

    def _ended(self, line: Line) -> None:
        """Whatever ended it."""
        tried = self._exchange.ledger.tries.get(line.call.call_id)
        if tried is None:
            return
        tried.ended_at = self.clock()
        if talks := line.call.talks:
            tried.outcome, tried.talked_at = "connected", talks[0].began_at
        elif not tried.outcome:
            tried.outcome = "abandoned" if tried.answered_at is not None else "cancelled"

    def _hangs_up(self, line: Line) -> None:
        if line.place in ("waiting", "offered"):
            self._exchange.hang_up_in_line(line)

    def _nobody_came(self, line: Line, tried: Tried) -> None:
        if line.place == "offered":
            self.clock.after(1.0, self._nobody_came, line, tried)
        elif line.place == "waiting":
            self._exchange.leave(line, "timed_out", "TIMEOUT")
            line.place = "outside"
            self._exchange.say(SafeHarbourPlayed, line)
            self.clock.after(_MESSAGE_SECONDS, self._over, line, tried, "abandoned")
