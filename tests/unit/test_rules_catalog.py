"""The presets there are: those shipped, a folder of one's own, and what is wrong in a file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dialer.rules.catalog import SHIPPED, PresetCatalog, UnknownPresetError
from dialer.rules.place import place_from
from dialer.rules.preset import HOUSE, Purpose, Section
from documents.faults import DocumentRefusedError

#: the outbound presets of the reference
ASKED_FOR = {
    "ar-nollame", "co-2300", "uy-nollame", "cl-809", "cl-collections", "mx-repep",
    "mx-nom184-own-base", "mx-collections", "pe-32323", "ec-lopdp", "br-anatel-2025", "es-lgtel66",
    "us-tsr", "us-fcc", "us-state-overlay", "uk-ofcom-2016", "uk-legacy-3pct", "house-strict",
}  # fmt: skip

CHANGE = """\
id: {id}
extends: {extends}
version: ours-1
checked_on: 2026-11-22
{more}
"""


def written(folder: Path, name: str, **values: str) -> Path:
    """A file with a change of a preset."""
    path = folder / f"{name}.yaml"
    text = CHANGE.format(id=values.pop("id", name), more=values.pop("more", ""), **values)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_preset_of_the_reference_is_shipped_in_a_file_of_its_name() -> None:
    catalog = PresetCatalog.read()
    assert set(catalog.ids) >= ASKED_FOR
    assert {path.stem for path in SHIPPED.glob("*.yaml")} == set(catalog.ids)


@pytest.mark.parametrize("name", PresetCatalog.read().ids)
def test_every_preset_has_evidence_and_every_section_a_rule(name: str) -> None:
    rules = PresetCatalog.read().rules(name)
    preset = rules.preset
    assert preset.sources
    assert preset.version
    assert preset.checked_on <= dt.date(2027, 12, 31)
    assert len(rules.fingerprint) == 12
    for purpose in Purpose:
        held = rules.held(purpose)
        for part in set(Section) - {Section.PURPOSES, Section.REGISTERS}:
            assert getattr(held, part), f"{name}: nothing holds in {part}"


def test_where_a_preset_is_not_sure_the_house_holds_too() -> None:
    rules = PresetCatalog.read().rules("uy-nollame")
    house = PresetCatalog.read().rules(HOUSE).preset
    held = rules.held(Purpose.MARKETING)
    assert held.hours == (rules.preset.hours, house.hours)
    assert held.frequency == (house.frequency,)
    assert held.caller_id == (rules.preset.caller_id,)
    assert Section.HOURS in held.uncertain
    assert Section.CALLER_ID not in held.uncertain


def test_a_purpose_with_hours_of_its_own_is_not_unsure_of_them() -> None:
    rules = PresetCatalog.read().rules("mx-repep")
    assert Section.HOURS in rules.held(Purpose.MARKETING).uncertain
    held = rules.held(Purpose.COLLECTIONS)
    assert Section.HOURS not in held.uncertain
    assert held.hours == (rules.preset.purposes[Purpose.COLLECTIONS].hours,)
    doubtful = PresetCatalog.read().rules("pe-32323").held(Purpose.COLLECTIONS)
    assert Section.HOURS in doubtful.uncertain
    assert len(doubtful.hours) == 2


def test_how_far_back_a_history_has_to_reach() -> None:
    catalog = PresetCatalog.read()
    assert catalog.rules("co-2300").held(Purpose.MARKETING).history_days == 31
    assert catalog.rules("cl-collections").held(Purpose.COLLECTIONS).history_days == 8


def test_an_unknown_preset_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownPresetError, match=r"co-9999.*ar-nollame.*uy-nollame"):
        PresetCatalog.read().rules("co-9999")


def test_a_folder_adds_a_preset_and_changes_another(tmp_path: Path) -> None:
    closed = """hours:
  windows: [{days: [mon], from: "09:00", to: "10:00"}]
  holidays: as_weekday
  closed_days: [2026-11-30]"""
    written(tmp_path, "our-colombia", extends="co-2300", more=closed)
    written(tmp_path, "shorter", id="uy-nollame", extends="uy-nollame", more="retention: {}")
    written(tmp_path, "again", extends="our-colombia", more="confidence: high")
    catalog = PresetCatalog.read(tmp_path)
    assert set(catalog.ids) == set(PresetCatalog.read().ids) | {"our-colombia", "again"}
    assert catalog.rules("uy-nollame").preset.version == "ours-1"
    hours = catalog.rules("again").open_hours(Purpose.MARKETING, "CO")
    bogota = place_from("America/Bogota")
    assert hours.is_open(dt.datetime(2026, 11, 23, 14, tzinfo=dt.UTC), bogota)
    assert not hours.is_open(dt.datetime(2026, 11, 30, 14, tzinfo=dt.UTC), bogota)
    before = PresetCatalog.read().rules("uy-nollame").fingerprint
    assert catalog.rules("uy-nollame").fingerprint != before


def test_a_house_of_ones_own_holds_wherever_a_preset_is_not_sure(tmp_path: Path) -> None:
    written(tmp_path, "house", id=HOUSE, extends=HOUSE, more="ring: {min_seconds: 25}")
    catalog = PresetCatalog.read(tmp_path)
    assert [rule.min_seconds for rule in catalog.rules("co-2300").held(Purpose.SERVICE).ring] == [
        25
    ]
    assert [rule.min_seconds for rule in catalog.rules("us-tsr").held(Purpose.SERVICE).ring] == [15]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("hours: {windows: [], holidays: sometimes}", r"bad\.yaml:5: hours\.holidays: has to be"),
        ("rings: 3", r"bad\.yaml:5: rings: is no setting known here"),
        ("hours:", r"bad\.yaml:5: hours: is neither stated"),
        (
            "hours: {windows: [], holidays: closed, holiday_regions: [Bogota]}",
            r"bad\.yaml:5: hours: CO has no region Bogota",
        ),
        (
            "hours: {windows: [], holidays: closed, holiday_categories: [bank]}",
            r"bad\.yaml:5: hours: .*bank",
        ),
        ("abandonment: {cap: 3, clock_start: answer}", r"bad\.yaml:5: abandonment\.cap"),
        ("checked_on: 2026-11-22", r"bad\.yaml:5: checked_on"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_place(
    tmp_path: Path, more: str, told: str
) -> None:
    written(tmp_path, "bad", extends="co-2300", more=more)
    with pytest.raises(DocumentRefusedError, match=told):
        PresetCatalog.read(tmp_path)


def test_presets_that_begin_from_nothing_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "one", extends="two")
    with pytest.raises(DocumentRefusedError, match=r"one\.yaml:2: extends: there is no preset two"):
        PresetCatalog.read(tmp_path)
    written(tmp_path, "two", extends="one")
    with pytest.raises(DocumentRefusedError, match="to begin from"):
        PresetCatalog.read(tmp_path)


def test_an_id_belongs_to_one_file(tmp_path: Path) -> None:
    written(tmp_path, "a", id="ours", extends="co-2300")
    written(tmp_path, "b", id="ours", extends="co-2300")
    with pytest.raises(DocumentRefusedError, match=r"b\.yaml:1: id: is in a\.yaml already"):
        PresetCatalog.read(tmp_path)


def test_a_house_has_to_be_sure_of_everything(tmp_path: Path) -> None:
    doubt = "uncertain:\n  hours: {es: nadie sabe, en: nobody knows}"
    written(tmp_path, "house", id=HOUSE, extends=HOUSE, more=doubt)
    with pytest.raises(DocumentRefusedError, match="hours: has to be stated"):
        PresetCatalog.read(tmp_path)


def test_a_preset_for_any_country_cannot_name_one_countrys_holidays(tmp_path: Path) -> None:
    hours = "hours: {windows: [], holidays: closed, holiday_categories: [bank]}"
    written(tmp_path, "house", id=HOUSE, extends=HOUSE, more=hours)
    with pytest.raises(DocumentRefusedError, match="for any country"):
        PresetCatalog.read(tmp_path)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefusedError, match="is no folder"):
        PresetCatalog.read(tmp_path / "nowhere")
