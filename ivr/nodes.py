"""Where a caller is in a menu: every kind of node, as data."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from ivr.choices import Choice
from ivr.digits import Check
from ivr.parts import (
    Exhausted,
    Expression,
    Handover,
    Key,
    Name,
    Part,
    Prompts,
    Seconds,
    Tries,
)

#: keys that confirm, in every menu
YES_KEY, NO_KEY = "1", "2"


class Marked(Part):
    """What the records learn of a caller who comes to the node or leaves it."""

    #: what the caller wants to get done: told at the node's beginning
    starts: Name | None = None
    #: told when the caller goes on from the node; a hang-up in the middle of it completes nothing
    completes: Name | None = None
    fails: Name | None = None
    #: why the caller calls
    reason: Name | None = None
    #: keys and values are kept out of the records, and whoever records the call hears nothing
    sensitive: bool = False


class Asking(Marked):
    """Prompts, then keys are awaited. What is left out is as in the menu's `defaults`."""

    prompts: Prompts = Field(min_length=1)
    no_input_seconds: Seconds | None = None
    max_no_input: Tries | None = None
    max_no_match: Tries | None = None
    no_input_prompts: Prompts | None = None
    no_match_prompts: Prompts | None = None
    barge_in: bool | None = None
    #: false: keys pressed before the question is heard do not answer it, but for a last 0
    typed_ahead: bool = True
    too_many: Exhausted | None = None


class MenuNode(Asking):
    """One key, and what it does."""

    kind: Literal["menu"] = "menu"
    choices: dict[Key, Choice] = Field(min_length=1)


class CollectNode(Asking):
    """Several keys, ended by # or by a pause, kept under a name; * begins anew.

    A lone 0 leads to a person where no entry can be that short.
    """

    kind: Literal["collect"] = "collect"
    into: Name
    #: an amount in whole units; a date as day and month, with the year if `most` is 8
    what: Literal["digits", "amount", "date"] = "digits"
    fewest: int = Field(default=1, ge=1, le=20)
    most: int = Field(default=20, ge=1, le=20)
    check: Check | None = None
    #: a date: neither past nor later than so many days from today
    within_days: Annotated[int, Field(ge=0, le=3660)] | None = None
    next_key_seconds: Seconds = 4.0
    goto: Name

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.fewest > self.most:
            raise ValueError("fewest is more than most")
        if self.within_days is not None and self.what != "date":
            raise ValueError("within_days goes with what: date")
        return self


class ConfirmNode(Asking):
    """1 for yes, 2 for no."""

    kind: Literal["confirm"] = "confirm"
    yes: Name
    no: Name


class RecordNode(Asking):
    """The caller speaks after a beep, then listens, records again (2) or sends (3)."""

    kind: Literal["record"] = "record"
    purpose: Name
    into: Name
    most_seconds: float = Field(default=90.0, ge=3, le=300)
    silence_seconds: float = Field(default=4.0, ge=1, le=30)
    review_prompts: Prompts = ("record_review",)
    goto: Name
    #: nothing was said, or it was not sent
    nothing: Name


class SayNode(Marked):
    """Prompts, then on to another node."""

    kind: Literal["say"] = "say"
    prompts: Prompts = Field(min_length=1)
    goto: Name
    barge_in: bool | None = None


class _Ask(Marked):
    """A service is asked; prompts are heard when the answer takes its time."""

    service: Name
    arguments: dict[Name, Expression] = Field(default_factory=dict)
    #: the name that the answer's values have from then on
    into: Name | None = None
    prompts: Prompts = ()
    failed: Name


class LookUpNode(_Ask):
    """Something is found out."""

    kind: Literal["look_up"] = "look_up"
    found: Name
    missing: Name


class ActionNode(_Ask):
    """Something is done, once, however often it is tried."""

    kind: Literal["action"] = "action"
    done: Name
    refused: Name


class Case(Part):
    """Where a caller goes when it is so."""

    when: Expression
    goto: Name


class ConditionNode(Marked):
    """The first case that is true decides."""

    kind: Literal["condition"] = "condition"
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Name


class TicketNode(Marked):
    """A ticket is opened for the reason given last; its number stands under `into`."""

    kind: Literal["ticket"] = "ticket"
    ticket: Name
    into: Name = "ticket"
    #: the name of a recording that belongs to it
    note: Name | None = None
    #: until when it is answered
    working_days: int = Field(default=15, ge=1, le=60)
    goto: Name
    failed: Name


class Question(Part):
    """One question of a survey, answered by a figure."""

    name: Name
    prompts: Prompts = Field(min_length=1)
    low: int = Field(default=1, ge=0, le=10)
    high: int = Field(default=5, ge=1, le=10)
    #: how often it is the one that is asked, beside the others
    weight: int = Field(default=1, ge=1, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low has to be less than high")
        return self


class SurveyNode(Marked):
    """Questions, all of them or one in turn; who does not answer goes on."""

    kind: Literal["survey"] = "survey"
    questions: tuple[Question, ...] = Field(min_length=1, max_length=5)
    ask: Literal["one", "all"] = "one"
    goto: Name


class IncidentsNode(Marked):
    """What goes on in the caller's area is told, if anything does."""

    kind: Literal["incidents"] = "incidents"
    area: Expression | None = None
    goto: Name


class LanguageNode(Marked):
    """The caller's language from here on; one that is not offered changes nothing."""

    kind: Literal["language"] = "language"
    language: Expression
    goto: Name


class QueueNode(Marked, Handover):
    """To a person."""

    kind: Literal["queue"] = "queue"


class WaitOnNode(Marked):
    """Back to the place in the line that the caller came from; who waits nowhere, to a person."""

    kind: Literal["wait_on"] = "wait_on"
    prompts: Prompts = ()


class CallbackNode(Marked, Handover):
    """Prompts, then a call back is offered; to a person when none is agreed on."""

    kind: Literal["callback"] = "callback"


class TransferNode(Marked):
    """To somebody outside, by the name the floor has for the number."""

    kind: Literal["transfer"] = "transfer"
    target: Name
    prompts: Prompts = ()
    failed: Name


class HangUpNode(Marked):
    """Prompts, then the end of the call."""

    kind: Literal["hang_up"] = "hang_up"
    prompts: Prompts = ()


Node: TypeAlias = Annotated[
    MenuNode
    | CollectNode
    | ConfirmNode
    | RecordNode
    | SayNode
    | LookUpNode
    | ActionNode
    | ConditionNode
    | TicketNode
    | SurveyNode
    | IncidentsNode
    | LanguageNode
    | QueueNode
    | WaitOnNode
    | CallbackNode
    | TransferNode
    | HangUpNode,
    Field(discriminator="kind"),
]
