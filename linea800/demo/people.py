"""The people of the demonstration: what subscribers press, who is called, how agents work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linea800.demo.stage import Stage
from traffic import roles
from traffic.scenario import Step
from traffic.sipp import Sipp


@dataclass(frozen=True, slots=True)
class Habit:
    """A kind of caller: the keys pressed, how long they stay after the last, every how often."""

    name: str
    steps: tuple[Step, ...]
    hold_ms: int
    every_seconds: float


HABITS = (
    Habit("billing: a person", (Step(2500, "1"), Step(2500, "1")), 12_000, 9),
    Habit("support: no signal", (Step(3000, "2"), Step(2000, "1")), 14_000, 8),
    Habit("sales, in English", (Step(2000, "9"), Step(4000, "3")), 10_000, 15),
    Habit("straight to a person", (Step(1500, "0"),), 9_000, 12),
    Habit("presses nothing", (), 60_000, 30),
    Habit("presses wrong keys", (Step(2000, "7"), Step(3000, "8"), Step(3000, "0")), 8_000, 20),
    Habit("hangs up in the menu", (), 3_000, 14),
    Habit("gives up in the queue", (Step(2000, "2"), Step(1500, "2")), 1_800, 11),
)


def callers(stage: Stage, folder: Path, seconds: float) -> Iterator[Sipp]:
    """One SIPp for each habit, calling from a port of its own for so many seconds."""
    for index, (habit, port) in enumerate(zip(HABITS, stage.caller_ports, strict=False)):
        count = max(1, int(seconds / habit.every_seconds))
        yield roles.callers(
            stage.sipp,
            folder / f"callers-{index}",
            asterisk_port=stage.sip_port,
            port=port,
            number=stage.floor.numbers[0].number,
            caller_numbers=[f"57301{index:03d}{turn:04d}" for turn in range(count)],
            steps=habit.steps,
            hold_ms=habit.hold_ms,
            per_second=1 / habit.every_seconds,
        )


#: last digits of the called numbers: what the simulated carrier does with each (`traffic/`)
_LAST_DIGITS = "0182314080651917"


def lead_list(count: int) -> str:
    """A CSV of `count` leads with good Colombian numbers, and three rows that are not good."""
    rows = ["telefono,nombre,plan"]
    for index in range(count):
        digit = _LAST_DIGITS[index % len(_LAST_DIGITS)]
        rows.append(f"300{index:06d}{digit},Cliente {index + 1},Plan {index % 3 + 1}")
    rows += [
        "12,Número corto,Plan 1",
        "300abc0000,Letras,Plan 2",
        f"300000000{_LAST_DIGITS[0]},Repetido,Plan 1",
    ]
    return "\n".join(rows) + "\n"
