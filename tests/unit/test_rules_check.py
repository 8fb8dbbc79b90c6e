"""May this person be called now: every reason, by the fact that makes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from dialer.rules.abandonment import Tally
from dialer.rules.calling_rules import CallingRules
from dialer.rules.catalog import PresetCatalog
from dialer.rules.check import check
from dialer.rules.frequency import Kind, Past
from dialer.rules.place import place_from
from dialer.rules.preset import Purpose, Section
from dialer.rules.sections import AbandonmentWindow
from dialer.rules.verdict import Fact, Finding, Note, NoteKind, Question, Reason, Verdict
from dialer.rules.verdict_words import SECTIONS, notes_sentences, reason_sentence

#: Monday, ten in the morning in Bogotá
AT = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
CALM = {AbandonmentWindow.CALENDAR_DAY: Tally(live=1000, abandoned=1)}
#: everything the rules of Colombia ask for, and nothing against the call
GOOD = Question(
    number="+573001234567",
    purpose=Purpose.MARKETING,
    at=AT,
    zone="America/Bogota",
    history=(),
    listed_in=frozenset(),
    register_age_days={"RNE": 1.0},
    caller_id="+576011234567",
    abandonment=CALM,
)


def rules(name: str = "co-2300") -> CallingRules:
    """A shipped preset."""
    return PresetCatalog.read().rules(name)


def asked(name: str = "co-2300", **facts: Any) -> Verdict:
    """The verdict when these facts are otherwise."""
    return check(rules(name), replace(GOOD, **facts))


def reasons(name: str = "co-2300", **facts: Any) -> list[str]:
    """Its reasons."""
    return list(asked(name, **facts).reasons)


def test_a_call_with_nothing_against_it_may_be_made_at_once() -> None:
    verdict = asked()
    assert verdict.allowed
    assert verdict.reasons == ()
    assert verdict.next_allowed_at == AT
    assert (verdict.preset, verdict.version) == ("co-2300", "2026-11")
    assert verdict.fingerprint == rules().fingerprint
    assert verdict.local_time == AT
    assert str(verdict.local_time).endswith("10:00:00-05:00")


def test_the_verdict_says_where_the_house_holds() -> None:
    notes = [note.detail for note in asked().notes if note.kind is NoteKind.HOUSE_RULE]
    assert notes == [part for part in Section if part in rules().preset.uncertain]
    assert Section.HOURS not in notes


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"at": AT.replace(day=22)}, ["outside_hours"]),
        ({"at": dt.datetime(2026, 12, 8, 15, tzinfo=dt.UTC)}, ["holiday"]),
        ({"zone": "Mars/Olympus"}, ["unknown_zone"]),
        ({"number": "+14155550132"}, ["country_not_allowed"]),
        ({"number": "911"}, ["number_invalid"]),
        ({"listed_in": frozenset({"RNE"})}, ["dnc_listed"]),
        ({"listed_in": frozenset({"own"})}, ["dnc_listed"]),
        ({"register_age_days": {}}, ["dnc_stale"]),
        ({"register_age_days": {"RNE": 5.1}}, ["dnc_stale"]),
        ({"caller_id": ""}, ["bad_caller_id"]),
        ({"history": (Past(AT, Kind.CONTACT),)}, ["daily_cap"]),
        ({"history": (Past(AT, Kind.ATTEMPT),) * 3}, ["daily_cap"]),
        ({"history": (Past(AT - dt.timedelta(days=9), Kind.ATTEMPT),) * 8}, ["period_cap"]),
        ({"history": (Past(AT, Kind.OTHER_CHANNEL),)}, ["too_soon"]),
        ({"abandonment": {AbandonmentWindow.CALENDAR_DAY: Tally(live=500, abandoned=15)}},
         ["abandon_cap"]),
    ],
)  # fmt: skip
def test_each_reason(facts: dict[str, Any], expected: list[str]) -> None:
    assert reasons(**facts) == expected


def test_reasons_come_together() -> None:
    found = asked(at=AT.replace(day=22), caller_id="", listed_in=frozenset({"RNE", "own"}))
    assert list(found.reasons) == ["dnc_listed", "outside_hours", "bad_caller_id"]
    assert [each.detail for each in found.findings if each.reason is Reason.DNC_LISTED] == [
        "RNE",
        "own",
    ]
    assert found.next_allowed_at is None


@pytest.mark.parametrize(
    ("left_out", "fact"),
    [("history", Fact.HISTORY), ("listed_in", Fact.DO_NOT_CALL), ("caller_id", Fact.CALLER_ID),
     ("register_age_days", Fact.REGISTER_AGE), ("abandonment", Fact.ABANDONMENT)],
)  # fmt: skip
def test_a_fact_left_out_forbids_the_call_unless_the_asker_does_not_mind(
    left_out: str, fact: Fact
) -> None:
    unknown: dict[str, Any] = {left_out: None}
    found = asked(**unknown)
    assert found.findings == (Finding(Reason.FACT_MISSING, fact),)
    relaxed = check(rules(), replace(GOOD, **unknown), facts_required=False)
    assert relaxed.allowed
    assert Note(NoteKind.NOT_JUDGED, fact) in relaxed.notes


def test_a_register_that_is_not_asked_for_does_not_count() -> None:
    listed: dict[str, Any] = {"listed_in": frozenset({"RNE"}), "register_age_days": {}}
    assert reasons(purpose=Purpose.SERVICE, **listed) == []
    assert reasons(purpose=Purpose.SERVICE, listed_in=frozenset({"campaign"})) == ["dnc_listed"]


def test_consent_lifts_a_register_where_the_law_says_so() -> None:
    listed = {
        "number": "+59894231234", "zone": None, "listed_in": frozenset({"No Llame (URSEC)"}),
        "register_age_days": {"No Llame (URSEC)": 3.0}, "caller_id": "+59824001234",
    }  # fmt: skip
    assert reasons("uy-nollame", **listed) == ["dnc_listed"]
    assert reasons("uy-nollame", consented_at=AT - dt.timedelta(days=9), **listed) == []
    assert reasons("uy-nollame", consented_at=AT + dt.timedelta(days=9), **listed) == ["dnc_listed"]


def test_consent_and_contract() -> None:
    peru = {"number": "+51912345678", "zone": None}
    assert reasons("pe-32323", **peru) == ["no_consent"]
    assert reasons("pe-32323", has_contract=True, **peru) == ["no_consent"]
    assert reasons("pe-32323", consented_at=AT - dt.timedelta(days=900), **peru) == []
    spain = {
        "number": "+34912345678", "zone": None, "register_age_days": {"Lista Robinson": 2.0},
    }  # fmt: skip
    assert reasons("es-lgtel66", **spain) == ["no_consent"]
    assert reasons("es-lgtel66", has_contract=True, **spain) == []
    # Consent is renewed every two years.
    assert reasons("es-lgtel66", consented_at=AT - dt.timedelta(days=731), **spain) == [
        "no_consent"
    ]
    assert reasons("es-lgtel66", consented_at=AT - dt.timedelta(days=730), **spain) == []


@pytest.mark.parametrize(
    ("purpose", "caller_id", "expected"),
    [
        (Purpose.MARKETING, "+56809123456", []),
        (Purpose.MARKETING, "809 123 456", []),
        (Purpose.MARKETING, "+56600123456", ["bad_caller_id"]),
        (Purpose.SERVICE, "600123456", []),
        (Purpose.SERVICE, "+56221234567", ["bad_caller_id"]),
        (Purpose.SURVEY, "+56809123456", []),
        (Purpose.SURVEY, "", ["bad_caller_id"]),
        (Purpose.MARKETING, "anonymous", ["bad_caller_id"]),
    ],
)
def test_chile_asks_for_600_or_809(purpose: Purpose, caller_id: str, expected: list[str]) -> None:
    facts = {"number": "+56221234567", "zone": "America/Santiago", "register_age_days": {}}
    assert reasons("cl-809", purpose=purpose, caller_id=caller_id, **facts) == expected


def test_an_agreed_hour_is_open_where_the_law_lets_people_agree() -> None:
    sunday = AT.replace(day=22)
    assert reasons(at=sunday, agreed_hour=True) == []
    ages = {"No Llame (AAIP)": 1.0}
    argentina = {"number": "+541123456789", "zone": None, "register_age_days": ages}
    assert reasons("ar-nollame", at=sunday, agreed_hour=True, **argentina) == ["outside_hours"]


def test_an_agent_who_is_there_needs_no_budget() -> None:
    over = {AbandonmentWindow.CALENDAR_DAY: Tally(live=500, abandoned=100)}
    assert reasons(abandonment=over) == ["abandon_cap"]
    assert reasons(abandonment=over, agent_guaranteed=True) == []
    assert reasons(abandonment=None, agent_guaranteed=True) == []
    assert reasons(abandonment={AbandonmentWindow.CALENDAR_DAY: Tally(live=50, abandoned=50)}) == []


def test_a_number_that_was_dropped_or_was_a_machine_waits_in_the_united_kingdom() -> None:
    facts = {
        "number": "+442079460000", "zone": "Europe/London", "at": AT.replace(hour=10),
        "register_age_days": {"TPS": 1.0},
        "abandonment": CALM | {AbandonmentWindow.LAST_24_HOURS: Tally(live=0, abandoned=0)},
    }  # fmt: skip
    dropped = (Past(AT - dt.timedelta(days=2), Kind.ABANDONED),)
    machine = (Past(AT.replace(hour=9), Kind.MACHINE),)
    assert reasons("uk-ofcom-2016", **facts) == []
    assert reasons("uk-ofcom-2016", history=dropped, **facts) == ["too_soon"]
    assert reasons("uk-ofcom-2016", history=machine, **facts) == ["too_soon"]
    assert reasons("uk-ofcom-2016", history=machine, agent_guaranteed=True, **facts) == []
    following = asked("uk-ofcom-2016", history=dropped, **facts).next_allowed_at
    assert following == AT + dt.timedelta(days=1)


def test_the_next_moment_keeps_hours_and_caps() -> None:
    saturday = dt.datetime(2026, 11, 21, 19, 30, tzinfo=dt.UTC)
    spoken = (Past(saturday, Kind.CONTACT),)
    # Talked on Saturday; Sunday has no hours; Monday at seven both are good.
    assert asked(at=saturday, history=spoken).next_allowed_at == AT.replace(hour=12)
    # Eight attempts on the 10th: free on December 10th, at seven.
    many = (Past(AT.replace(day=10), Kind.ATTEMPT),) * 8
    later = dt.datetime(2026, 12, 10, 12, tzinfo=dt.UTC)
    assert asked(history=many).next_allowed_at == later
    assert asked(at=later, history=many).allowed
    assert not asked(at=later - dt.timedelta(microseconds=1), history=many).allowed


def test_a_place_worked_out_before_is_taken() -> None:
    verdict = asked(zone=None, place=place_from("America/Bogota"))
    assert verdict.allowed
    assert NoteKind.ZONE_FROM_NUMBER not in {note.kind for note in verdict.notes}


def test_the_zone_of_a_number_is_noted() -> None:
    assert Note(NoteKind.ZONE_FROM_NUMBER) in asked(zone=None).notes
    chile: dict[str, Any] = {"number": "+56221234567", "zone": None, "register_age_days": {}}
    verdict = asked("cl-809", caller_id="809123456", **chile)
    assert Note(NoteKind.STRICTEST_ZONE, "CL:*") in verdict.notes
    assert len(verdict.local_times) == 2


def test_a_country_may_be_added() -> None:
    both = frozenset({"CO", "EC"})
    assert reasons(number="+59322123456", zone=None, countries=both) == []
    assert reasons(number="022123456", zone=None, countries=both) == ["number_invalid"]
    assert reasons("house-strict", number="+51912345678", zone=None) == []
    assert reasons("house-strict", number="912345678", zone=None) == ["number_invalid"]


def test_holidays_nobody_knows_are_noted() -> None:
    ascension = {"number": "+24762889", "zone": "Atlantic/St_Helena"}
    verdict = asked("house-strict", **ascension)
    assert Note(NoteKind.HOLIDAYS_UNKNOWN, "AC 2026") in verdict.notes
    assert NoteKind.HOLIDAYS_UNKNOWN not in {note.kind for note in asked().notes}


@pytest.mark.parametrize(
    "at",
    [dt.datetime(2026, 11, 23, 15), AT.replace(year=1), AT.replace(year=9999)],  # noqa: DTZ001
)
def test_a_moment_that_is_none_is_refused(at: dt.datetime) -> None:
    with pytest.raises(ValueError, match="give"):
        asked(at=at)


@pytest.mark.parametrize("language", ["es", "en"])
def test_everything_is_said_in_both_languages(language: str) -> None:
    details = {
        Reason.NUMBER_INVALID: "phone_short:911",
        Reason.COUNTRY_NOT_ALLOWED: "phone_country:+1",
        Reason.NUMBER_KIND_NOT_ALLOWED: "phone_kind:premium rate",
        Reason.FACT_MISSING: "history",
        Reason.ABANDON_CAP: "0.03",
    }
    for reason in Reason:
        sentence = reason_sentence(Finding(reason, details.get(reason, "x")), language)
        assert sentence
        assert "{" not in sentence
    assert "3 %" in reason_sentence(Finding(Reason.ABANDON_CAP, "0.03"), language)
    shown = {NoteKind.HOUSE_RULE: "hours", NoteKind.NOT_JUDGED: "history"}
    notes = tuple(Note(kind, shown.get(kind, "CL:*")) for kind in NoteKind)
    assert len(notes_sentences(notes, language)) == len(NoteKind)
    assert set(SECTIONS[language]) == set(Section)
