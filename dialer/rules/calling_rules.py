"""A preset beside `house-strict`: which rules hold for a purpose, and where the house steps in.

A section that is stated holds alone. One that is uncertain holds together with `house-strict`'s:
what is reported may be true, and if it is not, the house's rule is kept all the same. One that is
missing is the house's. So every section is a tuple of rules, and all of them have to be kept.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TypeVar

from dialer.rules.hours import OpenHours
from dialer.rules.preset import Basis, Preset, Purpose, PurposeRule, Section, Told
from dialer.rules.sections import (
    AbandonmentRule,
    AmdRule,
    CallerIdRule,
    FrequencyRule,
    HoursRule,
    MessageRule,
    RecordingRule,
    Register,
    RetentionRule,
    RingRule,
)

RuleT = TypeVar("RuleT")

#: sections that a purpose may have for itself
_OF_PURPOSES = (Section.HOURS, Section.FREQUENCY, Section.CALLER_ID, Section.REGISTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What has to be kept when people are called for one purpose: every rule of every tuple."""

    #: None: nobody may be called for this purpose
    purpose: PurposeRule | None
    hours: tuple[HoursRule, ...]
    frequency: tuple[FrequencyRule, ...]
    caller_id: tuple[CallerIdRule, ...]
    #: those to be asked, required or not
    registers: tuple[Register, ...]
    abandonment: tuple[AbandonmentRule, ...]
    ring: tuple[RingRule, ...]
    message: tuple[MessageRule, ...]
    amd: tuple[AmdRule, ...]
    recording: tuple[RecordingRule, ...]
    retention: tuple[RetentionRule, ...]
    #: where `house-strict` holds (too), and why
    uncertain: dict[Section, Told]

    @property
    def ring_seconds(self) -> float:
        """How long it has to ring at least."""
        return max(rule.min_seconds for rule in self.ring)

    @property
    def history_days(self) -> int:
        """How far back a history has to reach, in days: no earlier call can matter."""
        days = [1]
        for rule in self.frequency:
            days += [limit.days for limit in rule.limits]
            days += [rule.min_days_between_attempts or 1, rule.min_days_between_contacts or 1]
            days += [7] if rule.one_channel_per_week else []
        hours = [rule.redial_after_hours or 0.0 for rule in self.abandonment]
        # A local day may have begun a day before ours.
        return max(*days, math.ceil(max(hours, default=0.0) / 24)) + 1


class CallingRules:
    """A preset as it is applied, with the house's rules where it is not sure."""

    def __init__(self, preset: Preset, house: Preset) -> None:
        self.preset = preset
        self.house = house
        #: twelve hex digits that change when any rule does, whatever the version says
        self.fingerprint = hashlib.sha256(
            f"{preset.model_dump_json()}\n{house.model_dump_json()}".encode()
        ).hexdigest()[:12]
        self._held: dict[Purpose, Held] = {}
        self._open_hours: dict[tuple[Purpose, str], OpenHours] = {}

    def held(self, purpose: Purpose) -> Held:
        """Everything that has to be kept for a purpose."""
        held = self._held.get(purpose)
        if held is None:
            held = self._held[purpose] = _held(self.preset, self.house, purpose)
        return held

    def open_hours(self, purpose: Purpose, country: str) -> OpenHours:
        """When people may be called for a purpose; `country` is whose holidays count."""
        hours = self._open_hours.get((purpose, country))
        if hours is None:
            hours = OpenHours(self.held(purpose).hours, country)
            self._open_hours[purpose, country] = hours
        return hours

    def known_registers(self) -> frozenset[str]:
        """The names of all registers the preset speaks of, for any purpose."""
        parts = [self.preset.registers, self.house.registers]
        parts += [rule.registers for rule in self.preset.purposes.values()]
        return frozenset(register.name for part in parts for register in part or ())


def _held(preset: Preset, house: Preset, purpose: Purpose) -> Held:
    rule = preset.purposes.get(purpose)
    uncertain = _uncertain(preset, rule)

    def kept(part: Section, own: RuleT | None, house_rule: RuleT | None) -> tuple[RuleT, ...]:
        rules = (own, house_rule) if own is None or part in uncertain else (own,)
        return tuple(dict.fromkeys(rule for rule in rules if rule is not None))

    def own(stated: RuleT | None, for_purpose: RuleT | None) -> RuleT | None:
        return stated if for_purpose is None else for_purpose

    special = rule or PurposeRule(basis=Basis.NONE)
    registers = kept(Section.REGISTERS, own(preset.registers, special.registers), house.registers)
    return Held(
        purpose=rule,
        hours=kept(Section.HOURS, own(preset.hours, special.hours), house.hours),
        frequency=kept(
            Section.FREQUENCY, own(preset.frequency, special.frequency), house.frequency
        ),
        caller_id=kept(
            Section.CALLER_ID, own(preset.caller_id, special.caller_id), house.caller_id
        ),
        registers=tuple({each.name: each for part in registers for each in part}.values()),
        abandonment=kept(Section.ABANDONMENT, preset.abandonment, house.abandonment),
        ring=kept(Section.RING, preset.ring, house.ring),
        message=kept(Section.MESSAGE, preset.message, house.message),
        amd=kept(Section.AMD, preset.amd, house.amd),
        recording=kept(Section.RECORDING, preset.recording, house.recording),
        retention=kept(Section.RETENTION, preset.retention, house.retention),
        uncertain=uncertain,
    )


def _uncertain(preset: Preset, rule: PurposeRule | None) -> dict[Section, Told]:
    """What the preset is not sure of, unless the purpose has a section of its own for it."""
    notes = dict(preset.uncertain)
    if rule is not None:
        for part in _OF_PURPOSES:
            if getattr(rule, part) is not None:
                notes.pop(part, None)
        notes |= {Section(part): note for part, note in rule.uncertain.items()}
    return {part: notes[part] for part in Section if part in notes}
