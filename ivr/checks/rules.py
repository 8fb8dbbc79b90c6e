"""The rules a menu is held to beyond being readable: one function each, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from documents.faults import Misfit
from ivr import ways
from ivr.asked import unfit_arguments, unknown_services, unknown_targets
from ivr.checks import advice, hearing, speaking
from ivr.checks.case import Case, Rule
from ivr.checks.roads import Roads, meant
from ivr.menu import check_menu, unfit_languages, unfit_schedules
from ivr.nodes import MenuNode
from ivr.outline import PERSON_KEY, Leads

#: options a caller can keep in mind; 0, repeat, back and languages are not counted
MOST_OPTIONS = 5


def languages(case: Case) -> Iterator[Misfit]:
    """Languages named twice, or spoken of and not offered."""
    if case.draft.is_read(("languages",)):
        yield from unfit_languages(case.draft.menu)


def lost(case: Case) -> Iterator[Misfit]:
    """Ways that lead to no node."""
    yield from ways.lost(case.draft.menu)


def circles(case: Case) -> Iterator[Misfit]:
    """Prompts that go on to one another for ever."""
    yield from ways.circles(case.draft.menu)


def unreachable(case: Case) -> Iterator[Misfit]:
    """Nodes no caller comes to."""
    menu = case.draft.menu
    if start := meant(menu.start, menu.nodes):
        reached = case.roads.reached(start)
        for name in menu.nodes:
            if name not in reached:
                yield Misfit(("nodes", name), "no way leads here")


def dead_ends(case: Case) -> Iterator[Misfit]:
    """Nodes where every key stays, so that only silence or hanging up is left."""
    for name in case.draft.menu.nodes:
        if _is_dead_end(case.roads, name):
            yield Misfit(
                ("nodes", name), "is a dead end: no key leads on, and none to a person or an end"
            )


def _is_dead_end(known: Roads, name: str) -> bool:
    leads_on = set(known.goals(name)) - {name}
    return not leads_on and not known.ends(name) and name not in known.unknown


def endless(case: Case) -> Iterator[Misfit]:
    """Menus that lead to one another, and to no person and no end; each circle once."""
    getting_out = case.roads.finding(Leads.PERSON, Leads.END)
    told: set[str] = set()
    for name in case.draft.menu.nodes:
        circle = case.roads.circle(name)
        if not circle or name in getting_out or told & set(circle):
            continue
        if _is_dead_end(case.roads, name) or not any(map(case.roads.asks, circle)):
            continue  # told by the rules of dead ends and of circles
        told |= case.roads.reached(name).keys()
        where = " > ".join(circle)
        yield Misfit(("nodes", name), f"is in a loop without an exit: {where}")


def no_person(case: Case) -> Iterator[Misfit]:
    """Menus from which no keys lead to a person, and whole menus whose callers come to none."""
    menu, known = case.draft.menu, case.roads
    finding_person = known.finding(Leads.PERSON)
    for name in sorted(known.finding(Leads.END) - finding_person):
        if known.asks(name):
            yield Misfit(("nodes", name), "no key leads to a person from here")
    if start := meant(menu.start, menu.nodes):
        reached = known.reached(start)
        if start not in finding_person and not any(map(known.asks, reached)):
            reason = "no caller can reach a person: there is no menu and no queue"
            yield Misfit(("nodes",), reason)


def repeats_for_ever(case: Case) -> Iterator[Misfit]:
    """Nodes that await a key and lead nowhere when none comes."""
    menu = case.draft.menu
    for name in menu.nodes:
        silent = [way for way in case.roads.exits[name] if not way.key]
        if case.roads.asks(name) and all(way.leads is Leads.NOWHERE for way in silent):
            yield Misfit(("nodes", name), "repeats for ever when nothing is pressed")


def too_many_options(case: Case) -> Iterator[Misfit]:
    """More options than a caller keeps in mind; those that no prompt tells of burden nobody."""
    for name, node in case.draft.menu.nodes.items():
        if not isinstance(node, MenuNode):
            continue
        options = [
            way
            for way in case.roads.taken(name)
            if way.key != PERSON_KEY
            and not way.term
            and way.leads not in {Leads.BACK, Leads.NOWHERE}
            and hearing.is_told(case, node, way.key)
        ]
        if len(options) > MOST_OPTIONS:
            reason = f"has {len(options)} options: at most {MOST_OPTIONS} can be kept in mind"
            yield Misfit(("nodes", name, "choices"), reason)


def unknown_schedules(case: Case) -> Iterator[Misfit]:
    """Hours nobody wrote down."""
    if ("schedules",) not in case.draft.unread:
        yield from unfit_schedules(case.draft.menu)


def unknown_queues(case: Case) -> Iterator[Misfit]:
    """Queues the floor does not have."""
    if case.queues is not None:
        yield from check_menu(case.draft.menu, queues=case.queues)
        for name in case.draft.menu.queues:
            if name not in case.queues:
                yield Misfit(("queues", name), f'no such queue: "{name}"')


def missing_prompts(case: Case) -> Iterator[Misfit]:
    """Prompts that do not exist in a language of the menu."""
    if case.prompts is None:
        return
    menu = case.draft.menu
    silent = {each for each in menu.languages if not case.prompts.get(each)}
    for position, language in enumerate(menu.languages):
        if language in silent:
            yield Misfit(("languages", position), f'there are no prompts in "{language}"')
    spoken = tuple(each for each in menu.languages if each not in silent)
    yield from check_menu(menu.model_copy(update={"languages": spoken}), prompts=case.prompts)


def zero_elsewhere(case: Case) -> Iterator[Misfit]:
    """The key everybody knows for a person means something else."""
    menu = case.draft.menu
    for name in menu.nodes:
        for way in case.roads.taken(name):
            if way.key != PERSON_KEY or way.term:
                continue
            if not leads_to_person(case, way.leads, way.to):
                place = ("nodes", name, "choices", PERSON_KEY)
                yield Misfit(place, "0 does not lead to a person here, as it does elsewhere")


def leads_to_person(case: Case, leads: Leads, to: str) -> bool:
    """Whether a way may come to a person with no key between."""
    known = case.roads
    seen: set[str] = set()
    ahead = [(leads, to)]
    for way, goal in ahead:
        if way is Leads.PERSON:
            return True
        goal = meant(goal, known.menu.nodes) if way is Leads.NODE else ""
        if goal and not case.draft.is_read(("nodes", goal)):
            return True  # nobody can tell
        if goal and goal not in seen and not known.asks(goal):
            seen.add(goal)
            ahead += [(each.leads, each.to) for each in known.taken(goal)]
    return False


#: what makes a menu unfit, and what is only worth a second look
def services_asked(case: Case) -> Iterator[Misfit]:
    """Services nobody answers, and those of the other kind."""
    if case.services is not None:
        yield from unknown_services(case.draft.menu, case.services)


def arguments_given(case: Case) -> Iterator[Misfit]:
    """Arguments a service does not know, and those it cannot do without."""
    if case.services is not None:
        yield from unfit_arguments(case.draft.menu, case.services)


def targets_named(case: Case) -> Iterator[Misfit]:
    """Targets the floor does not have."""
    if case.targets is not None:
        yield from unknown_targets(case.draft.menu, case.targets)


FAULTS: Mapping[str, Rule] = {
    "language": languages,
    "lost": lost,
    "circle": circles,
    "unreachable": unreachable,
    "dead_end": dead_ends,
    "endless": endless,
    "no_person": no_person,
    "repeats_for_ever": repeats_for_ever,
    "options": too_many_options,
    "queue": unknown_queues,
    "prompt": missing_prompts,
    "name": speaking.unknown_names,
    "part": speaking.unknown_parts,
    "function": speaking.unknown_functions,
    "never": speaking.never,
    "schedule": unknown_schedules,
    "service": services_asked,
    "argument": arguments_given,
    "target": targets_named,
}
WARNINGS: Mapping[str, Rule] = {
    "zero_elsewhere": zero_elsewhere,
    "always": speaking.always,
    "not_yet_known": speaking.not_yet_known,
    "broken_off": hearing.broken_off,
    "unannounced": hearing.unannounced,
    "same_answer": advice.same_answer,
    "survey": advice.survey_without_talk,
    "closed": advice.closed_without_help,
    "unused_queue": advice.unused_terms,
}
