"""What comes from outside looks like this, where several resources take it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*", re.ASCII)


def _iso_text(value: object) -> object:
    """Only ISO 8601: pydantic alone would also take a bare figure for seconds since 1970."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise _no_moment()
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # the year 1 in a zone east of UTC
        raise _no_moment() from None


def _no_moment() -> PydanticCustomError:
    return PydanticCustomError("moment", "has to be an ISO 8601 time with a zone")


Moment = Annotated[
    AwareDatetime, BeforeValidator(_iso_text, json_schema_input_type=str), AfterValidator(_in_utc)
]

#: letters of any script, no control characters and no marks that turn the direction of text
Label = Annotated[
    str,
    StringConstraints(
        pattern=r"^[^\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
        r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,79}$"
    ),
]

#: the id of a call, a campaign or a token in a path
IdPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class Asked(BaseModel):
    """What a client sends: nothing unknown may be in it."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(Asked):
    """Which page of a list."""

    cursor: str | None = Field(
        default=None, max_length=2000, description="`next_cursor` of the page before"
    )
    limit: int = Field(default=50, ge=1, le=200)
