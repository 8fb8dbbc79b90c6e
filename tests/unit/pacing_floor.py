"""A floor for pacing tests, told by how many do what."""

from __future__ import annotations

from dialer.pacing.decision import Decision, Pacing
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Ledger, Picture


def _named(letter: str, count: int, since: float) -> dict[str, float]:
    return {f"{letter}{index}": since for index in range(count)}


def floor(
    *,
    ready: int = 0,
    talking: int = 0,
    serving: int = 0,
    wrapping_up: int = 0,
    paused: int = 0,
    ringing: int = 0,
    rang: int = 0,
    screened: int = 0,
    waiting: int = 0,
    inbound_waiting: int = 0,
    live: int = 0,
    abandoned: int = 0,
    lines_free: int = 1000,
    leads_due: int = 1000,
    since: float = 0.0,
    ends_at: float | None = None,
) -> Picture:
    """Everybody does what they do, and every call is where it is, `since` that moment.

    `rang` of the `ringing` are the campaign's own, and their phones are known to ring.
    """
    return Picture(
        ready=_named("r", ready, since),
        talking=_named("t", talking, since),
        serving=_named("s", serving, since),
        wrapping_up=_named("w", wrapping_up, since),
        paused=_named("p", paused, since),
        ringing=_named("c", ringing, since),
        rang=_named("c", rang, since),
        screened=_named("d", screened, since),
        waiting=_named("e", waiting, since),
        inbound_waiting=_named("i", inbound_waiting, since),
        ledger=Ledger(live, abandoned),
        lines_free=lines_free,
        leads_due=leads_due,
        ends_at=ends_at,
    )


def told(pacing: Pacing, lesson: Lesson, times: int = 1, now: float = 0.0) -> None:
    """Teach the same thing so many times."""
    for _ in range(times):
        pacing.learn(lesson, now)


def watched(pacing: Pacing, picture: Picture, begins: float, ends: float) -> list[Decision]:
    """Every decision from `begins` to `ends` of a policy asked only when it wants to look again."""
    decisions: list[Decision] = []
    now: float | None = begins
    while now is not None and now <= ends:
        decisions.append(pacing.decide(picture, now))
        now = decisions[-1].look_again_at
    return decisions


def evidence_of(decision: Decision) -> dict[str, float | list[float]]:
    """The numbers a decision was made from."""
    assert decision.evidence is not None
    return decision.evidence.plain()
