"""The whole house in virtual time: SQL has of it what the lean world says must come of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dialer.attempt import Outcome
from dialer.campaign import CampaignState, RetryRule
from dialer.pacing.decision import Rules
from dialer.pacing.policies import policy
from linea800.cli import app
from linea800.simulate.account import Records, attempts_of, records_of
from linea800.simulate.house import SimulatedHouse
from linea800.simulate.setting import BEGINS, CAMPAIGN, NEVER_AGAIN, UnfitWorldError, campaign_of
from simulator.scenario import HOUR, Lengths, Presence, Scenario, always
from simulator.scenarios import NAMED
from simulator.shift import Account, Shift
from simulator.switch import AT_ONCE, Delays
from storage.database import Database

#: ten agents for twelve minutes, and subscribers who call the same agents
BLENDED = Scenario(
    name="blended", agents=10, hours=0.2, answered=always(0.4), talk=Lengths(60.0, 1.0),
    inbound=lambda draw: sorted(draw.uniform(0.0, 0.2 * HOUR) for _ in range(12)),
)  # fmt: skip
#: people who come late, take a break and go early
BREAKS = replace(
    BLENDED,
    inbound=None,
    presences=lambda _: [
        Presence(f"{1001 + index}", begins + 7.0 * index, ends + 5.0 * index)
        for index in range(8)
        for begins, ends in ((0.0, 240.0), (300.0, 640.0))
    ],
)


@asynccontextmanager
async def _played(
    scenario: Scenario,
    folder: Path,
    *,
    pacing: str = "progressive",
    delays: Delays = AT_ONCE,
    retry: RetryRule = NEVER_AGAIN,
    settings: Mapping[str, float] | None = None,
) -> AsyncIterator[tuple[SimulatedHouse, Records]]:
    async with await Database.open(str(folder / "simulated.db")) as database:
        house = SimulatedHouse(scenario, database, seed=3, delays=delays)
        await house.play(campaign_of(scenario, pacing, settings or {}, 0.03, retry))
        yield house, await records_of(house)


def _lean(scenario: Scenario, pacing: str = "progressive") -> Account:
    return Shift(scenario, policy(pacing, Rules()), 3).run()


def _counted(account: Account) -> tuple[int, ...]:
    return (
        account.attempts, account.answered, account.unanswered, account.connected,
        len(account.live_at), len(account.abandoned_at), len(account.inbound_waited),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "pacing"),
    [(BLENDED, "progressive"), (BREAKS, "progressive"), (replace(BLENDED, inbound=None), "ratio")],
)
async def test_the_house_and_the_lean_world_agree_to_the_attempt(
    scenario: Scenario, pacing: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same seed, policies that look at the moment only, a switch that takes no time.

    Moments in SQL have microseconds, hence the tolerance of lengths.
    """
    async with _played(scenario, tmp_path, pacing=pacing) as (house, records):
        whole, lean = records.account, _lean(scenario, pacing)
        assert _counted(whole) == _counted(lean)
        assert whole.live_at == pytest.approx(lean.live_at, abs=1e-5)
        assert whole.abandoned_at == pytest.approx(lean.abandoned_at, abs=1e-5)
        assert sorted(whole.inbound_waited) == pytest.approx(sorted(lean.inbound_waited), abs=1e-5)
        for name in ("busy_seconds", "talk_seconds", "ready_seconds", "signed_in_seconds"):
            assert getattr(whole, name) == pytest.approx(getattr(lean, name), abs=0.01), name
        assert not house.tracker.surprises
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_with_asterisks_own_delays_they_agree_in_shares(tmp_path: Path) -> None:
    """Courses of some 400 attempts that part soon: four standard errors of a share of 0.3 are 9 %.

    Occupancy is a mean over some 120 talks of CV 1: four points.
    """
    scenario = replace(NAMED["medium20"], hours=0.3)
    async with _played(scenario, tmp_path, delays=Delays()) as (_, records):
        whole, lean = records.account, _lean(scenario)
        assert whole.attempts == pytest.approx(lean.attempts, rel=0.09)
        assert whole.answered / whole.attempts == pytest.approx(
            lean.answered / lean.attempts, abs=0.09
        )
        assert whole.occupancy == pytest.approx(lean.occupancy, abs=0.04)
        assert whole.abandoned_share <= 0.01


async def test_every_attempt_in_sql_has_one_outcome_and_nobody_is_dialed_twice(
    tmp_path: Path,
) -> None:
    scenario = replace(BLENDED, inbound=None, leads=150)
    async with _played(scenario, tmp_path, pacing="predictive", delays=Delays()) as (
        house,
        records,
    ):
        attempts = [attempt async for attempt in attempts_of(house)]
        assert records.open_attempts == 0
        assert Counter(attempt.outcome for attempt in attempts) == records.outcomes
        assert None not in records.outcomes
        assert set(records.outcomes) <= {
            Outcome.CONNECTED, Outcome.ABANDONED, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.INVALID,
        }  # fmt: skip
        assert len({attempt.lead_id for attempt in attempts}) == len(attempts) == 150
        assert len({attempt.number for attempt in attempts}) == 150
        assert records.account.used_up_at is not None
        campaign = await house.campaigns.get(CAMPAIGN)
        assert campaign is not None
        assert campaign.state is CampaignState.FINISHED
        counts = await house.calls.counts(BEGINS)
        assert counts.attempts == records.outcomes, "records of calls tell the same"


async def test_a_lead_is_dialed_again_when_its_rule_says_and_not_before(tmp_path: Path) -> None:
    rule = RetryRule(max_attempts=2, minutes={Outcome.BUSY: 2.0})
    scenario = replace(
        BLENDED, inbound=None, agents=4, answered=always(0.2), busy=(1.0, 3.0), leads=20
    )
    async with _played(scenario, tmp_path, retry=rule) as (house, _):
        attempts = sorted(
            [attempt async for attempt in attempts_of(house)], key=lambda one: one.intended_at
        )
        again = [attempt for attempt in attempts if attempt.ordinal == 2]
        first = {attempt.lead_id: attempt for attempt in attempts if attempt.ordinal == 1}
        assert len(first) == 20
        assert again
        assert max(attempt.ordinal for attempt in attempts) == 2
        for attempt in again:
            before = first[attempt.lead_id]
            assert before.outcome is Outcome.BUSY
            assert before.ended_at is not None
            waited = (attempt.intended_at - before.ended_at).total_seconds()
            assert 120.0 <= waited <= 300.0


async def test_a_lost_link_loses_no_attempt_and_dials_nobody_twice(tmp_path: Path) -> None:
    """What ended unseen is found out by the snapshot: its outcome is not known, and counts."""
    scenario = replace(BLENDED, inbound=None, outages=((300.0, 360.0),))
    async with _played(scenario, tmp_path, delays=Delays()) as (house, records):
        attempts = [attempt async for attempt in attempts_of(house)]
        in_outage = [
            attempt
            for attempt in attempts
            if 300.0 <= (attempt.intended_at - BEGINS).total_seconds() < 360.0
        ]
        assert in_outage == []
        assert records.open_attempts == 0
        assert 0 < records.outcomes[Outcome.UNKNOWN] <= 10
        assert len({attempt.lead_id for attempt in attempts}) == len(attempts)
        after = [one for one in attempts if (one.intended_at - BEGINS).total_seconds() >= 360.0]
        assert len(after) > 30, "the dialer did not come back"


async def test_the_house_refuses_a_world_with_machines(tmp_path: Path) -> None:
    with pytest.raises(UnfitWorldError, match="machines"):
        async with _played(NAMED["amd30"], tmp_path):
            pytest.fail("it was played")


def test_the_command_plays_the_whole_house(tmp_path: Path) -> None:
    plan = tmp_path / "campaign.yaml"
    plan.write_text(
        "agents: 3\nhours: 0.1\nleads: 12\nanswer_rate: 0.5\npolicies: progressive\n"
        "talk: {mean_seconds: 20}\nwrap_up: {mean_seconds: 5}\n",
        encoding="utf-8",
    )
    picture = tmp_path / "course.svg"
    told = CliRunner().invoke(app, ["simulate", str(plan), "--whole", "--svg", str(picture)])
    assert told.exit_code == 0, told.output
    assert "SQL" in told.output
    assert "connected" in told.output
    assert picture.read_text("utf-8").startswith("<svg")
