"""Presets as documents: nothing is silent, nothing unknown stands in them, changes are whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Basis, Preset, PresetChange, Purpose, Section
from dialer.rules.sections import HoursRule, Window

TOLD = {"es": "no se sabe", "en": "not known"}
WHOLE: dict[str, Any] = {
    "id": "xx-test", "name": TOLD, "country": "CO", "version": "1", "checked_on": "2026-11-22",
    "confidence": "low", "sources": ["nobody"], "purposes": {"service": {"basis": "none"}},
    "uncertain": {str(part): TOLD for part in Section},
}  # fmt: skip


def test_a_preset_may_be_unsure_of_everything_but_has_to_say_so() -> None:
    assert Preset.model_validate(WHOLE).hours is None
    for part in set(Section) - {Section.PURPOSES}:
        silent = {each: TOLD for each in Section if each is not part}
        with pytest.raises(ValidationError, match=f"{part}: is neither stated"):
            Preset.model_validate(WHOLE | {"uncertain": silent})


@pytest.mark.parametrize(
    "wrong",
    [
        {"hour": {}},
        {"country": "Colombia"},
        {"version": "2026 11"},
        {"id": "Xx_test"},
        {"sources": []},
        {"purposes": {}},
        {"purposes": {"spam": {"basis": "none"}}},
        {"uncertain": {"weather": TOLD}},
        {"confidence": "sure"},
        {"hours": {"windows": [], "holidays": "maybe"}},
        {"registers": [{"name": "RNE"}]},
        {"ring": {"min_seconds": -1}},
    ],
)
def test_what_is_not_known_here_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Preset.model_validate(WHOLE | wrong)


def test_a_window_runs_forward_within_one_day() -> None:
    whole = Window.model_validate({"days": ["sun"], "from": "00:00", "to": "24:00"})
    assert whole.seconds == (0, 86_400)
    for begin, end in (("09:00", "09:00"), ("22:00", "06:00"), ("24:00", "24:00")):
        with pytest.raises(ValidationError, match="later than"):
            Window.model_validate({"days": ["sun"], "from": begin, "to": end})
    for clock in ("9:00", "25:00", "24:01", "09:60", "0900"):
        with pytest.raises(ValidationError):
            Window.model_validate({"days": ["sun"], "from": "00:00", "to": clock})


def test_a_preset_cannot_be_changed() -> None:
    preset = Preset.model_validate(WHOLE)
    with pytest.raises(ValidationError, match="frozen"):
        preset.version = "2"


CHANGE: dict[str, Any] = {
    "id": "co-ours", "extends": "co-2300", "version": "2", "checked_on": "2026-11-23",
}  # fmt: skip


def test_a_change_takes_the_place_of_the_sections_it_states() -> None:
    base = PresetCatalog.read().rules("co-2300").preset
    hours = {"windows": [{"days": ["mon"], "from": "10:00", "to": "11:00"}], "holidays": "closed"}
    changed = PresetChange.model_validate(
        CHANGE | {"hours": hours, "ring": {"min_seconds": 20}, "uncertain": {"hours": TOLD}}
    ).applied_to(base)
    assert changed.hours == HoursRule.model_validate(hours)
    assert changed.registers == base.registers
    assert (changed.id, changed.version, changed.country) == ("co-ours", "2", "CO")
    # What is stated is certain from then on, unless the change says otherwise.
    assert Section.RING in base.uncertain
    assert Section.RING not in changed.uncertain
    assert Section.HOURS in changed.uncertain
    assert Section.AMD in changed.uncertain


def test_a_change_that_takes_a_section_away_has_to_say_that_it_is_not_known() -> None:
    base = PresetCatalog.read().rules("co-2300").preset
    with pytest.raises(ValidationError, match="hours: is neither stated"):
        PresetChange.model_validate(CHANGE | {"hours": None}).applied_to(base)


def test_a_change_without_anything_is_its_base_by_another_name() -> None:
    base = PresetCatalog.read().rules("es-lgtel66").preset
    same = PresetChange.model_validate(CHANGE | {"extends": "es-lgtel66"}).applied_to(base)
    names = {"id": base.id, "version": base.version, "checked_on": base.checked_on}
    assert same.model_copy(update=names) == base
    assert same.checked_on == dt.date(2026, 11, 23)


def test_purposes_rest_on_what_the_law_says() -> None:
    catalog = PresetCatalog.read()
    told = {
        ("co-2300", Purpose.MARKETING): Basis.OPT_OUT_REGISTER,
        ("pe-32323", Purpose.MARKETING): Basis.OPT_IN,
        ("mx-nom184-own-base", Purpose.MARKETING): Basis.OPT_IN,
        ("ar-nollame", Purpose.SERVICE): Basis.EXISTING_CONTRACT,
        ("es-lgtel66", Purpose.MARKETING): Basis.EXISTING_CONTRACT,
    }
    for (name, purpose), basis in told.items():
        assert catalog.rules(name).preset.purposes[purpose].basis is basis
