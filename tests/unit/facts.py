"""Facts for tests, made short: `at(3)` is three seconds after the beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from agents.floor import Floor
from calls.events import CallArrived, CallFact, Fact

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PBX = "pbx1"
CALL = "pbx1-1772366400.1"
F = TypeVar("F", bound=Fact)
C = TypeVar("C", bound=CallFact)


def at(seconds: float) -> datetime:
    """A moment of the test."""
    return START + timedelta(seconds=seconds)


def fact(kind: type[F], seconds: float, /, **fields: Any) -> F:
    """A fact of this kind."""
    return kind(at=at(seconds), pbx=PBX, **fields)


def on_call(kind: type[C], seconds: float, /, **fields: Any) -> C:
    """A fact of the test's one call."""
    return kind(at=at(seconds), pbx=PBX, call_id=CALL, **fields)


def arrived(seconds: float = 0, **fields: Any) -> CallArrived:
    """The subscriber's call."""
    values = {"number_called": "08001234567", "caller_number": "573001234567", **fields}
    return on_call(CallArrived, seconds, **values)


FLOOR = Floor.model_validate(
    {
        "pbx": PBX,
        "trunk": {"to": {"port": 15080}, "caller_number": "5716001234", "max_calls": 10},
        "numbers": [{"number": "08001234567", "menu": "simple.yaml"}],
        "queues": [
            {"name": "soporte", "weight": 10, "wrap_up_seconds": 10},
            {"name": "salida", "wrap_up_seconds": 5, "announce_position_seconds": 0},
        ],
        "fallback_queue": "soporte",
        "agents": [
            {
                "number": number,
                "name": f"Agente {number}",
                "queues": ["soporte", "salida"],
                "phone": {"port": 16000},
                "line": "rung" if number == "1003" else "held",
            }
            for number in ("1001", "1002", "1003")
        ],
        "pause_reasons": [{"code": "1", "name": "descanso"}, {"code": "2", "name": "almuerzo"}],
    }
)
