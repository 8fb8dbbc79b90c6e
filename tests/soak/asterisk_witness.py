"""What Asterisk itself wrote of calls: `queue_log`, CDR and CEL, read without any of our code."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from linea800.demo.stage import Stage

#: microseconds, so that means can be compared
_CEL = """[general]
enable = yes
apps = queue
events = APP_START,APP_END,BRIDGE_ENTER,BRIDGE_EXIT,ANSWER,HANGUP
dateformat = %s.%6q
"""
_CEL_COLUMNS = (
    "${eventtype}", "${eventtime}", "${CHANNEL(uniqueid)}", "${CHANNEL(channame)}",
    "${CHANNEL(appname)}",
)  # fmt: skip
_CEL_CUSTOM = f"[mappings]\nMaster.csv => {','.join(_CEL_COLUMNS)}\n"


@dataclass(slots=True)
class Timed:
    """One customer's channel in CEL; epoch seconds."""

    queued: list[float] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    bridged: list[float] = field(default_factory=list)
    unbridged: list[float] = field(default_factory=list)
    hung_up: float = 0.0


def write_cel(stage: Stage) -> Path:
    """Let this Asterisk write CEL, too; the file it writes to."""
    asterisk = stage.asterisk
    folder = asterisk.folder.root
    (folder / "etc" / "cel.conf").write_text(_CEL)
    (folder / "etc" / "cel_custom.conf").write_text(_CEL_CUSTOM)
    (folder / "log" / "cel-custom").mkdir(exist_ok=True)
    asterisk.cli("module reload cel")
    for module in ("res_cdrel_custom.so", "cel_custom.so"):
        asterisk.cli(f"module load {module}")
    return folder / "log" / "cel-custom" / "Master.csv"


def timed_calls(path: Path) -> dict[str, Timed]:
    """Customers' channels by their unique id."""
    calls: dict[str, Timed] = {}
    with path.open(newline="") as file:
        for event, time, unique_id, channel, application in csv.reader(file):
            if not channel.startswith("PJSIP/trunk-"):
                continue
            call, at = calls.setdefault(unique_id, Timed()), float(time)
            if event == "APP_START" and application == "Queue":
                call.queued.append(at)
            elif event == "APP_END" and application == "Queue":
                call.left.append(at)
            elif event == "BRIDGE_ENTER":
                call.bridged.append(at)
            elif event == "BRIDGE_EXIT":
                call.unbridged.append(at)
            elif event == "HANGUP":
                call.hung_up = at
    return calls


def queue_events(lines: list[str]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """How often each event of each queue was written, and how many calls each agent took."""
    events: Counter[tuple[str, str]] = Counter()
    taken: Counter[str] = Counter()
    for line in lines:
        _, call_id, queue, agent, event, *_ = line.split("|")
        if call_id != "NONE":
            events[queue, event] += 1
            if event == "CONNECT":
                taken[agent] += 1
    return events, taken


def trunk_records(path: Path) -> int:
    """How many calls of customers there are in the CDR, each once."""
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file) if row[5].startswith("PJSIP/trunk-")]
    return len({row[16] for row in rows})
