"""What a campaign's card on the board says: its policy's own numbers, in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dialer.campaign import Campaign
from dialer.paced import paced
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.picture import Doing, Ledger
from dialer.running import Running
from linea800.campaign_cards import card, cards
from monitoring.board_things import NO_CARD
from simulator.unruled import Unruled
from tests.unit.facts import at


class ByLaw(Unruled):
    """A law stricter than the campaign."""

    abandonment_cap = 0.02


def _running(judge: type[Unruled] = Unruled, **fields: Any) -> Running:
    campaign = Campaign(
        id="c", name="Cobranza <b>", queue="salida", country="CO", caller_number="5716001234",
        created_at=at(0), **fields,
    )  # fmt: skip
    judge_of = judge(campaign)
    running = Running(campaign, judge_of, *paced(campaign, judge_of))
    running.ledger_of = judge_of.ledger_since(at(0))
    return running


def _abandonment(running: Running, now: datetime) -> Any:
    return card(running, now)["abandonment"]


def test_a_card_says_who_it_is_why_it_waits_and_with_how_many() -> None:
    running = _running(max_lines=12)
    for agent in ("1001", "1002"):
        running.picture.agent_is(agent, Doing.READY, at(0).timestamp())
    told = card(running, at(0))
    assert told.keys() == NO_CARD.keys()
    assert (told["name"], told["policy"]) == ("Cobranza <b>", "progressive")
    assert (told["max_lines"], told["agents_at_work"], told["why"]) == (12, 2, None)
    running.told = Decision(2, Reason.PACED)
    assert card(running, at(0))["why"] == {
        "es": "Se marca a 2: para cuando contesten se espera que haya agentes.",
        "en": "Dialing 2: by the time they answer, agents are expected to be free.",
    }


def test_abandonment_is_what_pacing_counts_against_the_least_cap() -> None:
    for judge, cap in ((Unruled, 0.03), (ByLaw, 0.02)):
        running = _running(judge)
        since = running.judge.ledger_since(at(0)).isoformat()
        empty = {"since": since, "cap": cap, "answered": 0, "abandoned": 0, "share": None}
        assert _abandonment(running, at(0)) == empty
        running.picture.ledger = Ledger(live=60, abandoned=1)
        counted = {"answered": 60, "abandoned": 1, "share": 0.0167}
        assert _abandonment(running, at(0)) == {**empty, **counted}


def test_a_period_that_nobody_counted_has_no_share() -> None:
    running = _running()
    running.picture.ledger = Ledger(live=60, abandoned=1)
    assert _abandonment(running, at(0)) is not None
    assert _abandonment(running, at(0) + timedelta(days=2)) is None
    running.ledger_of = None
    assert _abandonment(running, at(0)) is None


def test_a_campaign_that_is_not_in_hand_has_an_empty_card() -> None:
    running = _running()
    card_of = cards(lambda: {"c": running}, lambda: at(0))
    assert card_of("c")["name"] == "Cobranza <b>"
    assert card_of("gone") == NO_CARD
