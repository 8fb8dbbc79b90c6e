"""The policy that paces a campaign, within what the campaign and its calling rules allow."""

from __future__ import annotations

import logging

from dialer.campaign import Campaign
from dialer.pacing.decision import Pacing, Rules
from dialer.pacing.knobs import KnobError
from dialer.pacing.policies import UnknownPolicyError, policy
from dialer.ruling import Judge

log = logging.getLogger(__name__)

#: of the two seconds in which an agent may still come, the last one counts for nothing: Asterisk
#: looks after a waiting call once a second
_PATIENCE_SECONDS = 1.0
#: where the law allows none at all: one in a thousand is none on most days
_LEAST_CAP = 0.001
#: the policy that abandons nobody
_CAREFUL = "progressive"


def paced(campaign: Campaign, judge: Judge) -> tuple[str, Pacing]:
    """The campaign's policy and its name; one that nobody knows any more stops nobody's start."""
    rules = _rules(campaign, judge)
    try:
        return campaign.pacing, policy(campaign.pacing, rules, campaign.pacing_settings)
    except (UnknownPolicyError, KnobError) as error:
        log.error("campaign %s is paced %s: %s", campaign.id, _CAREFUL, error)
        return _CAREFUL, policy(_CAREFUL, rules)


def _rules(campaign: Campaign, judge: Judge) -> Rules:
    caps = [campaign.abandonment_cap]
    if judge.abandonment_cap is not None:
        caps.append(max(judge.abandonment_cap, _LEAST_CAP))
    return Rules(
        abandonment_cap=min(caps),
        patience_seconds=_PATIENCE_SECONDS,
        ring_seconds=campaign.ring_seconds,
        cancel_after_seconds=campaign.cancel_after_seconds,
    )
