"""The published policies by name: how to make each, and what may be set of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialer.pacing.baselines.cisco import CISCO_KNOBS, CiscoLines
from dialer.pacing.baselines.eis import EIS_WINDOW_KNOBS, EisWindow
from dialer.pacing.baselines.erlang import (
    ERLANG_KNOBS,
    EXPECTED_VALUE_KNOBS,
    ErlangRate,
    ExpectedValue,
)
from dialer.pacing.baselines.impact import IMPACT_KNOBS, ImpactSimulation
from dialer.pacing.baselines.issabel import ISSABEL_KNOBS, Issabel
from dialer.pacing.baselines.ratio import FIXED_RATIO_KNOBS, FixedRatio
from dialer.pacing.baselines.unicom import (
    UNICOM_KNOBS,
    UNICOM_PI_KNOBS,
    UnicomPi,
    UnicomPredict,
)
from dialer.pacing.baselines.vicidial import (
    VICIDIAL_KNOBS,
    vicidial_average,
    vicidial_hard,
    vicidial_tapered,
)
from dialer.pacing.baselines.wombat import WOMBAT_KNOBS, Wombat
from dialer.pacing.decision import Pacing
from dialer.pacing.knobs import Knobs

#: makers, not instances: a policy learns, and each campaign has its own
BASELINES: Mapping[str, tuple[Callable[..., Pacing], Knobs]] = {
    "ratio": (FixedRatio, FIXED_RATIO_KNOBS),
    "vicidial_hard": (vicidial_hard, VICIDIAL_KNOBS),
    "vicidial_average": (vicidial_average, VICIDIAL_KNOBS),
    "vicidial_tapered": (vicidial_tapered, VICIDIAL_KNOBS),
    "issabel": (Issabel, ISSABEL_KNOBS),
    "wombat": (Wombat, WOMBAT_KNOBS),
    "unicom": (UnicomPredict, UNICOM_KNOBS),
    "unicom_pi": (UnicomPi, UNICOM_PI_KNOBS),
    "erlang": (ErlangRate, ERLANG_KNOBS),
    "expected_value": (ExpectedValue, EXPECTED_VALUE_KNOBS),
    "eis_window": (EisWindow, EIS_WINDOW_KNOBS),
    "impact": (ImpactSimulation, IMPACT_KNOBS),
    "cisco": (CiscoLines, CISCO_KNOBS),
}
