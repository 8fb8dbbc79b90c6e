"""The dialer before both databases, on a line that fails on purpose; the true one: `system`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from agents.floor import Floor
from agents.keeper import Keeper
from agents.phone_orders import PhoneOrders
from agents.roster import Roster
from calls.errors import LinkDownError, OutcomeUnknownError
from calls.events import (
    AgentDeviceChanged,
    AgentReadied,
    AgentSignInAsked,
    AttemptEnded,
    AttemptStarted,
    CallDialed,
    CallEnded,
    CallVanished,
    Fact,
    LinkLost,
    SnapshotTaken,
)
from calls.switch import Dial
from calls.tracker import Tracker
from dialer.attempt import Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.dialing import Dialing
from dialer.lead import NewLead
from simulator.unruled import Unruled
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.places import PlaceStore
from storage.previews import PreviewStore
from tests.unit.facts import FLOOR, PBX, at, fact


@dataclass
class Line:
    """Takes orders, or fails as told to."""

    orders: list[Dial] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None
    on_dial: Callable[[Dial], None] = lambda order: None

    async def dial(self, order: Dial) -> None:
        """As `calls.switch.CallPlacer`."""
        self.orders.append(order)
        self.on_dial(order)
        if self.error is not None:
            raise self.error

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """As `calls.switch.CallPlacer`."""
        self.messages.append((call_id, prompt))

    async def hang_up(self, channel_id: str) -> None:
        """As `calls.switch.CallPlacer`."""
        self.hung_up.append(channel_id)


class Phones:
    """Takes every order of the keeper's; `told` is what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """As `calls.switch.AgentPhones`."""
        self.told.append((agent, f"join {queue} {paused}".strip()))

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """As `calls.switch.AgentPhones`."""
        self.told.append((agent, f"leave {queue}"))

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """As `calls.switch.AgentPhones`."""
        self.told.append((agent, f"pause {reason}".strip()))

    async def ring_agent(self, agent: str) -> None:
        """As `calls.switch.AgentPhones`."""

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """As `calls.switch.AgentPhones`."""

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """As `calls.switch.AgentPhones`."""

    async def release_agent(self, agent: str) -> None:
        """As `calls.switch.AgentPhones`."""

    async def hang_up(self, channel_id: str) -> None:
        """As `calls.switch.AgentPhones`."""

    async def end_talk(self, call_id: str) -> None:
        """As `calls.switch.AgentPhones`."""


class Office:
    """A dialer, and everything it hears."""

    def __init__(self, database: Database, floor: Floor = FLOOR) -> None:
        self.now = at(0)
        self.store, self.showings = CampaignStore(database), PreviewStore(database)
        self.line = Line()
        self.tracker, self.roster = Tracker(), Roster(floor)
        self.facts: list[Fact] = []
        self.allowed = True
        self.phones = Phones()
        orders = PhoneOrders(self.phones)
        self.keeper = Keeper(floor.pbx, self.roster, orders, self.put, now=lambda: self.now)
        self.dialing = Dialing(
            floor, self.store, self.line, self.roster, self.tracker, self.put,
            keeper=self.keeper, showings=self.showings, judges=Unruled,
            allowed=lambda: self.allowed, places=PlaceStore(database), now=lambda: self.now,
        )  # fmt: skip
        self.keeper.claim = self.dialing.claim

    def put(self, *facts: Fact) -> None:
        """Facts travel at once here."""
        for one in facts:
            self.facts.append(one)
            change = self.tracker.apply(one)
            self.roster.fold(change)
            self.dialing.fold(change)
            self.keeper.heard(one)

    def open_shop(self, *agents: str) -> None:
        """The link is in step and these agents are free."""
        self.put(
            fact(
                SnapshotTaken, 0, asked_at=at(0), first_after_connect=True, channels=(),
                members=(), waiting=(), lines_up=frozenset(), talking=(),
            )
        )  # fmt: skip
        for agent in agents:
            self.put(
                fact(AgentSignInAsked, 0, agent=agent),
                fact(AgentReadied, 1, agent=agent),
                fact(
                    AgentDeviceChanged, 1, agent=agent, queue="salida", status=1, paused=False,
                    pause_reason="",
                ),
            )  # fmt: skip

    async def campaign(self, leads: int, retry: RetryRule | None = None) -> str:
        """A running campaign."""
        made = Campaign(
            id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
            created_at=self.now, retry=retry or RetryRule(),
        )  # fmt: skip

        async def batches() -> AsyncIterator[list[NewLead]]:
            yield [NewLead(number=f"57300{index:07d}", name="", extra={}) for index in range(leads)]

        await self.store.create(made)
        await self.store.add_leads("c", batches(), self.now)
        await self.dialing.set_state("c", CampaignState.RUNNING, "test")
        return made.id

    def outcomes(self) -> list[str]:
        """The outcomes told so far."""
        return [one.outcome for one in self.facts if isinstance(one, AttemptEnded)]

    def end(self, call_id: str, cause: int, sip_code: int) -> None:
        """The switch says that a call is over."""
        self.put(
            CallDialed(at=self.now, pbx=PBX, call_id=call_id),
            CallEnded(at=self.now, pbx=PBX, call_id=call_id, cause=cause, sip_code=sip_code),
        )


@pytest.fixture
def office(database: Database) -> Office:
    """A dialer in front of either database."""
    return Office(database)


async def test_one_call_for_each_free_agent_and_the_row_is_there_before_the_order(
    office: Office,
) -> None:
    office.open_shop("1001", "1002")
    await office.campaign(5)
    await office.dialing.turn()
    assert len(office.line.orders) == 2
    open_ones = await office.store.open_attempts(PBX)
    assert {order.attempt_id for order in office.line.orders} == {one.id for one in open_ones}
    started = [one.call_id for one in office.facts if isinstance(one, AttemptStarted)]
    assert started == [order.attempt_id for order in office.line.orders]
    await office.dialing.turn()
    assert len(office.line.orders) == 2, "agents who are spoken for were dialed for again"


async def test_nothing_is_dialed_before_a_snapshot_after_a_loss_or_without_a_journal(
    office: Office,
) -> None:
    await office.campaign(5)
    await office.dialing.turn()
    office.open_shop("1001")
    office.put(fact(LinkLost, 2, reason="mute"))
    await office.dialing.turn()
    office.open_shop("1001")
    office.allowed = False
    await office.dialing.turn()
    assert office.line.orders == []
    office.allowed = True
    await office.dialing.turn()
    assert len(office.line.orders) == 1


async def test_an_order_of_unknown_outcome_is_never_sent_again(office: Office) -> None:
    office.open_shop("1001")
    office.line.error = OutcomeUnknownError("Originate: no answer within 5 s")
    await office.campaign(1)
    for _ in range(3):
        await office.dialing.turn()
    (order,) = office.line.orders
    assert office.outcomes() == []
    gone = fact(CallVanished, 70, call_id=order.attempt_id, last_seen_at=at(0), reason="lost_sync")
    office.put(gone)
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.UNKNOWN]
    lead = await office.store.lead_counts("c", at(71))
    assert (lead.due, lead.later) == (0, 1), "the lead waits as the rule says for unknown"


async def test_an_order_that_never_left_is_a_failure_and_comes_back_later(office: Office) -> None:
    office.open_shop("1001")
    office.line.error = LinkDownError("Originate was not sent")
    await office.campaign(1)
    await office.dialing.turn()
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.FAILED]
    assert len(office.line.orders) == 1
    counts = await office.store.lead_counts("c", at(1))
    assert (counts.due, counts.later) == (0, 1)


async def test_a_stop_in_the_middle_of_a_burst_stops_the_rest(office: Office) -> None:
    office.open_shop("1001", "1002")

    def lose_the_link(_: Dial) -> None:
        office.put(fact(LinkLost, 2, reason="mute"))

    office.line.on_dial = lose_the_link
    await office.campaign(5)
    await office.dialing.turn()
    assert len(office.line.orders) == 1
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.FAILED]


async def test_stopping_hangs_up_what_rings(office: Office) -> None:
    office.open_shop("1001")
    await office.campaign(2)
    await office.dialing.turn()
    (order,) = office.line.orders
    await office.dialing.set_state("c", CampaignState.STOPPED, "test")
    assert office.line.hung_up == [order.attempt_id]
    office.end(order.attempt_id, 16, 0)
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.CANCELLED]
    assert len(office.line.orders) == 1


async def test_a_campaign_ends_when_its_last_lead_is_done_even_without_a_free_agent(
    office: Office,
) -> None:
    office.open_shop("1001")
    await office.campaign(1, RetryRule(max_attempts=1))
    await office.dialing.turn()
    (order,) = office.line.orders
    office.put(
        fact(
            AgentDeviceChanged, 3, agent="1001", queue="salida", status=5, paused=False,
            pause_reason="",
        )
    )  # fmt: skip
    office.end(order.attempt_id, 17, 486)
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.BUSY]
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.FINISHED


async def test_after_a_crash_open_attempts_are_found_again_and_not_dialed_again(
    office: Office, database: Database
) -> None:
    office.open_shop("1001", "1002")
    await office.campaign(2)
    await office.dialing.turn()
    first, second = office.line.orders
    again = Office(database)
    # the journal remembered one of the two; of the other there is only the row
    again.put(*[one for one in office.facts if getattr(one, "call_id", "") == first.attempt_id])
    await again.dialing.recover()
    started = [one.call_id for one in again.facts if isinstance(one, AttemptStarted)]
    assert sorted(started) == sorted([first.attempt_id, second.attempt_id])
    again.open_shop("1001", "1002")
    await again.dialing.turn()
    assert again.line.orders == []
    again.end(first.attempt_id, 17, 486)
    again.put(
        fact(
            CallVanished, 60, call_id=second.attempt_id, last_seen_at=at(0), reason="lost_sync"
        )
    )  # fmt: skip
    await again.dialing.turn()
    assert sorted(again.outcomes()) == [Outcome.BUSY, Outcome.UNKNOWN]
    assert await again.store.open_attempts(PBX) == []


async def test_an_end_that_was_committed_but_never_told_is_told_after_the_crash(
    office: Office, database: Database
) -> None:
    office.open_shop("1001")
    await office.campaign(1, RetryRule(max_attempts=1))
    await office.dialing.turn()
    (order,) = office.line.orders
    office.end(order.attempt_id, 17, 486)
    await office.dialing.turn()
    again = Office(database)
    told = [one for one in office.facts if not isinstance(one, AttemptEnded)]
    again.put(*[one for one in told if getattr(one, "call_id", "") == order.attempt_id])
    await again.dialing.recover()
    assert again.outcomes() == [Outcome.BUSY]
