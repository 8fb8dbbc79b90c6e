"""A walk through a menu as lines of text: what happened, and the words of every prompt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from ivr.services import Answer
from ivr.values import Values
from ivr.vocabulary import (
    Asked,
    Chosen,
    Entered,
    Known,
    Missed,
    Moved,
    Reasoned,
    Sent,
    Surveyed,
    TurnedAway,
)
from ivr.walked import (
    CalledBack,
    Consulted,
    Heard,
    HungUp,
    Queued,
    Ticketed,
    Told,
    Transferred,
)
from linea800.ivr_words import said
from prompts.spoken import LANGUAGES, pieces

#: pressing nothing, in `--keys`
SILENCE = ("timeout", "silencio", "")
KEYS = frozenset("0123456789*#")


def prompt_texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The words of every prompt, by language and name; `texts` are the sentences."""
    return {
        language: {**said} | {piece.name: piece.words for piece in pieces(language)}
        for language, said in texts.items()
        if language in LANGUAGES
    }


def keys_of(written: str) -> tuple[str, ...]:
    """One entry for each turn, "" for silence; "12" is typed ahead. Raises `ValueError`."""
    turns = []
    for each in (part.strip() for part in written.split(",")) if written.strip() else ():
        keys = "" if each.lower() in SILENCE else each
        if not KEYS.issuperset(keys):
            raise ValueError(each)
        turns.append(keys)
    return tuple(turns)


def told(turn: Iterable[Told], texts: dict[str, dict[str, str]], language: str) -> Iterator[str]:
    """The lines of one turn."""
    for each in turn:
        if isinstance(each, Heard):
            words = texts.get(each.language, {}).get(each.prompt)
            yield f"  [{each.prompt}]" if words is None else f"  [{each.prompt}] {words}"
        elif isinstance(each, Asked):
            continue  # the end tells it
        else:
            word, values = _word(each)
            yield said(language, word, **values).rstrip()


def _word(each: Told) -> tuple[str, dict[str, object]]:
    """Which sentence tells it, and what stands in it."""
    match each:
        case Entered(node=node):
            return "at", {"node": node}
        case Chosen(choice=choice):
            return "chosen", {"choice": choice}
        case Missed(kind=kind):
            return f"missed_{kind}", {}
        case TurnedAway(queue=queue, why=why):
            return f"turned_{why}", {"queue": queue}
        case Queued(queue=queue, priority=priority):
            return "end_queue", {"queue": queue, "priority": priority}
        case CalledBack(queue=queue):
            return "end_callback", {"queue": queue, "number": each.spoken or each.number}
        case Transferred(target=target):
            return "end_transfer", {"target": target}
        case HungUp():
            return "end_hang_up", {}
        case _:
            return _learned(each)


def _learned(each: Told) -> tuple[str, dict[str, object]]:
    match each:
        case Consulted(service=service, arguments=arguments, answer=answer):
            return "asks", {"service": service, "arguments": _shown(arguments), **_answer(answer)}
        case Ticketed(kind=kind, reason=reason, answer=answer):
            return "ticket", {"kind": kind, "reason": reason or "-", **_answer(answer)}
        case Moved(task=task, step=step):
            return f"task_{step}", {"task": task}
        case Reasoned(reason=reason):
            return "reason", {"reason": reason}
        case Known(customer_id=customer, proven=proven):
            return "proven" if proven else "known", {"customer": customer}
        case Sent(purpose=purpose, seconds=seconds):
            return "sent", {"purpose": purpose, "seconds": f"{seconds:g}"}
        case Surveyed(question=question, answer=None, low=low, high=high):
            return "question", {"question": question, "low": low, "high": high}
        case Surveyed(question=question, answer=answer):
            return "answered", {"question": question, "answer": answer}
        case _:
            raise TypeError(f"{each} has no line: say in linea800/ivr_try.py which")


def _answer(answer: Answer) -> dict[str, object]:
    return {"outcome": answer.outcome, "values": _shown(answer.values)}


def _shown(values: Values) -> str:
    """As `--answer` takes them, without what is empty."""
    there = {name: value for name, value in values.items() if value not in ("", None, ())}
    return " ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in there.items()
    )
