"""What is wrong in a document: where, and why, in plain words.

A reason never repeats the value found (it may be a secret); the line and column show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pydantic_core import ErrorDetails

from calls.errors import Linea800Error

#: the way from the top of a document to one of its parts: names in maps, positions in lists from 0
Place: TypeAlias = tuple[str | int, ...]

_SHOWN_AT_MOST = 50

_REASONS = {
    "missing": "is missing",
    "extra_forbidden": "is no setting known here",
    "string_type": "has to be text",
    "string_pattern_mismatch": "does not fit the pattern {pattern}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "int_type": "has to be a whole number",
    "int_parsing": "has to be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "has to be a whole number",
    "float_type": "has to be a number",
    "float_parsing": "has to be a number",
    "finite_number": "has to be a number that ends somewhere",
    "greater_than": "has to be more than {gt}",
    "greater_than_equal": "has to be at least {ge}",
    "less_than": "has to be less than {lt}",
    "less_than_equal": "has to be at most {le}",
    "literal_error": "has to be one of: {expected}",
    "enum": "has to be one of: {expected}",
    "union_tag_invalid": "{discriminator} has to be one of: {expected_tags}",
    "union_tag_not_found": "{discriminator} is missing",
    "list_type": "has to be a list",
    "tuple_type": "has to be a list",
    "set_type": "has to be a list",
    "frozen_set_type": "has to be a list",
    "too_short": "needs entries: at least {min_length}",
    "too_long": "has too many entries: at most {max_length}",
    "dict_type": "has to be a map of names and values",
    "mapping_type": "has to be a map of names and values",
    "model_type": "has to be a map of names and values",
    "model_attributes_type": "has to be a map of names and values",
    "value_error": "{error}",
    "assertion_error": "{error}",
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A part that is well formed and yet does not fit the rest."""

    place: Place
    reason: str


class MisfitError(ValueError):
    """Raised by a model's validator that knows the places of what does not fit together.

    Places are relative to the model that raises; the reader of the document adds line and file.
    """

    def __init__(self, misfits: Iterable[Misfit]) -> None:
        self.misfits = tuple(misfits)
        super().__init__(
            "; ".join(f"{place_text(misfit.place)}: {misfit.reason}" for misfit in self.misfits)
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a document; lines and columns count from 1, line 0 is the file as a whole."""

    file: str
    line: int
    column: int
    place: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.place, self.reason) if part)


class DocumentRefusedError(Linea800Error):
    """A document cannot be used; says every fault found, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[:_SHOWN_AT_MOST]]
        if more := len(self.faults) - len(lines):
            lines.append(f"and {more} more")
        super().__init__("\n".join(lines))


def place_text(place: Place) -> str:
    """A place as people read it: `agents[2].queues[0]`."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def reason_of(error: ErrorDetails) -> str:
    """Why pydantic refused a value (one item of `ValidationError.errors()`), in plain words."""
    template = _REASONS.get(error["type"])
    reason = error["msg"] if template is None else template.format(**error.get("ctx", {}))
    if error["loc"][-1:] == ("[key]",):
        return f"this name {reason}"
    if error["input"] is None and error["type"].endswith("_type"):
        return f"has no value: it {reason}"
    return str(reason)
