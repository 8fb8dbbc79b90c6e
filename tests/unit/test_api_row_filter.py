"""Who sees only some queues: what of the board that is, and that the rest is not there at all."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from api.row_filter import BoardFilter, sees_agent, sees_call
from monitoring.board import Update
from monitoring.record import CallRecord, QueueStay
from storage.scopes import Role
from storage.targets import Reach
from storage.tokens import TokenOwner
from tests.unit.facts import PBX, START


def _target(kind: str, subject: str) -> dict[str, Any]:
    details = {"subject_kind": kind, "subject": subject}
    return {"kind": "target", "subject": "t", "details": details}


EVERYTHING: dict[str, Any] = {
    "link": {"up": True},
    "queues/soporte": {"name": "soporte"},
    "queues/salida": {"name": "salida"},
    "agents/1001": {"number": "1001", "queues": ["soporte", "salida"]},
    "agents/1002": {"number": "1002", "queues": ["salida"]},
    "agents/1003": {"number": "1003", "queues": []},
    "campaigns/c1": {"id": "c1"},
    "campaigns/c2": {"id": "c2"},
    "campaigns/c3": {"id": "c3"},
    "calls/a": {"queue": "soporte"},
    "calls/b": {"queue": "salida"},
    "calls/c": {"queue": ""},
    "menus/simple.yaml": {"callers": 3},
    "alerts/1": {"kind": "carrier_slowed", "subject": "trunk", "details": {}},
    "alerts/2": _target("queue", "salida"),
    "alerts/3": _target("queue", "soporte"),
    "alerts/4": _target("agent", "1002"),
    "alerts/5": _target("agent", "1001"),
    "alerts/6": _target("queue", ""),
    "alerts/7": {"kind": "promise_broken", "subject": "campaigns/c1", "details": {"calls": 1.0}},
    "alerts/8": {"kind": "promise_broken", "subject": "campaigns/c2", "details": {"calls": 1.0}},
    "alerts/9": {
        "kind": "register_stale",
        "subject": "registers/rne",
        "details": {"as_of": None, "campaigns": ["c1", "c2", "c3"]},
    },
    "alerts/10": _target("campaign", "c1"),
    "alerts/11": _target("campaign", "c2"),
    "alerts/12": _target("menu", "simple.yaml"),
    "curves": {"at": "x", "queues": {"soporte": {"waiting": 1}, "salida": {"waiting": 2}}},
}
SEEN = {
    "link",
    "queues/soporte",
    "agents/1001",
    "campaigns/c1",
    "calls/a",
    "menus/simple.yaml",
    "alerts/1",
    "alerts/3",
    "alerts/5",
    "alerts/7",
    "alerts/9",
    "alerts/10",
    "curves",
}
WITHIN = Reach(queues=frozenset({"soporte"}), agents=frozenset({"1001"}))


def _owner(*queues: str, agent: str | None = None) -> TokenOwner:
    return TokenOwner(id="k", name="k", role=Role.SUPERVISOR, agent=agent, queues=frozenset(queues))


async def _queue_of(campaign_id: str) -> str:
    return {"c1": "soporte", "c2": "salida"}.get(campaign_id, "")


@pytest.fixture
def board() -> BoardFilter:
    return BoardFilter(_owner("soporte"), _queue_of, WITHIN)


async def test_a_whole_picture_has_only_what_is_seen(board: BoardFilter) -> None:
    seen = await board.seen(Update(7, whole=True, things=EVERYTHING))
    assert seen.things.keys() == SEEN
    assert seen.things["curves"] == {"at": "x", "queues": {"soporte": {"waiting": 1}}}
    stale = seen.things["alerts/9"]
    assert stale is not None
    assert stale["details"] == {"as_of": None, "campaigns": ["c1"]}
    assert "salida" not in str(seen.things["queues/soporte"])
    assert (seen.seq, seen.whole) == (7, True)


async def test_who_sees_all_gets_the_update_itself() -> None:
    owner = TokenOwner(id="k", name="k", role=Role.ADMIN, agent=None)
    update = Update(7, whole=True, things=EVERYTHING)
    assert await BoardFilter(owner, _queue_of).seen(update) is update


async def test_who_sees_no_queue_sees_none() -> None:
    seen = await BoardFilter(_owner(), _queue_of, Reach(frozenset(), frozenset())).seen(
        Update(1, whole=True, things=EVERYTHING)
    )
    assert seen.things.keys() == {
        "link", "menus/simple.yaml", "alerts/1", "alerts/9", "curves",
    }  # fmt: skip
    assert seen.things["curves"] == {"at": "x", "queues": {}}


async def test_a_call_that_moves_away_is_gone_and_one_that_comes_appears(
    board: BoardFilter,
) -> None:
    async def after(things: dict[str, Any]) -> dict[str, Any]:
        return dict((await board.seen(Update(1, whole=False, things=things))).things)

    await after({"calls/a": {"queue": ""}})
    assert await after({"calls/a": {"queue": "soporte"}}) == {"calls/a": {"queue": "soporte"}}
    assert await after({"calls/a": {"queue": "salida"}}) == {"calls/a": None}
    assert await after({"calls/a": {"queue": "salida"}}) == {}
    assert await after({"calls/a": None}) == {}, "that it ended is told to nobody else either"
    assert await after({"calls/a": {"queue": "soporte"}}) == {"calls/a": {"queue": "soporte"}}
    assert await after({"calls/a": None}) == {"calls/a": None}


async def test_news_of_others_are_no_news(board: BoardFilter) -> None:
    async def updates() -> AsyncGenerator[Update, None]:
        yield Update(1, whole=True, things={})
        yield Update(2, whole=False, things={"queues/salida": {"name": "salida"}})
        yield Update(3, whole=False, things={"queues/soporte": {"name": "soporte"}})

    assert [update.seq async for update in board.watched(updates())] == [1, 3]


def test_everybody_sees_themselves() -> None:
    assert sees_agent(_owner("soporte", agent="1002"), "1002", ["salida"])
    assert not sees_agent(_owner("soporte"), "1002", ["salida"])


def test_a_call_is_seen_that_was_in_the_queue() -> None:
    def record(*queues: str) -> CallRecord:
        stays = [QueueStay(queue=queue, joined_at=START) for queue in queues]
        return CallRecord(pbx=PBX, call_id="x", direction="inbound", arrived_at=START, stays=stays,
            number_called="0800", caller_number="1",
        )  # fmt: skip

    assert sees_call(_owner("soporte"), record("salida", "soporte"))
    assert not sees_call(_owner("soporte"), record("salida"))
    assert not sees_call(_owner("soporte"), record())
