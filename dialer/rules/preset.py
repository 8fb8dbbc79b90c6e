"""A preset: the calling rules of one country and matter, with where they were read and when.

A section is either stated, or named under `uncertain` with the reason. There `house-strict` holds,
together with whatever the preset reports of it all the same: see `calling_rules.py`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

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
    Stated,
)
from documents.faults import Misfit, MisfitError

HOUSE = "house-strict"

PresetId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Version = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z.+_-]+$")]


class Purpose(StrEnum):
    """Why a person is called."""

    MARKETING = "marketing"
    COLLECTIONS = "collections"
    SERVICE = "service"
    SURVEY = "survey"


class Basis(StrEnum):
    """What a call for a purpose rests on."""

    #: the person said yes before
    OPT_IN = "opt_in"
    #: whoever is in no register may be called
    OPT_OUT_REGISTER = "opt_out_register"
    #: a contract in force that the call is about, or consent
    EXISTING_CONTRACT = "existing_contract"
    #: nothing is asked for
    NONE = "none"


class Section(StrEnum):
    """The parts of a preset that may be uncertain."""

    PURPOSES = "purposes"
    HOURS = "hours"
    FREQUENCY = "frequency"
    ABANDONMENT = "abandonment"
    RING = "ring"
    MESSAGE = "message"
    CALLER_ID = "caller_id"
    REGISTERS = "registers"
    AMD = "amd"
    RECORDING = "recording"
    RETENTION = "retention"


class Told(Stated):
    """A sentence for people, in both languages."""

    es: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def sentence(self, language: str) -> str:
        """In es, else in en."""
        return self.es if language == "es" else self.en


class PurposeRule(Stated):
    """What a purpose rests on, and the sections that are different for it."""

    basis: Basis
    consent_max_age_days: int | None = Field(default=None, ge=1)
    hours: HoursRule | None = None
    frequency: FrequencyRule | None = None
    caller_id: CallerIdRule | None = None
    #: an empty list: none has to be asked for this purpose
    registers: tuple[Register, ...] | None = None
    uncertain: dict[Literal["hours", "frequency", "caller_id", "registers"], Told] = Field(
        default_factory=dict
    )


class Sections(Stated):
    """Everything a preset may say that is not about the preset itself; None: not stated."""

    purposes: dict[Purpose, PurposeRule] | None = None
    hours: HoursRule | None = None
    frequency: FrequencyRule | None = None
    abandonment: AbandonmentRule | None = None
    ring: RingRule | None = None
    message: MessageRule | None = None
    caller_id: CallerIdRule | None = None
    registers: tuple[Register, ...] | None = None
    amd: AmdRule | None = None
    recording: RecordingRule | None = None
    retention: RetentionRule | None = None
    uncertain: dict[Section, Told] = Field(default_factory=dict)
    remarks: tuple[Told, ...] = ()


class Preset(Sections):
    """The rules of one country and matter, whole."""

    id: PresetId
    name: Told
    #: whose numbers are called; None: any country's
    country: Country | None
    version: Version
    checked_on: dt.date
    confidence: Literal["high", "medium", "low"]
    sources: tuple[str, ...] = Field(min_length=1)
    purposes: dict[Purpose, PurposeRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _nothing_is_silent(self) -> Self:
        silent = [part for part in Section if getattr(self, part) is None]
        if misfits := [
            Misfit((part,), "is neither stated nor named under 'uncertain': do one of both")
            for part in silent
            if part not in self.uncertain
        ]:
            raise MisfitError(misfits)
        return self


class PresetChange(Sections):
    """A preset that is another one but for what it says itself."""

    id: PresetId
    extends: PresetId
    version: Version
    checked_on: dt.date
    name: Told | None = None
    country: Country | None = None
    confidence: Literal["high", "medium", "low"] | None = None
    sources: tuple[str, ...] | None = Field(default=None, min_length=1)
    purposes: dict[Purpose, PurposeRule] | None = Field(default=None, min_length=1)

    def applied_to(self, base: Preset) -> Preset:
        """The whole preset; raises `pydantic.ValidationError` when it is none.

        Each section written here takes the place of the base's, and is certain unless
        `uncertain` names it again.
        """
        said = self.model_fields_set - {"extends", "uncertain"}
        certain = {part: note for part, note in base.uncertain.items() if part not in said}
        whole = {name: getattr(base, name) for name in Preset.model_fields}
        whole |= {name: getattr(self, name) for name in said}
        whole["uncertain"] = certain | self.uncertain
        return Preset.model_validate(whole)


def preset_schema() -> dict[str, Any]:
    """What a preset's file may hold, as a JSON Schema for editors and other programs."""
    schema = TypeAdapter[Preset | PresetChange](Preset | PresetChange).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A preset of calling rules, whole or as a change of another one",
        **schema,
    }
