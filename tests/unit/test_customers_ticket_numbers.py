"""Ticket numbers: their form, their check digit, and handing them out without a database."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calls.errors import Linea800Error
from customers import ticket_numbers
from customers.ticket_numbers import (
    BLOCK,
    IN_HAND,
    TicketNumbers,
    is_number,
    spoken,
    ticket_number,
)
from prompts.spoken import PAUSE, say_digits

RUNNING = some.integers(min_value=1, max_value=99_999_999)


class Shelf:
    """Where blocks come from: what `storage.tickets` does, without a database."""

    def __init__(self) -> None:
        self.next: dict[int, int] = {}
        self.away = False
        self.year = 2026

    async def take(self, year: int, count: int) -> int:
        await asyncio.sleep(0)
        if self.away:
            raise Linea800Error("away")
        first = self.next.get(year, 1)
        self.next[year] = first + count
        return first

    def numbers(self) -> TicketNumbers:
        return TicketNumbers(self.take, lambda: self.year)


def test_what_a_number_looks_like() -> None:
    number = ticket_number(2026, 123)
    assert number == "2600001233"
    assert is_number(number)
    assert spoken(number) == "260-000-1233"
    with pytest.raises(ValueError, match="from 1 on"):
        ticket_number(2026, 0)


@pytest.mark.parametrize(
    ("running", "groups"),
    [(1, [3, 3, 4]), (9_999_999, [3, 3, 4]), (10_000_000, [3, 4, 4]), (10**8, [3, 3, 3, 3]),
     (10**9, [3, 3, 3, 4])],
)  # fmt: skip
def test_it_is_said_in_groups_however_many_there_are(running: int, groups: list[int]) -> None:
    number = ticket_number(2026, running)
    said = spoken(number)
    assert said.replace("-", "") == number
    assert [len(group) for group in said.split("-")] == groups
    for language in ("es", "en"):
        assert say_digits(said, language).count(PAUSE) == len(groups) - 1


@pytest.mark.parametrize(
    "text",
    ["", "26", "2600001234", "26000012330", "26-0000-123-3", "２６００００１２３３", "260000123a"],
)
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)


@given(RUNNING, some.integers(0, 9), some.integers(1, 9))
def test_a_wrong_digit_is_always_found(running: int, place: int, more: int) -> None:
    number = ticket_number(2026, running)
    wrong = str((int(number[place]) + more) % 10)
    assert not is_number(number[:place] + wrong + number[place + 1 :])


def test_swapped_neighbours_are_found_but_once_in_sixty() -> None:
    swapped = missed = 0
    for running in range(1, 200_000, 37):
        number = ticket_number(2026, running)
        for place in range(len(number) - 1):
            if number[place] != number[place + 1]:
                swapped += 1
                pair = number[place + 1] + number[place]
                missed += is_number(number[:place] + pair + number[place + 2 :])
    assert missed / swapped < 1 / 50


async def test_numbers_are_in_hand_before_anybody_asks() -> None:
    numbers = Shelf().numbers()
    assert numbers.take() is None
    await numbers.fill()
    assert numbers.in_hand == IN_HAND
    assert numbers.take() == ticket_number(2026, 1)
    assert numbers.take() == ticket_number(2026, 2)


async def test_they_bridge_hours_without_a_database_and_then_there_are_none(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    numbers = shelf.numbers()
    await numbers.fill()
    shelf.away = True
    given_out = {numbers.take() for _ in range(IN_HAND)}
    assert len(given_out) == IN_HAND
    with caplog.at_level(logging.ERROR):
        assert numbers.take() is None
    assert "no ticket number left" in caplog.text
    shelf.away = False
    await numbers.fill()
    assert numbers.take() not in given_out


async def test_a_restart_gives_nothing_out_twice() -> None:
    shelf = Shelf()
    seen: set[str | None] = set()
    for _ in range(5):
        numbers = shelf.numbers()
        await numbers.fill()
        ours = {numbers.take() for _ in range(10)}
        assert not ours & seen
        seen |= ours


async def test_what_is_used_is_taken_anew_in_the_background(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ticket_numbers, "RETRY_SECONDS", 0.001)
    shelf = Shelf()
    numbers = shelf.numbers()
    shelf.away = True
    running = asyncio.create_task(numbers.run())
    try:
        await asyncio.sleep(0.005)
        assert numbers.in_hand == 0
        shelf.away = False
        await _until(numbers, IN_HAND)
        assert numbers.take() is not None
        await _until(numbers, IN_HAND - 1 + BLOCK)
    finally:
        running.cancel()


async def test_the_new_year_has_numbers_of_its_own() -> None:
    shelf = Shelf()
    numbers = shelf.numbers()
    await numbers.fill()
    shelf.year = 2027
    assert numbers.take() == ticket_number(2026, 1), "better an old year than none"
    await numbers.fill()
    assert numbers.take() == ticket_number(2027, 1)
    assert numbers.take() == ticket_number(2027, 2)
    # the old ones are for when the new ones are gone and the database is away
    rest = [numbers.take() for _ in range(numbers.in_hand)]
    assert len(set(rest)) == len(rest)
    assert rest[-1] == ticket_number(2026, IN_HAND)


async def _until(numbers: TicketNumbers, in_hand: int) -> None:
    async with asyncio.timeout(60):
        while numbers.in_hand != in_hand:  # noqa: ASYNC110 - they tell nobody that they are there
            await asyncio.sleep(0)
