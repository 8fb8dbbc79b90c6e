"""The pacing policies a campaign may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from calls.errors import Linea800Error
from dialer.pacing.baselines.catalog import BASELINES
from dialer.pacing.decision import Pacing, Rules
from dialer.pacing.knobs import Knobs, settled
from dialer.pacing.lookahead import Lookahead
from dialer.pacing.preview import Preview
from dialer.pacing.progressive import Progressive


class UnknownPolicyError(Linea800Error):
    """A campaign names a pacing policy that does not exist."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How to make a policy, and what may be set of it."""

    maker: Callable[..., Pacing]
    knobs: Knobs = field(default_factory=dict)


#: makers, not instances: a policy learns, and each campaign has its own
POLICIES: Mapping[str, Policy] = {
    "predictive": Policy(Lookahead),
    "preview": Policy(Preview),
    "progressive": Policy(Progressive),
    **{name: Policy(maker, knobs) for name, (maker, knobs) in BASELINES.items()},
}


def policy_names() -> tuple[str, ...]:
    """The pacing policies a campaign may name."""
    return tuple(sorted(POLICIES))


def policy(name: str, rules: Rules, knobs: Mapping[str, float] | None = None) -> Pacing:
    """A fresh policy for one campaign; raises `UnknownPolicyError` and `KnobError`."""
    found = POLICIES.get(name)
    if found is None:
        raise UnknownPolicyError(
            f"pacing {name!r}: no such policy; known are: {', '.join(policy_names())}"
        )
    return found.maker(rules, **settled(name, found.knobs, knobs or {}))
