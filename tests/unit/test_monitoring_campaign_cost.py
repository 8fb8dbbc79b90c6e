"""Costs by the rates of their time, exact to the last decimal, and never made up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from monitoring.campaign_cost import CostPart, Rates, changes, cost_of, in_force
from monitoring.campaign_counts import CampaignCounts
from tests.unit.facts import START, at

RATES = Rates(
    valid_from=START, currency="COP", per_attempt=Decimal("0.1"), per_minute=Decimal("0.3"),
    per_agent_hour=Decimal("18000"),
)  # fmt: skip
DAY = CostPart(
    counts=CampaignCounts(attempts=3, contacts=2, successes=1, line_ms=20_000),
    signed_in_ms=1_800_000,
    rates=RATES,
)


def test_a_cost_is_the_sum_of_its_parts() -> None:
    cost = cost_of([DAY])
    assert cost is not None
    assert (cost.attempts, cost.line, cost.agents) == (
        Decimal("0.3"), Decimal("0.1"), Decimal("9000"),
    )  # fmt: skip
    assert (cost.currency, str(cost.total)) == ("COP", "9000.4000")
    assert (cost.per_contact, cost.per_conversion) == (Decimal("4500.2"), Decimal("9000.4"))


def test_money_is_no_float() -> None:
    tenths = [replace(DAY, signed_in_ms=0, rates=replace(RATES, per_minute=None))] * 1000
    cost = cost_of(tenths)
    assert cost is not None
    assert cost.total == Decimal("300.0000")


def test_without_contacts_none_costs_anything() -> None:
    nobody = replace(DAY, counts=CampaignCounts(attempts=1))
    cost = cost_of([nobody])
    assert cost is not None
    assert (cost.per_contact, cost.per_conversion) == (None, None)


def test_what_cannot_be_told_is_not() -> None:
    unknown = replace(DAY, rates=None)
    idle = CostPart(counts=CampaignCounts(), signed_in_ms=5, rates=None)
    dollars = replace(DAY, rates=replace(RATES, currency="USD"))
    assert cost_of([]) is None
    assert cost_of([unknown]) is None
    assert cost_of([DAY, unknown]) is None
    assert cost_of([DAY, dollars]) is None
    assert cost_of([DAY, idle]) == cost_of([DAY])


def test_each_time_has_its_rates() -> None:
    first = replace(RATES, valid_from=at(100))
    dearer = replace(RATES, valid_from=at(1000), per_attempt=Decimal(1))
    nothing = Rates(valid_from=at(2000), currency="")
    dated = [first, dearer, nothing]
    assert in_force(dated, at(0)) is first  # given first, for all that was before
    assert in_force(dated, at(999)) is first
    assert in_force(dated, at(1800)) is dearer
    assert in_force(dated, at(2700)) is None
    assert in_force([], START) is None
    assert changes([dated, [first]]) == [at(1800), at(2700)]
