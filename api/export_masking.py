"""Numbers and names of persons as who may not see them gets them (`pii:read`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.export_dictionary import Described, Type
from storage.exports import Record

_SHOWN_DIGITS = 3
#: parts of a fact that are a customer's
_PHONES = frozenset({"number", "number_called", "caller_number", "phone"})
_NAMES = frozenset({"caller_name"})
#: the number that callers called is ours, a ticket's number its own
_NOT_A_CUSTOMERS = frozenset(
    {
        ("CallArrived", "number_called"),
        ("DialogueOffered", "number_called"),
        ("TicketOpened", "number"),
    }
)


def masked_number(number: str) -> str:
    """The last three digits, and as many asterisks as there were others."""
    hidden = max(0, len(number) - _SHOWN_DIGITS)
    return "*" * hidden + number[hidden:]


def masking(export: Described) -> Callable[[Record], Record]:
    """What hides the numbers and names of an export's rows."""
    phones = [column.name for column in export.columns if column.type is Type.PHONE]
    names = [column.name for column in export.columns if column.type is Type.NAME]

    def masked(record: Record) -> Record:
        hidden: Record = {name: hidden_name(record[name]) for name in names}
        hidden |= {name: masked_number(record[name]) for name in phones}
        if record.get("direction") == "inbound":
            hidden["number_called"] = record["number_called"]  # ours
        if "details" in record:
            hidden["details"] = masked_details(record["details"], record["kind"])
        return {**record, **hidden}

    return masked


def masked_details(details: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The parts of a fact without whose they are."""
    found = dict(details)
    for name, value in details.items():
        if (kind, name) in _NOT_A_CUSTOMERS:
            continue
        if name in _PHONES:
            found[name] = masked_number(str(value))
        elif name in _NAMES:
            found[name] = hidden_name(str(value))
    return found


def hidden_name(name: str) -> str:
    """That there is a name, and not which."""
    return "***" if name else ""
