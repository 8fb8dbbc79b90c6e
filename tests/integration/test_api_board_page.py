"""The board's page as it is served: who may have it, what a browser may do with it, what it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import api
from api.problem_texts import Kind
from calls.events import AgentConnected, QueueJoined
from prompts.catalog import prompt_names, sentences
from storage.tokens import TokenOwner
from tests.integration.api_house import ApiHouse, problem, sqlite_house
from tests.unit.facts import arrived, at, on_call

FOLDER = Path(api.__file__).parent / "board"
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".js", ".css", ".svg"))
TEXTS = sentences()
OWN = [path for path in FILES if path.parent == FOLDER]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_the_page_is_open_and_speaks_the_browsers_language(house: ApiHouse) -> None:
    for accepted, spoken in (("en-GB,en;q=0.9", "en"), ("es-CO", "es"), ("fr", "es")):
        response = await house.client.get("/board", headers={"Accept-Language": accepted})
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["vary"] == "accept-language"
        assert f'<html lang="{spoken}">' in response.text


async def test_a_browser_runs_our_scripts_and_nothing_else(house: ApiHouse) -> None:
    page = await house.client.get("/board")
    policy = dict(
        part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert page.headers["x-content-type-options"] == "nosniff"
    # nothing inline that the policy would have to let through
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)
    # every other answer keeps the policy of data
    data = await house.client.get("/health")
    assert data.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors")


async def test_every_file_is_served_and_asked_again_for_no_bytes(house: ApiHouse) -> None:
    page = (await house.client.get("/board")).text
    linked = set(re.findall(r'(?:src|href)="/board/([^"]+)"', page))
    assert linked <= {path.name for path in FILES}
    for path in FILES:
        response = await house.client.get(f"/board/{path.name}")
        assert response.status_code == 200
        assert response.content == path.read_bytes()
        tag = {"If-None-Match": response.headers["etag"]}
        again = await house.client.get(f"/board/{path.name}", headers=tag)
        assert (again.status_code, again.content) == (304, b"")
    assert len({path.name for path in FILES}) == len(FILES)


async def test_what_did_not_come_along_is_not_there(house: ApiHouse) -> None:
    for name in (
        "nothing.js", "board.html", "..%2Fapp.py", "%2e%2e/app.py", "vendor/uPlot.iife.min.js",
        "uPlot.LICENSE.txt", "app.js%00", "x" * 5000,
    ):  # fmt: skip
        response = await house.client.get(f"/board/{name}")
        if response.status_code != 401:  # the client took the dots away: behind the gate
            problem(response, Kind.NOT_FOUND)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_no_file_makes_markup_of_text_or_asks_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "new Function", "setTimeout(\"", "createContextualFragment", "DOMParser",
                "srcdoc", "javascript:"):  # fmt: skip
        assert way not in text, way
    addresses = set(re.findall(r"https?://[^\s\"')]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert len(text.splitlines()) <= 300


def _text(script: str) -> str:
    return (FOLDER / f"{script}.js").read_text(encoding="utf-8")


def test_both_languages_say_the_same_things() -> None:
    keys = [
        re.findall(r'^  "?([\w.]+)"?: "(?:[^"\\]|\\.)+",$', text, re.MULTILINE)
        for text in ((FOLDER / f"words_{language}.js").read_text() for language in ("es", "en"))
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == len(set(keys[0])) > 100
    for name in ("words_details", "words_actions"):
        _, spanish, english = re.split(r"^  (?:es|en): \{$", _text(name), flags=re.MULTILINE)
        found = [
            re.findall(r'^    "([\w.]+)": "', part, re.MULTILINE) for part in (spanish, english)
        ]
        assert found[0] == found[1]
        assert len(found[0]) == len(set(found[0])) > 20
    page = (FOLDER / "board.html").read_text()
    used = set(re.findall(r'data-(?:word|label)="(\w+)"', page))
    for path in OWN:
        used |= set(re.findall(r'\bsay\("(\w+)"', path.read_text()))
    assert used <= set(keys[0])


def test_every_order_has_its_words() -> None:
    told = set(re.findall(r'^    "act\.([\w.]+)": "', _text("words_actions"), re.MULTILINE))
    scripts = "".join(map(_text, ("actions", "ask", "orders", "queue_detail", "agent_detail")))
    assert set(re.findall(r'"act\.([\w.]+)"', scripts)) <= told
    orders = re.findall(
        r'(?:of[A-Z]\w+|hearing)\("(\w+)"|^    name: "(\w+)"', _text("orders"), re.M
    )
    names = {one or other for one, other in orders}
    assert len(names) == 19
    assert {f"{name}{part}" for name in names for part in ("", ".done")} <= told


async def test_what_an_order_may_name(house: ApiHouse) -> None:
    made = {each: prompt_names(each) - frozenset(texts) for each, texts in TEXTS.items()}
    house.app.state.parts = replace(
        house.parts,
        prompts={
            "es": made["es"] | {"outage", "closed_hours", "only_spanish"},
            "en": made["en"] | {"outage", "closed_hours"},
        },
    )
    for language, texts in TEXTS.items():
        response = await house.ask("GET", "/choices", headers={"Accept-Language": language})
        assert response.json() == {
            "pause_reasons": ["descanso", "almuerzo"],
            # of the call center's own recordings nobody knows the words
            "prompts": [
                {"name": "closed_hours", "text": texts["closed_hours"]},
                {"name": "outage", "text": ""},
            ],
            "queues": ["soporte", "salida"],
            "targets": [],
        }


async def test_an_order_may_name_a_sentence_in_the_call_center_s_own_words(house: ApiHouse) -> None:
    own = {
        language: {**texts, "closed_hours": language, "may_offer": f"May {language}"}
        for language, texts in TEXTS.items()
    }
    house.app.state.parts = replace(
        house.parts,
        prompts=dict.fromkeys(TEXTS, frozenset({"closed_hours", "may_offer"})),
        sentences=own,
    )
    for language in TEXTS:
        response = await house.ask("GET", "/choices", headers={"Accept-Language": language})
        assert response.json()["prompts"] == [
            {"name": "closed_hours", "text": language},
            {"name": "may_offer", "text": f"May {language}"},
        ]


async def test_the_last_hour_of_the_queues_that_one_sees(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = house.parts.board
    board.draw(at(0))
    await house.happen(arrived(1), on_call(QueueJoined, 2, queue="soporte", position=1))
    board.draw(at(15))
    await house.happen(on_call(AgentConnected, 20, queue="soporte", agent="1001"))
    board.draw(at(30))
    hour = await house.get("/live/curves")
    assert hour["step_seconds"] == 15
    assert hour["at"] == ["2026-03-01T12:00:00Z", "2026-03-01T12:00:15Z", "2026-03-01T12:00:30Z"]
    assert hour["queues"] == {
        "soporte": {"waiting": [0, 1, 0], "talking": [0, 0, 1], "answered": [None, 0, 1]},
        "salida": {"waiting": [0, 0, 0], "talking": [0, 0, 0], "answered": [None, 0, 0]},
    }
    monkeypatch.setattr(TokenOwner, "sees", lambda _, queue: queue == "salida")
    assert set((await house.get("/live/curves"))["queues"]) == {"salida"}
