"""What a menu may ask of those who know the customer: who calls, what is owed, a signal refreshed.

A menu names a service and gives it arguments; the answer has an outcome, which decides where the
caller goes, and values, which the menu may say or decide by. Who answers is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from ivr.parts import Name
from ivr.values import Values


class What(StrEnum):
    """What kind of thing a value is."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    DIGITS = "digits"
    DATE = "date"  # 2026-11-30
    YES_NO = "yes_no"
    TEXTS = "texts"  # a list of them


class Service(BaseModel):
    """What a service is asked with and what it gives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["look_up", "action"]
    arguments: dict[Name, What] = {}
    gives: dict[Name, What] = {}
    #: arguments and values that may be missing
    optional: tuple[Name, ...] = ()
    #: the caller waits no longer than this, whatever happens
    most_seconds: Annotated[float, Field(gt=0, le=30)] = 5.0


#: how each kind may end; the last one also when nobody answers in time
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "look_up": ("found", "missing", "failed"),
    "action": ("done", "refused", "failed"),
}
FAILED = "failed"

_CUSTOMER: Mapping[str, What] = {
    "id": What.NUMBER,
    "first_name": What.TEXT,
    "segment": What.TEXT,
    "language": What.TEXT,
    #: of the only account, or the one asked for; "" with several
    "account": What.DIGITS,
    "plan": What.TEXT,
    "status": What.TEXT,
    "area": What.TEXT,
    "decoder": What.TEXT,
    #: whether there is something the caller can be asked for to prove who they are
    "provable": What.YES_NO,
    #: the ticket opened last that is still open, "" without
    "open_ticket": What.DIGITS,
    #: the agent who looks after it, "" nobody
    "owner": What.DIGITS,
    #: why the customer called within the last 24 hours
    "reasons": What.TEXTS,
}
#: those that linea800 answers by itself, out of its own tables
BUILT_IN: Mapping[str, Service] = {
    "customer_by_number": Service(
        kind="look_up",
        arguments={"number": What.DIGITS},
        gives=dict(_CUSTOMER),
        most_seconds=1.5,
    ),
    "customer_by_account": Service(
        kind="look_up",
        arguments={"account": What.DIGITS},
        gives=dict(_CUSTOMER),
        most_seconds=2.0,
    ),
    # found: the digits are the customer's; missing: they are not
    "prove_customer": Service(
        kind="look_up",
        arguments={"customer": What.NUMBER, "digits": What.DIGITS},
        most_seconds=2.0,
    ),
    "ticket_by_number": Service(
        kind="look_up",
        arguments={"number": What.DIGITS},
        gives={"state": What.TEXT, "kind": What.TEXT, "due_on": What.DATE},
        most_seconds=2.0,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One asking of a service, for one caller."""

    call_id: str
    service: str
    arguments: Values
    #: the same for every try of this asking, another for every other one
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended, and what is known now."""

    outcome: str
    values: Values = field(default_factory=dict)


class FrontOffice(Protocol):
    """Whoever answers."""

    def services(self) -> Mapping[str, Service]:
        """What may be asked."""

    async def ask(self, question: Question) -> Answer:
        """Never raises, and answers within the service's `most_seconds`: at worst with `FAILED`."""
