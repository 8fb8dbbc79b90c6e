"""Ticket numbers: how one looks, and handing them out without asking anybody.

A number is the year in two digits, a running number of seven or more, and a check digit after
ISO 7064 MOD 11,10: `2600001233` is said in groups as 260-000-1233. That check is made for plain
decimals: it finds every single wrong digit, and two neighbours swapped but once in sixty. Luhn's
does as much, but is blind to one pair always (09 and 90), and running numbers are full of noughts.

Numbers are set aside ahead of time, in blocks that the database gives to one process and never
again. Ten thousand are kept in hand: with the database away for hours there is still a number for
every caller. What a process has in hand when it ends is given to nobody.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice

from calls.errors import Linea800Error

log = logging.getLogger(__name__)

#: as many are set aside in one go
BLOCK = 5_000
#: as many are in hand whenever the database answers
IN_HAND = 10_000
#: how often the database is asked again while it is away
RETRY_SECONDS = 5.0

_YEAR_DIGITS = 2
_RUNNING_DIGITS = 7
_SHAPE = re.compile(r"[0-9]{10,15}")

#: sets so many numbers of a year aside for whoever asks, for good; gives the first of them
TakeBlock = Callable[[int, int], Awaitable[int]]


def ticket_number(year: int, running: int) -> str:
    """The number of the year's `running`-th ticket; `ValueError` for less than 1."""
    if running < 1:
        raise ValueError(f"tickets are counted from 1 on, not {running}")
    digits = f"{year % 100:02d}{running:0{_RUNNING_DIGITS}d}"
    return digits + str(_check_digit(digits))


def is_number(text: str) -> bool:
    """Whether it can be a ticket's number: digits only, with the right one at the end."""
    return _SHAPE.fullmatch(text) is not None and str(_check_digit(text[:-1])) == text[-1]


def spoken(number: str) -> str:
    """The number in groups of three, the last one or two of four: 260-000-1233.

    `prompts.spoken.say_digits` says it so, with a pause between groups.
    """
    fours = len(number) % 3
    threes = (len(number) - 4 * fours) // 3
    rest = iter(number)
    sizes = [3] * threes + [4] * fours
    return "-".join("".join(islice(rest, size)) for size in sizes)


def _check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


class TicketNumbers:
    """Numbers in hand (`take`), and more of them whenever the database answers (`run`)."""

    def __init__(self, take_block: TakeBlock, year: Callable[[], int]) -> None:
        self._take_block = take_block
        self._year = year
        #: (year, the next number, the last one)
        self._blocks: deque[tuple[int, range]] = deque()
        self._used = asyncio.Event()

    @property
    def in_hand(self) -> int:
        """How many tickets can be opened without a database."""
        return sum(len(numbers) for _, numbers in self._blocks)

    def take(self) -> str | None:
        """A number that nobody had or will have; never waits.

        None when all are gone, after hours without a database: then a person has to help. A number
        set aside before midnight of the New Year may be handed out after it.
        """
        self._used.set()
        this_year = self._year()
        if len(self._blocks) > 1 and self._blocks[0][0] != this_year:
            self._bring_forward(this_year)
        if not self._blocks:
            log.error("there is no ticket number left; the database was away for too long")
            return None
        year, numbers = self._blocks[0]
        if len(numbers) == 1:
            self._blocks.popleft()
        else:
            self._blocks[0] = (year, numbers[1:])
        return ticket_number(year, numbers[0])

    async def fill(self) -> None:
        """Take what is missing; raises what the database raises."""
        year = self._year()
        while sum(len(numbers) for of, numbers in self._blocks if of == year) < IN_HAND:
            first = await self._take_block(year, BLOCK)
            self._blocks.append((year, range(first, first + BLOCK)))

    async def run(self) -> None:
        """Keep `IN_HAND` of them, for ever; a database that is away is asked again."""
        while True:
            self._used.clear()
            try:
                await self.fill()
            except Linea800Error as error:
                log.warning("%d ticket numbers are left: %s", self.in_hand, error)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                await self._used.wait()

    def _bring_forward(self, year: int) -> None:
        """This year's first; those of the last one are kept for worse days."""
        own = [block for block in self._blocks if block[0] == year]
        others = [block for block in self._blocks if block[0] != year]
        self._blocks = deque(own + others)
