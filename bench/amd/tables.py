"""The figures as tables, for a terminal and for the page of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.amd.greetings import LANGUAGES, Nature
from bench.amd.judging import Design, Run
from bench.amd.matrix import Matrix, Share, Status, hung_up_on
from bench.amd.message import Left
from bench.amd.settings import SETS

Rows = Sequence[Sequence[str]]


def markdown(heads: Sequence[str], rows: Rows) -> str:
    """A table in Markdown, as the page of figures has it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def confusion(matrix: Matrix) -> str:
    """What answered against the verdict, per language and together."""
    rows = []
    for nature in Nature:
        for language in (*LANGUAGES, None):
            verdicts = matrix.of(nature, language)
            if verdicts.total():
                counts = [str(verdicts[status]) for status in Status]
                rows.append([nature.value, language or "both", *counts])
    return markdown(["answered", "language", *Status], rows)


def kinds(matrix: Matrix) -> str:
    """The verdicts on each kind of greeting."""
    rows = [
        [nature.value, kind, *(str(verdicts[status]) for status in Status)]
        for nature in Nature
        for kind, verdicts in matrix.by_kind(nature).items()
    ]
    return markdown(["answered", "kind", *Status], rows)


def summary(matrix: Matrix) -> str:
    """Times and shares in sentences."""
    wrong, found = matrix.false_positives, matrix.found
    people, machines = (_times(matrix, nature) for nature in (Nature.HUMAN, Nature.MACHINE))
    return "\n".join(
        (
            f"Time to verdict from the 200 OK: people {people}; machines {machines}.",
            f"Machines found: {_share(found)}.",
            f"People taken for machines: {_share(wrong)}; with 95 % confidence at most "
            f"{wrong.upper:.1%} (Wilson).",
            "For each 1000 people put through, the abandonment figure counts "
            f"{hung_up_on(1000, wrong.upper):.0f} more.",
        )
    )


def curve(runs: Mapping[str, Matrix]) -> str:
    """Every set of parameters with its trade."""
    heads = ["set", "AMD()", "people taken for machines", "at most", "machines found"]
    heads += ["machines taken for people", "people p50, s", "p95, s", "machines p50, s", "p95, s"]
    rows = []
    for name, matrix in runs.items():
        machines = matrix.of(Nature.MACHINE)
        times = [
            _seconds(matrix.seconds(nature, percent))
            for nature in (Nature.HUMAN, Nature.MACHINE)
            for percent in (50, 95)
        ]
        wrong = matrix.false_positives
        missed = Share(machines[Status.HUMAN], machines.total())
        shares = [_share(wrong), f"{wrong.upper:.1%}", _share(matrix.found), _share(missed)]
        rows.append([name, f"`{SETS[name].arguments}`", *shares, *times])
    return markdown(heads, rows)


def designs(runs: Mapping[str, tuple[Design, Run]], reference: Matrix) -> str:
    """The ways to reach a verdict beside each other; `reference` is AMD() on the call itself."""
    same = {one.greeting.name: one.status for one in reference.judgements}
    heads = ["design", "calls", "verdict as AMD() on the call", "people taken for machines"]
    heads += ["machines found", "people p50, s", "machines p50, s", "CPU a call, ms", "AMI events"]
    rows = []
    for name, (design, run) in runs.items():
        matrix = run.matrix
        calls = matrix.judgements
        costs = [f"{run.cpu_seconds * 1000:.0f}", f"{run.events:.0f}"]
        verdicts = [""] * 5
        if design is not Design.OFF:
            alike = sum(same[one.greeting.name] is one.status for one in calls)
            verdicts = [
                _share(Share(alike, len(calls))),
                _share(matrix.false_positives),
                _share(matrix.found),
                *(
                    _seconds(matrix.seconds(nature, 50))
                    for nature in (Nature.HUMAN, Nature.MACHINE)
                ),
            ]
        rows.append([name, str(len(calls)), *verdicts, *costs])
    return markdown(heads, rows)


def messages(left: Sequence[Left]) -> str:
    """Each way to find the end of a machine's greeting."""
    heads = ["way", "messages", "to a machine with a beep", "begun after the beep"]
    heads += ["after it p50, s", "p95, s"]
    rows = [
        [
            one.way,
            str(one.judged_machine),
            str(len(one.after_seconds)),
            _share(Share(one.in_time, len(one.after_seconds))),
            _seconds(one.later(50)),
            _seconds(one.later(95)),
        ]
        for one in left
    ]
    return markdown(heads, rows)


def _times(matrix: Matrix, nature: Nature) -> str:
    p50, p95 = (_seconds(matrix.seconds(nature, percent)) for percent in (50, 95))
    return f"p50 {p50} s, p95 {p95} s"


def _share(share: Share) -> str:
    return f"{share.hits} of {share.of} ({share.value:.1%})"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
