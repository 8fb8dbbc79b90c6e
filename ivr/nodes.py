"""The parts of a menu as data: what a key does (choices) and where a caller is (nodes)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
PromptName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Prompts: TypeAlias = tuple[PromptName, ...]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")]
Key = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"]
Seconds = Annotated[float, Field(gt=0, le=60)]
Tries = Annotated[int, Field(ge=1, le=10)]


def _only_true(value: bool) -> bool:
    if not value:
        raise ValueError("can only be true: leave the line out instead")
    return value


Yes = Annotated[bool, AfterValidator(_only_true)]


class Part(BaseModel):
    """A piece of a menu: never changed after it was read, and nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Handover(Part):
    """To a person: prompts first, then how many wait (if wanted), then the queue."""

    queue: Name
    priority: int = Field(default=0, ge=0, le=1000)  # the higher is served first
    prompts: Prompts = ()
    say_position: bool = False


# --- choices: what one key does ---------------------------------------------------------------


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


# --- nodes: where a caller is -----------------------------------------------------------------


class MenuNode(Part):
    """Prompts, then a key is awaited. What is left out is as in the menu's `defaults`."""

    kind: Literal["menu"] = "menu"
    prompts: Prompts = Field(min_length=1)
    choices: dict[Key, Choice] = Field(min_length=1)
    no_input_seconds: Seconds | None = None
    max_no_input: Tries | None = None
    max_no_match: Tries | None = None
    no_input_prompts: Prompts | None = None
    no_match_prompts: Prompts | None = None
    barge_in: bool | None = None
    too_many: Handover | None = None


class SayNode(Part):
    """Prompts, then on to another node."""

    kind: Literal["say"] = "say"
    prompts: Prompts = Field(min_length=1)
    goto: Name
    barge_in: bool | None = None


class QueueNode(Handover):
    """To a person."""

    kind: Literal["queue"] = "queue"


class CallbackNode(Handover):
    """Prompts, then a call back is offered; to a person when none is agreed on."""

    kind: Literal["callback"] = "callback"


class HangUpNode(Part):
    """Prompts, then the end of the call."""

    kind: Literal["hang_up"] = "hang_up"
    prompts: Prompts = ()


Node: TypeAlias = Annotated[
    MenuNode | SayNode | QueueNode | CallbackNode | HangUpNode,
    Field(discriminator="kind"),
]
