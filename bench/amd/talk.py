"""Our own verdict, from the talking that Asterisk's TALK_DETECT reports, word by word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.amd.matrix import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Talk without a longer pause, seconds from the answer; `ended_at` is None while it lasts."""

    began_at: float
    ended_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRules:
    """When talk is a machine's; seconds, and TALK_DETECT's mean amplitude of 32768."""

    machine_talk: float = 2.8
    human_pause: float = 1.2
    longest: float = 6.5
    #: what TALK_DETECT calls the end of a burst
    burst_pause: float = 0.2
    threshold: int = 1024

    @property
    def arguments(self) -> str:
        """For TALK_DETECT(set)."""
        return f"{self.burst_pause * 1000:.0f},{self.threshold}"


def judged(bursts: Iterable[Burst], rules: TalkRules) -> tuple[Status, float]:
    """The verdict and when it could be given, seconds from the answer.

    Only talk that has ended counts: on a line that sends no packets for silence Asterisk never
    hears an end, and nobody must be hung up on for that.
    """
    talked = 0.0
    ended_at: float | None = None
    for burst in bursts:
        pause_over_at = None if ended_at is None else ended_at + rules.human_pause
        if pause_over_at is not None and pause_over_at <= min(burst.began_at, rules.longest):
            return Status.HUMAN, pause_over_at
        if burst.ended_at is None:
            return Status.NOTSURE, rules.longest
        ended_at = burst.ended_at
        known_at = ended_at + rules.burst_pause
        if known_at > rules.longest:
            return Status.NOTSURE, rules.longest
        talked += ended_at - burst.began_at
        if talked >= rules.machine_talk:
            return Status.MACHINE, known_at
    if ended_at is not None and ended_at + rules.human_pause <= rules.longest:
        return Status.HUMAN, ended_at + rules.human_pause
    return Status.NOTSURE, rules.longest
