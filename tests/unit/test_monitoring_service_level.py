"""Six ways to count service level: ICMI's column, and what each says of an empty queue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.queue_counts import QueueCounts
from monitoring.service_level import Method, Ratio, flowed_out, service_level, short_abandoned
from monitoring.wait_histogram import BANDS, band_of

SECONDS, SHORT = 20, 5


def _counts(in_time: int, late: int, short: int, soon: int, given_up_late: int) -> QueueCounts:
    """Answered in time and late; given up within the short time, the time, and later."""
    answered, abandoned = [0] * BANDS, [0] * BANDS
    answered[band_of(20_000)] = in_time
    answered[band_of(20_001)] = late
    abandoned[band_of(5_000)] = short
    abandoned[band_of(5_001)] = soon
    abandoned[band_of(20_001)] = given_up_late
    return QueueCounts(
        offered=sum(answered) + sum(abandoned), answered=sum(answered), abandoned=sum(abandoned),
        answered_bands=answered, abandoned_bands=abandoned,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "percent"),
    [
        (Method.ANSWERED_ONLY, 86.00),
        (Method.OFFERED, 81.13),
        (Method.EXCLUDE_SHORT, 81.90),
        (Method.IGNORE_WITHIN_THRESHOLD, 82.69),
        (Method.POSITIVE, 83.02),
    ],
)
def test_icmi_column(method: Method, percent: float) -> None:
    """A = 1000, Ab = 60, AT = 860, AbT = 20, SA = 10."""
    counts = _counts(in_time=860, late=140, short=10, soon=10, given_up_late=40)
    level = service_level(counts, method, SECONDS, SHORT)
    assert level.value is not None
    assert round(level.value * 100, 2) == percent


def test_flow_outs_count_against_where_they_are_asked_for() -> None:
    counts = _counts(in_time=8, late=0, short=0, soon=0, given_up_late=0)
    counts.add(QueueCounts(timed_out=1, key_exit=1, empty_exit=1, withdrawn=1, failed=5, lost=7))
    assert flowed_out(counts) == 4
    level = service_level(counts, Method.OFFERED_PLUS_FLOWOUT, SECONDS, SHORT)
    assert level == Ratio(8, 12)
    assert service_level(counts, Method.OFFERED, SECONDS, SHORT) == Ratio(8, 8)


@pytest.mark.parametrize("method", Method)
def test_an_empty_queue_has_no_level(method: Method) -> None:
    assert service_level(QueueCounts(), method, SECONDS, SHORT).value is None


def test_a_queue_whose_callers_all_time_out() -> None:
    counts = QueueCounts(offered=9, timed_out=9)
    assert service_level(counts, Method.OFFERED_PLUS_FLOWOUT, SECONDS, SHORT) == Ratio(0, 9)
    assert service_level(counts, Method.OFFERED, SECONDS, SHORT).value is None


def test_without_a_short_time_nobody_gave_up_too_soon() -> None:
    counts = _counts(in_time=1, late=0, short=3, soon=0, given_up_late=0)
    assert short_abandoned(counts, 0) == 0
    exclude = service_level(counts, Method.EXCLUDE_SHORT, SECONDS, 0)
    assert exclude == service_level(counts, Method.OFFERED, SECONDS, 0)


@given(st.tuples(*(st.integers(0, 50) for _ in range(5))), st.sampled_from(Method))
def test_a_level_is_a_share(parts: tuple[int, ...], method: Method) -> None:
    level = service_level(_counts(*parts), method, SECONDS, SHORT)
    assert 0 <= level.numerator <= max(level.denominator, 0) or level.value is None
