"""Customers counted once more from the world's own book: calls again, answers, waits told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.truth.ledger import Came, Ledger
from tests.truth.recount import Counts, Within, ms

_DAY, _WEEK = timedelta(hours=24), timedelta(days=7)
_RESOLVED = ("resolved", "resuelto", "resuelta")
_UNRESOLVED = ("unresolved", "not_resolved", "no_resuelto", "no_resuelta")
QUESTIONS = ("csat", "nps", "resolved", "ces")


class Customers:
    """Who called again is looked up once, and counted for any interval."""

    def __init__(self, ledger: Ledger) -> None:
        by_customer: dict[int | None, list[Came]] = defaultdict(list)
        by_number: dict[str, list[Came]] = defaultdict(list)
        for call in ledger.came:
            by_customer[call.customer].append(call)
            by_number[call.number].append(call)
        self._again, self._came_back = set(), set()
        for call in ledger.came:
            if call.ended_at is None:
                continue
            known = call.customer is not None
            same = by_customer[call.customer] if known else by_number[call.number]
            for other in same:
                if other is call or other.arrived_at < call.ended_at:
                    continue
                apart = other.arrived_at - call.ended_at
                if apart <= _DAY:
                    self._again.add(call.call_id)
                if apart <= _WEEK and other.reason == call.reason and call.talks:
                    self._came_back.add(call.call_id)

    def counts(self, ledger: Ledger, queues: Iterable[str], within: Within) -> Counts:
        """The customers of one or several queues ("" is none) in one interval.

        `ledger` has at least the calls that have something in it.
        """
        mine = set(queues)
        known = [call for call in ledger.came if call.ended_at is not None]
        there = [call for call in known if queue_of(call) in mine]
        calls = [
            call
            for call in there
            if within(call.arrived_at) and (call.customer is not None or call.number)
        ]
        contacts = [call for call in calls if call.talks]
        counts: Counts = {
            "calls": len(calls),
            "called_again": sum(call.call_id in self._again for call in calls),
            "contacts": len(contacts),
            "came_back": sum(call.call_id in self._came_back for call in contacts),
            "said_resolved": sum(call.said in _RESOLVED for call in contacts),
            "said_unresolved": sum(call.said in _UNRESOLVED for call in contacts),
        }
        return counts | _waits(known, mine, within) | {"surveys": _surveys(known, mine, within)}


def _waits(calls: Iterable[Came], queues: set[str], within: Within) -> Counts:
    told, errors, inside, in_time = 0, [], 0, 0
    for call in calls:
        for at, queue, expected, low, high in call.told:
            if queue not in queues or not within(at):
                continue
            told += 1
            came = [talk.began_at for talk in call.talks if talk.began_at >= at]
            if not came:
                continue
            waited = ms(at, min(came))
            errors.append(waited - round(expected * 1000))
            in_time += waited <= high * 1000
            inside += low * 1000 <= waited <= high * 1000
    return {
            "told": told, "reached": len(errors), "wait_error_ms": sum(errors),
            "wait_absolute_error_ms": sum(map(abs, errors)), "within": inside,
            "not_later": in_time,
        }  # fmt: skip


def _surveys(calls: Iterable[Came], queues: set[str], within: Within) -> dict[str, dict[str, int]]:
    found = {}
    for name in QUESTIONS:
        answers = [
            answer
            for call in calls
            for question, at, answer in call.asked
            if question == name and within(at) and (_queue_talked(call) in queues)
        ]
        given = [answer for answer in answers if answer is not None]
        found[name] = {
                "asked": len(answers), "answered": len(given), "scored": len(given),
                "score": sum(_score(name, answer) for answer in given),
            }  # fmt: skip
    return found


def queue_of(call: Came) -> str:
    """That of the last talk, else the last that was waited in, "" none."""
    waited = [wait.queue for wait in call.waits if wait.ended != "refused"]
    return _queue_talked(call) or (waited[-1] if waited else "")


def _queue_talked(call: Came) -> str:
    talked = [wait.queue for wait in call.waits if wait.talk is not None]
    return talked[-1] if talked else ""


def _score(question: str, answer: int) -> int:
    match question:
        case "csat":
            return int(answer in (4, 5))
        case "nps":
            return int(answer in (9, 10)) - int(answer <= 6)
        case "resolved":
            return int(answer == 1)
        case _:
            return answer


def in_any(moments: tuple[datetime, datetime]) -> Within:
    """Whether a moment is from the first, and before the second."""
    since, until = moments
    return lambda at: since <= at < until
