"""What a menu knows while a caller is in it: plain data by name, never changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, Union

#: an amount is a number, so that conditions can compare it; a date is text like "2026-11-30"
Value: TypeAlias = Union[bool, int, float, str, "tuple[Value, ...]", "Mapping[str, Value]", None]
Values: TypeAlias = Mapping[str, Value]
