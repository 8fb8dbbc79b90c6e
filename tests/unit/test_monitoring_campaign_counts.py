"""A campaign's attempts: who was reached, who was wanted, who said yes, who was left waiting."""

from __future__ import annotations

from dataclasses import replace

from dialer.attempt import Outcome
from dialer.dispositions import Category
from monitoring.campaign_counts import (
    ABANDONED,
    CONNECTED,
    MACHINE,
    NO_SUCCESS,
    CampaignCounts,
    Tried,
    counted,
    is_in,
)
from tests.unit.facts import START, at

TALK = Tried(
    intended_at=at(10), answered_at=at(20), connected_at=at(21.5), ended_at=at(80),
    outcome=Outcome.CONNECTED, machine=False, right_party=True, category=Category.SUCCESS,
)  # fmt: skip
LEFT = replace(TALK, connected_at=None, outcome=Outcome.ABANDONED, right_party=False, category="")
NOBODY = replace(LEFT, answered_at=None, outcome=Outcome.NO_ANSWER)


def test_the_words_are_the_dialers() -> None:
    assert [CONNECTED, ABANDONED, MACHINE] == [
        Outcome.CONNECTED, Outcome.ABANDONED, Outcome.MACHINE,
    ]  # fmt: skip


def test_each_attempt_counts_as_what_it_was() -> None:
    wrong_person = replace(TALK, right_party=False, category=Category.NO_CONTACT)
    open_one = replace(NOBODY, ended_at=None, outcome="")
    assert counted([TALK, wrong_person, LEFT, NOBODY, open_one], START) == CampaignCounts(
        attempts=5, answered=3, contacts=2, right_party=1, successes=1, abandoned=1,
        talk_ms=117_000, wait_ms=3_000, line_ms=180_000, no_contact=1,
        outcomes={"connected": 2, "abandoned": 1, "no_answer": 1},
    )  # fmt: skip


def test_a_machine_is_nobody_who_was_reached_or_left_waiting() -> None:
    hung_up_on = replace(LEFT, outcome=Outcome.MACHINE, machine=True)
    heard_by_an_agent = replace(TALK, machine=True, right_party=False)
    nobody_there = replace(LEFT, machine=True)
    counts = counted([hung_up_on, heard_by_an_agent, nobody_there], START)
    assert (counts.machines, counts.contacts, counts.abandoned) == (3, 0, 0)
    assert counts.outcomes == {"machine": 1, "connected": 1, "abandoned": 1}


def test_contacts_add_up_by_what_they_came_to() -> None:
    said = [*Category, Category.NO_SUCCESS, ""]
    counts = counted([LEFT, *(replace(TALK, category=each) for each in said)], START)
    assert counts.results == {
        "success": 1, "callback": 1, "do_not_call": 1, "no_contact": 1, "no_success": 2,
        "not_told": 1,
    }  # fmt: skip
    assert sum(counts.results.values()) == counts.contacts == len(said)


def test_all_of_an_attempt_counts_where_it_was_meant_to_be_made() -> None:
    late = replace(TALK, intended_at=at(899), answered_at=at(905), ended_at=at(2000))
    assert counted([late], START).contacts == 1
    assert counted([late], at(900)) == CampaignCounts()


def test_counts_are_added() -> None:
    counts = counted([TALK], START)
    counts.add(counted([TALK, NOBODY], START))
    assert counts == counted([TALK, TALK, NOBODY], START)


def test_one_attempt_is_in_the_counts_that_it_makes() -> None:
    names = ("attempts", "answered", "contacts", "successes", NO_SUCCESS, "abandoned", "machines")
    refused = replace(TALK, category=Category.NO_SUCCESS)
    heard_by_an_agent = replace(TALK, machine=True, category="")
    found = [
        [name for name in names if is_in(name, tried)]
        for tried in (TALK, refused, LEFT, NOBODY, heard_by_an_agent)
    ]
    assert found == [
        ["attempts", "answered", "contacts", "successes"],
        ["attempts", "answered", "contacts", NO_SUCCESS],
        ["attempts", "answered", "abandoned"],
        ["attempts"],
        ["attempts", "answered", "machines"],
    ]
