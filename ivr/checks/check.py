"""A menu's file checked: everything found in it, in the order of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path

from documents.faults import DocumentRefusedError, Fault
from documents.yaml_document import Document
from ivr.checks import inbound
from ivr.checks.case import Case
from ivr.checks.draft import draft_of
from ivr.checks.roads import roads
from ivr.checks.rules import FAULTS, WARNINGS
from ivr.checks.spanish import SPANISH
from ivr.menu import Menu
from ivr.services import Service

#: what is no good YAML, and what a menu's model refuses
YAML, FORM = "yaml", "form"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, and the rule that found it; a warning refuses no menu."""

    rule: str
    fault: Fault
    warning: bool = False

    def in_spanish(self) -> Finding:
        """The same with its reason in Spanish."""
        return replace(self, fault=replace(self.fault, reason=SPANISH.said(self.fault.reason)))


def check_file(
    source: Path | str,
    *,
    file: str = "",
    queues: Set[str] | None = None,
    targets: Set[str] | None = None,
    prompts: Mapping[str, Set[str]] | None = None,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    services: Mapping[str, Service] | None = None,
    country: str = "",
) -> tuple[Finding, ...]:
    """A `Path` is read, a `str` is the text itself; what is None or "" is not checked.

    `texts` are the words of prompts by language and name; of those without, nothing is said.
    Raises `KeyError` for a country that was never looked at.
    """
    document, faults = Document.read_as_far(source, file=file)
    found = [Finding(YAML, fault) for fault in faults]
    if document is not None:
        draft = draft_of(document.plain())
        case = Case(
            draft=draft,
            roads=roads(draft.menu),
            queues=queues,
            targets=targets,
            prompts=prompts,
            texts=texts,
            services=services,
        )
        broken = list(_broken(document, case, country))
        told = {_where(each) for each in (*found, *broken)}
        # what a rule has told already, the model does not tell again
        refused = [each for each in _refused(document) if _where(each) not in told]
        found += [*refused, *broken]
    return tuple(sorted(found, key=lambda each: (each.fault.line, each.fault.column)))


def _where(finding: Finding) -> tuple[int, str]:
    return finding.fault.line, finding.fault.place


def _refused(document: Document) -> Iterator[Finding]:
    try:
        document.as_model(Menu)
    except DocumentRefusedError as error:
        yield from (Finding(FORM, fault) for fault in error.faults)


def _broken(document: Document, case: Case, country: str) -> Iterator[Finding]:
    every = [(rule, check, False) for rule, check in FAULTS.items()]
    every += [(rule, check, True) for rule, check in WARNINGS.items()]
    if country:
        every.append(("country", lambda case: inbound.broken(case, country), True))
    for rule, check, warning in every:
        for misfit in check(case):
            if case.draft.is_read(misfit.place):
                yield Finding(rule, document.fault(misfit), warning)
