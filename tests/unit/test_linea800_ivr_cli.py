"""`linea800 ivr`: what it prints, and its exit codes."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.menu_file import MENUS, read_menu
from ivr.picture import menu_picture
from ivr.picture_svg import menu_svg
from linea800.cli import app
from linea800.ivr_try import keys_of
from linea800.ivr_words import WORDS

OPERATOR = str(MENUS / "simple.yaml")
BROKEN = """\
name: broken
language: es
languages: [es]
start: main
person: {queue: soporte}
nodes:
  main:
    kind: menu
    prompts: [main_menu]
    choices:
      1: {name: sales, goto: sales}
      2: {name: claims, queue: reclamos}
"""


def ivr(*words: str, home: Path = Path("/nowhere"), typed: str = "") -> Result:
    """What `linea800 ivr …` does."""
    runner = CliRunner(env={"LINEA800_HOME": str(home)})
    return runner.invoke(app, ["ivr", *words], input=typed)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    return str(path)


# --- check ------------------------------------------------------------------------------------


def test_a_fine_menu_is_said_to_be_fine() -> None:
    result = ivr("check", OPERATOR)
    assert (result.exit_code, result.output) == (0, "simple.yaml: está bien.\n")
    assert ivr("check", OPERATOR, "--language", "en").output == "simple.yaml: is fine.\n"


def test_a_menu_that_comes_along_is_found_by_its_name(tmp_path: Path) -> None:
    assert ivr("check", "simple.yaml").exit_code == 0
    (tmp_path / "simple.yaml").write_text(BROKEN, encoding="utf-8")
    assert ivr("check", "simple.yaml", home=tmp_path).exit_code == 1


def test_every_fault_is_told_with_line_and_reason(broken: str) -> None:
    result = ivr("check", broken)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        'broken.yaml:11: nodes.main.choices.1.goto: lleva a "sales", que no es un nodo de este '
        "menú",
        "Faltas: 1. Advertencias: 0.",
    ]
    assert "which is no node of this menu" in ivr("check", broken, "--language", "en").output


def test_the_floor_says_which_queues_there_are(broken: str) -> None:
    floor = str(Path(__file__).parents[2] / "linea800" / "floor.yaml")
    output = ivr("check", broken, "--floor", floor).output
    assert 'broken.yaml:12: nodes.main.choices.2.queue: no existe la cola "reclamos"' in output
    assert ivr("check", OPERATOR, "--floor", floor).exit_code == 0
    assert ivr("check", OPERATOR, "--floor", "none.yaml").exit_code == 2
    assert ivr("check", OPERATOR, "--floor", OPERATOR).exit_code == 1


def test_warnings_leave_the_exit_code_unless_it_is_strict() -> None:
    result = ivr("check", OPERATOR, "--country", "br")
    assert result.exit_code == 0
    assert "advertencia: simple.yaml:25: nodes.main: BR pide que el primer menú" in result.output
    assert result.output.endswith("Faltas: 0. Advertencias: 2.\n")
    assert ivr("check", OPERATOR, "--country", "BR", "--strict").exit_code == 1


def test_a_country_without_sure_rules_and_one_nobody_looked_at() -> None:
    output = ivr("check", OPERATOR, "--country", "UY", "--language", "en").output
    assert output == "simple.yaml: is fine.\nOf UY no rule for menus is known for sure.\n"
    assert ivr("check", OPERATOR, "--country", "XX").exit_code == 2


def test_the_answer_as_json(broken: str) -> None:
    result = ivr("check", broken, "--json", "--country", "BR", "--language", "en")
    answer = json.loads(result.output)
    assert (answer["file"], answer["fine"], answer["country_rules"]) == ("broken.yaml", False, 2)
    warning, fault = answer["findings"]
    assert (warning["severity"], warning["rule"], warning["line"]) == ("warning", "country", 7)
    assert fault == {
        "severity": "fault",
        "rule": "lost",
        "line": 11,
        "column": 24,
        "place": "nodes.main.choices.1.goto",
        "reason": 'goes to "sales", which is no node of this menu',
    }


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for command in ("check", "try", "test", "graph"):
        result = ivr(command, str(tmp_path / "none.yaml"))
        assert result.exit_code == 2
        assert "no existe el archivo" in result.output


def test_a_recording_of_ones_own_is_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = Path(OPERATOR).read_text(encoding="utf-8")
    path.write_text(text.replace("[main_menu]", "[our_menu]"), encoding="utf-8")
    assert (
        'no existe la frase "our_menu" en es, en' in ivr("check", str(path), home=tmp_path).output
    )
    for language in ("es", "en"):
        sounds = tmp_path / "sounds" / language / "linea800"
        sounds.mkdir(parents=True)
        (sounds / "our_menu.wav").touch()
    assert ivr("check", str(path), home=tmp_path).exit_code == 0


# --- try --------------------------------------------------------------------------------------


def test_keys_given_are_walked_without_asking() -> None:
    result = ivr("try", OPERATOR, "--keys", "1,timeout,0", "--language", "en")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[:2] == [
        "node welcome",
        "  [welcome] Welcome to Line Eight Hundred, your subscription television.",
    ]
    assert [line for line in lines if line.startswith(">")] == [
        "> 1",
        "> (presses nothing)",
        "> 0",
    ]
    assert lines[-1] == "END: waits for a person in the queue soporte (priority 0)"


def test_keys_that_do_not_suffice_and_keys_left_over() -> None:
    assert ivr("try", OPERATOR, "--keys", "1").output.endswith("sigue esperando una tecla.\n")
    assert ivr("try", OPERATOR, "--keys", "0,1").output.endswith("Sobran teclas: 1\n")
    assert ivr("try", OPERATOR, "--keys", "1,x").exit_code == 2
    assert "node welcome" in ivr("try", OPERATOR, "--keys", "", "--language", "en").output


def test_a_person_types_keys_and_silence() -> None:
    result = ivr("try", OPERATOR, typed="9\n\nx\n3\n")
    assert result.exit_code == 0
    assert "[no_input_1] I did not get your answer." in result.output
    assert "x no es una tecla" in result.output
    assert result.output.endswith("FIN: espera a una persona en la cola ventas (prioridad 0)\n")


def test_the_caller_may_hang_up() -> None:
    for typed in ("q\n", ""):
        assert ivr("try", OPERATOR, typed=typed).output.endswith("Quien llama colgó.\n")


def test_a_call_back_is_tried_as_well(tmp_path: Path) -> None:
    path = tmp_path / "later.yaml"
    text = BROKEN.replace("goto: sales", "goto: later")
    path.write_text(f"{text}  later: {{kind: callback, queue: soporte}}\n", encoding="utf-8")
    words = ("try", str(path), "--keys", "1,1,timeout", "--number", "3001234567")
    end = "FIN: se le llamará al 3001234567, en su turno de la cola soporte\n"
    assert ivr(*words).output.endswith(end)
    assert "[callback_not_now]" in ivr(*words[:4], "--no-callbacks").output


def test_a_clock_a_customer_and_answers_are_ours_to_choose(tmp_path: Path) -> None:
    shipped = str(MENUS / "operator.yaml")
    bill = 'balance=found {"amount": 45000, "currency": "COP", "due_on": "2026-11-30"}'
    words = ("--at", "2026-11-23 10:00", "--answer", "prove_customer=found", "--answer", bill)
    inline = ("--customer", "id=7 first_name=Ana account=1020304050 provable=sí")
    result = ivr("try", shipped, *words, *inline, "--keys", "11,1234", "--language", "en")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for line in (
        "asks customer_by_number (): "
        'found id=7 first_name="Ana" account="1020304050" provable=true',
        "is the customer 7",
        "task balance: started",
        "reason: balance",
        'asks prove_customer (customer=7 digits="1234"): found',
        "proved to be the customer 7",
        'asks balance (account="1020304050"): '
        'found amount=45000 currency="COP" due_on="2026-11-30"',
        "task balance: done",
        "  [c_pesos_end] pesos",
    ):
        assert lines.count(line) == 1, line
    path = tmp_path / "ana.yaml"
    path.write_text("id: 7\nfirst_name: Ana\naccount: 1020304050\nprovable: true\n", "utf-8")
    of_file = ivr(
        *("try", shipped, *words, "--customer", str(path)),
        *("--keys", "11,1234", "--language", "en"),
    )
    assert of_file.output == result.output


def test_how_things_stand_decides() -> None:
    shipped = ("try", str(MENUS / "operator.yaml"))
    output = ivr(*shipped, "--at", "2026-11-22 10:00", "--keys", "13").output
    assert "la cola facturacion está cerrada a esta hora" in output
    output = ivr(*shipped, "--staffed", "0", "--keys", "0").output
    assert "en la cola soporte no hay nadie" in output
    output = ivr(*shipped, "--waiting", "60", "--keys", "0").output
    assert "la cola soporte está llena" in output
    output = ivr(*shipped, "--waiting", "2", "--wait", "200", "--keys", "0").output
    assert "[wait_between] Su tiempo de espera es de entre," in output
    output = ivr(*shipped, "--incident", "tip_internet", "--keys", "0").output
    assert "[tip_internet]" in output
    words = ("--no-tickets", "--at", "2026-11-23 10:00", "--speaks", "12.5", "--keys", "411,#,3")
    output = ivr(*shipped, *words).output
    assert "deja un mensaje (complaint, 12.5 s)" in output
    assert "abre una solicitud (complaint, motivo complaint_service): failed" in output
    output = ivr(*shipped, *words[1:]).output
    assert "failed" not in output
    assert 'done number="26-000012-3" due_on="2026-12-15"' in output


def test_a_walk_may_begin_in_the_middle() -> None:
    shipped = ("try", str(MENUS / "operator.yaml"))
    output = ivr(*shipped, "--from", "survey", "--keys", "5").output
    assert output.startswith("nodo survey\nse pregunta csat, de 1 a 5\n")
    assert "responde a csat: 5" in output
    output = ivr(*shipped, "--from", "long_wait", "--waits-in", "ventas", "--keys", "3").output
    assert output.endswith("FIN: espera a una persona en la cola ventas (prioridad 0)\n")
    assert ivr(*shipped, "--from", "nowhere").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "mañana"),
        ("--customer", "shoe_size=43"),
        ("--customer", "nobody.yaml"),
        ("--answer", "balance"),
        ("--answer", "balance=found {amount}"),
    ],
)
def test_what_makes_no_sense_is_said(words: tuple[str, ...]) -> None:
    result = ivr("try", str(MENUS / "operator.yaml"), *words)
    assert result.exit_code == 2
    assert words[1].removeprefix("balance=found ").split("=")[0] in result.output


def test_a_transfer_is_the_end_of_a_walk(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    text = BROKEN.replace("goto: sales", "goto: bank")
    path.write_text(f"{text}  bank: {{kind: transfer, target: bank, failed: main}}\n", "utf-8")
    output = ivr("try", str(path), "--keys", "1").output
    assert output.endswith("FIN: se le pasa a bank, fuera de la casa\n")
    floor = str(Path(__file__).parents[2] / "linea800" / "floor.yaml")
    assert 'no existe el destino "bank"' in ivr("check", str(path), "--floor", floor).output


def test_services_of_the_home_are_known_to_the_check(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    text = BROKEN.replace("goto: sales", "goto: points")
    node = "{kind: look_up, service: points, found: main, missing: main, failed: main}"
    path.write_text(f"{text}  points: {node}\n", "utf-8")
    reason = 'no existe el servicio "points"'
    assert reason in ivr("check", str(path), home=tmp_path).output
    (tmp_path / "services.yaml").write_text(
        "services:\n  points: {kind: look_up, method: GET, path: /points}\n", "utf-8"
    )
    assert reason not in ivr("check", str(path), home=tmp_path).output
    (tmp_path / "services.yaml").write_text("services: 3\n", "utf-8")
    result = ivr("check", str(path), home=tmp_path)
    assert (result.exit_code, "services.yaml:1" in result.output) == (1, True)


def test_a_menu_with_faults_cannot_be_tried_or_drawn(broken: str) -> None:
    for command in ("try", "graph"):
        result = ivr(command, broken)
        assert result.exit_code == 1
        assert "broken.yaml:11: nodes.main.choices.1.goto: lleva a" in result.output


def test_keys_as_they_are_written() -> None:
    assert keys_of("1, timeout,silencio,,12#") == ("1", "", "", "", "12#")
    assert keys_of("") == ()


# --- test and graph ---------------------------------------------------------------------------


def test_the_flows_that_come_along_are_fine() -> None:
    result = ivr("test", str(MENUS))
    assert result.exit_code == 0
    assert result.output.endswith("Todos van como se espera.\n")


def test_a_difference_is_shown_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "simple.yaml").write_bytes(Path(OPERATOR).read_bytes())
    flows = tmp_path / "below" / "sales.flow"
    flows.parent.mkdir()
    flows.write_text(
        "menu: ../simple.yaml\nflow: Buy\npresses: 3\nends: queue sales\n"
        "flow: Again\npresses: 3\nends: queue ventas\n",
        encoding="utf-8",
    )
    for path in (tmp_path, flows):
        result = ivr("test", str(path), "--language", "en")
        assert result.exit_code == 1
        assert result.output.splitlines() == [
            "sales.flow:4: Buy",
            "  expected: queue sales",
            "  seen:     queue ventas",
            "Flows tried: 2. Not as expected: 1.",
        ]


def test_flows_that_cannot_be_read_and_folders_without_any(tmp_path: Path) -> None:
    assert ivr("test", str(tmp_path)).exit_code == 2
    (tmp_path / "x.flow").write_text("flow: a\nwhistles: 3\n", encoding="utf-8")
    result = ivr("test", str(tmp_path))
    assert result.exit_code == 1
    assert result.output.startswith("x.flow:2: no es una línea de un flujo")
    (tmp_path / "x.flow").write_text("flow: a\npresses: 3\n", encoding="utf-8")
    assert ivr("test", str(tmp_path)).exit_code == 2


def test_a_menu_is_drawn() -> None:
    menu = read_menu(MENUS / "simple.yaml")
    assert ivr("graph", OPERATOR).output == menu_picture(menu)
    assert ivr("graph", OPERATOR, "--format", "svg").output == menu_svg(menu)


def test_spanish_and_english_say_the_same_with_the_same_slots() -> None:
    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    spanish, english = WORDS["es"], WORDS["en"]
    assert spanish.keys() == english.keys()
    for word in spanish:
        assert slots(spanish[word]) == slots(english[word])
