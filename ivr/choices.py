"""What one key of a menu does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Tag

from ivr.parts import Handover, Language, Name, Part, Prompts


def _only_true(value: bool) -> bool:
    if not value:
        raise ValueError("can only be true: leave the line out instead")
    return value


Yes = Annotated[bool, AfterValidator(_only_true)]


class _Named(Part):
    name: Name  # how the choice is called in the records


class Goto(_Named):
    """To another node of the menu."""

    goto: Name


class ToQueue(_Named, Handover):
    """To a person."""


class Back(_Named):
    """To the menu before; where there is none, as `Repeat`."""

    back: Yes


class Repeat(_Named):
    """The node's prompts once more; no miss is counted, none is forgotten."""

    repeat: Yes


class EndCall(_Named):
    """Prompts, then the end of the call."""

    hang_up: Yes
    prompts: Prompts = ()


class ChangeLanguage(_Named):
    """The same node in another language; `next` goes through the languages offered, in a circle."""

    language: Language | Literal["next"]


_WAYS = ("goto", "queue", "back", "repeat", "hang_up", "language")


def _way(raw: object) -> str | None:
    """Which kind of choice this is: known by the one way it names."""
    ways = [way for way in _WAYS if (way in raw if isinstance(raw, Mapping) else hasattr(raw, way))]
    return ways[0] if len(ways) == 1 else None


Choice: TypeAlias = Annotated[
    Annotated[Goto, Tag("goto")]
    | Annotated[ToQueue, Tag("queue")]
    | Annotated[Back, Tag("back")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[EndCall, Tag("hang_up")]
    | Annotated[ChangeLanguage, Tag("language")],
    Discriminator(
        _way,
        custom_error_type="one_way",
        custom_error_message=f"needs a name and exactly one of: {', '.join(_WAYS)}",
    ),
]
