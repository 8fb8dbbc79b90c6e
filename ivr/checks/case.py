"""What a rule looks at: a menu as far as it can be read, and the world it has to fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

from documents.faults import Misfit
from ivr.checks.draft import Draft
from ivr.checks.roads import Roads
from ivr.services import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A menu, and the world it has to fit; what is None is not checked."""

    draft: Draft
    roads: Roads
    queues: Set[str] | None = None
    #: whom the floor hands callers on to
    targets: Set[str] | None = None
    #: the names known in each language
    prompts: Mapping[str, Set[str]] | None = None
    #: the words of prompts, by language and name, as far as they are known
    texts: Mapping[str, Mapping[str, str]] | None = None
    #: what can be asked, by name
    services: Mapping[str, Service] | None = None


Rule: TypeAlias = Callable[[Case], Iterator[Misfit]]
