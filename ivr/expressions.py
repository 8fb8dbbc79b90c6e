"""Conditions of a menu, in the Common Expression Language: safe, without loops, without effects.

`customer.status == "suspended"`, `size(account) == 8`, `open.office && queues.soporte.staffed > 0`.
Whatever cannot be found out (nobody is known, a field is missing, kinds do not fit) makes a
condition false: a caller never meets an error of the menu's author.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cel

from ivr.values import Value, Values

#: what every menu knows without asking
GIVEN = frozenset(
    {"caller", "called", "language", "today", "hour", "open", "opens", "queues", "reason", "visits"}
)


def checked(source: str) -> str:
    """The expression, if it is one; raises `ValueError` that says where it is not."""
    try:
        _program(source)
    except ValueError as error:
        reason = str(error).split("|")[0].removeprefix(f"Failed to parse expression '{source}': ")
        raise ValueError(f"is no expression: {' '.join(reason.split())}") from None
    return source


def names(source: str) -> frozenset[str]:
    """The variables an expression speaks of."""
    return frozenset(_program(source).variables())


def functions(source: str) -> frozenset[str]:
    """What an expression calls, signs like `_==_` among it."""
    return frozenset(_program(source).functions())


def evaluate(source: str, values: Values) -> Value:
    """What the expression comes to; None where nothing can be found out."""
    program = _program(source)
    asked = {name: values[name] for name in program.variables() if name in values}
    try:
        return _plain(program.execute(asked))
    except (LookupError, TypeError, ValueError, RuntimeError, ArithmeticError):
        return None


def holds(source: str, values: Values) -> bool:
    """Whether the expression is true; anything else is not."""
    return evaluate(source, values) is True


@lru_cache(maxsize=2048)
def _program(source: str) -> cel.Program:
    return cel.compile(source)


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return tuple(_plain(each) for each in value)
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    return str(value)
