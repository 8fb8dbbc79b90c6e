"""The page of the results, in words around the tables; every figure comes from the results."""

from __future__ import annotations

from collections.abc import Sequence

from bench.pacing import tables
from bench.pacing.results import Results, WorldResult
from bench.pacing.shortfalls import shortfalls
from bench.pacing.worlds import REFERENCES

COMMAND = "python -m bench.pacing"

_TOP = """\
# Pacing figures

How busy each pacing policy keeps the agents when at most 3 % of the people who answer are
abandoned. This page and its picture are written by `{command}` from
[pacing-results.json](pacing-results.json); nobody edits them.

```sh
make setup
.venv/bin/{command} --quick     # about two minutes, prints the tables
.venv/bin/{command}             # some hours, goes on where it was interrupted
```

## What is measured

A shift runs in virtual time (`simulator/`): agents, trunks and called people are drawn by a seed. A
policy sees what a dialer sees, nothing else. *Occupancy* is talk and wrap-up as a share of the time
signed in. *Abandoned* is a live answer that no agent has taken after 2 seconds (after a machine
detection: 1.2), as a share of live answers.

Ours runs with its default settings in every world. Each of the others is given an advantage no call
center has: for each world, the knob that sets how boldly it dials is set with hindsight as high as
3.0 % pooled over all seeds allows, by halving with few seeds, then with all. Policies more than 2
points behind by then keep the figure of the few seeds. A policy with two such knobs is searched by
each, and the better one counts. The others may break the limit in single shifts; ours may not.
{seeds}
"""

_FORMULA = """
*By formula* is progressive dialing without a simulation, p B / (p B + R): p the share answered
live, B talk and wrap-up, R the mean ring over all outcomes. Where the answer rate moves it is the
mean over the shift. It does not hold where agents also serve callers, and it knows neither of the
link lost in `faults` nor of the first minutes in `cold`. *± s.e.* is the standard error of the
lead, seed by seed.
"""

_CAP = """
*Worst shift* is the highest share of a single seed; the worst 30 minutes are given where at least 5
people a minute answered.
"""

_LIMIT = """
*To reach* is what a reference policy that knows nothing of the future reached; the column after the
next is that of one told when each agent will be free. *Ours, so told* is our own policy, told by
the simulator when each talk and wrap-up will end: the decision, the price and what it expects of
called people are the same. It ran with fewer seeds.

*Bound* is above every dialer. One that knows, as it dials, who will answer when and when each agent
will be free keeps everybody busy from the first ring on: 100 %, less the first seconds. Where
trunks bind, each connection holds its trunk for the talk, and as nobody chooses who will answer, it
also takes the rings of the 1 / p attempts it cost: connections a second <= trunks / (talk + R / p).
"""

_RANDOM = """
Agents from 5 to 120, answer rates from 0.1 to 0.6, talks of 30 to 400 s with a coefficient of
variation of 0.6 to 1.6, wrap-ups of 5 to 45 s, rings of 8 to 16 s; `drawn` in
`simulator/scenarios.py`. The three strongest of the others are tuned to each of these worlds.
"""

_CARRIED = """
And all of the others with the knob that was best for `medium20`: what a call center does that found
a good setting once.
"""

_JUMP = """
30 agents; the answer rate jumps by a factor of three each hour. *Back* is when five minutes begin
in which occupancy is within 3 points of its long run, which is what the hour shows from its 20th
minute on; all seeds together.
"""

_COST = """
Processor time of each decision in a running shift, after the first four minutes; one run. In the
last row 2,000 attempts are kept ringing whatever the policy wants.
"""

_EVERYBODY = """
VICIdial's three modes differ in what they do above their own limit; with that limit out of the way
they are one policy, which is searched as the average mode. The other two are searched by the limit.
"""

_PLOT = """
![Occupancy against abandonment, each policy a curve by its knob](pacing.svg)

Further up is busier, further left is fewer people abandoned. With fewer seeds than the tables.
"""


def page(results: Results) -> str:
    """Markdown; a part that was not measured is left out, and the last section says so."""
    parts = [_TOP.format(command=COMMAND, seeds=_seeds(results))]
    named, random = results.named, results.random
    if named:
        asked = [result for result in named if result.world in REFERENCES]
        parts += [
            _section("Against the others", tables.against_the_others(named), _FORMULA),
            _summary("the worlds with a figure to reach", asked),
            _section("What is abandoned", tables.the_cap(named), _CAP),
            _section("How much is left", tables.to_the_limit(named), _LIMIT),
            _section("Every policy in every world", tables.everybody(named), _EVERYBODY),
        ]
    if results.plots:
        parts.append(f"\n## Occupancy against abandonment\n{_PLOT}")
    if random:
        parts.append(_section("Worlds drawn at random", tables.at_random(random), _RANDOM))
        parts.append(_summary("the worlds drawn at random", [each.result for each in random]))
        parts.append(f"{_CARRIED}\n{tables.carried_over(random).markdown()}")
    if results.jump:
        parts.append(_section("After a jump", tables.after_jumps(results.jump), _JUMP))
    if results.costs:
        parts.append(_section("What a decision costs", tables.costs(results.costs), _COST))
    short = shortfalls(results)
    listed = "".join(f"- {sentence}\n" for sentence in short) or "Nothing that was asked.\n"
    parts.append(f"\n## What falls short\n\n{listed}")
    return "".join(parts)


def _section(title: str, sheet: tables.Sheet, words: str) -> str:
    return f"\n## {title}\n\n{sheet.markdown()}{words}"


def _summary(where: str, results: Sequence[WorldResult]) -> str:
    if not results:
        return ""
    leads = [100 * result.lead for result in results]
    first = sum(lead > 0.0 for lead in leads)
    return (
        f"\nOver {where}, ours leads the best of the others by\n"
        f"{sum(leads) / len(leads):+.1f} points on average and by {min(leads):+.1f} where it leads "
        f"by least; it is first in\n{first} of {len(leads)}.\n"
    )


def _seeds(results: Results) -> str:
    counts = sorted({len(result.predictive.occupancies) for result in results.named})
    told = " and ".join(str(count) for count in counts)
    cut = " The shifts were cut short: this is the quick bench." if results.cut else ""
    return f"\nSeeds for each named world: {told or 'none'}.{cut} Python {results.python}."
