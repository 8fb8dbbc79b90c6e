"""JSON pointers (RFC 6901): where in an answer a value is."""

from __future__ import annotations

import re
from typing import Any

_INDEX = re.compile(r"0|[1-9][0-9]{0,4}")
_STRAY_TILDE = re.compile(r"~(?![01])")

#: what is not there, which is not the same as null
ABSENT = object()


def pointer_fault(pointer: str) -> str | None:
    """Why it is no pointer, None where it is one."""
    if pointer and not pointer.startswith("/"):
        return 'has to begin with /, as "/customer/first_name" (the whole answer: "")'
    if _STRAY_TILDE.search(pointer):
        return "has a ~ that is neither ~0 (for ~) nor ~1 (for /)"
    return None


def found(document: Any, pointer: str) -> Any:
    """What is there, else `ABSENT`; never raises."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and _INDEX.fullmatch(name) and int(name) < len(document):
            document = document[int(name)]
        else:
            return ABSENT
    return document
