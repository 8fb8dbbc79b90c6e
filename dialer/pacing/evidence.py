"""What a decision of ours was made from: kept cheaply, written out as numbers, decided again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dialer.pacing.cancelling import risks
from dialer.pacing.estimates import Calls
from dialer.pacing.lognormal import Floats
from dialer.pacing.outlook import POINTS, Outlook, Sum
from dialer.pacing.picture import Picture
from dialer.pacing.price import Budget
from dialer.pacing.risk import Choice, Risk

#: as it comes back out of a database
Evidence = Mapping[str, float | list[float]]

#: enough that the same numbers give the same decision
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What every decision is made from: inputs, estimates, the price."""

    outlook: Outlook
    calls: Calls
    budget: Budget
    price: float
    counts: dict[str, float]

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers: counts, estimates, the outlook by moment, the price."""
        outlook, calls = self.outlook, self.calls
        return {
            **self.counts,
            "picked_up": round(calls.picked_up, 4),
            "human": round(calls.human, 4),
            "ring_seconds": round(calls.ring.mean, 2),
            "talk_seconds": round(calls.talk.mean, 2),
            "wrap_up_seconds": round(calls.wrap_up.mean, 2),
            "inbound_per_second": round(calls.inbound_rate, 5),
            "spare": outlook.spare,
            "live": round(outlook.live, _DIGITS),
            "doubt": round(outlook.doubt, _DIGITS),
            "new": _listed(outlook.new),
            "inbound": _listed(outlook.inbound),
            **_sum_listed("answering", outlook.answering),
            **_sum_listed("freeing", outlook.freeing),
            "budget_share": round(self.budget.share, 5),
            "live_ahead": round(self.budget.live_ahead, 1),
            "price": round(self.price, _DIGITS),
        }


@dataclass(frozen=True, slots=True)
class LookaheadEvidence:
    """What was seen, and how many were chosen."""

    seen: Seen
    limit: int
    choice: Choice

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers: what was seen, and the choice."""
        return {
            **self.seen.plain(),
            "limit": self.limit,
            "chosen": self.choice.dial,
            "last_risk": round(self.choice.last_risk, 5),
            "next_risk": round(self.choice.next_risk, 5),
        }


@dataclass(frozen=True, slots=True)
class CancellingEvidence:
    """What was seen, and whom of those that may be hung up it was too many with."""

    seen: Seen
    #: the chances of those that may be hung up, the longest ringing first; (attempt, moment)
    old: Floats
    bearable: float
    #: the risk of who answered now: with all, without the first, and so on
    risks: list[float]

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers: what was seen, and each risk; of `old` as many as tell the end."""
        cancelled = len(self.risks) - 1
        return {
            **self.seen.plain(),
            "may_cancel": len(self.old),
            "cancelled": cancelled,
            "bearable": round(self.bearable, _DIGITS),
            "risk_ringing": round(self.risks[0], 5),
            "risk_left": round(self.risks[-1], 5),
            "old": _listed(self.old[: cancelled + 1].ravel()),
        }


def counts(picture: Picture) -> dict[str, float]:
    """The picture in numbers."""
    return {
        "agents_ready": len(picture.ready),
        "agents_talking": len(picture.talking),
        "agents_serving": len(picture.serving),
        "agents_wrapping_up": len(picture.wrapping_up),
        "agents_leaving": len(picture.leaving),
        "ringing": len(picture.ringing),
        "screened": len(picture.screened),
        "waiting": len(picture.waiting),
        "inbound_waiting": len(picture.inbound_waiting),
        "lines_free": picture.lines_free,
        "live_answers": picture.ledger.live,
        "abandoned": picture.ledger.abandoned,
    }


@dataclass(frozen=True, slots=True)
class Replayed:
    """A kept decision made again: the risk of each further attempt, and how many that allows.

    Of one to hang up: the risk of who answered now before each that is hung up and after the last.
    """

    price: float
    risks: list[float]  # of the first, the second … attempt
    dial: int
    was: int
    cancel: int = 0
    cancel_was: int = 0


def replay(evidence: Evidence) -> Replayed:
    """Decide again from what was kept. Raises `KeyError` when it is not evidence of this policy."""
    outlook = Outlook(
        spare=int(number(evidence, "spare")),
        answering=_sum(evidence, "answering"),
        freeing=_sum(evidence, "freeing"),
        inbound=_array(evidence["inbound"]),
        new=_array(evidence["new"]),
        live=number(evidence, "live"),
        doubt=number(evidence, "doubt"),
    )
    if "cancelled" in evidence:
        most = number(evidence, "bearable")
        found = risks(outlook, _array(evidence["old"]).reshape(-1, POINTS), most)
        was = int(number(evidence, "cancelled"))
        return Replayed(most, found, 0, 0, cancel=len(found) - 1, cancel_was=was)
    risk = Risk(outlook)
    price, limit = number(evidence, "price"), int(number(evidence, "limit"))
    choice = risk.most(price, limit)
    further = [risk.of(index) for index in range(min(choice.dial + 3, 40))]
    return Replayed(price, further, choice.dial, int(number(evidence, "chosen")))


def number(evidence: Evidence, name: str) -> float:
    """One plain number; raises `KeyError` when there is none of this name."""
    value = evidence[name]
    if isinstance(value, list):
        raise KeyError(f"{name}: a number was expected, here is a list")
    return value


def _listed(values: Floats) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _sum_listed(name: str, total: Sum) -> dict[str, list[float]]:
    return {
        f"{name}_mean": _listed(total.mean),
        f"{name}_variance": _listed(total.variance),
        f"{name}_third": _listed(total.third),
    }


def _sum(evidence: Evidence, name: str) -> Sum:
    return Sum(*(_array(evidence[f"{name}_{part}"]) for part in ("mean", "variance", "third")))


def _array(value: float | list[float]) -> Floats:
    return np.array(value, np.float64)
