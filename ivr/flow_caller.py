"""Who calls, and how things stand then, as people write it in flow files and to commands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ivr.flow_words import Word, meaning
from ivr.services import BUILT_IN, OUTCOMES, Answer, What
from ivr.values import Value, Values
from ivr.walked import Caller

#: who a caller is, by the number that calls
CUSTOMER = "customer_by_number"
_ANSWER = re.compile(r"([a-z][a-z0-9_]{0,30})(?:\s*=\s*|\s+)([a-z]+)(?:\s+(.+))?")
_PAIR = re.compile(r"""([a-z][a-z0-9_]*)=("[^"]*"|'[^']*'|[^\s,]*)\s*,?\s*""")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
#: what a known customer has of whom nothing else is said
_BLANK: Mapping[What, Value] = {
    What.TEXT: "",
    What.DIGITS: "",
    What.NUMBER: 1,
    What.AMOUNT: 0,
    What.DATE: None,
    What.YES_NO: False,
    What.TEXTS: (),
}


def read_moment(text: str) -> datetime:
    """`2026-11-23 10:00`, by the clock of the menu unless a zone is told; raises `ValueError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(text) from None
    if len(text) < len("2026-11-23 10:00"):
        raise ValueError(text)  # a day alone has no hour
    return moment


def at_moment(caller: Caller, text: str) -> Caller:
    """The caller at that moment; raises `ValueError`."""
    return replace(caller, at=read_moment(text))


def read_customer(text: str) -> Values:
    """`first_name=Ana status=active …`; what is left out is empty. Raises `ValueError`."""
    return customer(_pairs(text))


def customer(written: Mapping[str, Any]) -> Values:
    """The same of texts or values by name; raises `ValueError` with what is wrong."""
    return _filled(CUSTOMER, written)


def read_answer(text: str) -> tuple[str, Answer]:
    """`balance=found {"amount": 45000}` or `balance found amount=45000`; raises `ValueError`."""
    found = _ANSWER.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    service, outcome, rest = found[1], found[2], found[3] or ""
    if outcome not in {each for outcomes in OUTCOMES.values() for each in outcomes}:
        raise ValueError(outcome)
    values = _object(rest) if rest.startswith("{") else _pairs(rest)
    if service in BUILT_IN and outcome == "found":
        return service, Answer(outcome, _filled(service, values))
    return service, Answer(outcome, {name: _plain(value) for name, value in values.items()})


def answering(caller: Caller, service: str, answer: Answer) -> Caller:
    """The caller for whom the service, asked once more, answers so; the last answer stays."""
    before = caller.answers.get(service, ())
    return replace(caller, answers={**caller.answers, service: (*before, answer)})


def with_setting(caller: Caller, word: Word, text: str) -> Caller | None:
    """The caller as a line of a flow file says; None for a line without sense."""
    try:
        return _with(caller, word, text)
    except ValueError:
        return None


def _with(caller: Caller, word: Word, text: str) -> Caller | None:
    match word:
        case Word.LANGUAGE if re.fullmatch(r"[a-z]{2}(?:_[A-Z]{2})?", text):
            return replace(caller, language=text)
        case Word.NUMBER if re.fullmatch(r"\+?[0-9]{3,15}", text):
            return replace(caller, number=text)
        case Word.WAITING if re.fullmatch("[0-9]{1,4}", text):
            return replace(caller, waiting=int(text))
        case Word.STAFFED if re.fullmatch("[0-9]{1,4}", text):
            return replace(caller, staffed=int(text))
        case Word.WAIT if re.fullmatch("[0-9]{1,5}", text):
            return replace(caller, wait_seconds=float(text))
        case Word.SPEAKS if re.fullmatch("[0-9]{1,3}", text):
            return replace(caller, speaks_seconds=float(text))
        case Word.TIME:
            return at_moment(caller, text)
        case Word.CALLED_BACK if meaning(text) in {Word.YES, Word.NO}:
            return replace(caller, called_back=meaning(text) is Word.YES)
        case Word.TICKETS if meaning(text) in {Word.YES, Word.NO}:
            return replace(caller, tickets=meaning(text) is Word.YES)
        case _:
            return _known(caller, word, text)


def _known(caller: Caller, word: Word, text: str) -> Caller | None:
    names = re.split(r"[\s,]+", text)
    match word:
        case Word.CUSTOMER:
            return answering(caller, CUSTOMER, Answer("found", read_customer(text)))
        case Word.ANSWERS:
            return answering(caller, *read_answer(text))
        case Word.INCIDENT if all(map(_NAME.fullmatch, names)):
            return replace(caller, incidents=tuple(names))
        case Word.FROM if len(names) == 1 and _NAME.fullmatch(text):
            return replace(caller, node=text)
        case Word.FROM if len(names) == 3 and meaning(names[1]) is Word.QUEUE:
            return replace(caller, node=names[0], waits_in=names[2])
        case _:
            return None


def _filled(service: str, written: Mapping[str, Any]) -> Values:
    gives = BUILT_IN[service].gives
    for name in written:
        if name not in gives:
            raise ValueError(f"{name} ({', '.join(gives)})")
    return {
        name: _typed(what, written[name]) if name in written else _BLANK[what]
        for name, what in gives.items()
    }


def _typed(what: What, value: Any) -> Value:
    """A text as the kind of thing it is meant to be; raises `ValueError`."""
    if not isinstance(value, str):
        return _plain(value)
    match what:
        case What.NUMBER:
            if not re.fullmatch("[0-9]{1,18}", value):
                raise ValueError(value)
            return int(value)
        case What.YES_NO:
            if value.lower() not in ("true", "false") and meaning(value) not in (Word.YES, Word.NO):
                raise ValueError(value)
            return value.lower() == "true" or meaning(value) is Word.YES
        case What.TEXTS:
            return tuple(each for each in value.split("+") if each)
        case _:
            return value


def _pairs(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    place = 0
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            raise ValueError(text[place:])
        place = pair.end()
        quoted = pair[2][:1] in ("'", '"') and pair[2][:1]
        found[pair[1]] = pair[2].strip(quoted) if quoted else _Bare(pair[2])
    return found


class _Bare(str):
    """Written without quotes: where nobody says what it is, it is what it looks like."""

    __slots__ = ()


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError(text) from None
    if not isinstance(found, dict):
        raise ValueError(text)
    return found


def _plain(value: Any) -> Value:
    if isinstance(value, _Bare):
        looks = re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false|null", value)
        return _plain(json.loads(value)) if looks else str(value)
    if isinstance(value, list):
        return tuple(map(_plain, value))
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(f"{value}")
