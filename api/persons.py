"""Numbers and names of persons in answers: whole for who has `pii:read`, masked for who has not.

The gate tells once per request which it is; a field says by its type that it has one. So a route
cannot forget, and what nobody vouched for is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Annotated, Any

from pydantic import PlainSerializer

from api.export_masking import hidden_name, masked_details, masked_number
from api.problem_texts import Kind
from api.problems import ProblemError
from calls.call import Direction
from dialer.attempt import Attempt
from monitoring.record import CallRecord
from storage.scopes import Scope
from storage.tokens import TokenOwner

_shown: ContextVar[bool] = ContextVar("persons_shown", default=False)
#: a number among words; not what is part of an id
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9]{7,15}(?![0-9A-Za-z])")
_HIDDEN = "***"


@contextmanager
def persons_shown(whether: bool) -> Iterator[None]:
    """Whether what is written inside tells numbers and names whole."""
    before = _shown.set(whether)
    try:
        yield
    finally:
        _shown.reset(before)


def persons_shown_to(owner: TokenOwner) -> AbstractContextManager[None]:
    """The same, by what the owner of a token may."""
    return persons_shown(owner.may(Scope.PII_READ))


def must_see_persons(owner: TokenOwner, asked: object) -> None:
    """Raise `ProblemError` for who looks for a person by what they may not see."""
    if asked and not owner.may(Scope.PII_READ):
        raise ProblemError(Kind.SCOPE_MISSING, needed=Scope.PII_READ)


def number_told(number: str) -> str:
    """A person's number for who asks."""
    return number if _shown.get() else masked_number(number)


def number_called_told(number: str, direction: str) -> str:
    """Whom a call was made to: of one that came in, ourselves."""
    return number if direction == Direction.INBOUND else number_told(number)


def details_told(details: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The parts of a fact for who asks."""
    return dict(details) if _shown.get() else masked_details(details, kind)


def words_told(told: Any) -> Any:
    """Plain data in which numbers may stand anywhere."""
    if _shown.get():
        return told
    match told:
        case str():
            return _NUMBER.sub(lambda found: masked_number(found.group()), told)
        case list():
            return [words_told(each) for each in told]
        case dict():
            return {name: words_told(value) for name, value in told.items()}
        case _:
            return told


def hidden_thing(thing: dict[str, Any]) -> dict[str, Any]:
    """A call on the board without whose it is; without a name the board shows the number."""
    called = thing["number_called"]
    if thing["direction"] != Direction.INBOUND:
        called = masked_number(called)
    caller = masked_number(thing["caller_number"])
    return {**thing, "number_called": called, "caller_number": caller, "caller_name": ""}


def written_told(text: str) -> str:
    """What somebody wrote in a list, that may be anything of a person."""
    return text if _shown.get() else hidden_name(text)


def _extra(extra: dict[str, str]) -> dict[str, str]:
    return {name: written_told(value) for name, value in extra.items()}


def _record(record: CallRecord) -> CallRecord:
    return replace(
        record,
        number_called=number_called_told(record.number_called, record.direction),
        caller_number=number_told(record.caller_number),
        caller_name=written_told(record.caller_name),
    )


def _attempt(attempt: Attempt) -> Attempt:
    return replace(attempt, number=number_told(attempt.number))


PhoneTold = Annotated[str, PlainSerializer(number_told, return_type=str, when_used="json")]
NameTold = Annotated[str, PlainSerializer(written_told, return_type=str, when_used="json")]
#: sentences and paths in which a number may stand
WordsTold = Annotated[str, PlainSerializer(words_told, return_type=str, when_used="json")]
DataTold = Annotated[
    dict[str, Any], PlainSerializer(words_told, return_type=dict[str, Any], when_used="json")
]
#: the other columns of a list, by their names
ExtraTold = Annotated[
    dict[str, str], PlainSerializer(_extra, return_type=dict[str, str], when_used="json")
]
RecordTold = Annotated[
    CallRecord, PlainSerializer(_record, return_type=CallRecord, when_used="json")
]
AttemptTold = Annotated[Attempt, PlainSerializer(_attempt, return_type=Attempt, when_used="json")]
