"""Events as a real Asterisk sends them, made short, and what they tell."""

from __future__ import annotations

from datetime import UTC, datetime

from ami.message import RawMessage
from ami.translate import Translator
from calls.events import Fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRUNK = "PJSIP/trunk-00000001"
UNIQUE = "pbx1-1772366400.7"
ATTEMPT = "attempt-" + "a" * 32
STAMP = "1772366400.250000"


def fact_of(event: str, translator: Translator | None = None, **headers: str) -> Fact | None:
    """What an event with these headers tells."""
    message = RawMessage([("Event", event), ("Timestamp", STAMP), *headers.items()])
    return (translator or Translator("pbx1")).fact(message, NOW)
