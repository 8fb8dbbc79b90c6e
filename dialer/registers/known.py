"""Which registers there are: those that some preset asks for.

No other is loaded: under a misspelt name it would protect nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Preset
from dialer.rules.sections import Register


@dataclass(frozen=True, slots=True)
class Asking:
    """A preset that asks for a register, and how old its copy may be at most (None: any age)."""

    preset: str
    required: bool
    max_age_days: float | None


@dataclass(frozen=True, slots=True)
class KnownRegister:
    """A register by name, the countries it may be of (ISO 3166), and who asks for it."""

    name: str
    countries: tuple[str, ...]
    asked_by: tuple[Asking, ...]


def known_registers(presets: PresetCatalog) -> Mapping[str, KnownRegister]:
    """Every register that a preset speaks of, by name."""
    found: dict[str, KnownRegister] = {}
    for preset in (presets.rules(preset_id).preset for preset_id in presets.ids):
        for register in _of(preset):
            before = found.get(register.name, KnownRegister(register.name, (), ()))
            asking = Asking(preset.id, register.required, register.max_age_days)
            country = (preset.country,) if preset.country is not None else ()
            found[register.name] = KnownRegister(
                register.name,
                tuple(sorted({*before.countries, *country})),
                tuple(dict.fromkeys((*before.asked_by, asking))),
            )
    return dict(sorted(found.items()))


def _of(preset: Preset) -> Iterator[Register]:
    yield from preset.registers or ()
    for rule in preset.purposes.values():
        yield from rule.registers or ()
