"""A world as the house knows it: the floor file, the campaign and the list that belong to it."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

from agents.floor import Floor
from calls.errors import Linea800Error
from dialer.campaign import Campaign, RetryRule
from dialer.lead import NewLead
from simulator.scenario import PLENTY, Presence, Scenario

#: a midnight: a shift of a day is one day of the abandonment ledger
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
LONGEST_HOURS = 24.0
CAMPAIGN = "simulated"
PBX, INBOUND, OUTBOUND, BREAK = "sim", "soporte", "salida", "descanso"
INBOUND_NUMBER = "08001234567"
NEVER_AGAIN = RetryRule(max_attempts=1, minutes={})

_CALLER_NUMBER = "5716001234"
#: longer than anyone writes up: simulated agents end their wrap-ups themselves
_WRAP_UP_LIMIT_SECONDS = 3600.0
#: as many as a floor file may have
_MOST_TRUNKS = 2000
_LEADS_AT_ONCE = 5000
_MINUTE = 60.0


class UnfitWorldError(Linea800Error):
    """The house cannot be put into this world."""


def check_fit(scenario: Scenario) -> None:
    """Raises `UnfitWorldError` for what the house does not do."""
    if scenario.machines or scenario.screening:
        raise UnfitWorldError(
            "the whole house has no detection of answering machines: leave machines out, or"
            " simulate without the house"
        )
    if scenario.hours > LONGEST_HOURS:
        raise UnfitWorldError(f"the whole house plays at most {LONGEST_HOURS:g} hours")


def floor_of(scenario: Scenario, presences: Sequence[Presence]) -> Floor:
    """One trunk, a queue for callers and one for called people, and everyone who comes to work."""
    agents = dict.fromkeys(presence.agent for presence in presences)
    wrap_up = {"wrap_up_seconds": _WRAP_UP_LIMIT_SECONDS}
    return Floor.model_validate(
        {
            "pbx": PBX,
            "trunk": {
                "to": {"port": 5060},
                "max_calls": min(scenario.trunks, _MOST_TRUNKS),
                "caller_number": _CALLER_NUMBER,
            },
            "numbers": [{"number": INBOUND_NUMBER, "menu": "simple.yaml"}],
            "queues": [
                {"name": INBOUND, "weight": 10, **wrap_up},
                {"name": OUTBOUND, "announce_position_seconds": 0, **wrap_up},
            ],
            "fallback_queue": INBOUND,
            "agents": [
                {
                    "number": number,
                    "name": f"Agente {number}",
                    "queues": [INBOUND, OUTBOUND],
                    "phone": {"port": 16000},
                }
                for number in agents
            ],
            "pause_reasons": [{"code": "1", "name": BREAK}],
        }
    )


def campaign_of(
    scenario: Scenario, pacing: str, settings: Mapping[str, float], cap: float, retry: RetryRule
) -> Campaign:
    """The campaign that dials this world's people."""
    return Campaign(
        id=CAMPAIGN,
        name=scenario.name,
        queue=OUTBOUND,
        country="CO",
        caller_number=_CALLER_NUMBER,
        pacing=pacing,
        pacing_settings=dict(settings),
        abandonment_cap=cap,
        ring_seconds=scenario.ring_limit,
        max_lines=min(scenario.trunks, _MOST_TRUNKS),
        retry=retry,
        created_at=BEGINS,
    )


async def leads_of(
    scenario: Scenario, presences: Sequence[Presence]
) -> AsyncIterator[Sequence[NewLead]]:
    """The list, batch by batch; of a world with people without end twice what can be dialed."""
    count = scenario.leads if scenario.leads < PLENTY else _twice_enough(scenario, presences)
    for start in range(0, count, _LEADS_AT_ONCE):
        yield [
            NewLead(number=f"57300{index:07d}", name="", extra={})
            for index in range(start, min(start + _LEADS_AT_ONCE, count))
        ]


def _twice_enough(scenario: Scenario, presences: Sequence[Presence]) -> int:
    at_work = sum(presence.ends - presence.begins for presence in presences)
    lowest = min(
        scenario.answered(minute * _MINUTE) for minute in range(math.ceil(scenario.hours * 60))
    )
    talks = at_work / (scenario.talk.mean + scenario.wrap_up.mean)
    return min(PLENTY, math.ceil(2.0 * talks / max(lowest, 0.01)) + 100)
