"""Every KPI by hand: its value, null without a denominator, sums of parts, both languages."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from customers.surveys import CES, CSAT, NPS, RESOLVED, Counted
from monitoring.agent_counts import AgentCounts
from monitoring.callback_counts import CallbackCounts
from monitoring.campaign_counts import CampaignCounts
from monitoring.customer_counts import CustomerCounts
from monitoring.kpi import Kpi, Unit
from monitoring.kpi_agents import AGENT_KPIS, pause_shares
from monitoring.kpi_callbacks import CALLBACK_KPIS
from monitoring.kpi_campaigns import CAMPAIGN_KPIS, LEAD_KPIS, CampaignPart, LeadCounts
from monitoring.kpi_customers import CUSTOMER_KPIS
from monitoring.kpi_queues import QUEUE_KPIS, QueuePart
from monitoring.kpis import ELSEWHERE, KPIS, METHODS, TERMS, Subject
from monitoring.queue_counts import QueueCounts
from monitoring.queue_setting import USUAL, QueueSetting
from monitoring.service_level import Method, Ratio
from monitoring.wait_histogram import BANDS, band_of

HOUR = 3_600_000


def bands(**waits: int) -> list[int]:
    """`s5=10`: ten waits of 5 s."""
    found = [0] * BANDS
    for name, count in waits.items():
        found[band_of(int(name[1:]) * 1000)] += count
    return found


#: ICMI's column: A 1000, Ab 60, AT 860, AbT 20, SA 10; and 40 who left by other ways
MORNING = QueueCounts(
    received=1110, refused=5, offered=1105, answered=1000, abandoned=60, key_exit=15, withdrawn=5,
    timed_out=12, empty_exit=3, failed=2, lost=4, waiting=4, callback_booked=11, transferred=50,
    answered_wait_ms=9_000_000, abandoned_wait_ms=2_400_000, longest_wait_ms=305_250,
    talk_ms=180_000_000, hold_ms=15_000_000, wrap_up_ms=45_000_000,
    answered_bands=bands(s12=860, s25=140), abandoned_bands=bands(s3=10, s20=10, s50=40),
)  # fmt: skip
SHIFT = AgentCounts(
    ready_ms=2 * HOUR, offered_ms=HOUR // 10, reserved_ms=HOUR // 10, talking_ms=4 * HOUR,
    wrapping_up_ms=HOUR, paused_ms=HOUR * 8 // 10, hold_ms=HOUR // 2, handled_inbound=30,
    handled_dialed=20, transferred=5, missed=2,
    pauses={"almuerzo": HOUR * 6 // 10, "descanso": HOUR * 2 // 10},
)  # fmt: skip
DIALED = CampaignPart(
    CampaignCounts(
        attempts=200, answered=80, contacts=50, right_party=40, successes=10, machines=25,
        abandoned=2, talk_ms=52 * 90_000, wait_ms=52 * 500,
        outcomes={"connected": 52, "abandoned": 2, "no_answer": 120, "machine": 26},
    ),
    signed_in_ms=2 * HOUR,
)  # fmt: skip


def _customers() -> CustomerCounts:
    counts = CustomerCounts(
        calls=200, called_again=30, contacts=160, came_back=16, said_resolved=45,
        said_unresolved=15, told=50, reached=40, wait_error_ms=-400_000,
        wait_absolute_error_ms=1_000_000, within=30, not_later=36,
    )  # fmt: skip
    for question, low, high, answers in (
        (CSAT, 1, 5, {None: 10, 1: 1, 3: 2, 4: 3, 5: 4}),
        (NPS, 0, 10, {None: 5, 0: 1, 6: 1, 7: 4, 9: 2, 10: 2}),
        (CES, 1, 7, {None: 2, 2: 1, 6: 2, 7: 1}),
        (RESOLVED, 1, 2, {None: 4, 1: 3, 2: 1}),
    ):
        for answer, callers in answers.items():
            counts.surveys[question].take(
                Counted(question=question, answer=answer, low=low, high=high, callers=callers)
            )
    return counts


def value(kpis: Any, name: str, *parts: Any) -> float | int | None:
    """A KPI of these parts together."""
    (kpi,) = [one for one in kpis if one.id == name]
    found: float | int | None = kpi.value(kpi.of(parts))
    return found


@pytest.mark.parametrize(
    ("method", "percent"),
    [
        (Method.ANSWERED_ONLY, 86.00),
        (Method.OFFERED, 81.13),
        (Method.OFFERED_PLUS_FLOWOUT, 78.54),
        (Method.EXCLUDE_SHORT, 81.90),
        (Method.IGNORE_WITHIN_THRESHOLD, 82.69),
        (Method.POSITIVE, 83.02),
    ],
)
def test_service_level_is_told_by_the_setting_of_the_queue(method: Method, percent: float) -> None:
    setting = QueueSetting(method=method, seconds=20, short_seconds=5)
    found = value(QUEUE_KPIS, "service_level", QueuePart(MORNING, setting))
    assert found is not None
    assert round(100 * found, 2) == percent


#: 1000 + 60 + 15 + 5 + 12 + 3 + 2 ended
QUEUE_VALUES = {
    "offered": 1105,
    "answered": 1000,
    "flow_outs": 35,
    "answer_rate": 1000 / 1097,
    "service_level": 860 / 1050,
    "asa": 9.0,
    "longest_wait": 305.25,
    "abandonment_rate": 50 / 1087,
    "average_abandon_time": 40.0,
    "aht": 240.0,
    "average_talk": 180.0,
    "average_hold": 15.0,
    "average_wrap_up": 45.0,
    "transfer_rate": 0.05,
    "callback_rate": 11 / 1097,
}
AGENT_VALUES = {
    "handled": 50,
    "occupancy": 5 / 7,
    "utilization": 5 / 8,
    "pause_share": 0.1,
    "aht": 360.0,
    "average_talk": 252.0,
    "average_hold": 36.0,
    "average_wrap_up": 72.0,
    "transfer_rate": 0.1,
    "missed_rate": 2 / 52,
}
CAMPAIGN_VALUES = {
    "answer_rate": 0.4,
    "machine_rate": 25 / 80,
    "contact_rate": 0.25,
    "rpc_rate": 0.8,
    "conversion": 0.25,
    "average_wait_after_answer": 0.5,
    "average_talk": 90.0,
    "talk_per_agent_hour": 2340.0,
}
LEAD_VALUES = {"penetration": 0.6, "attempts_per_lead": 1.5}
CUSTOMER_VALUES = {
    "repeat_call_rate": 0.15,
    "fcr_no_repeat": 0.9,
    "fcr_agent": 0.75,
    "fcr_survey": 0.75,
    "csat": 0.7,
    "nps": 0.2,
    "ces": (2 + 6 + 6 + 7) / 4,
    "resolved_response_rate": 0.5,
    "csat_response_rate": 0.5,
    "nps_response_rate": 10 / 15,
    "ces_response_rate": 4 / 6,
    "ewt_error": -10.0,
    "ewt_absolute_error": 25.0,
    "ewt_within": 0.75,
    "ewt_not_later": 0.9,
}
CALLED_BACK = CallbackCounts(
    booked=8, attempts=14, connected=5, expired=1, cancelled=1, waiting=1, until_talk_ms=1_501_000
)
CALLBACK_VALUES = {
    "booked": 8,
    "connected": 5,
    "connected_rate": 0.625,
    "attempts_per_booking": 1.75,
    "time_to_callback": 300.2,
    "expired": 1,
}
GOLDEN: list[tuple[Any, Any, dict[str, float]]] = [
    (QUEUE_KPIS, QueuePart(MORNING, USUAL), QUEUE_VALUES),
    (AGENT_KPIS, SHIFT, AGENT_VALUES),
    (CAMPAIGN_KPIS, DIALED, CAMPAIGN_VALUES),
    (LEAD_KPIS, LeadCounts(leads=100, tried=60, attempts=90), LEAD_VALUES),
    (CUSTOMER_KPIS, _customers(), CUSTOMER_VALUES),
    (CALLBACK_KPIS, CALLED_BACK, CALLBACK_VALUES),
]


@pytest.mark.parametrize(("kpis", "counts", "values"), GOLDEN)
def test_each_kpi_has_its_value_by_hand(kpis: Any, counts: Any, values: dict[str, float]) -> None:
    found = {kpi.id: kpi.value(kpi.of([counts])) for kpi in kpis}
    assert list(found) == list(values)
    assert found == pytest.approx(values)


NOTHING: list[tuple[Any, Any]] = [
    (QUEUE_KPIS, QueuePart(QueueCounts(), USUAL)),
    (AGENT_KPIS, AgentCounts()),
    (CAMPAIGN_KPIS, CampaignPart(CampaignCounts(), 0)),
    (LEAD_KPIS, LeadCounts()),
    (CUSTOMER_KPIS, CustomerCounts()),
    (CALLBACK_KPIS, CallbackCounts()),
]


@pytest.mark.parametrize(("kpis", "nothing"), NOTHING)
def test_without_a_denominator_there_is_no_value(kpis: Any, nothing: Any) -> None:
    for kpi in kpis:
        expected = 0 if kpi.unit is Unit.COUNT else None
        assert kpi.value(kpi.of([nothing])) == expected, kpi.id
        assert kpi.value(kpi.of([])) == expected, kpi.id
        assert kpi.value(kpi.of([nothing, nothing])) == expected, kpi.id


def test_a_queue_whose_callers_all_gave_up_at_once_has_no_rate() -> None:
    """All of them were short: nobody is left of whom there could be a share."""
    only_short = QueueCounts(
        received=3, offered=3, abandoned=3, abandoned_wait_ms=6000, longest_wait_ms=2500,
        abandoned_bands=bands(s0=1, s2=2),
    )  # fmt: skip
    part = QueuePart(only_short, USUAL)
    assert value(QUEUE_KPIS, "abandonment_rate", part) is None
    assert value(QUEUE_KPIS, "service_level", part) is None
    assert value(QUEUE_KPIS, "average_abandon_time", part) == 2.0
    told_all = QueuePart(only_short, QueueSetting(short_seconds=0))
    assert value(QUEUE_KPIS, "abandonment_rate", told_all) == 1.0
    assert value(QUEUE_KPIS, "service_level", told_all) == 0.0


def test_parts_are_added_up_and_never_averaged() -> None:
    few = QueueCounts(
        offered=2, answered=1, abandoned=1, answered_wait_ms=100_000, abandoned_wait_ms=8000,
        longest_wait_ms=100_000, talk_ms=1000, answered_bands=bands(s100=1),
        abandoned_bands=bands(s8=1),
    )  # fmt: skip
    changed = QueueSetting(method=Method.ANSWERED_ONLY, seconds=120, short_seconds=10)
    parts = (QueuePart(MORNING, USUAL), QueuePart(few, changed))
    assert value(QUEUE_KPIS, "service_level", *parts) == 861 / 1051
    assert value(QUEUE_KPIS, "abandonment_rate", *parts) == 50 / (1087 + 1)
    assert value(QUEUE_KPIS, "asa", *parts) == round(9100 / 1001, 3)
    assert value(QUEUE_KPIS, "longest_wait", *parts) == 305.25
    assert value(QUEUE_KPIS, "offered", *parts) == 1107
    assert value(QUEUE_KPIS, "longest_wait", *parts, NOTHING[0][1]) == 305.25


def test_each_pause_is_a_share_of_the_shift() -> None:
    assert pause_shares(SHIFT) == pytest.approx({"almuerzo": 0.075, "descanso": 0.025})
    assert pause_shares(AgentCounts()) == {}


def test_hold_that_is_counted_where_the_talk_ended_makes_no_talk_below_zero() -> None:
    late = AgentCounts(talking_ms=10_000, hold_ms=30_000, handled_inbound=1)
    assert value(AGENT_KPIS, "average_talk", late) == 0.0


def test_what_is_told_beside_a_value_makes_it() -> None:
    for kpis, counts, _ in GOLDEN:
        for kpi in kpis:
            ratio: Ratio = kpi.of([counts])
            top, bottom = kpi.scaled(ratio)
            assert kpi.value(ratio) == pytest.approx(top / bottom, abs=0.0005), kpi.id


_COUNTS: dict[Subject, set[str]] = {
    Subject.QUEUES: {one.name for one in fields(QueueCounts)},
    Subject.AGENTS: {one.name for one in fields(AgentCounts)},
    Subject.CAMPAIGNS: {one.name for one in fields(CampaignCounts)},
    Subject.LEADS: {one.name for one in fields(LeadCounts)},
    Subject.CUSTOMERS: {one.name for one in fields(CustomerCounts)},
    Subject.CALLBACKS: {one.name for one in fields(CallbackCounts)},
}


@pytest.mark.parametrize("subject", Subject)
def test_every_definition_is_complete_in_both_languages(subject: Subject) -> None:
    kpis: Any = KPIS[subject]
    names = [kpi.id for kpi in kpis]
    assert len(set(names)) == len(names)
    for kpi in kpis:
        assert isinstance(kpi, Kpi)
        for words in (kpi.name, kpi.formula):
            assert words.es
            assert words.en
            assert (words.told("es"), words.told("en"), words.told("pt")) == (
                words.es, words.en, words.es,
            )  # fmt: skip
        assert kpi.formula.es != kpi.formula.en, kpi.id
        assert kpi.needs, kpi.id
        assert set(kpi.needs) <= _COUNTS[subject], kpi.id


def test_methods_words_and_figures_of_others_are_told_too() -> None:
    assert set(METHODS) == set(Method)
    told = [*METHODS.values(), *TERMS.values(), *(one.what for one in ELSEWHERE)]
    assert all(words.es and words.en and words.es != words.en for words in told)
    assert {one.id for one in ELSEWHERE}.isdisjoint(
        kpi.id for each in KPIS.values() for kpi in each
    )
