"""Where the templates of Asterisk's configuration are, and which modules they load."""

from __future__ import annotations

import re
from pathlib import Path

_LOAD = re.compile(r"^load = (\S+\.so)$", re.MULTILINE)


def templates_folder() -> Path:
    """The templates: inside this package in an installed wheel, beside it in a checkout."""
    here = Path(__file__).parent
    inside = here / "asterisk" / "templates"
    return inside if inside.is_dir() else here.parent / "asterisk" / "templates"


def modules_loaded() -> list[str]:
    """The files of the modules that our Asterisk loads."""
    return _LOAD.findall((templates_folder() / "modules.conf").read_text())
