"""`linea800 simulate`: the plan and its faults, what shifts amount to, and how it is shown."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

import pytest
from rich.console import Console
from typer.testing import CliRunner

from documents.faults import DocumentRefusedError
from documents.yaml_document import read_document
from linea800.cli import app
from linea800.simulate.drawing import svg
from linea800.simulate.forecast import Forecast
from linea800.simulate.plan import Plan
from linea800.simulate.screen import clock_at, show
from linea800.simulate.words import WORDS
from simulator.scenario import PLENTY
from simulator.shift import Account

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "campaign.yaml"
PLAN = """\
agents: 4
hours: 2
begins: "09:30"
answer_rate: 0.4
leads: 400
talk: {mean_seconds: 60, variation: 1}
wrap_up: {mean_seconds: 10}
"""


def _plan(text: str = PLAN) -> Plan:
    return read_document(text, Plan)


def _account(**values: object) -> Account:
    return Account(**values)  # type: ignore[arg-type]  # names come as words


def _forecast(*accounts: Account, policy: str = "progressive") -> Forecast:
    return Forecast(policy, _plan().scenario(), accounts)


# --- the plan ---------------------------------------------------------------------------------


def test_a_short_plan_has_defaults_for_the_rest() -> None:
    scenario = _plan().scenario()
    assert (scenario.agents, scenario.seconds, scenario.leads) == (4, 7200.0, 400)
    assert scenario.trunks == PLENTY
    assert (scenario.answered(0.0), scenario.answered(7199.0)) == (0.4, 0.4)
    assert (scenario.wrap_up.mean, scenario.wrap_up.cv) == (10.0, 0.5)
    assert [choice.name for choice in _plan().policies] == ["progressive", "predictive"]
    assert _plan().abandonment_cap == 0.03


def test_the_example_is_a_good_plan() -> None:
    plan = read_document(EXAMPLE, Plan)
    scenario = plan.scenario()
    presences = scenario.working(random.Random(1))
    assert scenario.agents == 20
    assert len({one.agent for one in presences}) == 20
    assert len(presences) == 40, "everybody has one break"
    assert scenario.answered(4 * 3600.0) == plan.answer_rate[4]
    assert [choice.label for choice in plan.policies] == [
        "progressive", "predictive", "ratio (level 2)",
    ]  # fmt: skip


def test_the_page_tells_every_line_of_a_plan() -> None:
    page = (EXAMPLE.parents[1] / "how-to" / "simulate.md").read_text("utf-8")
    table = page.split("## The plan", 1)[1].split("## ", 1)[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall("`(.+?)`", row)} == set(Plan.model_fields)


def test_machines_come_with_their_detection() -> None:
    scenario = _plan(PLAN + "machines: {share: 0.3}\n").scenario()
    assert (scenario.machines, scenario.screening, scenario.patience) == (0.3, 2.0, 1.2)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("agents: some", "document:1: agents: has to be a whole number"),
        ("agents: 0", "document:1: agents: has to be at least 1"),
        ("hours: 30", "document:2: hours: has to be at most 24"),
        ("answer_rate: 1.2", "document:4: answer_rate: has to be at most 1"),
        ("answer_rate: [0.2, 0.3, 0.4]", "document:4: answer_rate: has to be one number, or 2"),
        ("answer_rate: []", "document:4: answer_rate: needs entries"),
        ('begins: "25:00"', "document:3: begins: does not fit the pattern"),
        ("talk: 60", "document:6: talk: has to be a map"),
        ("policies: progresive", "policies[0]: pacing 'progresive': no such policy"),
        ("policies: [progressive, preview]", "policies[1]: preview: people decide"),
        ("policies: [{name: ratio, settings: {level: 99}}]", "level is 99, it must be 1 to 10"),
        ("agents: [{count: 2, at_work: [[0, 3]]}]", "at_work[0]: ends after the shift"),
        ("agents: [{count: 2, at_work: [[0, 1], [0.5, 2]]}]", "at_work[1]: has to begin after"),
        ("lines: 12", "lines: is no setting known here"),
    ],
)
def test_a_fault_is_told_with_its_line(line: str, fault: str) -> None:
    name = line.partition(":")[0]
    lines = [line if old.startswith(f"{name}:") else old for old in PLAN.splitlines()]
    text = "\n".join(lines if line in lines else [*lines, line])
    with pytest.raises(DocumentRefusedError) as refused:
        _plan(text)
    assert fault.partition(":1.")[0] in str(refused.value)


# --- what it amounts to -----------------------------------------------------------------------


def test_shifts_are_pooled_and_halves_counted() -> None:
    busy = _account(
        attempts=100, busy_seconds=7200.0, talk_seconds=5400.0, signed_in_seconds=4 * 7200.0,
        live_at=[1900.0] * 40, abandoned_at=[1900.0] * 4, worked=[(3600.0, 3600.0)] * 2,
        used_up_at=3000.0,
    )  # fmt: skip
    idle = _account(attempts=50, signed_in_seconds=4 * 7200.0, live_at=[10.0] * 10)
    forecast = _forecast(busy, idle)
    assert forecast.occupancy == 0.125
    assert forecast.talk_minutes_per_hour == pytest.approx(60 * 5400 / (8 * 7200))
    assert (forecast.attempts, forecast.live) == (75, 25)
    assert forecast.abandoned_share == pytest.approx(4 / 50)
    assert forecast.worst_half_hour == pytest.approx(0.1)
    assert forecast.used_up_at == [3000.0]
    halves = forecast.half_hours()
    assert [half.occupancy for half in halves] == [0.25, 0.25, 0.0, 0.0]
    assert [half.abandoned for half in halves] == [0.0, 0.1, None, None]


def test_few_answers_say_nothing_of_the_worst_half_hour() -> None:
    assert _forecast(_account(live_at=[10.0] * 29, abandoned_at=[10.0])).worst_half_hour is None
    with pytest.raises(ValueError, match="no shift"):
        _forecast()


def test_the_clock_goes_on_from_the_beginning_and_past_midnight() -> None:
    assert [clock_at(_plan(), second) for second in (0.0, 1800.0, 15 * 3600.0)] == [
        "09:30", "10:00", "00:30",
    ]  # fmt: skip


# --- how it is shown --------------------------------------------------------------------------

_SHOWN = [
    _account(
        attempts=400, busy_seconds=14_000.0, talk_seconds=12_000.0, signed_in_seconds=28_800.0,
        live_at=[100.0] * 60 + [4000.0] * 40, abandoned_at=[100.0] * 5, used_up_at=5400.0,
        worked=[(1800.0, 1800.0)] * 4,
    ),
    _account(attempts=380, signed_in_seconds=28_800.0),
]  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_figures_and_bars_are_shown(language: str) -> None:
    out = Console(file=io.StringIO(), width=100)
    show(_plan(), [_forecast(*_SHOWN)], out, language=language)
    assert isinstance(out.file, io.StringIO)
    text = out.file.getvalue()
    expected = {
        "es": ["ocupación", "24,3 %", "12,5 min", "5,00 %", "8,3 %", "11:00 (1 de 2)", "09:30"],
        "en": ["occupancy", "24.3 %", "12.5 min", "5.00 %", "8.3 %", "11:00 (1 of 2)", "09:30"],
    }
    for part in expected[language]:
        assert part in text
    assert "▄▄" in text
    assert "█" in text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_drawing_is_whole_and_inside_its_frame(language: str) -> None:
    policies = [f"ratio (level {level})" for level in range(9)]
    forecasts = [_forecast(*_SHOWN, policy=policy) for policy in policies]
    root = ElementTree.fromstring(svg(_plan(), forecasts, language=language))  # noqa: S314
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    names = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(policies) <= set(names)
    assert WORDS[language]["occupancy"] in names
    for element in root.iter():
        for axis, size in (("x", width), ("y", height)):
            for name in (axis, f"{axis}1", f"{axis}2"):
                assert 0 <= float(element.attrib.get(name, 0)) <= size
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 2 * len(policies)


@pytest.mark.parametrize("word", sorted(WORDS["es"]))
def test_every_word_exists_in_both_languages(word: str) -> None:
    def fields(language: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(WORDS[language][word]) if name}

    assert WORDS["es"].keys() == WORDS["en"].keys()
    assert fields("es") == fields("en")


# --- the command ------------------------------------------------------------------------------


def test_the_command_plays_each_policy_and_draws_it(tmp_path: Path) -> None:
    plan, picture = tmp_path / "campaign.yaml", tmp_path / "course.svg"
    plan.write_text(PLAN + "policies: [progressive, ratio]\n", encoding="utf-8")
    words = ["simulate", str(plan), "--seeds", "2", "--language", "en", "--svg", str(picture)]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    for part in ("4 agents", "progressive", "ratio", "occupancy", "Mean of 2 draws"):
        assert part in told.output
    assert picture.exists()


@pytest.mark.parametrize("words", [["none.yaml"], ["campaign.yaml", "--svg", "no/such/course.svg"]])
def test_what_cannot_be_read_or_written_is_told(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("campaign.yaml").write_text(PLAN + "policies: progressive\nseeds: 1\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["simulate", *words])
    assert told.exit_code == 1
    assert "cannot be" in told.output
