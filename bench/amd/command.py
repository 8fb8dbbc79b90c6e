"""The command line of the bench: which part of it, on how many greetings, from which seed."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.amd import tables
from bench.amd.greetings import Greeting, Nature, corpus
from bench.amd.judging import Design, Run, judge
from bench.amd.message import WAYS, leave_messages
from bench.amd.settings import CHOSEN, SETS
from bench.amd.switchboard import Switchboard, switchboard
from bench.amd.texts import Kind
from bench.amd.voices import Espeak
from linea800 import local

_COUNT, _SEED, _AT_ONCE = 200, 2, 60
#: of the corpus, for the ways that are compared with agents and on silent lines
_FEWER = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    installation = local.installed()
    say = Espeak(installation.espeak_ng, installation.espeak_data)
    greetings = corpus(say, count=asked.count, tones=max(asked.count // 10, 2), seed=asked.seed)
    print(f"{len(greetings)} greetings, seed {asked.seed}, Asterisk {installation.version}\n")
    with tempfile.TemporaryDirectory(prefix="l8b-") as folder:
        asyncio.run(_measured(asked, greetings, Path(folder)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.amd", description=__doc__)
    parser.add_argument(
        "count", nargs="?", type=int, default=_COUNT, help="of people, and as many machines"
    )
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--at-once", type=int, default=_AT_ONCE, help="calls at the same time")
    parser.add_argument("--set", choices=SETS, default=CHOSEN, help="AMD()'s parameters")
    parser.add_argument("--sets", action="store_true", help="compare all sets of parameters")
    parser.add_argument("--designs", action="store_true", help="compare the ways to a verdict")
    parser.add_argument("--message", action="store_true", help="leave messages after the beep")
    return parser


async def _measured(asked: argparse.Namespace, greetings: Sequence[Greeting], folder: Path) -> None:
    """One part of the bench; each has its Asterisk to itself."""
    agent, at_once, name = _agent(greetings), asked.at_once, asked.set
    async with switchboard(folder / "a", greetings, agent) as (board, numbers):
        if asked.sets:
            await _sets(board, numbers, at_once)
        elif asked.message:
            await _messages(board, numbers, at_once)
        elif not asked.designs:
            await _matrix(board, numbers, name, at_once)
        else:
            runs = await _designs(board, numbers, name, at_once)
    if asked.designs:
        lines = switchboard(folder / "b", greetings[::_FEWER], agent, silent_lines=True)
        async with lines as (board, numbers):
            for design in (Design.BEFORE, Design.BESIDE, Design.TALK):
                run = await judge(board, numbers, design, SETS[name], at_once=at_once)
                runs[f"{design}, silent line"] = design, run
        print(tables.designs(runs, runs[f"{Design.BEFORE}, waiting"][1].matrix))


async def _matrix(
    board: Switchboard, numbers: Mapping[str, Greeting], name: str, at_once: int
) -> None:
    design = Design.BESIDE if name.startswith("beside") else Design.BEFORE
    run = await judge(board, numbers, design, SETS[name], at_once=at_once)
    print(f"{name}: AMD({SETS[name].arguments}), {design}\n")
    for part in (tables.confusion, tables.summary, tables.kinds):
        print(part(run.matrix), end="\n\n")


async def _sets(board: Switchboard, numbers: Mapping[str, Greeting], at_once: int) -> None:
    runs = {
        name: (await judge(board, numbers, Design.BEFORE, settings, at_once=at_once)).matrix
        for name, settings in SETS.items()
    }
    print(tables.curve(runs))


async def _designs(
    board: Switchboard, numbers: Mapping[str, Greeting], name: str, at_once: int
) -> dict[str, tuple[Design, Run]]:
    settings, runs = SETS[name], dict[str, tuple[Design, Run]]()
    for design in Design:
        run = await judge(board, numbers, design, settings, at_once=at_once)
        runs[f"{design}, waiting"] = design, run
    some = dict(list(numbers.items())[::_FEWER])
    async with board.agents_at_work() as agents:
        for design in (Design.OFF, Design.BESIDE, Design.TALK):
            run = await judge(board, some, design, settings, at_once=agents)
            runs[f"{design}, with an agent"] = design, run
    return runs


async def _messages(board: Switchboard, numbers: Mapping[str, Greeting], at_once: int) -> None:
    print(tables.messages([await leave_messages(board, numbers, way, at_once) for way in WAYS]))


def _agent(greetings: Sequence[Greeting]) -> Greeting:
    """Whoever of them speaks longest without waiting for an answer plays the agents."""
    machines = [one for one in greetings if one.nature is Nature.MACHINE]
    return max(machines, key=lambda one: (one.kind is Kind.MENU, one.seconds))
