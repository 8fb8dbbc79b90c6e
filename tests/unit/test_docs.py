"""The pages say what the code does: links, commands, routes, settings, facts, tables, examples."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from fastapi.routing import APIRoute
from typer.core import TyperGroup

from agents.codes import Code
from agents.floor import Floor
from api.access import declared_role
from api.app import ROUTERS
from api.problem_texts import TEXTS
from calls.events import KINDS
from dialer.attempt import Outcome
from dialer.campaign import CampaignState, RetryRule
from documents.yaml_document import read_document
from ivr.menu_file import read_menu
from linea800.cli import app
from linea800.settings import PREFIX, Settings
from local_asterisk.templates import templates_folder
from prompts.catalog import prompt_names
from prompts.spoken import LANGUAGES
from storage.tables import metadata

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

_FENCED = re.compile(r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
#: where a shell looks for a command, or a container whose name is ours
_COMMAND = re.compile(r"(?:^(?:\w+=\S+ )*|[;&|] |/bin/|\blinea800 )linea800(?P<words>(?: [\w-]+)+)")
_ROUTE = re.compile(r"`?\b(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>/[\w/{}.-]*)")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _section(text: str, title: str) -> str:
    """What stands below a heading of the second level."""
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def _blocks(text: str, *kinds: str) -> list[str]:
    return [match["text"] for match in _FENCED.finditer(text) if match["kind"] in kinds]


def _code_of(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of its tables, headings and rulers left out."""
    for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        for line in table.splitlines()[2:]:
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


# --- every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for match in _LINK.finditer(_FENCED.sub("", page.read_text("utf-8"))):
        target, _, anchor = match["target"].partition("#")
        if "://" in target:
            continue
        led_to = (page.parent / target).resolve() if target else page
        assert led_to.exists(), f"{name}: {match['target']}"
        assert not anchor or anchor in _anchors(led_to), f"{name}: {match['target']}"


def test_every_page_is_found_from_the_index() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    linked = {(DOCS / match["target"]).resolve() for match in _LINK.finditer(index)}
    decisions = DOCS / "decisions"
    unlinked = {page for page in PAGES if DOCS in page.parents and decisions not in page.parents}
    assert not unlinked - linked - {DOCS / "README.md"}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists(name: str) -> None:
    text = _page(name)
    inline = [code for code in _code_of(_FENCED.sub("", text)) if code.startswith("linea800 ")]
    for line in [*inline, *"\n".join(_blocks(text, "sh", "ini")).splitlines()]:
        for match in _COMMAND.finditer(line.split(" # ")[0]):
            _must_exist(match["words"].split(), f"{name}: {line}")


def _must_exist(words: list[str], where: str) -> None:
    command = typer.main.get_command(app)
    for word in words:
        if word.startswith("-"):
            options = {option for parameter in command.params for option in parameter.opts}
            assert word in options | {"--help"}, where
        elif isinstance(command, TyperGroup):
            assert word in command.commands, where
            command = command.commands[word]


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _page("Makefile"), re.MULTILINE))
    text = _page(name)
    shell = "\n".join(_blocks(text, "sh"))
    inline = [code for code in _code_of(_FENCED.sub("", text)) if code.startswith("make ")]
    named = re.findall(r"^make ([\w-]+)", "\n".join([shell, *inline]), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_is_a_setting(name: str) -> None:
    assert set(re.findall(PREFIX + r"[A-Z_]*[A-Z]", _page(name))) <= _variables()


def _variables() -> set[str]:
    return {PREFIX + field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("name", NAMES)
def test_every_route_named_exists(name: str) -> None:
    known = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in _routes()}
    for match in _ROUTE.finditer(_page(name)):
        path = re.sub(r"\{\w+\}|(?<=/agents/)me(?=/)", "{}", match["path"])
        assert (match["method"], path) in known, f"{name}: {match[0]}"


def _routes() -> dict[tuple[str, str], str]:
    """The least role of each route."""
    return {
        (method, route.path): str(declared_role(route) or "anyone")
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


# --- the reference ----------------------------------------------------------------------------


def test_the_api_page_has_every_route_and_its_role() -> None:
    section = _section(_page("docs/reference/api.md"), "Routes")
    told = {}
    for cells in _rows(section):
        if match := _ROUTE.match(cells[0]):
            told[match["method"], match["path"]] = cells[1]
    assert told == _routes()


def test_the_api_page_has_every_problem_and_its_status() -> None:
    section = _section(_page("docs/reference/api.md"), "Problems")
    told = {kind: int(cells[0]) for cells in _rows(section) for kind in _code_of(cells[1])}
    assert told == {kind.value: text.status for kind, text in TEXTS.items()}


def test_the_settings_page_has_every_setting_and_no_other() -> None:
    cells = [cells[0].strip("`") for cells in _rows(_page("docs/reference/settings.md"))]
    assert {cell for cell in cells if cell.startswith(PREFIX)} == _variables()


def test_the_settings_page_has_every_command() -> None:
    section = _section(_page("docs/reference/settings.md"), "Commands")
    told = {cells[0].strip("`") for cells in _rows(section)}
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert told == {f"linea800 {name}" for name in _commands(group)}


def _commands(group: TyperGroup) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from (f"{name} {below}" for below in _commands(command))
        else:
            yield name


def test_the_outcomes_page_has_the_outcomes_of_attempts_and_their_waits() -> None:
    section = _section(_page("docs/reference/outcomes.md"), "How an attempt ends")
    told = {cells[0].strip("`"): cells[2] for cells in _rows(section)}
    assert set(told) == set(Outcome)
    units = {"min": 1.0, "h": 60.0}
    waits = {}
    for outcome, wait in told.items():
        figure, _, unit = wait.partition(" ")
        if wait != "never":
            waits[Outcome(outcome)] = float(figure) * units[unit]
    assert waits == RetryRule().minutes


def test_the_facts_page_has_every_fact_where_it_belongs() -> None:
    page = _page("docs/reference/facts-and-records.md")
    for title, durable in (("Facts that are written down", True), ("Facts that pass by", False)):
        named = [code for code in _code_of(_section(page, title)) if code[0].isupper()]
        assert len(named) == len(set(named))
        assert set(named) == {name for name, kind in KINDS.items() if kind.durable is durable}


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_the_records_page_has_every_column(name: str) -> None:
    columns = {column.name for column in metadata.tables[name].columns}
    section = _section(_page("docs/reference/facts-and-records.md"), "Tables")
    told = re.split(r"^\*\*", section.split(f"\n**{name}**", 1)[1], maxsplit=1, flags=re.MULTILINE)
    assert columns <= set(_code_of(told[0]))


# --- examples ---------------------------------------------------------------------------------


def test_the_floor_page_shows_a_good_floor(tmp_path: Path) -> None:
    (example,) = _blocks(_page("docs/how-to/floor-file.md"), "yaml")
    path = tmp_path / "floor.yaml"
    path.write_text(example, encoding="utf-8")
    assert read_document(path, Floor).fallback_queue == "soporte"


def test_the_menus_page_shows_a_good_menu() -> None:
    (example,) = _blocks(_page("docs/how-to/menus.md"), "yaml")
    prompts = {language: prompt_names(language) for language in LANGUAGES}
    assert read_menu(example, queues={"ventas"}, prompts=prompts).name == "tienda"


def test_the_codes_page_has_every_code() -> None:
    section = _section(_page("docs/how-to/agents-and-codes.md"), "Codes")
    assert {_code_of(cells[0])[0] for cells in _rows(section) if "`" in cells[0]} == set(Code)


def test_the_campaigns_page_tells_the_rule_for_trying_again() -> None:
    page = _page("docs/how-to/campaigns.md")
    header, _, values = re.findall(r"^\|(.*)\|$", _section(page, "Retries"), re.MULTILINE)
    names = [Outcome(cell.strip()) for cell in header.split("|")]
    minutes = [float(cell) for cell in values.split("|")]
    assert dict(zip(names, minutes, strict=True)) == RetryRule().minutes
    orders = _section(page, "Pause, stop, go on")
    assert all(state in orders for state in CampaignState if state is not CampaignState.RUNNING)


def test_the_page_of_ones_own_asterisk_has_every_context() -> None:
    dialplan = (templates_folder() / "extensions.conf").read_text(encoding="utf-8")
    contexts = set(re.findall(r"^\[([\w-]+)\]", dialplan, re.MULTILINE)) - {"general", "globals"}
    rows = {cells[0]: cells[1] for cells in _rows(_page("docs/how-to/own-asterisk.md"))}
    assert set(_code_of(rows["`extensions.conf`"])) == contexts


def test_the_changelog_begins_with_this_version() -> None:
    project = tomllib.loads(_page("pyproject.toml"))["project"]
    newest = re.search(r"^## \[([^\]]+)\]", _page("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == project["version"]
    assert "Apache License" in _page("LICENSE")
    assert project["license"] == "Apache-2.0"
