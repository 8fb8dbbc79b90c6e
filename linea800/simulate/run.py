"""`linea800 simulate`: the plan is read, every policy plays it, and what comes of it is shown."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from calls.errors import Linea800Error
from dialer.attempt import Outcome
from documents.yaml_document import read_document
from linea800.simulate.account import Records, records_of
from linea800.simulate.drawing import svg
from linea800.simulate.forecast import Forecast
from linea800.simulate.house import SimulatedHouse
from linea800.simulate.plan import Plan, PolicyChoice
from linea800.simulate.screen import show, show_outcomes
from linea800.simulate.setting import NEVER_AGAIN, campaign_of
from linea800.simulate.words import said
from simulator.shift import Shift
from simulator.switch import Delays
from storage.database import Database

#: told of the policy that is played, and of which draw
Telling = Callable[[str, int], None]


class PictureError(Linea800Error):
    """The picture could not be written."""


def simulate(
    file: Path,
    out: Console,
    *,
    language: str,
    seeds: int | None = None,
    whole: bool = False,
    picture: Path | None = None,
) -> None:
    """Play the plan in `file` and show it.

    `whole` plays every policy once in the whole house. Raises `DocumentRefusedError`,
    `UnfitWorldError`, `PictureError`.
    """
    plan = read_document(file, Plan)
    count = 1 if whole else seeds or plan.seeds
    with Console(stderr=True).status("") as status:

        def tell(policy: str, seed: int) -> None:
            status.update(said(language, "playing", policy=policy, seed=seed, of=count))

        if whole:
            records = asyncio.run(_whole(plan, tell))
            forecasts = [
                Forecast(choice.label, plan.scenario(), [each.account])
                for choice, each in zip(plan.policies, records, strict=True)
            ]
        else:
            forecasts = [_lean(plan, choice, count, tell) for choice in plan.policies]
    show(plan, forecasts, out, language=language)
    if whole:
        outcomes = [each.outcomes for each in records]
        show_outcomes(_by_policy(plan.policies, outcomes), out, language=language)
    if picture is not None:
        _write(picture, svg(plan, forecasts, language=language))
        out.print(said(language, "written", file=picture), markup=False)


def _lean(plan: Plan, choice: PolicyChoice, count: int, tell: Telling) -> Forecast:
    scenario = plan.scenario()
    accounts = []
    for seed in range(1, count + 1):
        tell(choice.label, seed)
        accounts.append(Shift(scenario, plan.pacing(choice), seed).run())
    return Forecast(choice.label, scenario, accounts)


async def _whole(plan: Plan, tell: Telling) -> list[Records]:
    records = []
    for choice in plan.policies:
        tell(choice.label, 1)
        records.append(await _played_whole(plan, choice))
    return records


async def _played_whole(plan: Plan, choice: PolicyChoice) -> Records:
    scenario = plan.scenario()
    with tempfile.TemporaryDirectory(prefix="linea800-") as folder:
        file = str(Path(folder) / "simulated.db")
        async with await Database.open(file, lasting=False) as database:
            house = SimulatedHouse(scenario, database, seed=1, delays=Delays())
            campaign = campaign_of(
                scenario, choice.name, choice.settings, plan.abandonment_cap, NEVER_AGAIN
            )
            await house.play(campaign)
            return await records_of(house)


def _by_policy(
    choices: Sequence[PolicyChoice], outcomes: Sequence[dict[Outcome, int]]
) -> dict[str, dict[Outcome, int]]:
    return {choice.label: each for choice, each in zip(choices, outcomes, strict=True)}


def _write(picture: Path, text: str) -> None:
    try:
        picture.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PictureError(f"{picture} cannot be written: {error.strerror}") from None
