"""Waits in bands: an edge belongs to the band it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.wait_histogram import BANDS, EDGES_SECONDS, band_of, within


@pytest.mark.parametrize("edge", EDGES_SECONDS)
def test_who_waited_exactly_that_long_waited_no_longer(edge: int) -> None:
    at = [0] * BANDS
    at[band_of(edge * 1000)] = 1
    later = [0] * BANDS
    later[band_of(edge * 1000 + 1)] = 1
    assert within(at, edge) == 1
    assert within(later, edge) == 0


@given(st.lists(st.integers(0, 700_000)), st.sampled_from(EDGES_SECONDS))
def test_bands_tell_what_the_waits_themselves_tell(waits: list[int], edge: int) -> None:
    bands = [0] * BANDS
    for wait in waits:
        bands[band_of(wait)] += 1
    assert sum(bands) == len(waits)
    assert within(bands, edge) == sum(wait <= edge * 1000 for wait in waits)


def test_a_clock_that_was_set_back_makes_a_wait_of_no_time() -> None:
    assert band_of(-5) == 0


def test_a_time_between_edges_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="25 s is no edge"):
        within([0] * BANDS, 25)
