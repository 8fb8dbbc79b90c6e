"""The command line of the bench: what is measured, with how many seeds, and where it is written."""

from __future__ import annotations

import argparse
import asyncio
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.pacing import tables
from bench.pacing.contest import Contest, strongest_first, told_in_a_line
from bench.pacing.cost import SIZES, cost
from bench.pacing.measuring import Measuring
from bench.pacing.page import page
from bench.pacing.plot import svg
from bench.pacing.results import Results, read, write
from bench.pacing.runs import Runs
from bench.pacing.searches import SEARCHES, first_searches
from bench.pacing.shortfalls import shortfalls
from bench.pacing.sweeps import plot
from bench.pacing.worlds import named, random_worlds

#: of a table that nobody looks at on a terminal
_WIDTH = 160
PARTS = ("named", "jump", "cost", "plots", "random")
_DOCS = Path(__file__).parents[2] / "docs" / "reference"
_FOLDER = Path(".linea800") / "pacing-bench"
_QUICK_WORLDS = ("small5", "medium20", "high_p50", "trunk28")
_QUICK_HOURS, _QUICK_SEEDS = 1.5, 3
_PLOTTED = ("medium20", "large100")
_RANDOM_WORLDS, _RANDOM_SEEDS = 20, 5
#: whose best settings are carried over to the random worlds
_TUNED_ON = "medium20"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the tables, write the page."""
    asked = _parser().parse_args(arguments)
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    home = folder if asked.quick else asked.docs
    results = Results() if asked.quick else read(home / "pacing-results.json")
    results = results.model_copy(update={"python": platform.python_version(), "cut": asked.quick})
    if not asked.page_only:
        with Runs(folder / "runs.jsonl", asked.processes) as runs:
            results = asyncio.run(_measured(asked, runs, results, home, console))
    _write(results, home)
    _show(results, console)
    console.print(f"The page: {home / 'pacing.md'}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pacing", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few seeds, few and short worlds")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=10, help="of each named world")
    parser.add_argument("--told-seeds", type=int, default=4, help="of ours, told the future")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--worlds", nargs="+", choices=named(), metavar="WORLD")
    parser.add_argument("--page-only", action="store_true", help="write the page anew, no runs")
    parser.add_argument("--folder", type=Path, default=_FOLDER, help="what was run, to go on from")
    parser.add_argument("--docs", type=Path, default=_DOCS, help="where the page is written")
    return parser


async def _measured(
    asked: argparse.Namespace, runs: Runs, results: Results, home: Path, console: Console
) -> Results:
    if asked.quick:
        return await _quick(runs, console)
    measuring = Measuring(runs)
    contest = Contest(measuring, SEARCHES, asked.seeds, asked.told_seeds)
    if "named" in asked.only:
        for name in asked.worlds or named():
            result = await contest.world(name)
            console.print(told_in_a_line(result))
            results = results.with_world(result)
            _write(results, home)
    if "jump" in asked.only:
        results = results.model_copy(update={"jump": await measuring.jump(asked.seeds)})
    if "cost" in asked.only:
        results = results.model_copy(update={"costs": tuple(cost(*size) for size in SIZES)})
    _write(results, home)
    if "plots" in asked.only:
        known = [found for name in _PLOTTED if (found := results.world(name))]
        plots = [await plot(measuring, each, 3 if each.agents < 100 else 2) for each in known]
        results = results.model_copy(update={"plots": tuple(plots)})
        _write(results, home)
    if "random" in asked.only and results.world(_TUNED_ON):
        results = await _random(Contest(measuring, SEARCHES, _RANDOM_SEEDS, 0), results, console)
    return results


async def _random(contest: Contest, results: Results, console: Console) -> Results:
    tuned_on = results.world(_TUNED_ON)
    found = {figure.policy: figure.knobs for figure in tuned_on.baselines} if tuned_on else {}
    settings = {policy: found[policy] for policy in strongest_first(results) if policy in found}
    worlds = []
    for name in random_worlds(_RANDOM_WORLDS):
        worlds.append(await contest.random_world(name, settings))
        console.print(told_in_a_line(worlds[-1].result))
    return results.model_copy(update={"random": tuple(worlds)})


async def _quick(runs: Runs, console: Console) -> Results:
    measuring = Measuring(runs, _QUICK_HOURS)
    contest = Contest(
        measuring, first_searches(), _QUICK_SEEDS, told_seeds=1, halvings=5, last_steps=2
    )
    results = Results(python=platform.python_version(), cut=True)
    for name in _QUICK_WORLDS:
        result = await contest.world(name)
        console.print(told_in_a_line(result))
        results = results.with_world(result)
    return results.model_copy(update={"costs": tuple(cost(*size) for size in SIZES[:2])})


def _write(results: Results, home: Path) -> None:
    write(results, home / "pacing-results.json")
    (home / "pacing.svg").write_text(svg(results.plots), encoding="utf-8")
    (home / "pacing.md").write_text(page(results), encoding="utf-8")


def _show(results: Results, console: Console) -> None:
    sheets = [
        tables.against_the_others(results.named),
        tables.the_cap(results.named),
        tables.to_the_limit(results.named),
        tables.everybody(results.named),
    ]
    if results.random:
        sheets += [tables.at_random(results.random), tables.carried_over(results.random)]
    if results.jump:
        sheets.append(tables.after_jumps(results.jump))
    sheets.append(tables.costs(results.costs))
    for sheet in sheets:
        console.print(sheet.rich())
    console.print("What falls short:")
    for sentence in shortfalls(results):
        console.print(f"  {sentence}")
