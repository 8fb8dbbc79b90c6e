"""How long proofs and records are kept: at least as long as every rule in force says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dialer.retention import Keeping, audit_before, keeping
from dialer.rules.calling_rules import Held
from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose
from dialer.rules.sections import RetentionRule
from tests.unit.facts import START

YEAR = timedelta(days=366)


def held(*rules: RetentionRule) -> Held:
    """House-strict's rules, but for these."""
    house = PresetCatalog.read().rules("house-strict").held(Purpose.SERVICE)
    return replace(house, retention=rules)


def kept(*rules: RetentionRule) -> Keeping:
    return keeping("c1", "p", held(*rules), START)


def test_each_thing_has_its_time() -> None:
    found = kept(RetentionRule(evidence_years=5, call_records_years=2))
    assert found.evidence_before == found.attempts_before == START - 5 * YEAR
    assert found.records_before == START - 2 * YEAR


def test_of_several_rules_the_longest_counts() -> None:
    found = kept(
        RetentionRule(evidence_years=1, call_records_years=7),
        RetentionRule(evidence_years=5, call_records_years=2),
    )
    assert found.evidence_before == START - 5 * YEAR
    assert found.attempts_before == found.records_before == START - 7 * YEAR


def test_what_no_rule_limits_is_kept() -> None:
    found = kept(RetentionRule())
    assert found.evidence_before is found.attempts_before is found.records_before is None
    found = kept(RetentionRule(evidence_years=3))
    assert found.records_before == START - 3 * YEAR, "no longer than the proofs"
    found = kept(RetentionRule(call_records_years=3))
    assert found.evidence_before is found.attempts_before is None


def test_nothing_goes_that_a_cap_may_ask_for() -> None:
    found = kept(RetentionRule(evidence_years=0.01, call_records_years=0.01))
    days = held().history_days
    assert days > 30
    assert found.evidence_before == found.attempts_before == START - timedelta(days=days)


@pytest.mark.parametrize("preset", PresetCatalog.read().ids)
def test_no_preset_lets_proofs_go_before_the_years_it_states(preset: str) -> None:
    rules = PresetCatalog.read().rules(preset)
    for purpose in rules.preset.purposes:
        in_force = rules.held(purpose)
        found = keeping("c1", preset, in_force, START)
        years = [rule.evidence_years or 0.0 for rule in in_force.retention]
        if found.evidence_before is not None:
            calendar = START.replace(year=START.year - int(max(years)))
            assert found.evidence_before <= calendar
            assert found.attempts_before is not None
            assert found.attempts_before <= found.evidence_before


def test_the_audit_is_kept_as_long_as_the_longest_proofs() -> None:
    def of(before: datetime | None) -> Keeping:
        return replace(kept(RetentionRule()), evidence_before=before)

    assert audit_before([of(START), of(START - YEAR)]) == START - YEAR
    assert audit_before([of(START), of(None)]) is None
    assert audit_before([]) is None
