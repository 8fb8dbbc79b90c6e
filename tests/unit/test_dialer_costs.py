"""What a campaign costs is exact decimal money in a currency that exists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from dialer.costs import CURRENCIES, Costs
from dialer.dispositions import USUAL, Category, Disposition
from dialer.options import Options


def test_costs_are_kept_as_they_were_written() -> None:
    given = {"currency": "COP", "cost_per_minute": "0.10", "cost_per_agent_hour": "18000"}
    costs = Options.model_validate({"costs": given}).costs
    assert costs is not None
    assert costs.cost_per_minute == Decimal("0.10")
    assert costs.cost_per_attempt is None
    kept = Options(costs=costs).model_dump(mode="json", exclude_defaults=True)
    assert kept == {"costs": given}
    assert Options().costs is None


@pytest.mark.parametrize(
    "given",
    [
        {"currency": "COP"},
        {"cost_per_attempt": "1"},
        {"currency": "XXX", "cost_per_attempt": "1"},
        {"currency": "cop", "cost_per_attempt": "1"},
        {"currency": "COP", "cost_per_attempt": 0.1},
        {"currency": "COP", "cost_per_attempt": "-1"},
        {"currency": "COP", "cost_per_attempt": "NaN"},
        {"currency": "COP", "cost_per_attempt": "Infinity"},
        {"currency": "COP", "cost_per_attempt": "0.0000001"},
        {"currency": "COP", "cost_per_attempt": "1", "cost_per_lead": "1"},
    ],
)
def test_what_is_no_cost_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Costs.model_validate(given)


def test_the_currencies_are_codes_of_three_letters_each_once() -> None:
    assert {"COP", "USD", "MXN", "PEN", "CLP", "ARS", "EUR"} <= CURRENCIES
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)


def test_a_disposition_is_of_one_category() -> None:
    assert {one.code: one.category for one in USUAL} == {
        "sold": Category.SUCCESS, "promised": Category.SUCCESS,
        "not_interested": Category.NO_SUCCESS, "wrong_person": Category.NO_CONTACT,
        "machine": Category.NO_CONTACT, "dead_line": Category.NO_CONTACT,
        "call_back": Category.CALLBACK, "do_not_call": Category.DO_NOT_CALL,
    }  # fmt: skip
    sold_once = Disposition(code="x", name_es="x", name_en="x", success=True, do_not_call=True)
    assert sold_once.category is Category.SUCCESS
