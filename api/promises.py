"""What may be promised to a person: a call at a moment at which the rules allow one."""

from __future__ import annotations

from datetime import datetime, timedelta

from api.parts import Parts
from api.problems import invalid
from calls.events import ATTEMPT_PREFIX
from dialer.campaign import Campaign
from dialer.dispositions import Disposition
from dialer.lead import Lead
from dialer.ruling import Candidate

#: nobody knows the rules of the year after next
LATEST = timedelta(days=366)


async def must_be_promisable(
    rooms: Parts, campaign: Campaign, lead: Lead, at: datetime, zone: str, place: str
) -> None:
    """Raise `ProblemError` unless the lead may be called at that moment, as far as is known now.

    `zone` is a key of `dialer.rules.place`, "" for what the number tells; `place` is where in the
    request the moment stands.
    """
    now = rooms.now()
    if at <= now:
        raise invalid(place, "moment_is_over")
    if at > now + LATEST:
        raise invalid(place, "moment_too_far", days=LATEST.days)
    judge = rooms.dialing.judge_of(campaign)
    candidate = Candidate(lead_id=lead.id, number=lead.number, zone=zone, attempts=lead.attempts)
    seen = await rooms.campaigns.seen(campaign.id, candidate, judge, now)
    allowed = judge.promise(candidate, seen, at)
    if allowed is None:
        raise invalid(place, "never_allowed")
    if allowed != at:
        raise invalid(place, "not_allowed_then", next=allowed.isoformat())


async def must_fit_the_talk(
    rooms: Parts, call_id: str, code: str, promised_at: datetime | None, *, only_me: bool
) -> None:
    """Raise `ProblemError` unless this can be said of that call.

    Of a caller anything can be said, and nothing promised; of a dialed call what its campaign has.
    """
    attempt = None
    if call_id.startswith(ATTEMPT_PREFIX):
        attempt = await rooms.campaigns.attempt(call_id)
    campaign = await rooms.campaigns.get(attempt.campaign_id) if attempt is not None else None
    if attempt is None or campaign is None:
        _must_promise_nothing(promised_at, only_me=only_me)
        return
    if code == "":
        _must_promise_nothing(promised_at, only_me=only_me)
        return
    known = campaign.options.dispositions
    said = next((one for one in known if one.code == code), None)
    if said is None:
        codes = ", ".join(one.code for one in known)
        raise invalid("body.disposition", "no_such_disposition", known=codes)
    await _must_fit(rooms, campaign, attempt.lead_id, said, promised_at, only_me=only_me)


async def _must_fit(
    rooms: Parts,
    campaign: Campaign,
    lead_id: int,
    said: Disposition,
    promised_at: datetime | None,
    *,
    only_me: bool,
) -> None:
    if not said.callback:
        _must_promise_nothing(promised_at, only_me=only_me)
        return
    if promised_at is None:
        raise invalid("body.promised_at", "missing")
    lead = await rooms.campaigns.lead(lead_id)
    if lead is not None:
        await must_be_promisable(rooms, campaign, lead, promised_at, lead.zone, "body.promised_at")


def _must_promise_nothing(promised_at: datetime | None, *, only_me: bool) -> None:
    if promised_at is not None:
        raise invalid("body.promised_at", "promises_nothing")
    if only_me:
        raise invalid("body.only_me", "promises_nothing")
