"""A menu read from its YAML file, with the line of everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from documents.yaml_document import Document
from ivr.asked import unfit_arguments, unknown_services, unknown_targets
from ivr.menu import Menu, check_menu
from ivr.services import Service

#: the menus that come with linea800
MENUS = Path(__file__).with_name("menus")


def read_menu(
    source: Path | str,
    *,
    queues: Set[str] | None = None,
    prompts: Mapping[str, Set[str]] | None = None,
    targets: Set[str] | None = None,
    services: Mapping[str, Service] | None = None,
    file: str = "",
) -> Menu:
    """A `Path` is read, a `str` is the text itself; raises `DocumentRefusedError`.

    `queues`, `prompts` (by language), `targets` and `services` are what exists; what is None is
    not checked.
    """
    document = Document.read(source, file=file)
    menu = document.as_model(Menu)
    misfits = [*check_menu(menu, queues, prompts)]
    if targets is not None:
        misfits += unknown_targets(menu, targets)
    if services is not None:
        misfits += [*unknown_services(menu, services), *unfit_arguments(menu, services)]
    document.refuse(tuple(misfits))
    return menu
