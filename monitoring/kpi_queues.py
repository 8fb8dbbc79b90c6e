"""The KPIs of a queue, each defined once."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.kpi import Kpi, Unit, Words
from monitoring.queue_counts import QueueCounts
from monitoring.queue_setting import QueueSetting
from monitoring.service_level import Ratio, flowed_out, service_level, short_abandoned

_FLOW_OUTS = ("timed_out", "key_exit", "empty_exit", "withdrawn")
_ENDED = ("answered", "abandoned", *_FLOW_OUTS, "failed")


@dataclass(frozen=True, slots=True)
class QueuePart:
    """Counts of a queue, and the setting by which they are told."""

    counts: QueueCounts
    setting: QueueSetting

    @property
    def ended(self) -> int:
        """Callers whose wait is over and whose end was seen: what rates of callers are of."""
        return sum(int(getattr(self.counts, name)) for name in _ENDED)

    @property
    def short(self) -> int:
        """Callers who gave up within the short time of the setting."""
        return short_abandoned(self.counts, self.setting.short_seconds)

    @property
    def service_level(self) -> Ratio:
        """By the method and the times of the setting."""
        of = self.setting
        return service_level(self.counts, of.method, of.seconds, of.short_seconds)


def _count(name: str, what: Words, formula: Words) -> Kpi[QueuePart]:
    return Kpi(
        id=name,
        unit=Unit.COUNT,
        name=what,
        formula=formula,
        needs=(name,),
        ratio=lambda part: Ratio(int(getattr(part.counts, name)), 1),
    )


def _mean(
    name: str, what: Words, formula: Words, *sums: str, of: str = "answered"
) -> Kpi[QueuePart]:
    return Kpi(
        id=name,
        unit=Unit.SECONDS,
        name=what,
        formula=formula,
        needs=(*sums, of),
        ratio=lambda part: Ratio(
            sum(int(getattr(part.counts, each)) for each in sums), int(getattr(part.counts, of))
        ),
    )


QUEUE_KPIS: tuple[Kpi[QueuePart], ...] = (
    _count(
        "offered",
        Words("Ofrecidas", "Offered"),
        Words("llamadas que entraron en la fila", "calls that entered the line"),
    ),
    _count(
        "answered",
        Words("Atendidas", "Answered"),
        Words("llamadas que un agente atendió", "calls that an agent took"),
    ),
    Kpi(
        id="flow_outs",
        unit=Unit.COUNT,
        name=Words("Salidas de la fila", "Flow-outs"),
        formula=Words(
            "salieron por tiempo + con una tecla + por falta de agentes + llevadas a otra parte",
            "timed out + left with a key + sent away as nobody served + led elsewhere",
        ),
        needs=_FLOW_OUTS,
        ratio=lambda part: Ratio(flowed_out(part.counts), 1),
    ),
    Kpi(
        id="answer_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de atención", "Answer rate"),
        formula=Words("atendidas / terminadas", "answered / ended"),
        needs=_ENDED,
        ratio=lambda part: Ratio(part.counts.answered, part.ended),
    ),
    Kpi(
        id="service_level",
        unit=Unit.SHARE,
        name=Words("Nivel de servicio", "Service level"),
        formula=Words(
            "por el método de la cola; por lo general atendidas a tiempo / "
            "(atendidas + abandonadas - abandonos cortos)",
            "by the queue's method; usually answered in time / "
            "(answered + abandoned - short abandons)",
        ),
        needs=("answered", "abandoned", "answered_bands", "abandoned_bands", *_FLOW_OUTS),
        ratio=lambda part: part.service_level,
    ),
    _mean(
        "asa",
        Words("Velocidad media de respuesta", "Average speed of answer"),
        Words("espera de las atendidas / atendidas", "wait of the answered / answered"),
        "answered_wait_ms",
    ),
    Kpi(
        id="longest_wait",
        unit=Unit.SECONDS,
        name=Words("Espera más larga", "Longest wait"),
        formula=Words(
            "la mayor de las esperas cuyo fin se vio, terminara como terminara",
            "the greatest of the waits whose end was seen, however it ended",
        ),
        needs=("longest_wait_ms", *_ENDED, "lost", "waiting"),
        ratio=lambda part: Ratio(
            part.counts.longest_wait_ms, min(1, part.counts.endings - part.counts.lost)
        ),
        greatest=True,
    ),
    Kpi(
        id="abandonment_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de abandono", "Abandonment rate"),
        formula=Words(
            "(abandonadas - abandonos cortos) / (terminadas - abandonos cortos)",
            "(abandoned - short abandons) / (ended - short abandons)",
        ),
        needs=(*_ENDED, "abandoned_bands"),
        ratio=lambda part: Ratio(part.counts.abandoned - part.short, part.ended - part.short),
    ),
    _mean(
        "average_abandon_time",
        Words("Espera media de quien abandona", "Average time to abandon"),
        Words("espera de las abandonadas / abandonadas", "wait of the abandoned / abandoned"),
        "abandoned_wait_ms",
        of="abandoned",
    ),
    _mean(
        "aht",
        Words("Tiempo medio de atención", "Average handle time"),
        Words(
            "(conversación + retención + trabajo posterior) / atendidas",
            "(talk + hold + wrap-up) / answered",
        ),
        "talk_ms",
        "hold_ms",
        "wrap_up_ms",
    ),
    _mean(
        "average_talk",
        Words("Conversación media", "Average talk"),
        Words("conversación sin retención / atendidas", "talk without hold / answered"),
        "talk_ms",
    ),
    _mean(
        "average_hold",
        Words("Retención media", "Average hold"),
        Words("retención / atendidas", "hold / answered"),
        "hold_ms",
    ),
    _mean(
        "average_wrap_up",
        Words("Trabajo posterior medio", "Average wrap-up"),
        Words("trabajo posterior / atendidas", "wrap-up / answered"),
        "wrap_up_ms",
    ),
    Kpi(
        id="transfer_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de transferencia", "Transfer rate"),
        formula=Words(
            "terminadas por el agente con una transferencia / atendidas",
            "ended by the agent with a transfer / answered",
        ),
        needs=("transferred", "answered"),
        ratio=lambda part: Ratio(part.counts.transferred, part.counts.answered),
    ),
    Kpi(
        id="callback_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de devolución de llamada", "Callback rate"),
        formula=Words("pidieron que se les llame / terminadas", "booked a callback / ended"),
        needs=("callback_booked", *_ENDED),
        ratio=lambda part: Ratio(part.counts.callback_booked, part.ended),
    ),
)
