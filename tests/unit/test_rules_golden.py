"""What each preset says at chosen moments: a table that changes only when a rule is meant to."""

from __future__ import annotations

import datetime as dt

import pytest

from dialer.rules.catalog import PresetCatalog
from dialer.rules.check import check
from dialer.rules.place import place_from
from dialer.rules.preset import Purpose
from dialer.rules.verdict import Question
from tests.unit.test_rules_catalog import ASKED_FOR

M, C, S = Purpose.MARKETING, Purpose.COLLECTIONS, Purpose.SERVICE

#: preset, purpose, the person's zone, moments in UTC with the reasons against them
GOLDEN: list[tuple[str, Purpose, str, dict[str, str]]] = [
    ("co-2300", M, "America/Bogota", {
        "2026-11-23T11:59:59": "outside_hours", "2026-11-23T12:00": "", "2026-11-23T23:59:59": "",
        "2026-11-24T00:00": "outside_hours", "2026-11-21T12:59:59": "outside_hours",
        "2026-11-21T13:00": "", "2026-11-21T19:59": "", "2026-11-21T20:00": "outside_hours",
        "2026-11-22T15:00": "outside_hours", "2026-11-16T15:00": "holiday",
        "2026-12-08T15:00": "holiday", "2027-01-01T15:00": "holiday",
    }),
    ("co-2300", C, "America/Bogota", {"2026-11-22T15:00": "outside_hours", "2026-11-23T15:00": ""}),
    ("ar-nollame", M, "America/Argentina/Buenos_Aires", {
        "2026-11-24T11:59": "outside_hours", "2026-11-24T12:00": "", "2026-11-24T22:59": "",
        "2026-11-24T23:00": "outside_hours", "2026-11-28T15:59": "",
        "2026-11-28T16:00": "outside_hours", "2026-11-23T15:00": "holiday",
        "2026-12-07T15:00": "holiday",
    }),
    ("ar-nollame", S, "America/Argentina/Buenos_Aires", {"2026-11-24T15:00": "no_consent"}),
    ("uy-nollame", M, "America/Montevideo", {
        "2026-11-23T12:00": "", "2026-11-23T22:59": "", "2026-11-23T23:30": "outside_hours",
        "2026-11-21T15:59": "", "2026-11-21T16:00": "outside_hours", "2026-02-16T15:00": "holiday",
        "2026-03-31T15:00": "holiday", "2026-08-25T15:00": "holiday",
    }),
    ("cl-809", M, "America/Santiago", {
        "2026-11-23T11:59": "outside_hours", "2026-11-23T12:00": "", "2026-11-23T23:00":
        "outside_hours", "2026-12-08T15:00": "holiday",
        # winter time: the same wall clock an hour later in UTC
        "2026-07-13T12:30": "outside_hours", "2026-07-13T13:00": "",
    }),
    ("cl-809", M, "CL:*", {"2026-11-23T13:59": "outside_hours", "2026-11-23T14:00": ""}),
    ("cl-collections", C, "America/Santiago", {
        "2026-11-23T10:59": "outside_hours", "2026-11-23T11:00": "", "2026-11-21T12:59":
        "outside_hours", "2026-11-21T13:00": "", "2026-11-21T16:00": "outside_hours",
    }),
    ("cl-collections", M, "America/Santiago", {"2026-11-23T15:00": "purpose_not_permitted"}),
    ("mx-repep", M, "America/Mexico_City", {
        "2026-11-23T14:59": "outside_hours", "2026-11-23T15:00": "", "2026-11-16T16:00": "holiday",
        "2026-11-22T16:00": "outside_hours",
    }),
    ("mx-repep", C, "America/Mexico_City", {
        "2026-11-23T12:59": "outside_hours", "2026-11-23T13:00": "", "2026-11-24T03:59": "",
        "2026-11-24T04:00": "outside_hours", "2026-11-21T16:00": "outside_hours",
    }),
    ("mx-nom184-own-base", M, "America/Mexico_City", {"2026-11-23T15:00": "no_consent"}),
    ("mx-nom184-own-base", S, "America/Mexico_City", {"2026-11-23T15:00": ""}),
    ("mx-collections", C, "America/Tijuana", {
        "2026-11-23T14:59": "outside_hours", "2026-11-23T15:00": "", "2026-11-24T06:00":
        "outside_hours",
    }),
    ("pe-32323", M, "America/Lima", {"2026-11-23T15:00": "no_consent"}),
    ("pe-32323", C, "America/Lima", {
        "2026-11-23T12:30": "outside_hours", "2026-11-23T14:00": "", "2026-11-24T00:59": "",
        "2026-11-24T01:00": "outside_hours", "2026-11-21T15:00": "outside_hours",
        "2026-12-09T15:00": "holiday",
    }),
    ("ec-lopdp", M, "America/Guayaquil", {"2026-11-23T15:00": "no_consent"}),
    ("ec-lopdp", S, "America/Guayaquil", {
        "2026-11-23T13:59": "outside_hours", "2026-11-23T14:00": "", "2026-11-03T15:00": "holiday",
    }),
    ("ec-lopdp", S, "EC:*", {"2026-11-23T14:00": "outside_hours", "2026-11-23T15:00": ""}),
    ("br-anatel-2025", M, "America/Sao_Paulo", {
        "2026-11-23T12:00": "", "2026-11-23T23:00": "outside_hours", "2026-11-21T12:30":
        "outside_hours", "2026-11-21T13:00": "", "2026-11-21T16:00": "outside_hours",
        "2026-02-17T15:00": "holiday", "2026-11-20T15:00": "holiday",
    }),
    ("es-lgtel66", M, "Europe/Madrid", {"2026-11-23T10:00": "no_consent"}),
    ("es-lgtel66", S, "Europe/Madrid", {
        "2026-11-23T07:59": "outside_hours", "2026-11-23T08:00": "", "2026-11-23T20:00":
        "outside_hours", "2026-11-21T10:00": "outside_hours", "2026-12-08T10:00": "holiday",
        # San José, a holiday in some communities; summer time since 29 March
        "2026-03-19T10:00": "holiday", "2026-03-30T07:00": "",
    }),
    ("us-tsr", M, "America/New_York", {
        "2026-11-22T12:59": "outside_hours", "2026-11-22T13:00": "", "2026-11-23T01:59": "",
        "2026-11-23T02:00": "outside_hours", "2026-11-26T15:00": "",
        "2026-10-31T12:00": "", "2026-11-01T12:00": "outside_hours",
    }),
    ("us-fcc", M, "America/Chicago", {"2026-11-22T13:59": "outside_hours", "2026-11-22T14:00": ""}),
    ("us-state-overlay", M, "America/New_York", {
        "2026-11-22T15:00": "outside_hours", "2026-11-23T13:30": "outside_hours",
        "2026-11-23T14:00": "", "2026-11-26T15:00": "holiday",
    }),
    ("uk-ofcom-2016", M, "Europe/London", {
        "2026-11-23T08:30": "outside_hours", "2026-11-23T09:00": "", "2026-11-22T10:00":
        "outside_hours", "2026-12-28T10:00": "holiday",
    }),
    ("uk-legacy-3pct", M, "Europe/London", {"2026-11-23T20:00": "outside_hours",
                                            "2026-11-23T19:59": ""}),
    ("house-strict", M, "America/Bogota", {
        "2026-11-23T13:59": "outside_hours", "2026-11-23T14:00": "", "2026-11-24T01:00":
        "outside_hours", "2026-11-21T17:59": "", "2026-11-21T18:00": "outside_hours",
        "2026-11-22T15:00": "outside_hours", "2026-12-08T15:00": "holiday",
    }),
]  # fmt: skip

NUMBERS = {
    "AR": "+541123456789", "BR": "+5511999990000", "CL": "+56221234567", "CO": "+573001234567",
    "EC": "+59322123456", "ES": "+34912345678", "GB": "+442079460000", "MX": "+525512345678",
    "PE": "+51912345678", "US": "+12125551234", "UY": "+59894231234", None: "+573001234567",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "purpose", "place", "moment", "reason"),
    [
        (name, purpose, place, moment, reason)
        for name, purpose, place, moments in GOLDEN
        for moment, reason in moments.items()
    ],
)
def test_golden(name: str, purpose: Purpose, place: str, moment: str, reason: str) -> None:
    rules = PresetCatalog.read().rules(name)
    question = Question(
        number=NUMBERS[rules.preset.country],
        purpose=purpose,
        at=dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC),
        place=place_from(place),
    )
    verdict = check(rules, question, facts_required=False)
    assert list(verdict.reasons) == ([reason] if reason else [])


def test_the_table_has_every_preset() -> None:
    assert {name for name, *_ in GOLDEN} == ASKED_FOR
