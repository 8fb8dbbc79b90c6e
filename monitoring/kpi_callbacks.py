"""The KPIs of call backs that queues promised, each defined once."""

from __future__ import annotations

from monitoring.callback_counts import CallbackCounts
from monitoring.kpi import Kpi, Unit, Words
from monitoring.service_level import Ratio


def _count(name: str, what: Words, formula: Words) -> Kpi[CallbackCounts]:
    return Kpi(
        id=name,
        unit=Unit.COUNT,
        name=what,
        formula=formula,
        needs=(name,),
        ratio=lambda counts: Ratio(int(getattr(counts, name)), 1),
    )


CALLBACK_KPIS: tuple[Kpi[CallbackCounts], ...] = (
    _count(
        "booked",
        Words("Devoluciones pedidas", "Callbacks booked"),
        Words(
            "personas que dejaron la fila para que se las llame",
            "callers who gave up the line to be called back",
        ),
    ),
    _count(
        "connected",
        Words("Devoluciones logradas", "Callbacks connected"),
        Words("de ellas, con las que un agente habló", "of these, whom an agent talked to"),
    ),
    Kpi(
        id="connected_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de devoluciones logradas", "Callback success rate"),
        formula=Words("logradas / pedidas", "connected / booked"),
        needs=("connected", "booked"),
        ratio=lambda counts: Ratio(counts.connected, counts.booked),
    ),
    Kpi(
        id="attempts_per_booking",
        unit=Unit.TIMES,
        name=Words("Intentos por devolución", "Attempts per booking"),
        formula=Words("llamadas hechas / pedidas", "calls made / booked"),
        needs=("attempts", "booked"),
        ratio=lambda counts: Ratio(counts.attempts, counts.booked),
    ),
    Kpi(
        id="time_to_callback",
        unit=Unit.SECONDS,
        name=Words("Tiempo hasta la devolución", "Time to callback"),
        formula=Words(
            "del pedido a la conversación / logradas", "from the booking to the talk / connected"
        ),
        needs=("until_talk_ms", "connected"),
        ratio=lambda counts: Ratio(counts.until_talk_ms, counts.connected),
    ),
    _count(
        "expired",
        Words("Devoluciones vencidas", "Callbacks expired"),
        Words(
            "de las pedidas, en las que nadie contestó en ningún intento",
            "of the booked, where nobody answered in any of the tries",
        ),
    ),
)
