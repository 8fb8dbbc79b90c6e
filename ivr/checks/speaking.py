"""Rules for expressions: what they speak of has to exist, and to be known by then."""

from __future__ import annotations

from collections.abc import Iterator

from documents.faults import Misfit, Place
from ivr import expressions, knowing, members
from ivr.checks.case import Case
from ivr.checks.roads import meant
from ivr.nodes import (
    ActionNode,
    CollectNode,
    ConditionNode,
    LookUpNode,
    Node,
    RecordNode,
    TicketNode,
)
from ivr.outline import handovers

#: what menus know of a queue
_OF_A_QUEUE = ("waiting", "staffed", "free", "wait_seconds")
_OF_A_TICKET = ("number", "due_on", "outcome")
#: those that have parts; all others that are given are one value
_GIVEN_MAPS = frozenset({"open", "opens", "queues", "visits"})
#: what may be called; signs are no functions
_FUNCTIONS = frozenset(
    (
        *("size", "contains", "startsWith", "endsWith", "matches", "min", "max", "has"),
        *("int", "uint", "double", "string", "bytes", "type", "duration", "timestamp", "dyn"),
        *("all", "exists", "exists_one", "map", "filter"),
        *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"),
        *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
    )
)


def unknown_names(case: Case) -> Iterator[Misfit]:
    """Names that no node learns."""
    yield from knowing.unknown_names(case.draft.menu, case.draft.perhaps)


def unknown_functions(case: Case) -> Iterator[Misfit]:
    """Calls of what is no function: nothing ever comes of them."""
    for _, place, source in _expressions(case):
        called = {each for each in expressions.functions(source) if each[:1].isalpha()}
        for name in sorted(called - _FUNCTIONS):
            yield Misfit(place, f'"{name}" is no function')


def unknown_parts(case: Case) -> Iterator[Misfit]:
    """Parts that what is spoken of does not have."""
    for _, place, source in _expressions(case):
        told = set()
        for path in members.paths(source):
            reason = _lacks(case, path)
            if reason and reason not in told:
                told.add(reason)
                yield Misfit(place, reason)


def _lacks(case: Case, path: members.Path) -> str:
    """What is wrong with a path; "" when nothing is, or nothing is sure."""
    name, part, below = path[0], *(*path[1:], "", "")[:2]
    if not part or part in case.draft.perhaps:
        return ""
    menu = case.draft.menu
    match name:
        case "open" | "opens":
            known = part in menu.schedules or ("schedules",) in case.draft.unread
            return "" if known else f'"{part}" is no schedule of this menu'
        case "visits":
            return "" if part in menu.nodes else f'"{part}" is no node of this menu'
        case "queues":
            named = {handover.queue for _, handover in handovers(menu)} | {*menu.queues}
            if part not in named:
                return f'"{part}" is no queue of this menu'
            return _unless(below, _OF_A_QUEUE, "a queue")
    parts = _parts(case, name)
    if parts is None:
        return ""
    if part not in parts:
        return _unless(part, tuple(parts), f'"{name}"')
    return _unless(below, parts[part], f'"{name}.{part}"') if parts[part] else ""


def _unless(part: str, known: tuple[str, ...], of: str) -> str:
    if not part or part in known:
        return ""
    return f'{of} has no "{part}": it has {", ".join(known)}' if known else f"{of} has no parts"


def _parts(case: Case, name: str) -> dict[str, tuple[str, ...]] | None:
    """The parts a name may have, each with its own (() for none, or nobody knows)."""
    if name in expressions.GIVEN:
        return None if name in _GIVEN_MAPS else {}
    learning = [node for node in case.draft.menu.nodes.values() if _into(node) == name]
    if not learning or name in case.draft.perhaps:
        return None
    found: dict[str, tuple[str, ...]] = {}
    for node in learning:
        if isinstance(node, TicketNode):
            found |= dict.fromkeys(_OF_A_TICKET, ())
        elif isinstance(node, LookUpNode | ActionNode):
            service = (case.services or {}).get(node.service)
            if service is None:
                return None
            asked = (*found.get("asked", ()), *node.arguments)
            found |= {**dict.fromkeys(service.gives, ()), "outcome": (), "asked": asked}
    return found


def never(case: Case) -> Iterator[Misfit]:
    """Cases that nobody ever goes by."""
    for place, source in _cases(case):
        if not expressions.names(source) and not expressions.holds(source, {}):
            yield Misfit(place, "can never be true: it is the same for every caller")
    menu = case.draft.menu
    given = {"", *(node.reason for node in menu.nodes.values() if node.reason)}
    for _, place, source in _expressions(case):
        for path, text in members.compared(source):
            if text in case.draft.perhaps:
                continue
            if path == ("reason",) and text not in given:
                yield Misfit(place, f'no node of this menu gives the reason "{text}"')
            languages = (*menu.languages, menu.language)
            if path == ("language",) and text not in languages:
                yield Misfit(place, f'"{text}" is no language of this menu')


def always(case: Case) -> Iterator[Misfit]:
    """Cases that everybody goes by, so that what follows them never happens."""
    for place, source in _cases(case):
        if not expressions.names(source) and expressions.holds(source, {}):
            yield Misfit(place, "is always true: nobody gets to what follows")


def not_yet_known(case: Case) -> Iterator[Misfit]:
    """Names spoken of where no way leads that has learned them before."""
    menu, known = case.draft.menu, case.roads
    start = meant(menu.start, menu.nodes)
    if not start or known.unknown:
        return
    reached = known.reached(start)
    by_name: dict[str, set[str]] = {}
    for name, node in menu.nodes.items():
        into = _into(node)
        if into and name in reached:
            goals = (meant(goal, menu.nodes) for goal in _once_learned(node))
            by_name.setdefault(into, set()).update(known.reached(*filter(None, goals)))
    for name, place, source in _expressions(case):
        for spoken_of in sorted(expressions.names(source) & knowing.learned(menu)):
            where = by_name.get(spoken_of, set())
            if name in reached and name not in where and spoken_of not in case.draft.perhaps:
                yield Misfit(place, f'no way leads here on which "{spoken_of}" was learned before')


def _into(node: Node) -> str:
    return getattr(node, "into", None) or ""


def _once_learned(node: Node) -> tuple[str, ...]:
    """Where the caller goes when the node has something to keep."""
    match node:
        case LookUpNode():
            return (node.found,)
        case ActionNode():
            return node.done, node.refused
        case TicketNode():
            return node.goto, node.failed
        case CollectNode() | RecordNode():
            return (node.goto,)
        case _:
            return ()


def _cases(case: Case) -> Iterator[tuple[Place, str]]:
    for name, node in case.draft.menu.nodes.items():
        if isinstance(node, ConditionNode):
            for position, each in enumerate(node.cases):
                yield ("nodes", name, "cases", position, "when"), each.when


def _expressions(case: Case) -> Iterator[tuple[str, Place, str]]:
    for name, node in case.draft.menu.nodes.items():
        for place, source in knowing.said_expressions(node):
            yield name, ("nodes", name, *place), source
