"""Numbers that must never be dialed, on a real Asterisk: not even when they are leads already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from tests.system.scene import Scene, eventually

GOOD = "573101234563"  # busy at the carrier
#: premium, satellite, shared cost, other countries, short and emergency numbers, injections
HOSTILE = (
    "19005551234", "37190012345", "447012345678", "55900123456", "881612345678", "8821600000000",
    "979112345678", "5351234567", "190", "112", "911", "0015715551234", "573001234567,,1234#",
    "573001234567&PJSIP/19005551234@trunk", "573001234567@evil", "${SHELL(id)}",
    "573001234567\r\nAction: Logoff", "573001234567;ext=1", "５７３００１２３４５６７",
    "57300123456", "5730012345678901", "", "5718000123456", "579001234567", "34803123456",
)  # fmt: skip


async def test_no_number_outside_the_rules_ever_reaches_the_carrier(scene: Scene) -> None:
    house = scene.house
    before = len(scene.stage.carrier.calls())
    await scene.sign_in("1001", "1002")
    campaign = Campaign(
        id="hostile", name="hostil", queue="salida", country="CO", caller_number="5716001234",
        ring_seconds=15, retry=RetryRule(max_attempts=1, minutes={}), options=ON_A_TEST_LINE,
        created_at=datetime.now(UTC),
    )  # fmt: skip

    async def leads() -> AsyncIterator[list[NewLead]]:
        # past the import, which would refuse every one of them
        yield [NewLead(number=number, name="", extra={}) for number in (*HOSTILE, GOOD)]

    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "test")

    async def finished() -> bool:
        found = await house.campaigns.get(campaign.id)
        return found is not None and found.state is CampaignState.FINISHED

    await eventually(finished, "the campaign to be over")
    attempts = (await house.campaigns.attempts(campaign.id, None, 100)).attempts
    assert [attempt.number for attempt in attempts] == [GOOD]
    # the carrier, which answers whatever it is sent, was called for the one good number only
    assert [call.number for call in scene.stage.carrier.calls()[before:]] == [GOOD]
    counts = await house.campaigns.lead_counts(campaign.id, datetime.now(UTC))
    assert counts.done == len(HOSTILE) + 1
