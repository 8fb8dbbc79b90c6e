"""May this person be called now? One pure function over a preset and what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import phonenumbers

from almanac import holiday
from dialer.rules.calling_rules import CallingRules, Held
from dialer.rules.frequency import reached, redial_until
from dialer.rules.hours import Closed
from dialer.rules.number import Judged, judged
from dialer.rules.place import Place, UnknownZoneError, place_of
from dialer.rules.preset import Basis
from dialer.rules.sections import CallerIdRule
from dialer.rules.verdict import (
    PASSING,
    Fact,
    Finding,
    Note,
    NoteKind,
    Question,
    Reason,
    Verdict,
)
from dialer.rules.wall_clock import zoned

#: the hours and the caps take turns in moving the next moment; they agree long before this
_MOST_TURNS = 50
#: what the time zone database and the holidays are good for
_YEARS = range(2000, 2100)


def check(rules: CallingRules, question: Question, *, facts_required: bool = True) -> Verdict:
    """Judge a call by everything the preset asks for.

    A fact the rules need and the question leaves out (None) is a reason against the call; with
    `facts_required` false it is only noted. Raises `ValueError` for a moment without an offset or
    out of this century, and for a country that has no numbers.
    """
    if question.at.tzinfo is None:
        raise ValueError(f"at {question.at}: give the moment with its offset from UTC")
    if question.at.year not in _YEARS:
        raise ValueError(f"at {question.at}: give a moment from {_YEARS[0]} to {_YEARS[-1]}")
    held = rules.held(question.purpose)
    number = judged(question.number, rules.preset.country, question.countries)
    place = _place(question, number)
    country = rules.preset.country or number.country
    findings = [] if number.refusal is None else [number.refusal]
    if place is None and number.refusal is None:
        findings.append(Finding(Reason.UNKNOWN_ZONE, question.zone or ""))
    findings += _of_consent(held, question)
    findings += _of_registers(rules, held, question)
    findings += _of_caller_id(held, question, country)
    findings += _of_abandonment(held, question)
    if place is not None:
        findings += _of_time(rules, held, question, place, country)
    missing = list(_missing(held, question))
    if facts_required:
        findings += [Finding(Reason.FACT_MISSING, fact) for fact in missing]
    return Verdict(
        findings=tuple(findings),
        preset=rules.preset.id,
        version=rules.preset.version,
        fingerprint=rules.fingerprint,
        place=place,
        local_times=_local_times(rules, question, place, country),
        next_allowed_at=_next(rules, held, question, place, country, findings),
        notes=(
            *(Note(NoteKind.HOUSE_RULE, part) for part in held.uncertain),
            *_notes(question, place, country),
            *(Note(NoteKind.NOT_JUDGED, fact) for fact in missing if not facts_required),
        ),
    )


def _place(question: Question, number: Judged) -> Place | None:
    if question.place is not None:
        return question.place
    if not number.e164 and question.zone is None:
        return None
    try:
        return place_of(number.e164, question.zone)
    except UnknownZoneError:
        return None


def _of_consent(held: Held, question: Question) -> Iterator[Finding]:
    rule = held.purpose
    if rule is None:
        yield Finding(Reason.PURPOSE_NOT_PERMITTED, question.purpose)
        return
    if rule.basis is Basis.OPT_IN and not _consents(held, question):
        yield Finding(Reason.NO_CONSENT, rule.basis)
    if rule.basis is Basis.EXISTING_CONTRACT and not (
        question.has_contract or _consents(held, question)
    ):
        yield Finding(Reason.NO_CONSENT, rule.basis)


def _consents(held: Held, question: Question) -> bool:
    """Whether the person agreed, before this moment and not too long before it."""
    if question.consented_at is None or question.consented_at > question.at:
        return False
    most = held.purpose.consent_max_age_days if held.purpose is not None else None
    return most is None or question.at - question.consented_at <= dt.timedelta(days=most)


def _of_registers(rules: CallingRules, held: Held, question: Question) -> Iterator[Finding]:
    asked = {register.name: register for register in held.registers}
    for name in sorted(question.listed_in or ()):
        register = asked.get(name)
        if register is None and name in rules.known_registers():
            continue  # a register that does not count for this purpose
        lifted = register.lifted_by if register is not None else ()
        if "consent" in lifted and _consents(held, question):
            continue
        if "contract" in lifted and question.has_contract:
            continue
        yield Finding(Reason.DNC_LISTED, name)
    if question.register_age_days is None:
        return
    for register in held.registers:
        age = question.register_age_days.get(register.name)
        if age is None:
            if register.required:
                yield Finding(Reason.DNC_STALE, register.name)
        elif register.max_age_days is not None and age > register.max_age_days:
            yield Finding(Reason.DNC_STALE, register.name)


def _of_caller_id(held: Held, question: Question, country: str) -> Iterator[Finding]:
    if question.caller_id is None:
        return
    shown = _national(question.caller_id, country)
    for rule in held.caller_id:
        if rule.must_present and not shown:
            yield Finding(Reason.BAD_CALLER_ID)
        elif rule.prefixes and not shown.startswith(rule.prefixes):
            yield Finding(Reason.BAD_CALLER_ID, ", ".join(rule.prefixes))


def _national(caller_id: str, country: str) -> str:
    """Its digits without the country's own prefix; "" when there are none."""
    digits = "".join(character for character in caller_id if character in "0123456789")
    if caller_id.lstrip().startswith("+"):
        return digits.removeprefix(str(phonenumbers.country_code_for_region(country)))
    return digits


def _of_abandonment(held: Held, question: Question) -> Iterator[Finding]:
    if question.abandonment is None or question.agent_guaranteed:
        return
    for rule in held.abandonment:
        tally = question.abandonment.get(rule.window)
        if rule.cap is None or tally is None:
            continue
        if tally.stops_at(rule.cap, rule.minimum_sample):
            yield Finding(Reason.ABANDON_CAP, f"{rule.cap:g}")


def _of_time(
    rules: CallingRules, held: Held, question: Question, place: Place, country: str
) -> Iterator[Finding]:
    hours = rules.open_hours(question.purpose, country)
    if not _hour_agreed(held, question):
        closed = {reason for zone in place.zones for reason in hours.closed_by(question.at, zone)}
        yield from (Finding(Reason(reason)) for reason in Closed if reason in closed)
    history = question.history or ()
    for cap in reached(held.frequency, history, place, question.at):
        yield Finding(Reason(cap.cap))
    left_alone = _left_alone(held, question, place)
    if left_alone is not None and left_alone > question.at:
        yield Finding(Reason.TOO_SOON)


def _hour_agreed(held: Held, question: Question) -> bool:
    """Agreed, and every rule that holds lets people agree; the house does not."""
    return question.agreed_hour and all(rule.may_agree_otherwise for rule in held.hours)


def _left_alone(held: Held, question: Question, place: Place) -> dt.datetime | None:
    if question.agent_guaranteed or not question.history:
        return None
    waits = [rule.redial_after_hours for rule in held.abandonment if rule.redial_after_hours]
    return redial_until(
        question.history,
        place,
        after_abandoned_hours=max(waits, default=None),
        machine_same_day=all(rule.redial_after_machine == "any_time" for rule in held.amd),
    )


def _missing(held: Held, question: Question) -> Iterator[Fact]:
    if question.history is None:
        yield Fact.HISTORY
    if question.listed_in is None:
        yield Fact.DO_NOT_CALL
    if question.register_age_days is None and any(each.required for each in held.registers):
        yield Fact.REGISTER_AGE
    if question.caller_id is None and any(_asks_for(rule) for rule in held.caller_id):
        yield Fact.CALLER_ID
    windows = {rule.window for rule in held.abandonment if rule.cap is not None}
    if not question.agent_guaranteed and not windows <= set(question.abandonment or ()):
        yield Fact.ABANDONMENT


def _asks_for(rule: CallerIdRule) -> bool:
    return rule.must_present or bool(rule.prefixes)


def _notes(question: Question, place: Place | None, country: str) -> Iterator[Note]:
    if place is None:
        return
    if question.zone is None and question.place is None:
        yield Note(NoteKind.ZONE_FROM_NUMBER)
    if len({question.at.astimezone(zoned(zone)).utcoffset() for zone in place.zones}) > 1:
        yield Note(NoteKind.STRICTEST_ZONE, place.key)
    if not holiday.known(country, question.at.year):
        yield Note(NoteKind.HOLIDAYS_UNKNOWN, f"{country} {question.at.year}")


def _local_times(
    rules: CallingRules, question: Question, place: Place | None, country: str
) -> tuple[dt.datetime, ...]:
    if place is None:
        return ()
    hours = rules.open_hours(question.purpose, country)
    found: dict[dt.timedelta | None, dt.datetime] = {}
    for zone in sorted(place.zones, key=lambda zone: not hours.closed_by(question.at, zone)):
        local = question.at.astimezone(zoned(zone))
        found.setdefault(local.utcoffset(), local)
    return tuple(found.values())


def _next(
    rules: CallingRules,
    held: Held,
    question: Question,
    place: Place | None,
    country: str,
    findings: Sequence[Finding],
) -> dt.datetime | None:
    """The first moment at which hours and caps allow it, if nothing else is in the way."""
    if place is None or any(finding.reason not in PASSING for finding in findings):
        return None
    moment = question.at.astimezone(dt.UTC)
    if not findings:
        return moment
    hours = rules.open_hours(question.purpose, country)
    history = question.history or ()
    left_alone = _left_alone(held, question, place)
    for _ in range(_MOST_TURNS):
        free = max(
            [moment, *(cap.until for cap in reached(held.frequency, history, place, moment))]
        )
        if left_alone is not None:
            free = max(free, left_alone)
        opened = free if _hour_agreed(held, question) else hours.next_open(free, place)
        if opened is None or opened == moment:
            return opened
        moment = opened
    return None
