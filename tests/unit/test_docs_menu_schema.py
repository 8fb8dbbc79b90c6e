"""The published JSON Schema of menu files is what the code says, and the shipped menus keep it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from ivr.menu_file import MENUS

DOCS = Path(__file__).parents[2] / "docs"
#: run, not imported: the folder is no package
SCHEMA: dict[str, Any] = json.loads(runpy.run_path(str(DOCS / "menu_schema.py"))["schema"]())
CHECK = jsonschema_rs.Draft202012Validator(SCHEMA)


def test_the_schema_is_the_models() -> None:
    written = json.loads((DOCS / "reference" / "menu.schema.json").read_text("utf-8"))
    assert written == SCHEMA, "run python -m docs.menu_schema"


class OfTwo(yaml.SafeLoader):
    """YAML 1.2, as editors have it: yes and no are words."""


OfTwo.yaml_implicit_resolvers = {
    first: [each for each in resolvers if first not in "yYnNoO" or not each[0].endswith(":bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def plain(menu: Path) -> Any:
    """As JSON has it: keys are text."""
    loaded = yaml.load(menu.read_text("utf-8"), OfTwo)  # noqa: S506 - a safe loader of ours
    return json.loads(json.dumps(loaded, default=str))


@pytest.mark.parametrize("menu", sorted(MENUS.glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_menus_keep_the_schema(menu: Path) -> None:
    CHECK.validate(plain(menu))


@pytest.mark.parametrize(
    ("node", "setting", "value"),
    [("main", "kind", "jump"), ("main", "choices", {}), ("account", "most", 99)],
)
def test_what_is_no_menu_does_not(node: str, setting: str, value: object) -> None:
    menu = plain(MENUS / "operator.yaml")
    menu["nodes"][node][setting] = value
    assert not CHECK.is_valid(menu)
