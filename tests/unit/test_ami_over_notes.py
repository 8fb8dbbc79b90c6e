"""What the dialplan noted of calls that nobody heard end, read with suspicion."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ami.message import RawMessage
from ami.over_notes import read_notes
from calls.events import OverNote

GOOD = (
    "pbx1-1700000000.12|08001234567|+573001234567|1700000000|1700000001"
    "|soporte|1700000005|1001|7|1700000060|16"
)


def _read(*texts: str, since: int = 0) -> tuple[OverNote, ...]:
    rows = [RawMessage([("Event", "DBGetTreeResponse"), ("Val", text)]) for text in texts]
    return read_notes(rows, _at(since))


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(1_700_000_000 + seconds, UTC)


def test_a_note_tells_the_call_from_its_beginning_to_its_end() -> None:
    (note,) = _read(GOOD)
    assert note == OverNote(
        call_id="pbx1-1700000000.12", number_called="08001234567", caller_number="+573001234567",
        began_at=_at(0), answered_at=_at(1), queue="soporte", queued_at=_at(5), agent="1001",
        connected_at=_at(12), ended_at=_at(60), cause=16,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({4: ""}, {"answered_at": None}),
        ({7: "", 8: ""}, {"queue": "soporte", "agent": "", "connected_at": None}),
        ({8: ""}, {"agent": "", "connected_at": None}),
        ({8: "soon"}, {"agent": "", "connected_at": None}),
        ({7: "10 01"}, {"agent": "", "connected_at": None}),
        ({5: "", 6: ""}, {"queue": "", "queued_at": None, "agent": "", "connected_at": None}),
        ({5: "so porte"}, {"queue": "", "queued_at": None, "agent": ""}),
        ({2: ""}, {"caller_number": ""}),
        ({10: ""}, {"cause": 0}),
        ({10: "99999"}, {"cause": 0}),
    ],
)
def test_what_is_missing_or_strange_is_left_out(
    fields: dict[int, str], seen: dict[str, object]
) -> None:
    parts = GOOD.split("|")
    for place, value in fields.items():
        parts[place] = value
    (note,) = _read("|".join(parts))
    assert {name: getattr(note, name) for name in seen} == seen


@pytest.mark.parametrize(
    "text",
    ["", "|", "x" * 300, GOOD + "|16", GOOD.replace("1700000060", "late"),
     GOOD.replace("|1700000000|", "||"), GOOD.replace("pbx1-1700000000.12", "a b"),
     GOOD.replace("1700000060", "9" * 13)],
)  # fmt: skip
def test_an_empty_or_damaged_note_is_none_and_harms_no_other(text: str) -> None:
    assert [note.call_id for note in _read(text, GOOD)] == ["pbx1-1700000000.12"]


def test_what_ended_before_somebody_was_there_to_hear_it_is_known() -> None:
    assert _read(GOOD, since=60)
    assert not _read(GOOD, since=61)


def test_notes_come_in_the_order_in_which_the_calls_ended() -> None:
    earlier = GOOD.replace(".12", ".13").replace("1700000060", "1700000059")
    assert [note.call_id[-2:] for note in _read(GOOD, earlier)] == ["13", "12"]
