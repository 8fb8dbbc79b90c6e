"""Which numbers may be promised a call back: on the line, and by the same rules in a try-out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dialer.campaign import Campaign
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.options import Options, RuleChoice
from dialer.promising import Promisable, promisable
from dialer.rules.catalog import PresetCatalog
from ivr.callback import Later, NumberCheck, Reachable
from ivr.walking import Promises

#: who is in the lines of a queue -> which numbers a campaign calls back for it; None: none does now
Offer = Callable[[str], Callable[[str], Promisable | None] | None]


def calls_back(offer: Offer) -> Callable[[str], NumberCheck | None]:
    """What a dialogue asks of the dialer."""

    def of(queue: str) -> NumberCheck | None:
        check = offer(queue)
        return None if check is None else lambda written: _reachable(check(written))

    return of


def by_preset(presets: PresetCatalog, preset: str) -> Promises:
    """As a running campaign of this preset would promise; raises `UnknownPresetError`."""
    rules = presets.rules(preset)

    def promises(country: str, written: str, now: datetime) -> Reachable | None:
        campaign = Campaign(
            id="tried", name="tried", queue="tried", country=country, caller_number="",
            options=Options(rules=RuleChoice(preset=preset)), created_at=now,
        )  # fmt: skip
        judge = CampaignJudge(campaign, rules, Guards(()))
        return _reachable(promisable(judge, country, written, now))

    return promises


def _reachable(found: Promisable | None) -> Reachable | None:
    if found is None:
        return None
    later = None if found.from_day is None else Later(found.from_day, found.today)
    return Reachable(found.number, found.spoken, later)
