"""Counts that add up, whatever they count: whole numbers, and sums by name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self


@dataclass(slots=True)
class Additive:
    """To be inherited by a dataclass whose fields are whole numbers, and dicts of them."""

    def add(self, other: Self) -> None:
        """Take another's counts in."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                for key, value in theirs.items():
                    mine[key] = mine.get(key, 0) + value
            else:
                setattr(self, one.name, mine + theirs)
