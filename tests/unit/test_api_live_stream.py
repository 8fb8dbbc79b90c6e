"""The live stream's lines: each is the update as JSON, and a thing is written once for all."""

from __future__ import annotations

import json
from typing import Any

import pytest

import api.live_stream
from api.live_stream import Telling
from monitoring.board import Update
from tests.unit.facts import at

ANA = {"number": "1001", "name": 'Ana "la \n primera" </script>\ud800', "calls": [1, None, 2.5]}


def _told(line: bytes) -> tuple[str, str, Any]:
    name, seq, data, *rest = line.decode("utf-8").split("\n")
    assert rest == ["", ""]
    return name, seq, json.loads(data.removeprefix("data: "))


def test_what_is_sent_is_the_update() -> None:
    telling = Telling()
    things = {"agents/1001": {**ANA, "name": "Ana\n"}, 'queues/"x"': {}, "calls/1": None}
    whole = Update(3, whole=True, things=things)
    assert _told(telling.event(whole, at(1))) == (
        "event: snapshot", "id: 3", {"seq": 3, "as_of": at(1).isoformat(), "things": things},
    )  # fmt: skip
    name, _, told = _told(telling.event(Update(4, whole=False, things={}), at(2)))
    assert (name, told["things"]) == ("event: delta", {})


def test_what_no_utf8_has_does_not_end_a_stream() -> None:
    _, _, told = _told(Telling().event(Update(1, whole=True, things={"a": ANA}), at(1)))
    assert told["things"]["a"]["name"] == 'Ana "la \n primera" </script>?'


def test_a_thing_is_written_once_for_all_screens_and_anew_when_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[object] = []
    json_of = api.live_stream._json

    def noted(value: object) -> str:
        if isinstance(value, dict):
            written.append(value)
        return json_of(value)

    monkeypatch.setattr(api.live_stream, "_json", noted)
    telling, first, second = Telling(), {"state": "ready"}, {"state": "talking"}
    for thing in (first, first, second, second, first):
        _, _, told = _told(telling.event(Update(1, whole=False, things={"a": thing}), at(1)))
        assert told["things"]["a"] == thing
    assert written == [first, second, first]


def test_what_went_while_nobody_looked_is_not_kept() -> None:
    telling = Telling()
    telling.event(Update(1, whole=False, things={"a": {}, "b": {}, "c": {}}), at(1))
    telling.event(Update(2, whole=False, things={"a": None}), at(2))
    telling.event(Update(3, whole=True, things={"b": {}}), at(3))
    assert list(telling._written) == ["b"]
