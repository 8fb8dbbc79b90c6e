"""The page of the presets and their schema are what the code says."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

from dialer.rules.catalog import PresetCatalog
from dialer.rules.verdict import Reason

DOCS = Path(__file__).parents[2] / "docs"
#: run, not imported: the folder is no package
DRAWN = runpy.run_path(str(DOCS / "presets.py"))
HOW_TO = (DOCS / "how-to" / "calling-rules.md").read_text("utf-8")


def test_the_page_is_drawn_from_the_presets() -> None:
    written = (DOCS / "reference" / "presets.md").read_text("utf-8")
    assert written == DRAWN["page"](), "run python -m docs.presets"


def test_the_schema_is_the_models() -> None:
    written = (DOCS / "reference" / "preset.schema.json").read_text("utf-8")
    assert written == DRAWN["schema"](), "run python -m docs.presets"
    assert {"Preset", "PresetChange"} <= set(json.loads(DRAWN["schema"]())["$defs"])


def test_the_page_has_every_preset_and_what_is_not_sure() -> None:
    page = DRAWN["page"]()
    for name in PresetCatalog.read().ids:
        assert f"| `{name}` |" in page


def test_the_how_to_shows_a_good_preset(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)
    (tmp_path / "co-nuestra.yaml").write_text(example, encoding="utf-8")
    rules = PresetCatalog.read(tmp_path).rules("co-nuestra")
    assert rules.preset.registers == PresetCatalog.read().rules("co-2300").preset.registers


def test_the_how_to_has_every_reason() -> None:
    table = HOW_TO.split("## Reasons")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", table)) == set(Reason)
