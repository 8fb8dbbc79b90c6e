"""What the machine does meanwhile: the processors' time of each process, and the machine's load."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """Processor time since the last reading, by the names of `pids`.

    A virtual machine does not have its processors for itself: what its host gave to others is told,
    for a figure measured meanwhile says little of the programs.
    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._last = {name: _ticks(pid) for name, pid in self._pids.items()}
        self._all, self._taken = _machine(), _taken()
        self._at = time.monotonic()

    def shares(self) -> dict[str, float]:
        """Percent of one processor for each; `idle` and `taken by the host` of all together."""
        now = {name: _ticks(pid) for name, pid in self._pids.items()}
        machine, taken, at = _machine(), _taken(), time.monotonic()
        seconds = max(at - self._at, 0.001)
        shares = {
            name: 100 * (ticks - self._last[name]) / _TICKS / seconds for name, ticks in now.items()
        }
        shares["idle"] = 100 * (machine - self._all) / _TICKS / seconds
        shares["taken by the host"] = 100 * (taken - self._taken) / _TICKS / seconds
        self._last, self._all, self._taken, self._at = now, machine, taken, at
        return shares


def _ticks(pid: int) -> int:
    """User and system time of a process and its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _machine() -> int:
    """Time in which the processors had nothing to do."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[4]) + int(fields[5])


def _taken() -> int:
    """Time in which the processors had work and the host let others have them."""
    return int(Path("/proc/stat").read_text().splitlines()[0].split()[8])


def told(shares: Mapping[str, float]) -> str:
    """In words, for the tables."""
    return ", ".join(f"{name} {share:.0f} %" for name, share in shares.items())


def load() -> str:
    """The machine's load now."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
