"""What the nodes of a menu are made of: names, what is said, where a caller is handed on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from ivr import expressions
from prompts.pieces import Gender

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
PromptName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")]
Key = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"]
Seconds = Annotated[float, Field(gt=0, le=60)]
Tries = Annotated[int, Field(ge=1, le=10)]
#: in the Common Expression Language, over what the menu knows: see `ivr/expressions.py`
Expression = Annotated[
    str, StringConstraints(min_length=1, max_length=300), AfterValidator(expressions.checked)
]


class Part(BaseModel):
    """A piece of a menu: never changed after it was read, and nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Spoken(Part):
    """Something said that depends on the caller: exactly one of these, by an expression.

    Where it cannot be said (nothing is known, or it is no date), nothing of its list is.
    """

    WAYS: ClassVar = ("number", "ordinal", "amount", "date", "time", "digits", "first_name")

    number: Expression | None = None
    ordinal: Expression | None = None
    amount: Expression | None = None
    date: Expression | None = None
    time: Expression | None = None
    digits: Expression | None = None
    first_name: Expression | None = None
    #: with an amount: ISO 4217; without it the menu's
    currency: Expression | None = None
    #: with a number or an ordinal: of what is counted
    gender: Gender = "alone"
    #: with a date: whether the year is said
    year: bool = False
    #: with digits: how many go together; without it the groups of the text, else threes
    groups: tuple[Annotated[int, Field(ge=1, le=10)], ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(getattr(self, way) is not None for way in self.WAYS) != 1:
            raise ValueError(f"needs exactly one of: {', '.join(self.WAYS)}")
        return self


def _kind_of_said(raw: object) -> str:
    return "prompt" if isinstance(raw, str) else "spoken"


Said: TypeAlias = Annotated[
    Annotated[PromptName, Tag("prompt")] | Annotated[Spoken, Tag("spoken")],
    Discriminator(_kind_of_said),
]
Prompts: TypeAlias = tuple[Said, ...]


class Handover(Part):
    """To a person: prompts first, then how many wait (if wanted), then the queue."""

    queue: Name
    priority: int = Field(default=0, ge=0, le=1000)  # the higher is served first
    prompts: Prompts = ()
    say_position: bool = False


class Onward(Part):
    """To another node, prompts first."""

    goto: Name
    prompts: Prompts = ()


def _kind_of_exit(raw: object) -> str | None:
    ways = [
        way
        for way in ("queue", "goto")
        if (way in raw if isinstance(raw, dict) else hasattr(raw, way))
    ]
    return ways[0] if len(ways) == 1 else None


#: where misses lead: to a person, or to another node
Exhausted: TypeAlias = Annotated[
    Annotated[Handover, Tag("queue")] | Annotated[Onward, Tag("goto")],
    Discriminator(
        _kind_of_exit,
        custom_error_type="one_way",
        custom_error_message="needs exactly one of: queue, goto",
    ),
]
