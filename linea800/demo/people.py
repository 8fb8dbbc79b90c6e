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


def _typed(pause_ms: int, digits: str) -> tuple[Step, ...]:
    """Several keys, the first after a pause, the others as fingers go."""
    return Step(pause_ms, digits[0]), *(Step(400, digit) for digit in digits[1:])


#: what the demonstration's customers prove themselves by
PROOF = "1234"
HABITS = (
    Habit(
        "asks for the balance",
        (
            Step(2500, "1"), Step(2500, "1"), *_typed(2500, PROOF), Step(12_000, "3"),
            Step(2500, "2"),
        ),
        6_000, 9,
    ),
    Habit(
        "no signal, and sees it again",
        (Step(3000, "2"), Step(2000, "1"), Step(11_000, "1"), Step(4000, "2")), 6_000, 11,
    ),
    Habit("no signal, and a person", (Step(3000, "2"), Step(2000, "4")), 14_000, 8),
    Habit(
        "leaves a complaint",
        (Step(2500, "4"), Step(2500, "1"), Step(2500, "1"), Step(13_000, "#"), Step(2500, "3")),
        16_000, 15,
    ),
    Habit("straight to a person", (Step(1500, "0"),), 9_000, 12),
    Habit("sales", (Step(2000, "3"), Step(3000, "1")), 10_000, 15),
    Habit("presses nothing", (), 60_000, 30),
    Habit("presses wrong keys", (Step(2000, "7"), Step(3000, "8"), Step(3000, "0")), 8_000, 20),
    Habit("hangs up in the menu", (), 3_000, 14),
    Habit("gives up in the queue", (Step(2000, "2"), Step(1500, "4")), 3_000, 11),
    Habit("would rather be called back", (Step(3000, "5"), Step(7000, "1")), 14_000, 16),
)  # fmt: skip
_FIRST_NAMES = ("María", "José", "Ana", "Luis", "Carmen", "Carlos", "Luz", "Jorge")
_COLUMNS = "external_id,name,first_name,phones,accounts,status,area,decoder,language,proof"


def _numbers(index: int, habit: Habit, seconds: float) -> list[str]:
    """Those who call out of one habit."""
    count = max(1, int(seconds / habit.every_seconds))
    return [f"57301{index:03d}{turn:04d}" for turn in range(count)]


def customer_file(seconds: float) -> str:
    """Those of the callers who are customers, as a file to be imported."""
    rows = [_COLUMNS]
    for index, habit in enumerate(HABITS):
        for turn, number in enumerate(_numbers(index, habit, seconds)):
            if habit.name == "presses nothing":
                continue
            name, account = _FIRST_NAMES[(index + turn) % 8], f"8{index:02d}{turn:04d}1"
            rows.append(
                f"D-{account},{name} Demo,{name},{number},{account},active,norte,K{account},"
                f"{'en' if turn % 5 == 4 else 'es'},{PROOF}"
            )
    return "\n".join(rows) + "\n"


def callers(stage: Stage, folder: Path, seconds: float) -> Iterator[Sipp]:
    """One SIPp for each habit, calling from a port of its own for so many seconds."""
    for index, (habit, port) in enumerate(zip(HABITS, stage.caller_ports, strict=False)):
        yield roles.callers(
            stage.sipp,
            folder / f"callers-{index}",
            asterisk_port=stage.sip_port,
            port=port,
            number=stage.floor.numbers[0].number,
            caller_numbers=_numbers(index, habit, seconds),
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
