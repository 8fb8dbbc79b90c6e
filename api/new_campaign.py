"""A campaign as it is asked for: its fields, and what of them does not fit this floor."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import Field

from agents.floor import PhoneDigits, QueueName
from api.faults import Fault
from api.fields import Asked, Label
from api.parts import Parts
from dialer.attempt import Outcome
from dialer.campaign import LEAST_RINGING_SECONDS, PREVIEW, Campaign, RetryRule
from dialer.machines import Then
from dialer.options import Options
from dialer.pacing.knobs import KnobError, settled
from dialer.pacing.policies import POLICIES, policy_names
from dialer.phone_rules import PhoneRules
from dialer.rules.catalog import UnknownPresetError

_MOST_MINUTES = 60 * 24 * 60.0


class NewRetryRule(Asked):
    """When a lead may be dialed again: minutes to wait by outcome; an absent outcome: never."""

    max_attempts: int = Field(default=3, ge=1, le=20)
    other_number: frozenset[Outcome] = Field(
        default=RetryRule().other_number,
        description="After these the lead's next number is tried, if it has one",
    )
    minutes: dict[Outcome, Annotated[float, Field(ge=1, le=_MOST_MINUTES)]] = Field(
        default_factory=lambda: dict(RetryRule().minutes)
    )


class CampaignSettings(Asked):
    """What of a campaign may be changed at any time."""

    caller_number: PhoneDigits | None = Field(
        default=None, description="What the called person sees; by default the trunk's"
    )
    pacing: str = Field(default="progressive", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    pacing_settings: dict[str, float] = Field(
        default_factory=dict, description="Settings of that policy; the rest is its own default"
    )
    abandonment_cap: float = Field(
        default=0.03, ge=0.001, le=0.2,
        description="Abandoned per live answer of a day that pacing may reach and not pass",
    )  # fmt: skip
    ring_seconds: float = Field(default=25.0, ge=LEAST_RINGING_SECONDS, le=120)
    cancel_after_seconds: float | None = Field(
        default=None, ge=LEAST_RINGING_SECONDS, le=120,
        description="What has rung so long may be hung up when too many ring; by default never",
    )  # fmt: skip
    max_lines: int | None = Field(
        default=None, ge=1, le=2000, description="By default, and at most, the trunk's"
    )
    retry: NewRetryRule = Field(default_factory=NewRetryRule)
    options: Options = Field(
        default_factory=Options,
        description="Calling rules, caller numbers, dispositions, blending, promised calls, "
        "answering machines",
    )


class NewCampaign(CampaignSettings):
    """A campaign to be made; it is a draft until it is started."""

    name: Label
    queue: QueueName
    country: str = Field(
        pattern=r"^[A-Z]{2}$", description="ISO 3166; only numbers of this country are dialed"
    )


def made_of(asked: NewCampaign, rooms: Parts) -> Campaign:
    """The campaign, a draft; whatever was left out is the floor's."""
    return Campaign(
        id=uuid.uuid4().hex,
        name=asked.name,
        queue=asked.queue,
        country=asked.country,
        caller_number=asked.caller_number or rooms.floor.trunk.caller_number,
        pacing=asked.pacing,
        pacing_settings=asked.pacing_settings,
        abandonment_cap=asked.abandonment_cap,
        ring_seconds=asked.ring_seconds,
        cancel_after_seconds=asked.cancel_after_seconds,
        max_lines=asked.max_lines or rooms.floor.trunk.max_calls,
        retry=RetryRule(
            max_attempts=asked.retry.max_attempts,
            other_number=asked.retry.other_number,
            minutes=asked.retry.minutes,
        ),
        options=asked.options,
        created_at=rooms.now(),
    )


def what_does_not_fit(rooms: Parts, asked: NewCampaign) -> list[Fault]:
    """What only this floor can tell."""
    faults = []
    if rooms.floor.queue(asked.queue) is None:
        known = ", ".join(queue.name for queue in rooms.floor.queues)
        faults.append(Fault("body.queue", "no_such_queue", {"known": known}))
    elif not rooms.floor.may_dial_for(asked.queue):
        faults.append(Fault("body.queue", "queue_announces"))
    try:
        PhoneRules(asked.country)
    except ValueError:
        faults.append(Fault("body.country", "no_such_country"))
    if asked.pacing not in policy_names():
        known = ", ".join(policy_names())
        faults.append(Fault("body.pacing", "no_such_pacing", {"known": known}))
    else:
        faults += _setting_faults(asked)
    unknown = [name for name in asked.options.callbacks_of if rooms.floor.queue(name) is None]
    if unknown:
        known = ", ".join(queue.name for queue in rooms.floor.queues)
        faults.append(Fault("body.options.callbacks_of", "no_such_queue", {"known": known}))
    if asked.options.callbacks_of and asked.pacing == PREVIEW:
        faults.append(Fault("body.options.callbacks_of", "previews_call_nobody_back"))
    faults += _rule_faults(rooms, asked)
    faults += _message_faults(rooms, asked)
    max_calls = rooms.floor.trunk.max_calls
    if asked.max_lines is not None and asked.max_lines > max_calls:
        faults.append(Fault("body.max_lines", "more_than_the_trunk", {"max_calls": max_calls}))
    return faults


def _setting_faults(asked: NewCampaign) -> list[Fault]:
    """Settings that the policy does not have, or not with this value."""
    try:
        settled(asked.pacing, POLICIES[asked.pacing].knobs, asked.pacing_settings)
    except KnobError as error:
        return [Fault("body.pacing_settings", "unfit_pacing_settings", {"fault": str(error)})]
    return []


def _message_faults(rooms: Parts, asked: NewCampaign) -> list[Fault]:
    """A message for machines that nobody has recorded in the floor's language."""
    machines = asked.options.machines
    known = rooms.prompts.get(rooms.floor.language, frozenset())
    if machines is None or machines.then is not Then.LEAVE_MESSAGE or machines.message in known:
        return []
    names = {"prompt": machines.message, "language": rooms.floor.language}
    return [Fault("body.options.machines.message", "no_such_prompt", names)]


def _rule_faults(rooms: Parts, asked: NewCampaign) -> list[Fault]:
    """Calling rules that do not exist, or that ask for longer ringing."""
    choice = asked.options.rules
    try:
        rules = rooms.presets.rules(choice.preset)
    except UnknownPresetError:
        known = ", ".join(rooms.presets.ids)
        return [Fault("body.options.rules.preset", "no_such_preset", {"known": known})]
    least = rules.held(choice.purpose).ring_seconds
    if asked.ring_seconds < least:
        limits = {"preset": choice.preset, "seconds": f"{least:g}"}
        return [Fault("body.ring_seconds", "rings_too_short", limits)]
    return []
