"""The presets there are: those shipped here, and a folder of the operator's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ValidationError

from almanac.holiday import holidays_of
from calls.errors import Linea800Error
from dialer.rules.calling_rules import CallingRules
from dialer.rules.preset import HOUSE, Preset, PresetChange, Section
from dialer.rules.sections import HoursRule
from documents.faults import DocumentRefusedError, Fault, Misfit, MisfitError, Place, reason_of
from documents.yaml_document import Document

SHIPPED = Path(__file__).parent / "presets"


class _Extending(BaseModel):
    """Which of both kinds a document is."""

    extends: str | None = None


#: any year will do to ask whether a country has a category or a region
_SOME_YEAR = 2026


class UnknownPresetError(Linea800Error):
    """No preset has this id."""


class PresetCatalog:
    """All presets by id, each with the house's rules beside it."""

    def __init__(self, presets: Mapping[str, Preset]) -> None:
        """`house-strict` has to be among them."""
        self._rules = {
            name: CallingRules(preset, presets[HOUSE]) for name, preset in sorted(presets.items())
        }

    @classmethod
    def read(cls, folder: Path | None = None) -> PresetCatalog:
        """The shipped presets, and those of a folder (`*.yaml`), which win over shipped ones.

        Raises `DocumentRefusedError`, which says file, line and place of everything wrong.
        """
        return _shipped() if folder is None else cls(_read(folder, _shipped_presets()))

    @property
    def ids(self) -> tuple[str, ...]:
        """In alphabetical order."""
        return tuple(self._rules)

    def rules(self, name: str) -> CallingRules:
        """The rules of a preset; raises `UnknownPresetError`."""
        try:
            return self._rules[name]
        except KeyError:
            known = ", ".join(self.ids)
            raise UnknownPresetError(
                f"preset {name!r} does not exist; there are: {known}"
            ) from None

    def in_force(self, name: str) -> CallingRules:
        """The rules of a preset; the house's where it is no more."""
        return self._rules.get(name) or self._rules[HOUSE]


@lru_cache(maxsize=1)
def _shipped() -> PresetCatalog:
    return PresetCatalog(_shipped_presets())


@lru_cache(maxsize=1)
def _shipped_presets() -> Mapping[str, Preset]:
    return _read(SHIPPED, {})


def _read(folder: Path, base: Mapping[str, Preset]) -> dict[str, Preset]:
    """The base and a folder's presets together; a preset is built after the one it extends."""
    if not folder.is_dir():
        raise DocumentRefusedError(
            [Fault(str(folder), 0, 0, "", "is no folder: name the one with your presets (*.yaml)")]
        )
    written = dict(_written(folder))
    presets = dict(base)
    waiting = {}
    for name, (document, content) in written.items():
        if isinstance(content, PresetChange):
            waiting[name] = (document, content)
        else:
            document.refuse(_misfits(content))
            presets[name] = content
    # A preset that extends its own id extends the shipped one of that id.
    while waiting:
        ready = [
            name
            for name, (_, change) in waiting.items()
            if change.extends in presets
            and (change.extends == name or change.extends not in waiting)
        ]
        if not ready:
            _refuse_unfounded(waiting.values(), presets)
        for name in ready:
            document, change = waiting.pop(name)
            presets[name] = _extended(document, change, presets[change.extends])
    return presets


def _written(folder: Path) -> Iterator[tuple[str, tuple[Document, Preset | PresetChange]]]:
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = Document.read(path)
        extends = document.as_model(_Extending).extends is not None
        content: Preset | PresetChange = (
            document.as_model(PresetChange) if extends else document.as_model(Preset)
        )
        if content.id in files:
            document.refuse([Misfit(("id",), f"is in {files[content.id]} already: give another")])
        files[content.id] = path.name
        yield content.id, (document, content)


def _extended(document: Document, change: PresetChange, base: Preset) -> Preset:
    try:
        preset = change.applied_to(base)
    except ValidationError as error:
        misfits = list(_misfits_of(error))
    else:
        misfits = list(_misfits(preset))
        if not misfits:
            return preset
    document.refuse(misfits)
    raise AssertionError("a preset without misfits was refused")


def _misfits_of(error: ValidationError) -> Iterator[Misfit]:
    for item in error.errors(include_url=False):
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, MisfitError):
            yield from cause.misfits
        else:
            yield Misfit(item["loc"], reason_of(item))


def _misfits(preset: Preset) -> Iterator[Misfit]:
    """What a model cannot see: holidays a country does not have, a house that is not sure."""
    stated: dict[Place, HoursRule | None] = {("hours",): preset.hours}
    for purpose, rule in preset.purposes.items():
        stated["purposes", purpose, "hours"] = rule.hours
    for place, hours in stated.items():
        if hours is None or not (hours.holiday_categories or hours.holiday_regions):
            continue
        if preset.country is None:
            yield Misfit(place, "names holidays of a country, and the preset is for any country")
            continue
        try:
            holidays_of(preset.country, _SOME_YEAR, hours.holiday_categories, hours.holiday_regions)
        except ValueError as error:
            yield Misfit(place, f"{error}")
    if preset.id != HOUSE:
        return
    for part in set(Section) - {Section.PURPOSES}:
        if getattr(preset, part) is None or part in preset.uncertain:
            yield Misfit((part,), f"has to be stated: {HOUSE} holds where nothing is known")


def _refuse_unfounded(
    waiting: Iterable[tuple[Document, PresetChange]], presets: Mapping[str, Preset]
) -> None:
    for document, change in waiting:
        known = ", ".join(sorted(presets))
        reason = f"there is no preset {change.extends} to begin from; there are: {known}"
        document.refuse([Misfit(("extends",), reason)])
