"""What a country asks of the menu of a service line, as data; a menu is warned, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from documents.faults import Misfit
from documents.yaml_document import read_document
from ivr.checks.case import Case
from ivr.checks.roads import meant
from ivr.checks.rules import leads_to_person
from ivr.outline import Exit

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Offer(StrEnum):
    """What callers have to be offered."""

    COMPLAINT = "complaint"
    CANCEL = "cancel"
    PERSON = "person"


class Where(StrEnum):
    """Where in the menu."""

    FIRST_MENU = "first_menu"
    ANYWHERE = "anywhere"


_OFFERS = {
    Offer.COMPLAINT: "a complaint",
    Offer.CANCEL: "cancelling the service",
    Offer.PERSON: "a person",
}
_WHERE = {Where.FIRST_MENU: "in the first menu", Where.ANYWHERE: "anywhere in the menu"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InboundRule(_Part):
    """One thing a country asks for, and where that is written."""

    asks: Offer
    where: Where
    source: str


class InboundRules(_Part):
    """Every country looked at, and the words an offer is known by."""

    words: dict[Offer, tuple[str, ...]]
    countries: dict[Country, tuple[InboundRule, ...]]


@cache
def inbound_rules() -> InboundRules:
    """The rules that come with linea800."""
    return read_document(Path(__file__).with_name("inbound.yaml"), InboundRules)


def broken(case: Case, country: str) -> Iterator[Misfit]:
    """The country's rules the menu does not keep; raises `KeyError` for one not looked at."""
    menu = case.draft.menu
    start = meant(menu.start, menu.nodes)
    if not start:
        return
    everywhere = tuple(case.roads.reached(start))
    # a line without a menu is judged by where it leads
    first = case.roads.first_menus or everywhere[-1:]
    for rule in inbound_rules().countries[country]:
        if rule.where is Where.ANYWHERE:
            lacking = () if any(_offered(case, name, rule) for name in everywhere) else first[:1]
        else:
            lacking = tuple(name for name in first if not _offered(case, name, rule))
        for name in lacking:
            reason = f"{country} asks for {_OFFERS[rule.asks]} {_WHERE[rule.where]} ({rule.source})"
            yield Misfit(("nodes", name), reason)


def _offered(case: Case, name: str, rule: InboundRule) -> bool:
    return any(_offers(case, way, rule.asks) for way in case.roads.taken(name))


def _offers(case: Case, way: Exit, offer: Offer) -> bool:
    if offer is Offer.PERSON:
        return leads_to_person(case, way.leads, way.to)
    words = {*way.name.split("_"), *way.to.split("_")}
    return bool(words & set(inbound_rules().words[offer]))
