"""Menus, sounds and sentences are read together: all are taken, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from documents.faults import DocumentRefusedError
from ivr.shelf import MenuShelf
from linea800.menu_reading import MenuReading
from linea800.settings import Settings
from prompts.catalog import prompt_names
from prompts.sounds import prompt_file
from prompts.spoken import LANGUAGES

MENU = """\
name: house
language: es
languages: [es, en]
start: hello
person: {queue: soporte}
nodes:
  hello: {kind: menu, prompts: [PROMPT], choices: {1: {name: people, queue: soporte}}}
"""


class Home:
    """A home whose floor has one number with a menu of the home's own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "catalog").mkdir()
        for language in LANGUAGES:
            self.has(language, *prompt_names(language))
        self.menu("main_menu")
        settings = Settings(home=home)
        floor = settings.read_floor()
        number = floor.numbers[0].model_copy(update={"menu": "house.yaml"})
        floor = floor.model_copy(update={"numbers": (number,)})
        self.reading = MenuReading(settings, floor, settings.read_services())
        self.shelf = MenuShelf(self.reading.menus)

    def has(self, language: str, *prompts: str) -> None:
        """Sounds, as `linea800 prompts` makes them."""
        for name in prompts:
            file = self.home / "sounds" / prompt_file(language, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()

    def menu(self, prompt: str) -> None:
        (self.home / "house.yaml").write_text(MENU.replace("PROMPT", prompt), encoding="utf-8")

    def says(self, language: str, text: str) -> None:
        (self.home / "catalog" / f"{language}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_reload_takes_new_words_names_and_menus(home: Home) -> None:
    home.says("es", "welcome: Hola.\nmay_offer: Gratis.")
    home.says("en", "may_offer: Free.")
    for language in LANGUAGES:
        home.has(language, "may_offer")
    home.menu("may_offer")
    assert home.shelf.reload().changed
    assert home.reading.sentences["es"]["welcome"] == "Hola."
    assert home.reading.sentences["en"]["may_offer"] == "Free."
    assert "may_offer" in home.reading.prompts["es"]


@pytest.mark.parametrize("broken", ["catalog", "menu"])
def test_a_bad_file_changes_nothing_of_what_runs(home: Home, broken: str) -> None:
    home.has("es", "may_offer")
    if broken == "catalog":
        home.says("es", "may_offer: Gratis.")
        home.menu("nobody_now")
    else:
        home.says("es", "welcome: Hola.")
        home.menu("no_such_prompt")
    words = {language: dict(texts) for language, texts in home.reading.sentences.items()}
    sounds, menus = dict(home.reading.prompts), home.shelf.all()
    with pytest.raises(DocumentRefusedError, match=r"\.yaml:[0-9]+: "):
        home.shelf.reload()
    assert home.reading.sentences == words
    assert home.reading.prompts == sounds
    assert home.shelf.all() == menus
    assert "may_offer" not in home.reading.prompts["es"]
