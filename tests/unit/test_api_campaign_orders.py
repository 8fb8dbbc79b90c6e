from __future__ import annotations

import pytest

from api.campaign_orders import POSSIBLE_IN, Order, must_be_possible
from api.problem_texts import Kind
from api.problems import ProblemError
from dialer.book import LeadCounts
from dialer.campaign import Campaign, CampaignState
from tests.unit.facts import FLOOR, START

SOME = LeadCounts(due=1, later=0, reserved=0, done=0)
NONE = LeadCounts(due=0, later=0, reserved=0, done=9)


def _campaign(
    state: CampaignState = CampaignState.DRAFT,
    queue: str = "salida",
    pacing: str = "progressive",
) -> Campaign:
    return Campaign(
        id="c", name="c", country="CO", caller_number="5716001234", state=state,
        created_at=START, queue=queue, pacing=pacing,
    )  # fmt: skip


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("state", CampaignState)
def test_an_order_is_obeyed_in_its_states_only(order: Order, state: CampaignState) -> None:
    if state in POSSIBLE_IN[order]:
        must_be_possible(order, _campaign(state), SOME, FLOOR)
        return
    with pytest.raises(ProblemError) as refused:
        must_be_possible(order, _campaign(state), SOME, FLOOR)
    assert refused.value.kind is Kind.CAMPAIGN_NOT_NOW


@pytest.mark.parametrize("state", POSSIBLE_IN[Order.START])
def test_without_a_lead_nothing_starts(state: CampaignState) -> None:
    with pytest.raises(ProblemError) as refused:
        must_be_possible(Order.START, _campaign(state), NONE, FLOOR)
    assert refused.value.kind is Kind.CAMPAIGN_WITHOUT_LEADS


@pytest.mark.parametrize(
    "campaign", [_campaign(queue="ventas"), _campaign(pacing="reckless")], ids=["queue", "pacing"]
)
def test_a_campaign_of_another_floor_does_not_start(campaign: Campaign) -> None:
    with pytest.raises(ProblemError) as refused:
        must_be_possible(Order.START, campaign, SOME, FLOOR)
    assert refused.value.kind is Kind.CAMPAIGN_UNFIT


def test_no_state_is_without_a_way_on() -> None:
    possible = {state for states in POSSIBLE_IN.values() for state in states}
    assert possible == set(CampaignState)
