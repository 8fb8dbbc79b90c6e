"""A kept decision taken apart again: its sentence, what each further attempt risked, and the proof.

The proof is to decide once more from what was kept. What a policy had learned is in the evidence as
numbers, so neither the policy nor its history is needed. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialer.campaign import PacingNote
from dialer.pacing import decision
from dialer.pacing.decision import Reason
from dialer.pacing.evidence import Evidence, Replayed, number, replay
from dialer.pacing.lookahead import at_least_one_per_free_agent


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt after the others of the same decision: the chance that who answers is alone.

    Of one that is hung up: as long as it rings.
    """

    ordinal: int
    risk: float
    #: what it would cost at most to be worth it
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A decision made again from its evidence."""

    #: how many are dialed
    dial: int
    #: how many of them the price allows; a free agent's own attempt needs no price
    chosen: int
    #: how many are hung up
    cancel: int
    #: nothing differs from what was kept
    same: bool
    steps: tuple[Step, ...]


def sentence(note: PacingNote, language: str) -> str:
    """The decision for a supervisor; `language` is es or en.

    A reason that only another version knows is told by its code.
    """
    try:
        reason = Reason(note.reason)
    except ValueError:
        return note.reason
    return decision.sentence(reason, language, dial=note.dial, cancel=cancelled(note))


def cancelled(note: PacingNote) -> int:
    """How many it hung up."""
    count = note.evidence.get("cancelled", 0)
    return 0 if isinstance(count, list) else int(count)


def made_again(note: PacingNote) -> Again | None:
    """Decide once more; None when the note's policy keeps nothing to decide from."""
    evidence = note.evidence
    try:
        replayed = replay(evidence)
        dial = 0 if replayed.cancel_was else _dial(evidence, replayed)
    except (KeyError, ValueError):
        return None
    same = (replayed.dial, replayed.cancel) == (replayed.was, replayed.cancel_was)
    return Again(
        dial=dial,
        chosen=replayed.dial,
        cancel=replayed.cancel,
        same=same and dial == note.dial,
        steps=_steps(evidence, replayed),
    )


def _dial(evidence: Evidence, replayed: Replayed) -> int:
    spoken_for = sum(int(number(evidence, name)) for name in ("ringing", "screened"))
    return at_least_one_per_free_agent(
        replayed.dial,
        free=int(number(evidence, "spare")) - spoken_for,
        limit=int(number(evidence, "limit")),
    )


def _steps(evidence: Evidence, replayed: Replayed) -> tuple[Step, ...]:
    """The risks in order; of a launch too long to be listed, its last one and the next as well."""
    risks = dict(enumerate(replayed.risks, start=1))
    if replayed.cancel_was:
        return tuple(Step(ordinal, risk, replayed.price) for ordinal, risk in risks.items())
    for ordinal, name in ((replayed.was, "last_risk"), (replayed.was + 1, "next_risk")):
        if ordinal > len(replayed.risks):
            risks[ordinal] = number(evidence, name)
    return tuple(Step(ordinal, risk, replayed.price) for ordinal, risk in sorted(risks.items()))
