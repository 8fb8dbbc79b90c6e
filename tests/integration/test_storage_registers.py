"""Registers: loaded whole or not at all, and nobody is dialed on a missing or stale one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from dialer.campaign import Campaign, CampaignState
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import NewLead
from dialer.options import Options, RuleChoice
from dialer.rules.catalog import PresetCatalog
from dialer.rules.preset import Purpose
from storage import tables
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.do_not_call import DoNotCallStore
from storage.registers import Loaded, Origin, RegisterBusyError, RegisterStore
from storage.rulings import RulingFilter, RulingStore

#: a Monday, in the morning of Bogotá and of Mexico
NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class BrokenOffError(Exception):
    """The client left."""


async def _batches(*batches: Sequence[str]) -> AsyncIterator[Sequence[str]]:
    for batch in batches:
        yield batch


def _origin(as_of: datetime = NOW) -> Origin:
    return Origin(as_of=as_of, sha256="a" * 64, format="lines")


async def load(
    store: RegisterStore, *numbers: str, name: str = "RNE", as_of: datetime = NOW
) -> Loaded:
    return await store.load(name, _batches(numbers), lambda: _origin(as_of), who="ana (1)", now=NOW)


async def kept(database: Database, name: str = "RNE") -> list[str]:
    """Every row there is, of whatever generation."""
    numbers = tables.register_numbers.c
    rows = await database.rows(select(numbers.number).where(numbers.register == name))
    return sorted(row.number for row in rows)


async def test_a_load_takes_the_place_of_the_one_before(database: Database) -> None:
    store = RegisterStore(database)
    assert await store.get("RNE") is None
    first = await load(store, "571", "572", "572")
    assert (first.generation, first.entries, first.loaded_by) == (1, 2, "ana (1)")
    second = await load(store, "572", "573", "574", as_of=NOW - DAY)
    assert (second.generation, second.entries, second.as_of) == (2, 3, NOW - DAY)
    await load(store, "521", name="REPEP")
    assert await kept(database) == ["572", "573", "574"]
    assert [one.name for one in await store.list()] == ["REPEP", "RNE"]
    assert await store.get("RNE") == second


@pytest.mark.parametrize("breaks", ["batches", "origin"])
async def test_a_load_that_breaks_off_changes_nothing(database: Database, breaks: str) -> None:
    store = RegisterStore(database)
    before = await load(store, "571")

    async def batches() -> AsyncIterator[Sequence[str]]:
        yield ["572", "573"]
        if breaks == "batches":
            raise BrokenOffError

    def origin() -> Origin:
        raise BrokenOffError

    with pytest.raises(BrokenOffError):
        await store.load("RNE", batches(), origin, who="a", now=NOW)
    assert await store.get("RNE") == before
    after = await load(store, "574")
    assert (after.generation, after.entries) == (2, 1)
    assert await kept(database) == ["574"], "what broke off must not be part of the next"


async def test_one_register_is_loaded_by_one_at_a_time(database: Database) -> None:
    store, waiting, go_on = RegisterStore(database), asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[Sequence[str]]:
        waiting.set()
        await go_on.wait()
        yield ["571"]

    loading = asyncio.create_task(store.load("RNE", slow(), _origin, who="a", now=NOW))
    await waiting.wait()
    with pytest.raises(RegisterBusyError, match="RNE"):
        await load(store, "572")
    await load(store, "521", name="REPEP")
    go_on.set()
    assert (await loading).entries == 1
    assert (await load(store, "572")).generation == 2


async def test_what_does_not_count_is_deleted_in_steps(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.registers._STEP", 7)
    store = RegisterStore(database)
    await load(store, *(f"57{number:03}" for number in range(90)))
    await load(store, "521", name="REPEP")
    await load(store, *(f"57{number:03}" for number in range(40, 100)))
    assert await kept(database) == [f"57{number:03}" for number in range(40, 100)]
    assert await kept(database, "REPEP") == ["521"]


async def test_many_numbers_in_many_batches(database: Database) -> None:
    store = RegisterStore(database)

    async def batches() -> AsyncIterator[Sequence[str]]:
        for start in range(0, 20_000, 5000):
            yield [f"57300{number:07}" for number in range(start, start + 5000)]

    loaded = await store.load("RNE", batches(), _origin, who="a", now=NOW)
    assert loaded.entries == 20_000
    assert (await load(store, "571")).entries == 1
    count = select(func.count()).select_from(tables.register_numbers)
    assert (await database.rows(count))[0][0] == 1


# --- nobody is dialed on a missing or stale register ------------------------------------------


async def _people(*numbers: str) -> AsyncIterator[list[NewLead]]:
    yield [NewLead(number=number, name="", extra={}) for number in numbers]


@pytest.mark.parametrize(
    ("country", "preset", "register", "max_age_days", "free", "listed"),
    [
        ("CO", "co-2300", "RNE", 5, "573001234567", "573001234568"),
        ("MX", "mx-repep", "REPEP", 30, "525512345678", "525512345679"),
    ],
)
async def test_a_campaign_needs_a_fresh_register(
    database: Database, country: str, preset: str, register: str, max_age_days: int,
    free: str, listed: str,
) -> None:  # fmt: skip
    choice = RuleChoice(preset=preset, purpose=Purpose.MARKETING, consented_at=NOW - 30 * DAY)
    campaign = Campaign(
        id="camp", name="Ventas", queue="salida", country=country, caller_number="5215500000000",
        state=CampaignState.RUNNING, options=Options(rules=choice), created_at=NOW,
    )  # fmt: skip
    campaigns, registers, rulings = (
        CampaignStore(database), RegisterStore(database), RulingStore(database)
    )  # fmt: skip
    await campaigns.create(campaign)
    await campaigns.add_leads("camp", _people(free, listed), NOW)
    judge = CampaignJudge(campaign, PresetCatalog.read().rules(preset), Guards([]))

    async def dialed(now: datetime) -> list[str]:
        taken = await campaigns.reserve("camp", 5, judge=judge, pbx="pbx1", now=now)
        return [attempt.number for attempt in taken.attempts]

    async def last_rulings() -> list[tuple[str, bool, list[str]]]:
        page = await rulings.page(RulingFilter(campaign_id="camp"), limit=2)
        return [(one.number, one.allowed, one.reasons) for one in page.rulings]

    # never loaded
    assert await dialed(NOW) == []
    (none_at_all,) = (await rulings.page(RulingFilter())).rulings
    assert (none_at_all.lead_id, none_at_all.number) == (None, "")
    assert none_at_all.reasons == ["dnc_stale"]
    assert (none_at_all.preset, none_at_all.version) == (preset, judge_version(preset))
    assert f"dnc_stale {register}" in none_at_all.evidence["findings"]

    # loaded, but too old
    too_old = NOW - (max_age_days + 1) * DAY
    await load(registers, listed, name=register, as_of=too_old)
    assert await dialed(NOW + timedelta(minutes=1)) == []
    assert (await last_rulings())[0] == ("", False, ["dnc_stale"])

    # fresh: who is in it is refused, the other is dialed
    await load(registers, listed, name=register, as_of=NOW - DAY)
    assert await dialed(NOW + timedelta(minutes=2)) == [free]
    assert sorted(await last_rulings()) == sorted(
        [(free, True, []), (listed, False, ["dnc_listed"])]
    )

    # and as the days go by it is stale again
    assert await dialed(NOW + (max_age_days + 1) * DAY) == []
    assert (await last_rulings())[0] == ("", False, ["dnc_stale"])


def judge_version(preset: str) -> str:
    return PresetCatalog.read().rules(preset).preset.version


async def test_a_load_that_is_under_way_lists_nobody_yet(database: Database) -> None:
    store = RegisterStore(database)
    await load(store, "573001234567")
    half = {"register": "RNE", "number": "573001234568", "generation": 2}
    await database.write(
        lambda connection: connection.execute(insert(tables.register_numbers).values(half)).rowcount
    )
    found = await DoNotCallStore(database).look_up("573001234568")
    assert [one.listed for one in found.registers] == [False]
