"""Menus that take each other's place, and the hours of a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from documents.faults import DocumentRefusedError, Fault
from ivr.menu import Menu
from ivr.schedules import Schedule
from ivr.shelf import MenuShelf
from tests.made_menus import ask, menu_of

OLD = menu_of({"a": ask({"1": {"queue": "soporte"}})})
NEW = menu_of({"b": ask({"1": {"queue": "ventas"}})})


def test_all_menus_are_taken_or_none() -> None:
    files: dict[str, Menu] = {"1": OLD, "2": OLD}
    fault: list[Exception] = []

    def read() -> Mapping[str, Menu]:
        if fault:
            raise fault[0]
        return files

    shelf = MenuShelf(read)
    assert shelf.reload().changed == ()
    files["2"] = NEW
    prepared: list[tuple[Menu, Menu]] = []  # what was told, and what answered then
    shelf.prepare = lambda menu: prepared.append((menu, shelf.of("2")))
    done = shelf.reload()
    assert (done.changed, done.versions["2"]) == (("2",), NEW.version)
    assert prepared == [(OLD, OLD), (NEW, OLD)]
    files["1"] = NEW
    fault.append(DocumentRefusedError([Fault("own.yaml", 3, 1, "", "is missing")]))
    with pytest.raises(DocumentRefusedError):
        shelf.reload()
    assert (shelf.of("1"), len(prepared)) == (OLD, 2)
    assert shelf.of("of nobody") is OLD


OFFICE = Schedule.model_validate(
    {
        "zone": "America/Bogota",
        "country": "CO",
        "days": {"mon": ["08:00-12:00", "14:00-18:00"], "tue": ["00:00-24:00"]},
        "holidays": ["10:00-11:00"],
        "dates": {"2026-11-24": [], "2026-11-28": ["09:00-10:00"]},
    }
)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 07:59", False),  # a Monday
        ("2026-11-23 08:00", True),
        ("2026-11-23 11:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 17:59", True),
        ("2026-11-23 18:00", False),
        ("2026-12-01 23:59", True),  # a Tuesday
        ("2026-12-02 09:00", False),  # no day of theirs
        ("2026-11-24 09:00", False),  # a Tuesday that is different
        ("2026-11-28 09:30", True),  # a Saturday that is different
        ("2026-11-16 09:00", False),  # a Monday that is a holiday
        ("2026-11-16 10:30", True),
    ],
)
def test_when_it_is_open(moment: str, is_open: bool) -> None:
    local = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("America/Bogota"))
    assert OFFICE.is_open(local.astimezone(ZoneInfo("Asia/Tokyo"))) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 08:00", None),  # it is open
        ("2026-11-23 12:00", "2026-11-23 14:00"),
        # the Tuesday after it is a day without hours, and Saturday is a different one
        ("2026-11-23 18:00", "2026-11-28 09:00"),
        ("2026-11-28 10:00", "2026-11-30 08:00"),
        # a Monday that is a holiday
        ("2026-11-13 09:00", "2026-11-16 10:00"),
    ],
)
def test_when_it_opens(moment: str, opens: str | None) -> None:
    zone = ZoneInfo("America/Bogota")
    now, at = (
        datetime.strptime(each, "%Y-%m-%d %H:%M").replace(tzinfo=zone) if each else None
        for each in (moment, opens)
    )
    assert now is not None
    assert OFFICE.opens_at(now.astimezone(ZoneInfo("Asia/Tokyo"))) == at


def test_what_opens_too_late_is_not_told() -> None:
    summer = OFFICE.model_copy(update={"days": {}, "country": None, "dates": {}})
    assert summer.opens_at(datetime(2026, 11, 23, tzinfo=ZoneInfo("America/Bogota"))) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"zone": "Bogota"}, "is no time zone"),
        ({"days": {"mon": ["8-12"]}}, "has to be like 08:00-20:00"),
        ({"days": {"mon": ["18:00-08:00"]}}, "has to end after it begins"),
        ({"days": {}}, "at least 1"),
        ({"country": "XX"}, "nothing is known of the holidays"),
        ({"country": None, "holidays": ["08:00-09:00"]}, "no country whose holidays count"),
        ({"closed": True}, "Extra inputs"),
    ],
)
def test_hours_that_make_no_sense(change: dict[str, object], reason: str) -> None:
    plain = {"zone": "America/Bogota", "days": {"mon": ["08:00-12:00"]}, **change}
    with pytest.raises(ValidationError, match=reason):
        Schedule.model_validate(plain)
