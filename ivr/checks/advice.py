"""Rules for what works and is hardly what was meant: each a warning."""

from __future__ import annotations

from collections.abc import Iterator

from documents.faults import Misfit
from ivr.checks.case import Case
from ivr.checks.roads import meant
from ivr.nodes import (
    ActionNode,
    CallbackNode,
    ConfirmNode,
    LookUpNode,
    RecordNode,
    SurveyNode,
    TicketNode,
    TransferNode,
)
from ivr.outline import handovers

#: what a caller can do without anybody there
_ALONE = ActionNode | CallbackNode | LookUpNode | RecordNode | TicketNode | TransferNode


def same_answer(case: Case) -> Iterator[Misfit]:
    """Questions where yes and no are the same."""
    for name, node in case.draft.menu.nodes.items():
        if isinstance(node, ConfirmNode) and node.yes == node.no:
            yield Misfit(("nodes", name), f'yes and no both lead to "{node.yes}"')


def survey_without_talk(case: Case) -> Iterator[Misfit]:
    """Surveys nobody comes to after a talk."""
    menu, known = case.draft.menu, case.roads
    ended = [meant(terms.after_call or "", menu.nodes) for terms in menu.queues.values()]
    asked = known.reached(*filter(None, ended))
    unsure = known.unknown or ("queues",) in case.draft.unread
    for name, node in menu.nodes.items():
        if isinstance(node, SurveyNode) and name not in asked and not unsure:
            reason = "no talk leads here: name it as after_call of a queue"
            yield Misfit(("nodes", name), reason)


def closed_without_help(case: Case) -> Iterator[Misfit]:
    """Hours outside which callers can do nothing at all."""
    menu, known = case.draft.menu, case.roads
    for name, terms in menu.queues.items():
        goal = meant(terms.closed or "", menu.nodes)
        if not goal:
            continue
        reached = known.reached(goal)
        unsure = known.unknown & reached.keys() or any(
            not case.draft.is_read(("nodes", each)) for each in reached
        )
        if not unsure and not any(isinstance(menu.nodes[each], _ALONE) for each in reached):
            reason = f'"{terms.closed}" offers no self-service, no message and no call back'
            yield Misfit(("queues", name, "closed"), reason)


def unused_terms(case: Case) -> Iterator[Misfit]:
    """Settings of queues to which this menu hands nobody."""
    menu = case.draft.menu
    used = {handover.queue for _, handover in handovers(menu)} | case.draft.perhaps
    for name in menu.queues:
        if name not in used:
            yield Misfit(("queues", name), "nobody is handed to this queue here")
