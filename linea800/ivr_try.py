"""A walk through a menu as lines of text: what happened, and the words of every prompt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.vocabulary import Asked, Chosen, Entered, Missed
from ivr.walking import CalledBack, Heard, HungUp, Queued, Told
from linea800.ivr_words import said
from prompts.catalog import sentences
from prompts.spoken import LANGUAGES, pieces

#: pressing nothing, in `--keys`
SILENCE = ("timeout", "silencio", "")
KEYS = frozenset("0123456789*#")


def prompt_texts() -> dict[str, dict[str, str]]:
    """The words of every prompt that comes with linea800, by language and name."""
    return {
        language: texts | {piece.name: piece.words for piece in pieces(language)}
        for language, texts in sentences().items()
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
        match each:
            case Entered(node=node):
                yield said(language, "at", node=node)
            case Heard(prompt=prompt, language=spoken):
                words = texts.get(spoken, {}).get(prompt)
                yield f"  [{prompt}]" if words is None else f"  [{prompt}] {words}"
            case Chosen(choice=choice):
                yield said(language, "chosen", choice=choice)
            case Missed(kind=kind):
                yield said(language, f"missed_{kind}")
            case Queued(queue=queue, priority=priority):
                yield said(language, "end_queue", queue=queue, priority=priority)
            case CalledBack(queue=queue, number=number):
                yield said(language, "end_callback", queue=queue, number=number)
            case HungUp():
                yield said(language, "end_hang_up")
            case Asked():
                pass  # the end tells it
