"""VICIdial's adaptive modes: one loop moves a dial level, another keeps that many lines per agent.

The level knows nothing of answer rates or of the length of anything: it follows free agents less
waiting people, as a share of all who are signed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from dialer.pacing.baselines.observed import Recent, Ticks, not_yet, paced
from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Abandoned, Launched, Lesson
from dialer.pacing.picture import Picture

VICIDIAL_KNOBS: Knobs = {
    "maximum_level": Knob(3.0, 1.0, 20.0),
    "intensity": Knob(0.0, -99.0, 99.0),
    "drop_percent": Knob(3.0, 0.1, 20.0),
    "available_only": Knob(0.0, 0.0, 1.0),
}
#: a day's first calls are not held to the limit
_EXEMPT_CALLS = 50
#: the taper's shift, from the first look, when nobody said when it ends
_SHIFT_HOURS = 8.0
#: with so many hours left the taper does not press yet
_TAPER_HOURS = 10.0

#: the level, and the hours left of the shift, to the level over the limit
Easing = Callable[[float, float], float]


def to_one(level: float, hours_left: float) -> float:
    """Hard limit: one line per agent."""
    return 1.0


def halved(level: float, hours_left: float) -> float:
    """Average: half the level."""
    return level / 2


def tapered(level: float, hours_left: float) -> float:
    """Tapered: the more of the shift is over, the harder."""
    return 1.0 if hours_left < 0 else level * min(1.0, hours_left / _TAPER_HOURS)


def adapted(level: float, free: float, signed_in: float, intensity: float, most: float) -> float:
    """The level after one step: grown by `free` (may be negative) as a share of `signed_in`."""
    share = free / signed_in
    share *= abs(intensity / 100 - 1) if share < 0 else intensity / 100 + 1
    return max(1.0, min(level * (1 + share), most))


class VicidialAdapt:
    """Samples each second, adapts each 15 s, recounts each 60 s, dials 2.5 s after each pass.

    Wrap-up is a pause there: such agents damp the level and get no lines. The day's calls are
    those since the policy was made; the day's drops are the picture's ledger. Blended campaigns
    use the same 15 samples, not the 60 s means of the original.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        easing: Easing,
        maximum_level: float = 3.0,
        intensity: float = 0.0,
        drop_percent: float = 3.0,
        available_only: float = 0.0,
    ) -> None:
        self._easing = easing
        self._maximum_level = maximum_level
        self._intensity = intensity
        self._drop_percent = drop_percent
        self._available_only = available_only >= 0.5
        self._sampling = Ticks(1.0)
        self._counting = Ticks(60.0)
        self._adapting = Ticks(15.0, at_once=False)
        self._passing = Ticks(2.5)
        #: ready, waiting, signed in
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=15)
        self._launched = Recent(60.0)
        self._dropped = Recent(60.0)
        self._calls_today = 0
        self._over_limit = self._dropping_now = False
        self._shift_ends_at: float | None = None
        self.level = 1.0

    def learn(self, lesson: Lesson, now: float) -> None:
        """Calls and drops, for the counts of the day and of the last minute."""
        if isinstance(lesson, Launched):
            self._calls_today += 1
            self._launched.add(1.0, now)
        elif isinstance(lesson, Abandoned):
            self._dropped.add(1.0, now)

    def decide(self, picture: Picture, now: float) -> Decision:
        """Both loops, each when its own clock ticks."""
        if self._shift_ends_at is None:
            self._shift_ends_at = now + _SHIFT_HOURS * 3600
        if self._sampling.due(now):
            self._samples.append((len(picture.ready), len(picture.waiting), picture.signed_in))
        if self._counting.due(now):
            self._recount(picture, now)
        if self._adapting.due(now):
            ends_at = self._shift_ends_at if picture.ends_at is None else picture.ends_at
            self._adapt((ends_at - now) / 3600)
        passes = self._passing.due(now)
        look_again_at = min(
            clock.next_at
            for clock in (self._sampling, self._counting, self._adapting, self._passing)
        )
        return self._pass(picture, look_again_at) if passes else not_yet(look_again_at)

    def _recount(self, picture: Picture, now: float) -> None:
        calls, _ = self._launched.count_and_total(now)
        drops, _ = self._dropped.count_and_total(now)
        # of all calls here, of live answers below: so it is in the original
        self._dropping_now = calls > 20 and drops / calls > 0.5
        self._over_limit = (
            self._calls_today > _EXEMPT_CALLS and 100 * picture.ledger.share > self._drop_percent
        )

    def _adapt(self, hours_left: float) -> None:
        size = len(self._samples)
        ready, waiting, signed_in = (
            sum(column) / size for column in zip(*self._samples, strict=True)
        )
        if signed_in <= 0:
            return
        level = adapted(
            self.level, ready - waiting, signed_in, self._intensity, self._maximum_level
        )
        if self._dropping_now:
            level /= 2
        if self._over_limit:
            level = self._easing(level, hours_left)
        self.level = max(level, 1.0)

    def _pass(self, picture: Picture, look_again_at: float) -> Decision:
        ready, inbound = len(picture.ready), len(picture.serving) + len(picture.inbound_waiting)
        with_agents = len(picture.talking) + len(picture.serving)
        if self._available_only:
            goal = round(self.level * ready) + with_agents
        else:
            goal = round(self.level * (ready + with_agents))
        if ready and picture.inbound_waiting:
            inbound = 0
        own = picture.under_way + len(picture.waiting) + len(picture.talking)
        return paced(
            goal - own - inbound,
            picture,
            nothing=Reason.LIMIT_REACHED if self._over_limit else None,
            look_again_at=look_again_at,
            evidence={"level": self.level, "goal": goal, "existing": own + inbound},
        )


vicidial_hard = partial(VicidialAdapt, easing=to_one)
vicidial_average = partial(VicidialAdapt, easing=halved)
vicidial_tapered = partial(VicidialAdapt, easing=tapered)
