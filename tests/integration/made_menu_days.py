"""Random days of callers in a menu as facts, and their figures counted plainly, one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallFact,
    CallFellBack,
    CallTransferred,
    CustomerKnown,
    DialogueOffered,
    HangUpAsked,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueJoined,
    ReasonGiven,
    TaskMoved,
)
from tests.unit.facts import PBX, START

_NODES = ("welcome", "main", "balance", "support", "plans")
_QUEUES = ("soporte", "ventas", "bajas")


@dataclass(kw_only=True)
class Visit:
    """What is true of one call, kept beside the facts that tell it."""

    call_id: str
    began: datetime
    facts: list[CallFact] = field(default_factory=list)
    language: str = "es"
    version: str = "a"
    reason: str = ""
    customer: int | None = None
    number: str = ""
    ended: datetime | None = None
    how: str = ""
    #: node, how it was left, choice, misses of each kind, seconds
    stays: list[tuple[str, str, str, int, int, float | None]] = field(default_factory=list)
    done: datetime | None = None
    #: by task: how far it came
    tasks: dict[str, str] = field(default_factory=dict)
    queues: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)
    passed_on: bool = False

    def happen(self, kind: type[CallFact], at: datetime, /, **values: Any) -> None:
        """Tell a fact of this call."""
        self.facts.append(kind(at=at, pbx=PBX, call_id=self.call_id, **values))


def visits(seed: int, count: int, *, days: float = 2.0) -> list[Visit]:
    """So many calls, spread over so many days."""
    chance = random.Random(seed)
    return [_visit(chance, f"c{seed}.{number:04}", days) for number in range(count)]


def facts_of(some: Iterable[Visit]) -> list[CallFact]:
    """All their facts, in the order of time."""
    return sorted((fact for visit in some for fact in visit.facts), key=lambda fact: fact.at)


def _visit(chance: random.Random, call_id: str, days: float) -> Visit:
    began = START + timedelta(seconds=round(chance.uniform(0, days * 86_400)))
    visit = Visit(call_id=call_id, began=began, version=chance.choice("ab"))
    visit.number = chance.choice(("", "5730011", "5730012", "5730013"))
    visit.customer = chance.choice((None, 1, 2, 3))
    visit.happen(CallArrived, began, number_called="0800", caller_number=visit.number)
    visit.happen(DialogueOffered, began, number_called="0800")
    if visit.customer is not None:
        visit.happen(CustomerKnown, began, customer_id=visit.customer)
    if chance.random() < 0.7:
        visit.reason = chance.choice(("billing", "signal"))
        visit.happen(ReasonGiven, began, reason=visit.reason)
    _leave(chance, visit, _walk(chance, visit, began))
    return visit


def _walk(chance: random.Random, visit: Visit, at: datetime) -> datetime:
    """From node to node; when the last one is left, which is yet to be told."""
    for place in range(chance.randint(1, 6)):
        if place:
            visit.stays[-1] = (*visit.stays[-1][:1], "on", *visit.stays[-1][2:])
        node, entered = chance.choice(_NODES), at
        visit.language = chance.choice(("es", "es", "en"))
        visit.happen(
            MenuEntered, at, menu="operator", node=node, language=visit.language,
            version=visit.version,
        )  # fmt: skip
        missed = Counter(chance.choices(("no_input", "no_match"), k=chance.randint(0, 2)))
        for kind in missed.elements():
            at += timedelta(milliseconds=chance.randint(1, 4000))
            visit.happen(MenuMissed, at, menu="operator", node=node, kind=kind)
        at += timedelta(milliseconds=chance.randint(1, 9000))
        choice = chance.choice(("", "person", "balance", "back"))
        if choice:
            visit.happen(MenuChosen, at, menu="operator", node=node, choice=choice)
        at += timedelta(milliseconds=1)
        if chance.random() < 0.4:
            _task(chance, visit, at)
        at += timedelta(milliseconds=1)
        seconds = (at - entered).total_seconds()
        visit.stays.append((node, "", choice, missed["no_input"], missed["no_match"], seconds))
    return at


def _task(chance: random.Random, visit: Visit, at: datetime) -> None:
    task = chance.choice(("balance", "refresh"))
    visit.happen(TaskMoved, at, task=task, step="started")
    step = chance.choice(("done", "failed", ""))
    before = visit.tasks.get(task, "left")
    if step:
        visit.happen(TaskMoved, at, task=task, step=step)
    if step == "done" and visit.done is None:
        visit.done = at
    visit.tasks[task] = "done" if "done" in (before, step) else (step or before)


def _leave(chance: random.Random, visit: Visit, at: datetime) -> None:
    way = chance.choice(
        ("queue", "queue", "hang_up", "hang_up", "end", "callback", "transfer", "lost", "")
    )
    visit.how = way
    node, _, *rest = visit.stays[-1]
    visit.stays[-1] = (node, way, *rest)  # type: ignore[assignment]  # one element was replaced
    if way == "":
        visit.stays[-1] = (*visit.stays[-1][:5], None)
        return
    if way == "lost":
        visit.happen(CallFellBack, at, reason="dialogue_lost")
    if way == "callback":
        visit.happen(CallbackAsked, at, queue="soporte", number="57", waiting_since=at)
    if way == "transfer":
        visit.happen(CallTransferred, at, target="emergencias")
    if way == "hang_up":
        visit.happen(HangUpAsked, at, cause=16)
    if way in ("queue", "lost"):
        at = _wait_and_talk(chance, visit, at)
    visit.ended = at
    visit.happen(CallEnded, at, cause=16, sip_code=0)


def _wait_and_talk(chance: random.Random, visit: Visit, at: datetime) -> datetime:
    queues = chance.sample(_QUEUES, k=chance.choice((1, 1, 1, 2)))
    talked: datetime | None = None
    for place, queue in enumerate(queues):
        if talked is not None and at - talked <= timedelta(seconds=30):
            visit.passed_on = True
        visit.happen(QueueJoined, at, queue=queue, position=1)
        joined, talked = at, None
        at += timedelta(seconds=chance.choice((1, 20)))
        if place or chance.random() < 0.8:
            talked = at
            visit.happen(AgentConnected, at, queue=queue, agent="1001")
            at += timedelta(seconds=chance.choice((5, 30, 31, 200)))
            by = chance.choice(("agent", "customer", "transfer"))
            visit.happen(AgentReleased, at, queue=queue, agent="1001", ended_by=by)
            if by == "transfer" and at - talked <= timedelta(seconds=30):
                visit.passed_on = True
        visit.queues.append((queue, joined, talked))
    return at


# --- the plain count --------------------------------------------------------------------------


def plain_counts(every: Sequence[Visit], chosen: Sequence[Visit]) -> dict[str, int]:
    """The counts of the chosen ones, which may have come back among every one."""
    found: Counter[str] = Counter()
    for visit in chosen:
        found.update(_words(visit, every))
    return dict(found)


def _words(visit: Visit, every: Sequence[Visit]) -> set[str]:
    words = {"sessions"}
    if visit.how in ("", "lost"):
        return words | {"lost" if visit.how else "under_way"}
    words.add("measured")
    if any(stay[2] == "person" for stay in visit.stays):
        words.add("asked_person")
    ways = {"queue": "queued", "callback": "called_back", "transfer": "transferred"}
    if visit.how in ways:
        words.add(ways[visit.how])
    elif visit.done:
        words.add("contained")
    else:
        words.add("abandoned" if visit.how == "hang_up" else "ended")
    if visit.how == "queue" and (visit.done is None or visit.done > visit.queues[0][1]):
        words.add("queued_undone")
    if any(talked for _, _, talked in visit.queues):
        words |= {"talked"} | ({"passed_on", "misrouted"} if visit.passed_on else set())
        if any(_is_back(visit, other) for other in every):
            words |= {"came_back", "misrouted"}
    return words


def _is_back(visit: Visit, other: Visit) -> bool:
    assert visit.ended is not None
    same = visit.number != "" and other.number == visit.number
    if visit.customer is not None:
        same = other.customer == visit.customer
    soon = timedelta() < other.began - visit.ended <= timedelta(minutes=10)
    met = {queue for queue, _, _ in visit.queues}
    return same and soon and any(queue not in met for queue, _, _ in other.queues)


def plain_nodes(chosen: Iterable[Visit]) -> dict[str, dict[str, Any]]:
    """The figures of each node."""
    found: dict[str, list[tuple[str, str, str, int, int, float | None]]] = {}
    for visit in chosen:
        for stay in visit.stays:
            found.setdefault(stay[0], []).append(stay)
    return {node: _plain_node(stays) for node, stays in found.items()}


def _plain_node(stays: Sequence[tuple[str, str, str, int, int, float | None]]) -> dict[str, Any]:
    lasted = [stay[5] for stay in stays if stay[5] is not None]
    tenths = [int(seconds * 10 + 0.5) / 10 for seconds in lasted]
    return {
        "entries": len(stays),
        "no_input": sum(stay[3] for stay in stays),
        "no_match": sum(stay[4] for stay in stays),
        "how": dict(Counter(stay[1] for stay in stays)),
        "choices": dict(Counter(stay[2] for stay in stays if stay[2])),
        "mean_seconds": sum(lasted) / len(lasted) if lasted else None,
        "median_seconds": median(tenths) if tenths else None,
    }


def plain_tasks(chosen: Iterable[Visit]) -> dict[str, dict[str, int]]:
    """By task, how many calls came how far."""
    found: dict[str, Counter[str]] = {}
    for visit in chosen:
        for task, step in visit.tasks.items():
            found.setdefault(task, Counter()).update(("started", step))
    return {task: dict(counts) for task, counts in found.items()}
