"""The page of KPIs says what the code does: every KPI, its formula and its unit, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitoring.kpis import ELSEWHERE, KPIS, METHODS, Subject

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kpis.md"
_SECTIONS = {
    "Queues": (Subject.QUEUES,),
    "Agents": (Subject.AGENTS,),
    "Campaigns": (Subject.CAMPAIGNS, Subject.LEADS),
    "Customers": (Subject.CUSTOMERS,),
    "Callbacks": (Subject.CALLBACKS,),
}


def _rows(title: str) -> list[list[str]]:
    """The cells of the section's tables; a bar within a cell is written with a backslash."""
    section = PAGE.read_text("utf-8").split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line.replace("\\|", "\0") for line in section.splitlines() if line.startswith("| `")]
    return [
        [cell.strip().replace("\0", "|") for cell in line.strip("|").split("|")] for line in lines
    ]


@pytest.mark.parametrize("title", _SECTIONS)
def test_the_page_has_every_kpi_with_its_formula_and_unit(title: str) -> None:
    told = [(cells[0].strip("`"), cells[1], cells[2]) for cells in _rows(title) if len(cells) == 4]
    assert told == [
        (kpi.id, kpi.formula.en, kpi.unit) for subject in _SECTIONS[title] for kpi in KPIS[subject]
    ]


def test_the_page_has_every_method_of_service_level() -> None:
    told = {cells[0].strip("`"): cells[1] for cells in _rows("Queues") if len(cells) == 2}
    assert told == {method: words.en for method, words in METHODS.items()}


def test_the_page_names_what_is_told_elsewhere() -> None:
    section = PAGE.read_text("utf-8").split("\n## Elsewhere\n", 1)[1]
    assert all(f"`{one.route}`" in section for one in ELSEWHERE)
