"""The dialer's own facts, each made in one place."""

from __future__ import annotations

from datetime import datetime

from calls.call import Call, Verdict
from calls.events import (
    AttemptEnded,
    AttemptStarted,
    CampaignStateChanged,
    CarrierSlowed,
    DialRefused,
    PacingDecided,
)
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign
from dialer.carrier import Slowed
from dialer.outcomes import DialedCall
from dialer.pacing.decision import Decision

#: a reason told by a switch or a database may be long
_REASON_LENGTH = 200


class Teller:
    """Makes the facts of one switch."""

    def __init__(self, pbx: str, language: str) -> None:
        self._pbx = pbx
        self._language = language

    def started(self, attempt: Attempt, at: datetime) -> AttemptStarted:
        """An attempt is on its way."""
        return AttemptStarted(
            at=at,
            pbx=self._pbx,
            call_id=attempt.id,
            campaign_id=attempt.campaign_id,
            lead_id=attempt.lead_id,
            number_called=attempt.number,
        )

    def ended(self, attempt: Attempt, outcome: Outcome, at: datetime) -> AttemptEnded:
        """An attempt's end is in the book."""
        return AttemptEnded(
            at=at,
            pbx=self._pbx,
            call_id=attempt.id,
            campaign_id=attempt.campaign_id,
            lead_id=attempt.lead_id,
            outcome=outcome,
        )

    def refused(self, attempt: Attempt, reason: str, at: datetime) -> DialRefused:
        """An attempt never left our switch."""
        return DialRefused(at=at, pbx=self._pbx, call_id=attempt.id, reason=reason[:_REASON_LENGTH])

    def state_changed(self, campaign: Campaign, reason: str, at: datetime) -> CampaignStateChanged:
        """A campaign was started, paused, stopped, or came to its end."""
        return CampaignStateChanged(
            at=at, pbx=self._pbx, campaign_id=campaign.id, state=campaign.state, reason=reason
        )

    def decided(self, campaign_id: str, decision: Decision, at: datetime) -> PacingDecided:
        """How many are dialed now, in a sentence."""
        return PacingDecided(
            at=at,
            pbx=self._pbx,
            campaign_id=campaign_id,
            dial=decision.dial,
            reason=decision.sentence(self._language),
        )

    def slowed(self, slowed: Slowed, at: datetime) -> CarrierSlowed:
        """The carrier's trouble slows the dialer, or is over."""
        return CarrierSlowed(
            at=at,
            pbx=self._pbx,
            calls_per_second=slowed.calls_per_second,
            congested_share=slowed.congested_share,
        )


def known(call: Call, *, cancelled: bool) -> DialedCall:
    """What is known of a dialed call that is over."""
    return DialedCall(
        answered_at=call.answered_at,
        connected_at=call.connected_at,
        cause=call.cause,
        sip_code=call.sip_code,
        cancelled=cancelled,
        refused=bool(call.refused),
        vanished=call.vanished,
        judged_machine=call.machine == Verdict.MACHINE,
        ended_as_machine=call.ended_as_machine,
    )
