"""What a decision of ours was made from: kept cheaply, written out as numbers, decided again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dialer.pacing.estimates import Calls
from dialer.pacing.lognormal import Floats
from dialer.pacing.outlook import Outlook, Sum
from dialer.pacing.picture import Picture
from dialer.pacing.price import Budget
from dialer.pacing.risk import Choice, Risk

#: enough that the same numbers give the same decision
_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class LookaheadEvidence:
    """Inputs, estimates, the price, and what was chosen at it."""

    outlook: Outlook
    calls: Calls
    budget: Budget
    price: float
    limit: int
    choice: Choice
    counts: dict[str, float]

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers: counts, estimates, the outlook by moment, the choice."""
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
            "limit": self.limit,
            "chosen": self.choice.dial,
            "last_risk": round(self.choice.last_risk, 5),
            "next_risk": round(self.choice.next_risk, 5),
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
    """A kept decision made again: the risk of each further attempt, and how many that allows."""

    price: float
    risks: list[float]  # of the first, the second … attempt
    dial: int
    was: int


def replay(evidence: Mapping[str, float | list[float]]) -> Replayed:
    """Decide again from what was kept. Raises `KeyError` when it is not evidence of this policy."""
    risk = Risk(
        Outlook(
            spare=int(_number(evidence["spare"])),
            answering=_sum(evidence, "answering"),
            freeing=_sum(evidence, "freeing"),
            inbound=_array(evidence["inbound"]),
            new=_array(evidence["new"]),
            live=_number(evidence["live"]),
            doubt=_number(evidence["doubt"]),
        )
    )
    price, limit = _number(evidence["price"]), int(_number(evidence["limit"]))
    choice = risk.most(price, limit)
    risks = [risk.of(index) for index in range(min(choice.dial + 3, 40))]
    return Replayed(price, risks, choice.dial, int(_number(evidence["chosen"])))


def _listed(values: Floats) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


def _sum_listed(name: str, total: Sum) -> dict[str, list[float]]:
    return {
        f"{name}_mean": _listed(total.mean),
        f"{name}_variance": _listed(total.variance),
        f"{name}_third": _listed(total.third),
    }


def _sum(evidence: Mapping[str, float | list[float]], name: str) -> Sum:
    return Sum(*(_array(evidence[f"{name}_{part}"]) for part in ("mean", "variance", "third")))


def _array(value: float | list[float]) -> Floats:
    return np.array(value, np.float64)


def _number(value: float | list[float]) -> float:
    if isinstance(value, list):
        raise KeyError("a number was expected, here is a list")
    return value
