"""A time zone by its IANA name, as it is written in files."""

from __future__ import annotations

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # looks through hundreds of files


def _known(name: str) -> str:
    if name not in _zones():
        raise ValueError("is no time zone: take one like America/Bogota")
    return name


Zone = Annotated[str, AfterValidator(_known)]
#: of who has not said another
USUAL_ZONE = "America/Bogota"
