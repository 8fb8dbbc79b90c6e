"""A catalog is read whole or refused with the file and the prompt named."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.faults import DocumentRefusedError
from prompts.catalog import prompt_names, sentences

NEEDED = """
please_hold nobody_available safe_harbour service_away goodbye
queue_youarenext queue_thereare queue_callswaiting queue_thankyou
position_prefix position_suffix_one position_suffix_many
agent_signed_in agent_signed_out agent_paused agent_ready agent_unknown_code agent_not_known
agent_phone_listens
welcome main_menu support_menu billing_menu no_input_1 no_input_2 no_match_1 no_match_2
sorry_trouble balance_is due_on transfer_support transfer_sales transfer_billing invalid_choice
"""


def write(folder: Path, es: str, en: str = "hello: Hello.") -> Path:
    (folder / "es.yaml").write_text(es, encoding="utf-8")
    (folder / "en.yaml").write_text(en, encoding="utf-8")
    return folder


def test_the_catalog_of_linea800_has_what_the_rooms_play() -> None:
    for texts in sentences().values():
        assert texts.keys() >= set(NEEDED.split())


def test_names_of_a_language_hold_sentences_pieces_and_the_pause() -> None:
    names = prompt_names("es")
    assert {"welcome", "n_mil", "c_de_pesos_end", "d_el_primero", "pause", "silence_20ms"} <= names
    assert "n_thousand" not in names


def test_a_small_catalog_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "hello: ¡Hola!")
    assert sentences(folder) == {"es": {"hello": "¡Hola!"}, "en": {"hello": "Hello."}}


@pytest.mark.parametrize(
    ("es", "complaint"),
    [
        ("hello: Hola\nother: Otra", "en.yaml:1: other: is missing, but another language has it"),
        ("bye: Adiós", "es.yaml:1: hello: is missing"),
        ("hello: ''", "es.yaml:1: hello: has no words"),
        ("hello: '  '", "es.yaml:1: hello: has no words"),
        ("hello:", "es.yaml:1: hello: has no value"),
        (f"hello: {'a' * 601}", "es.yaml:1: hello: may have at most 600 characters"),
        ("hello: [a]", "es.yaml:1: hello: has to be text"),
        ('hello: "a\\u0007b"', "es.yaml:1: hello: has a control character"),
        ('hello: "a\\nb"', "es.yaml:1: hello: has a control character"),
        ('hello: "a\\u202Eb"', "es.yaml:1: hello: has a control character"),
        ("hello: Hola\nHello: Hola", "es.yaml:2: Hello: this name does not fit"),
        ("../hello: Hola", "es.yaml:1: ../hello: this name does not fit"),
        ("1hello: Hola", "es.yaml:1: 1hello: this name does not fit"),
        ('"hello\\n": Hola', "this name does not fit"),
        (f"{'a' * 65}: Hola", "this name may have at most 64"),
        ("hello: Hola\nhello: Otra", "es.yaml:2: hello: is given twice"),
        ("hello: 'Hola", "es.yaml:1: the file ends"),
        ("hello: !!python/object:os.system Hola", "es.yaml:1: hello: carries a tag"),
        ("- hello", "es.yaml:1: has to be a map"),
        ("", "es.yaml: is empty"),
    ],
)
def test_a_bad_catalog_is_refused(tmp_path: Path, es: str, complaint: str) -> None:
    folder = write(tmp_path, es)
    with pytest.raises(DocumentRefusedError) as refusal:
        sentences(folder)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize("name", ["n_mil", "pause", "silence_20ms"])
def test_a_sentence_must_not_take_a_name_made_by_linea800(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, f"{name}: Hola", f"{name}: Hello")
    with pytest.raises(
        DocumentRefusedError, match=rf"es\.yaml:1: {name}: is a name linea800 makes"
    ):
        sentences(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefusedError, match=r"es\.yaml: cannot be read"):
        sentences(tmp_path)
