"""What a supervisor reads of a decision: paragraph, numbers and bars, in both languages."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta, timezone
from string import Formatter

import pytest
from rich.console import Console

from dialer.campaign import Campaign
from dialer.explaining import Step, made_again
from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.policies import policy, policy_names
from linea800.campaign_why import Why, bar, numbers, plain, show, shown_steps, story, verdict
from linea800.campaign_words import NUMBERS, WORDS, written
from tests.unit.facts import START
from tests.unit.pacing_floor import floor
from tests.unit.test_dialer_explaining import a_hang_up, a_launch, noted

CAMPAIGN = Campaign(
    id="c1", name="Cobranza [red]Ñ", queue="salida", country="CO", caller_number="5716001234",
    pacing="predictive", created_at=START,
)  # fmt: skip
QUITO = timezone(timedelta(hours=-5))


def _why(decision: Decision, **changes: object) -> Why:
    note = replace(noted(decision), decided_at=START)
    why = Why(
        campaign=CAMPAIGN, note=note, again=made_again(note), dialed=decision.dial,
        at=START.astimezone(QUITO),
    )  # fmt: skip
    return replace(why, **changes)  # type: ignore[arg-type]  # names come as words


def _drawn(why: Why, language: str) -> str:
    out = Console(file=io.StringIO(), width=110, highlight=False)
    show(why, language, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("word", sorted(WORDS["es"]))
def test_every_word_exists_in_both_languages(word: str) -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
    assert _fields(WORDS["es"][word]) == _fields(WORDS["en"][word])


@pytest.mark.parametrize("name", policy_names())
def test_every_number_that_a_policy_keeps_has_a_name_in_both_languages(name: str) -> None:
    seen = floor(ready=3, talking=20, ringing=2, since=-60.0, lines_free=50)
    decision = policy(name, Rules()).decide(seen, 100.0)
    evidence = decision.evidence.plain() if decision.evidence is not None else {}
    for number, value in evidence.items():
        assert isinstance(value, list) or number in NUMBERS, number


def test_a_launch_is_told_in_a_paragraph() -> None:
    why = _why(a_launch())
    dial = why.note.dial
    told = story(why, "en")
    assert told.startswith("Cobranza [red]Ñ, 2026-03-01 07:00:00-05:00, policy predictive.")
    assert f"Dialing {dial}: by the time they answer, agents are expected to be free." in told
    assert "Agents: 3 free, 20 with people we dialed, 0 with people who called" in told
    assert "Calls ringing: 2; people waiting: 0." in told
    assert "Of each 100 attempts 30 are answered." in told
    assert "0 people who answered 0 met no agent: 0.0 %; the limit is 3.0 %." in told
    spanish = story(why, "es")
    assert f"Se marca a {dial}:" in spanish
    assert "Agentes: 3 libres, 20 con personas marcadas" in spanish
    assert verdict(why, "es") == f"Decidido de nuevo con lo guardado: {dial}, lo mismo."


def test_what_was_dialed_for_a_free_agent_and_not_for_the_price_is_told_so() -> None:
    seen = floor(ready=5, talking=1, ringing=3, live=1000, abandoned=90, ends_at=4000.0)
    decision = policy("predictive", Rules()).decide(seen, 0.0)
    assert decision.reason is Reason.ONE_PER_FREE_AGENT
    told = story(_why(decision), "en")
    assert "that call has its agent already" in told
    assert "90 met no agent: 9.0 %" in told


def test_waiting_is_told_with_the_risk_of_one_more() -> None:
    seen = floor(talking=20, ringing=30, since=-10.0)
    decision = policy("predictive", Rules()).decide(seen, 0.0)
    assert decision.dial == 0
    told = story(_why(decision), "es")
    assert "No se marca: quien contestara correría demasiado riesgo" in told
    assert "Con un intento más" in told


def test_fewer_leads_than_wanted_are_told() -> None:
    assert "Only 1 leads were due" in story(_why(a_launch(), dialed=1), "en")


def test_a_note_that_does_not_come_out_again_is_told_loudly() -> None:
    why = _why(a_launch())
    spoiled = replace(why.note, dial=99)
    differs = replace(why, note=spoiled, again=made_again(spoiled), dialed=99)
    assert verdict(differs, "en").startswith("ATTENTION: ")
    assert "99" in verdict(differs, "es")
    assert plain(differs, "es")["decided_again"]["same"] is False
    assert "ATENCIÓN" in _drawn(differs, "es")


def test_what_is_hung_up_is_told_with_the_risk_before_and_after() -> None:
    why = _why(a_hang_up())
    count = len(a_hang_up().cancel)
    told = story(why, "en")
    assert f"Hanging up what rings unanswered, {count} in all" in told
    assert f"Of 12 attempts that have rung long enough {count} are hung up" in told
    assert f"se cuelgan {count}, primero los que más sonaron" in story(why, "es")
    assert verdict(why, "es") == f"Decidido de nuevo con lo guardado: se cuelgan {count}, lo mismo."
    assert plain(why, "en")["cancelled"] == plain(why, "en")["decided_again"]["cancel"] == count
    assert {name for name, value in why.note.evidence.items() if not isinstance(value, list)} <= (
        NUMBERS.keys()
    )
    rows = [line.split() for line in _drawn(why, "en").splitlines() if "│" in line]
    taken = {int(row[0]): row[-1] for row in rows}
    assert taken[count] == "yes"
    assert taken.get(count + 1, "no") == "no"
    spoiled = replace(why.note, evidence={**why.note.evidence, "cancelled": 1})
    differs = replace(why, note=spoiled, again=made_again(spoiled))
    assert verdict(differs, "es").startswith("ATENCIÓN: ")


def test_a_policy_without_evidence_is_told_by_its_sentence_and_its_numbers() -> None:
    progressive = policy("progressive", Rules()).decide(floor(ready=2), 0.0)
    why = _why(progressive)
    assert story(why, "es").endswith("Se marca a 2: una llamada por agente libre.")
    assert "no guarda con qué decidir de nuevo" in _drawn(why, "es")
    ratio = _why(policy("ratio", Rules()).decide(floor(ready=2), 0.0))
    assert numbers(ratio, "en") == [("lines per agent", "2")]
    assert "líneas por agente" in _drawn(ratio, "es")


def test_numbers_have_their_units() -> None:
    assert written("talk_seconds", 120.04, "en") == ("the talk lasts", "120.0 s")
    assert written("inbound_per_second", 0.05, "es") == ("personas que llaman, por minuto", "3.0")
    assert written("picked_up", 0.305, "en") == ("chance of an answer", "30.5 %")
    assert written("agents_ready", 3, "es") == ("agentes libres", "3")
    assert written("of_tomorrow", 1.23456, "es") == ("of_tomorrow", "1.23")


def test_the_bar_grows_with_the_risk_and_marks_the_price() -> None:
    assert bar(Step(1, 0.0, 0.5), 1.0) == " " * 12 + "│" + " " * 11
    assert bar(Step(1, 0.5, 1.0), 1.0) == "█" * 12 + " " * 11 + "│"
    assert bar(Step(1, 1.0, 0.0), 1.0) == "│" + "█" * 23


def test_the_table_shows_where_the_price_is_reached() -> None:
    why = _why(a_launch())
    assert why.again is not None
    chosen = why.again.chosen
    shown = [step.ordinal for step in shown_steps(why.again)]
    assert {1, 2, chosen, chosen + 1} <= set(shown)
    assert len(shown) <= 8
    drawn = _drawn(why, "en")
    rows = [line.split() for line in drawn.splitlines() if "│" in line]
    assert [int(row[0]) for row in rows] == shown
    assert [row[-1] for row in rows] == ["yes" if n <= chosen else "no" for n in shown]
    assert "Cobranza [red]Ñ" in drawn


def test_programs_get_everything() -> None:
    told = plain(_why(a_launch()), "en")
    assert told["campaign"] == {"id": "c1", "name": "Cobranza [red]Ñ"}
    assert told["decided_at"] == "2026-03-01T12:00:00+00:00"
    assert told["decided_again"]["same"] is True
    assert told["decided_again"]["dial"] == told["dial"] == told["dialed"]
    assert told["evidence"]["agents_ready"] == 3
