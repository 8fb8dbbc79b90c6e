"""What Asterisk's events tell of supervisors who hear talks: one reader for each fact. Pure."""

from __future__ import annotations

import re

from ami.headers import CHANNEL_ID, NAME, AsteriskEvent, UnfitError
from calls.events import (
    LISTEN_PREFIX,
    Fact,
    SupervisionEnded,
    SupervisionStarted,
    SupervisorUnreached,
)
from calls.switch import Mode

_ORDER = re.compile(LISTEN_PREFIX + r"([0-9]{3,6})-[0-9a-f]+")
_MODES = frozenset(Mode)


def supervision_started(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `SupervisionStarted`, from the supervisor's channel."""
    return _supervision(SupervisionStarted, event)


def supervision_ended(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `SupervisionEnded`."""
    return _supervision(SupervisionEnded, event)


def supervisor_unreached(event: AsteriskEvent) -> Fact | None:
    """`OriginateResponse` for a supervisor's phone; the order's id names it."""
    order = _ORDER.fullmatch(event.text("ActionID"))
    if order is None or event.text("Response") != "Failure":
        return None
    return SupervisorUnreached(
        at=event.at, pbx=event.pbx, phone=order.group(1), channel_id=event.text("ActionID")
    )


def _supervision(
    kind: type[SupervisionStarted | SupervisionEnded], event: AsteriskEvent
) -> Fact | None:
    call_id, mode = event.text("Call"), event.text("Mode")
    if not CHANNEL_ID.fullmatch(call_id):
        raise UnfitError("Call")
    if mode not in _MODES:
        raise UnfitError("Mode")
    if not NAME.fullmatch(event.text("By")):
        raise UnfitError("By")
    return kind(
        at=event.at, pbx=event.pbx, call_id=call_id, agent=event.name("Agent"),
        phone=event.name("Phone"), mode=mode, by=event.text("By"),
    )  # fmt: skip
