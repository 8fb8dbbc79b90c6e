"""What the verdicts come to: confusion matrix, times, and the share of people taken for machines.

The last one enters the abandonment figure (Ofcom's "reasoned estimate"): people who were hung up
on because AMD took them for machines are abandoned calls, though nobody can count them. What is
certain is their share in a sample; what is to be used is the upper end of its confidence interval.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.amd.greetings import Greeting, Nature

#: of the normal distribution, two-sided 95 %
_Z = 1.959964


class Status(StrEnum):
    """AMDSTATUS; a call without a verdict counts as NOTSURE, which goes to an agent."""

    HUMAN = "HUMAN"
    MACHINE = "MACHINE"
    NOTSURE = "NOTSURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one greeting; seconds from the 200 OK, None when there was no verdict."""

    greeting: Greeting
    status: Status
    cause: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """All the verdicts of a run."""

    judgements: Sequence[Judgement]

    def of(self, nature: Nature, language: str | None = None) -> Counter[Status]:
        """How often each verdict was, of one nature and, if given, in one language."""
        return Counter(one.status for one in self._some(nature, language))

    def seconds(self, nature: Nature, percent: float) -> float | None:
        """The percentile of the time to verdict."""
        return percentile((one.seconds for one in self._some(nature, None)), percent)

    @property
    def false_positives(self) -> Share:
        """People taken for machines, of all people."""
        people = self.of(Nature.HUMAN)
        return Share(people[Status.MACHINE], people.total())

    @property
    def found(self) -> Share:
        """Machines taken for machines, of all machines; tones are counted apart."""
        machines = self.of(Nature.MACHINE)
        return Share(machines[Status.MACHINE], machines.total())

    def by_kind(self, nature: Nature) -> dict[str, Counter[Status]]:
        """The verdicts on each kind, in the order of the corpus's shares."""
        kinds: dict[str, Counter[Status]] = {}
        for one in self._some(nature, None):
            kinds.setdefault(str(one.greeting.kind), Counter())[one.status] += 1
        return kinds

    def _some(self, nature: Nature, language: str | None) -> Iterable[Judgement]:
        return (
            one
            for one in self.judgements
            if one.greeting.nature is nature and language in (None, one.greeting.language)
        )


def percentile(values: Iterable[float | None], percent: float) -> float | None:
    """The nearest-rank percentile of those that are something; None when none is."""
    ordered = sorted(value for value in values if value is not None)
    if not ordered:
        return None
    return ordered[max(math.ceil(len(ordered) * percent / 100) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; of nothing it is 0."""
        return self.hits / self.of if self.of else 0.0

    @property
    def upper(self) -> float:
        """The upper end of Wilson's 95 % interval; of nothing everything is possible."""
        if not self.of:
            return 1.0
        share, z2 = self.value, _Z * _Z
        middle = share + z2 / (2 * self.of)
        width = _Z * math.sqrt(share * (1 - share) / self.of + z2 / (4 * self.of**2))
        return min((middle + width) / (1 + z2 / self.of), 1.0)


def hung_up_on(live_calls: int, share: float) -> float:
    """How many people were hung up on, estimated, beside `live_calls` people who were not.

    `share` of all people is taken for machines: those who were not are the rest. Raises
    `ValueError` for a share that leaves nobody.
    """
    if not 0 <= share < 1:
        raise ValueError(f"a share from 0 to below 1, not {share}")
    return live_calls * share / (1 - share)
