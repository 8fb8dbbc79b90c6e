"""Customers' numbers: what a trunk shows leads to what is kept, and back."""

from __future__ import annotations

import pytest

from storage.customer_numbers import kept_number, kept_ways, shown_ways


@pytest.mark.parametrize(
    ("shown", "country", "kept"),
    [
        ("+573001234567", "CO", "573001234567"),
        ("573001234567", "CO", "573001234567"),
        ("3001234567", "CO", "573001234567"),
        ("0999123456", "EC", "593999123456"),
        ("999123456", "EC", "593999123456"),
        ("00593999123456", "EC", "593999123456"),
        # somebody abroad, without a plus
        ("5491151234567", "EC", "5491151234567"),
        ("573001234567", None, "573001234567"),
        ("3001234567", None, None),
        ("anonymous", "CO", None),
        ("", "CO", None),
        ("*21#", "CO", None),
        ("' OR 1=1", "CO", None),
    ],
)
def test_what_a_trunk_shows(shown: str, country: str | None, kept: str | None) -> None:
    assert kept_number(shown, country) == kept


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("573001234567", "CO"),
        ("593999123456", "EC"),
        ("5491151234567", "AR"),
        ("525512345678", "MX"),
        ("51987654321", "PE"),
        ("56987654321", "CL"),
        ("5511987654321", "BR"),
    ],
)
def test_every_way_of_showing_leads_back(number: str, country: str) -> None:
    ways = shown_ways(number)
    assert len(ways) >= 5
    # what a gateway adds that people do not dial is not read back, but is looked for
    read = [way for way in ways if kept_number(way, country) is not None]
    assert {number, f"+{number}"} <= set(read)
    for way in read:
        assert number in kept_ways(way, country), way
