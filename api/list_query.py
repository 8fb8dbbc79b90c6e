"""What a list is told with, in the query: into which list, and which of its columns is what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.fields import Asked, Label
from dialer.lists.columns import Columns
from dialer.lists.settling import Mode
from storage.leads import FIRST_LIST

#: "" says that no column is that
_Column = Annotated[str, StringConstraints(max_length=100)]

_Phones = Annotated[
    list[_Column], Field(max_length=10, description="May be given again: tried in this order")
]


class ListQuery(Asked):
    """The list, and its columns: what is left out is guessed by what the columns are called."""

    list_name: Annotated[
        Label, Field(alias="list", description="Its name; it is made if there is none")
    ] = FIRST_LIST
    phone: _Phones = Field(default_factory=list)
    name: _Column | None = None
    external_id: _Column | None = None
    zone: Annotated[_Column | None, Field(description="Of IANA time zones")] = None
    priority: Annotated[_Column | None, Field(description="-1000 to 1000; higher goes first")] = (
        None
    )
    score: Annotated[_Column | None, Field(description="Among equals; higher goes first")] = None

    @property
    def columns(self) -> Columns:
        """Which column is what."""
        return Columns(
            phones=tuple(self.phone),
            name=self.name,
            external_id=self.external_id,
            zone=self.zone,
            priority=self.priority,
            score=self.score,
        )


class ImportQuery(ListQuery):
    """And what is done with a number that the campaign has."""

    mode: Mode = Mode.SKIP
    file_name: Annotated[Label, Field(description="How people know the file")] = "-"
