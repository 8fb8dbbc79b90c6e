"""What was asked of our policy and is not reached, found in the results."""

from __future__ import annotations

from collections.abc import Iterator

from bench.pacing.results import Cost, JumpResult, RandomResult, Results, WorldResult
from bench.pacing.worlds import CAP, REFERENCES

_LEAD, _LEAD_TRUNKS, _LEAD_MEAN = 0.01, 0.003, 0.02
_NEAR_REFERENCE = 0.003
_WORST_SHIFT = 0.0305
_SMALL_TEAM_CALLS = 1.0
_WORST_HALF_HOUR = 0.08
_BACK_MINUTES = 5
_COST_MICROSECONDS = 2000.0


def shortfalls(results: Results) -> list[str]:
    """One sentence for each; what was not measured is told too."""
    found: list[str] = []
    for result in results.named:
        found += _of_world(result)
    found += _of_all(results)
    found += _of_random(results.random)
    found += _of_jump(results.jump)
    found += _of_costs(results.costs)
    return found


def _of_world(result: WorldResult) -> Iterator[str]:
    name, ours = result.world, result.predictive
    reference = REFERENCES.get(name)
    if reference is not None:
        asked = _LEAD_TRUNKS if result.trunks_bind else _LEAD
        if result.lead < asked:
            yield (
                f"{name}: {100 * result.lead:+.2f} points on {result.rival.policy}, "
                f"{100 * asked:.1f} are asked."
            )
        short = reference.to_reach - ours.occupancy
        if short > _NEAR_REFERENCE:
            yield f"{name}: {100 * short:.1f} points below the figure to reach, 0.3 are allowed."
    if ours.abandonment > CAP:
        yield f"{name}: {ours.abandonment:.3%} abandoned, all seeds pooled, 3.00 % is the cap."
    if ours.worst_shift > _WORST_SHIFT and ours.calls_above_cap > _SMALL_TEAM_CALLS:
        yield (
            f"{name}: {ours.worst_shift:.2%} abandoned in the worst shift, "
            f"{ours.calls_above_cap:.1f} calls above the cap in one."
        )
    if ours.worst_half_hour is not None and ours.worst_half_hour > _WORST_HALF_HOUR:
        yield f"{name}: {ours.worst_half_hour:.1%} abandoned in the worst 30 minutes, 8 % allowed."


def _of_all(results: Results) -> Iterator[str]:
    asked = [result for result in results.named if result.world in REFERENCES]
    missing = [name for name in REFERENCES if results.world(name) is None]
    if missing:
        yield f"Not measured: {', '.join(missing)}."
    if asked:
        mean = sum(result.lead for result in asked) / len(asked)
        if mean < _LEAD_MEAN:
            yield f"On average {100 * mean:+.1f} points on the best of the others, 2.0 are asked."
    versions = {result.version for result in results.named}
    if len(versions) > 1:
        yield (
            f"The named worlds were measured with {len(versions)} versions of the policy: "
            "run the bench again."
        )


def _of_random(results: tuple[RandomResult, ...]) -> Iterator[str]:
    if not results:
        yield "Not measured: the worlds drawn at random."
    for each in results:
        result = each.result
        if result.lead < 0.0:
            yield (
                f"{result.world}: {result.rival.policy}, tuned to it, is "
                f"{-100 * result.lead:.1f} points above ours."
            )
        ours = result.predictive
        if ours.abandonment > CAP:
            yield f"{result.world}: {ours.abandonment:.3%} abandoned, 3.00 % is the cap."


def _of_jump(result: JumpResult | None) -> Iterator[str]:
    if result is None:
        yield "Not measured: jumps of the answer rate."
        return
    for jump in result.jumps:
        back = jump.minutes_until_back
        if back is None or back > _BACK_MINUTES:
            when = "not before the next jump" if back is None else f"after {back} minutes"
            yield (
                f"Jump from {jump.before:.2f} to {jump.after:.2f} at minute {jump.at_minute}: "
                f"back {when}, within {_BACK_MINUTES} are asked."
            )
    figure = result.figure
    if figure.worst_shift > _WORST_SHIFT and figure.calls_above_cap > _SMALL_TEAM_CALLS:
        yield f"Jumps: {figure.worst_shift:.2%} abandoned in the worst shift."


def _of_costs(measured: tuple[Cost, ...]) -> Iterator[str]:
    if not measured:
        yield "Not measured: what a decision costs."
    for each in measured:
        if each.highest > _COST_MICROSECONDS:
            yield (
                f"{each.agents} agents, {each.under_way} attempts under way: the dearest decision "
                f"took {each.highest:.0f} µs (p99 {each.p99:.0f}), 2,000 are allowed."
            )
