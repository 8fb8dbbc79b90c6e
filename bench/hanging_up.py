"""What hanging up pays: our policy with and without it, `python -m bench.hanging_up`.

Arguments are worlds of the pacing bench; without any, those of the figures.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from bench.pacing.worlds import CAP, rules, world
from dialer.campaign import LEAST_RINGING_SECONDS
from dialer.pacing.lookahead import Lookahead
from simulator.cancelling import CancellingShift

WORLDS = ("medium20", "small5", "short40", "drift_lunch")
SEEDS = range(1, 5)


@dataclass(frozen=True, slots=True)
class Figures:
    """All seeds together."""

    occupancy: float
    abandoned: float
    worst_shift: float
    attempts: int
    hung_up: int
    would_have_answered: int


def measured(name: str, cancel_after_seconds: float | None, hours: float | None = None) -> Figures:
    """Play a world, cut to so many hours, with every seed; raises `KeyError` for one unknown."""
    scenario = world(name, hours)
    told = replace(rules(scenario, CAP), cancel_after_seconds=cancel_after_seconds)
    shifts = [CancellingShift(scenario, Lookahead(told), seed) for seed in SEEDS]
    accounts = [shift.run() for shift in shifts]
    live = sum(len(account.live_at) for account in accounts)
    signed_in = sum(account.signed_in_seconds for account in accounts)
    return Figures(
        occupancy=sum(account.busy_seconds for account in accounts) / signed_in,
        abandoned=sum(len(account.abandoned_at) for account in accounts) / max(live, 1),
        worst_shift=max(account.abandoned_share for account in accounts),
        attempts=sum(account.attempts for account in accounts),
        hung_up=sum(shift.cancelled for shift in shifts),
        would_have_answered=sum(shift.would_have_answered for shift in shifts),
    )


def main() -> None:
    """Measure and print the table."""
    names = (
        "world", "hangs up after, s", "occupancy, %", "abandoned, %", "worst shift, %", "attempts",
        "hung up", "of these would have answered",
    )  # fmt: skip
    table = Table(*names)
    for name in sys.argv[1:] or WORLDS:
        for after in (None, LEAST_RINGING_SECONDS):
            figures = measured(name, after)
            table.add_row(
                name, "never" if after is None else f"{after:g}", f"{100 * figures.occupancy:.1f}",
                f"{100 * figures.abandoned:.2f}", f"{100 * figures.worst_shift:.2f}",
                f"{figures.attempts:,}", f"{figures.hung_up:,}",
                f"{figures.would_have_answered:,}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
