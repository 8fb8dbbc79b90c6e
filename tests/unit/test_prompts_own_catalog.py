"""A call center's own sentences: they replace and add, and a bad file is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.faults import DocumentRefusedError
from ivr.checks.spanish import SPANISH
from prompts.catalog import own_sentences, prompt_names, sentences, told_of_own
from prompts.script import scripts
from prompts.studio import Studio


def write(home: Path, es: str | None = None, en: str | None = None) -> Path:
    folder = home / "catalog"
    folder.mkdir(exist_ok=True)
    for language, text in (("es", es), ("en", en)):
        if text is not None:
            (folder / f"{language}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_folder_all_is_as_it_comes_along(tmp_path: Path) -> None:
    assert sentences(own=tmp_path / "catalog") == sentences()
    assert sentences(own=write(tmp_path)) == sentences()


def test_a_sentence_is_replaced_in_one_language_and_stays_in_the_other(tmp_path: Path) -> None:
    own = write(tmp_path, "welcome: Gracias por llamar a Cable del Valle.")
    texts, before = sentences(own=own), sentences()
    assert texts["es"]["welcome"] == "Gracias por llamar a Cable del Valle."
    assert texts["en"] == before["en"]
    assert {**texts["es"], "welcome": ""} == {**before["es"], "welcome": ""}
    assert list(texts["es"]) == list(before["es"]), "the script keeps its order"


def test_a_sentence_is_added_and_is_a_prompt_like_others(tmp_path: Path) -> None:
    own = write(tmp_path, "may_offer: En mayo es gratis.", "may_offer: May is free.")
    assert "may_offer" in prompt_names("es", own=own) - prompt_names("es")
    lines = Studio.at(tmp_path).scripts()
    assert [line.text for line in lines["en"] if line.name == "may_offer"] == ["May is free."]
    assert "may_offer" not in {line.name for line in scripts()["en"]}


@pytest.mark.parametrize(
    ("es", "en", "complaint"),
    [
        (
            "welcome: Hola\nmay_offer: Gratis",
            None,
            "catalog/es.yaml:2: may_offer: is missing in catalog/en.yaml: a sentence you add has "
            "to be in every language",
        ),
        ("welcome: Hola", "\nofer: x", "catalog/en.yaml:2: ofer: is missing in catalog/es.yaml"),
        ("n_mil: x", "n_mil: x", "catalog/es.yaml:1: n_mil: is a name linea800 makes itself"),
        ("name_ana: x", None, "catalog/es.yaml:1: name_ana: is a name linea800 makes itself"),
        ("welcome: ' '", None, "catalog/es.yaml:1: welcome: has no words"),
        ("welcome: [a]", None, "catalog/es.yaml:1: welcome: has to be text"),
        ("welcome: 'a", None, "catalog/es.yaml:1: the file ends"),
        ("a: b\nWel come: c", "a: b", "catalog/es.yaml:2: Wel come: this name does not fit"),
        ("", None, "catalog/es.yaml: is empty"),
        ("welcome: !!python/object:os.system x", None, "catalog/es.yaml:1: welcome: carries a tag"),
    ],
)
def test_a_bad_file_is_refused(
    tmp_path: Path, es: str | None, en: str | None, complaint: str
) -> None:
    own = write(tmp_path, es, en)
    with pytest.raises(DocumentRefusedError) as refusal:
        sentences(own=own)
    assert str(refusal.value).startswith(complaint), refusal.value


def test_faults_of_both_files_are_told_at_once_in_spanish_too(tmp_path: Path) -> None:
    own = write(tmp_path, "a: ' '", "b: ' '\nn_thousand: x")
    with pytest.raises(DocumentRefusedError) as refusal:
        own_sentences(own)
    assert [(each.file, each.line) for each in refusal.value.faults] == [
        ("catalog/en.yaml", 1), ("catalog/es.yaml", 1)
    ]  # fmt: skip
    write(tmp_path, "a: x", "pause: x")
    with pytest.raises(DocumentRefusedError) as refusal:
        own_sentences(own)
    reasons = [each.reason for each in refusal.value.faults]
    assert len(reasons) == 2
    assert all(SPANISH.said(reason) != reason for reason in reasons)


def test_a_file_that_nobody_reads_is_told(tmp_path: Path) -> None:
    own = write(tmp_path, "welcome: Hola")
    (own / "es.yml").write_text("welcome: Hola", encoding="utf-8")
    with pytest.raises(DocumentRefusedError, match=r"catalog/es\.yml: is not read: the files are"):
        sentences(own=own)
    (own / "es.yml").rename(own / "es.yaml~")
    assert sentences(own=own)["es"]["welcome"] == "Hola"


def test_what_is_ones_own_is_counted_and_what_is_in_one_language_named(tmp_path: Path) -> None:
    assert told_of_own(own_sentences(tmp_path)) == ""
    own = write(tmp_path, "welcome: Hola\ngoodbye: Adiós", "welcome: Hello")
    assert told_of_own(own_sentences(own)) == (
        "sentences of your own: 2 in es, 1 in en; only in es: goodbye"
    )
