"""The KPIs of an agent, each defined once. Occupancy leaves pauses out, utilization does not."""

from __future__ import annotations

from collections.abc import Mapping

from monitoring.agent_counts import AgentCounts
from monitoring.kpi import Kpi, Unit, Words
from monitoring.service_level import Ratio

_SIGNED_IN = (
    "ready_ms", "offered_ms", "reserved_ms", "talking_ms", "wrapping_up_ms", "paused_ms",
)  # fmt: skip
_HANDLED = ("handled_inbound", "handled_dialed")


def signed_in_ms(counts: AgentCounts) -> int:
    """All the time of the shift, whatever the state."""
    return _sum(counts, _SIGNED_IN)


def handled(counts: AgentCounts) -> int:
    """Talks, of calls that came and of calls that were dialed."""
    return _sum(counts, _HANDLED)


def pause_shares(counts: AgentCounts) -> Mapping[str, float]:
    """Each reason's share of the time signed in; without such time nothing."""
    whole = signed_in_ms(counts)
    return {reason: ms / whole for reason, ms in sorted(counts.pauses.items())} if whole else {}


def _sum(counts: AgentCounts, names: tuple[str, ...]) -> int:
    return sum(int(getattr(counts, name)) for name in names)


def _busy(counts: AgentCounts) -> int:
    """Talk, hold and wrap-up: who is on hold is counted with the talking."""
    return counts.talking_ms + counts.wrapping_up_ms


AGENT_KPIS: tuple[Kpi[AgentCounts], ...] = (
    Kpi(
        id="handled",
        unit=Unit.COUNT,
        name=Words("Conversaciones", "Handled"),
        formula=Words(
            "conversaciones recibidas + conversaciones marcadas", "talks that came + talks dialed"
        ),
        needs=_HANDLED,
        ratio=lambda counts: Ratio(handled(counts), 1),
    ),
    Kpi(
        id="occupancy",
        unit=Unit.SHARE,
        name=Words("Ocupación", "Occupancy"),
        formula=Words(
            "(conversación + retención + trabajo posterior) / (lo mismo + disponible)",
            "(talk + hold + wrap-up) / (the same + ready)",
        ),
        needs=("talking_ms", "wrapping_up_ms", "ready_ms"),
        ratio=lambda counts: Ratio(_busy(counts), _busy(counts) + counts.ready_ms),
    ),
    Kpi(
        id="utilization",
        unit=Unit.SHARE,
        name=Words("Utilización", "Utilization"),
        formula=Words(
            "(conversación + retención + trabajo posterior) / tiempo en turno",
            "(talk + hold + wrap-up) / time signed in",
        ),
        needs=_SIGNED_IN,
        ratio=lambda counts: Ratio(_busy(counts), signed_in_ms(counts)),
    ),
    Kpi(
        id="pause_share",
        unit=Unit.SHARE,
        name=Words("Parte en pausa", "Share in pause"),
        formula=Words("en pausa / tiempo en turno", "in pause / time signed in"),
        needs=_SIGNED_IN,
        ratio=lambda counts: Ratio(counts.paused_ms, signed_in_ms(counts)),
    ),
    Kpi(
        id="aht",
        unit=Unit.SECONDS,
        name=Words("Tiempo medio de atención", "Average handle time"),
        formula=Words(
            "(conversación + retención + trabajo posterior) / conversaciones",
            "(talk + hold + wrap-up) / handled",
        ),
        needs=("talking_ms", "wrapping_up_ms", *_HANDLED),
        ratio=lambda counts: Ratio(_busy(counts), handled(counts)),
    ),
    Kpi(
        id="average_talk",
        unit=Unit.SECONDS,
        name=Words("Conversación media", "Average talk"),
        formula=Words("conversación sin retención / conversaciones", "talk without hold / handled"),
        needs=("talking_ms", "hold_ms", *_HANDLED),
        # the hold is counted where a talk ended: alone, that quarter may have more hold than talk
        ratio=lambda counts: Ratio(max(0, counts.talking_ms - counts.hold_ms), handled(counts)),
    ),
    Kpi(
        id="average_hold",
        unit=Unit.SECONDS,
        name=Words("Retención media", "Average hold"),
        formula=Words("retención / conversaciones", "hold / handled"),
        needs=("hold_ms", *_HANDLED),
        ratio=lambda counts: Ratio(counts.hold_ms, handled(counts)),
    ),
    Kpi(
        id="average_wrap_up",
        unit=Unit.SECONDS,
        name=Words("Trabajo posterior medio", "Average wrap-up"),
        formula=Words("trabajo posterior / conversaciones", "wrap-up / handled"),
        needs=("wrapping_up_ms", *_HANDLED),
        ratio=lambda counts: Ratio(counts.wrapping_up_ms, handled(counts)),
    ),
    Kpi(
        id="transfer_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de transferencia", "Transfer rate"),
        formula=Words(
            "terminadas con una transferencia / conversaciones", "ended by a transfer / handled"
        ),
        needs=("transferred", *_HANDLED),
        ratio=lambda counts: Ratio(counts.transferred, handled(counts)),
    ),
    Kpi(
        id="missed_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de llamadas sin tomar", "Missed rate"),
        formula=Words(
            "ofrecidas y no tomadas / (las mismas + conversaciones)",
            "offered and not taken / (the same + handled)",
        ),
        needs=("missed", *_HANDLED),
        ratio=lambda counts: Ratio(counts.missed, counts.missed + handled(counts)),
    ),
)
