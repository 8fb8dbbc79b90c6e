"""A menu read from its YAML file, with the line of everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from documents.yaml_document import Document
from ivr.menu import Menu, check_menu

#: the menus that come with linea800
MENUS = Path(__file__).with_name("menus")


def read_menu(
    source: Path | str,
    *,
    queues: Set[str] | None = None,
    prompts: Mapping[str, Set[str]] | None = None,
    file: str = "",
) -> Menu:
    """A `Path` is read, a `str` is the text itself; raises `DocumentRefusedError`.

    `queues` and `prompts` (by language) are what exists; what is None is not checked.
    """
    document = Document.read(source, file=file)
    menu = document.as_model(Menu)
    document.refuse(check_menu(menu, queues, prompts))
    return menu
