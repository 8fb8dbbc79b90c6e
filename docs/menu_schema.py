"""Writes the JSON Schema of menu files: `python -m docs.menu_schema`."""

from __future__ import annotations

import json
from pathlib import Path

from ivr.menu import Menu

SCHEMA = Path(__file__).with_name("reference") / "menu.schema.json"


def schema() -> str:
    """The schema as it has to be; editors check a menu by it while it is written."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A menu of linea800",
        **Menu.model_json_schema(),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
