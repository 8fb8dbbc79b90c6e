"""The results as tables, the same on a terminal and in a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.pacing.figure import Figure, paired_error
from bench.pacing.results import Cost, JumpResult, RandomResult, WorldResult
from bench.pacing.worlds import REFERENCES

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: a name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def rich(self) -> Table:
        """For a terminal."""
        table = Table(*self.heads, title=self.name)
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """For a page, without the name: the page has its own headings."""
        ruler = ["---" if index == 0 else "---:" for index in range(len(self.heads))]
        return "".join(f"| {' | '.join(row)} |\n" for row in [self.heads, ruler, *self.rows])


def percent(share: float | None, digits: int = 1) -> str:
    """A share as per cent, without the sign."""
    return NOTHING if share is None else f"{100 * share:.{digits}f}"


def points(difference: float | None) -> str:
    """A difference of shares in points, with its sign."""
    return NOTHING if difference is None else f"{100 * difference:+.1f}"


def against_the_others(results: Iterable[WorldResult]) -> Sheet:
    """Ours beside the best of the others."""
    heads = ["world", "progressive", "by formula", "best of the others", "its knob"]
    heads += ["its occupancy", "ours", "lead", "± s.e."]
    rows = []
    for result in results:
        rival, error = result.rival, paired_error(result.predictive, result.rival)
        rows.append([
            result.world,
            percent(result.progressive.occupancy), percent(result.closed_form),
            rival.policy, rival.setting, percent(rival.occupancy),
            percent(result.predictive.occupancy), points(result.lead), percent(error),
        ])  # fmt: skip
    return Sheet("Occupancy at 3.0 % abandonment, in per cent", heads, rows)


def the_cap(results: Iterable[WorldResult]) -> Sheet:
    """What ours abandoned."""
    heads = ["world", "live answers", "abandoned", "pooled, %", "worst shift, %"]
    heads += ["calls above the cap in a shift", "worst 30 minutes, %"]
    rows = [
        [result.world, f"{figure.live:,}", f"{figure.abandoned:,}",
         percent(figure.abandonment, 2), percent(figure.worst_shift, 2),
         f"{figure.calls_above_cap:.1f}", percent(figure.worst_half_hour)]
        for result in results
        for figure in (result.predictive,)
    ]  # fmt: skip
    return Sheet("What our policy abandons", heads, rows)


def to_the_limit(results: Iterable[WorldResult]) -> Sheet:
    """Ours beside what is to be reached, and beside policies that know the future."""
    heads = ["world", "ours", "to reach", "ours less that", "told when agents get free: reference"]
    heads += ["ours, so told", "abandoned, %", "bound"]
    rows = []
    for result in results:
        reference = REFERENCES.get(result.world)
        ours = result.predictive.occupancy
        rows.append([
            result.world, percent(ours),
            percent(reference.to_reach if reference else None),
            points(ours - reference.to_reach if reference else None),
            percent(reference.told if reference else None),
            percent(result.told.occupancy if result.told else None),
            percent(result.told.abandonment if result.told else None, 2),
            percent(result.bound),
        ])  # fmt: skip
    return Sheet("How much is left, occupancy in per cent", heads, rows)


def everybody(results: Sequence[WorldResult]) -> Sheet:
    """Each policy in each world at its best."""
    names = sorted({figure.policy for result in results for figure in result.baselines})
    rows = [["predictive", *(percent(result.predictive.occupancy) for result in results)]]
    for name in names:
        found = [_of(result.baselines, name) for result in results]
        rows.append([name, *(percent(figure.occupancy if figure else None) for figure in found)])
    rows.append(["progressive", *(percent(result.progressive.occupancy) for result in results)])
    heads = ["policy", *(result.world for result in results)]
    return Sheet(
        "Occupancy of each policy at its best knob for each world, in per cent", heads, rows
    )


def _of(figures: Iterable[Figure], policy: str) -> Figure | None:
    return next((figure for figure in figures if figure.policy == policy), None)


def at_random(results: Sequence[RandomResult]) -> Sheet:
    """The worlds drawn at random."""
    heads = ["world", "agents", "answered", "talk, s", "ours", "pooled, %", "best tuned", "lead"]
    rows = [
        [each.result.world, str(each.result.agents), f"{each.answered:.2f}",
         f"{each.talk_seconds:.0f}", percent(each.result.predictive.occupancy),
         percent(each.result.predictive.abandonment, 2),
         f"{each.result.rival.policy} {percent(each.result.rival.occupancy)}",
         points(each.result.lead)]
        for each in results
    ]  # fmt: skip
    return Sheet("Worlds drawn at random", heads, rows)


def carried_over(results: Sequence[RandomResult]) -> Sheet:
    """The others in the random worlds with the knob that was best for medium20."""
    rows = [_carried("predictive", [each.result.predictive for each in results])]
    for policy in [figure.policy for figure in results[0].untuned] if results else []:
        figures = [_of(each.untuned, policy) for each in results]
        rows.append(_carried(policy, [figure for figure in figures if figure]))
    heads = ["policy", "worlds above 3.0 %", "highest, %", "mean occupancy, all worlds"]
    return Sheet("With one setting for every random world", heads, rows)


def _carried(policy: str, figures: Sequence[Figure]) -> list[str]:
    above = sum(figure.abandonment > figure.cap for figure in figures)
    highest = max(figure.abandonment for figure in figures)
    mean = sum(figure.occupancy for figure in figures) / len(figures)
    return [policy, f"{above} of {len(figures)}", percent(highest), percent(mean)]


def after_jumps(result: JumpResult) -> Sheet:
    """Each jump of the answer rate and what followed."""
    heads = ["at minute", "answer rate", "long run, %", "back after, min", "lowest 5 min, %"]
    heads += ["abandoned in 15 min, %"]
    rows = [
        [str(jump.at_minute), f"{jump.before:.2f} to {jump.after:.2f}", percent(jump.long_run),
         NOTHING if jump.minutes_until_back is None else str(jump.minutes_until_back),
         percent(jump.lowest), percent(jump.abandonment, 2)]
        for jump in result.jumps
    ]  # fmt: skip
    return Sheet("After a jump of the answer rate", heads, rows)


def costs(measured: Iterable[Cost]) -> Sheet:
    """What a decision costs."""
    heads = ["agents", "attempts under way", "decisions", "mean, µs", "median, µs", "p99, µs"]
    heads += ["highest, µs"]
    rows = [
        [str(each.agents), str(each.under_way), f"{each.decisions:,}", f"{each.mean:.0f}",
         f"{each.median:.0f}", f"{each.p99:.0f}", f"{each.highest:.0f}"]
        for each in measured
    ]  # fmt: skip
    return Sheet("Processor time of one decision of our policy", heads, rows)
