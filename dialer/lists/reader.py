"""A list of leads as it is uploaded, read as a stream: batches of good rows, and a report."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Collection,
    Iterable,
    Iterator,
)
from contextlib import aclosing
from typing import Self

from dialer.lead import NewLead
from dialer.lists.columns import GUESSED, Columns
from dialer.lists.lead_rows import GoodRow
from dialer.lists.numbers import NumberReader
from dialer.lists.sheet import ListReport, Sheet
from dialer.phone_rules import PhoneRules

BATCH_SIZE = 1000

#: a chunk is worked off in pieces: what a caller hands over at once need not be cut at once
_PIECE_BYTES = 16 * 1024
#: rows between two breaths of the event loop, about 2 ms
_ROWS_PER_BREATH = 32


class ListReader(AsyncIterator[list[NewLead]]):
    """Yields batches of good rows, once; `report` tells what was found.

    Iterating raises `ListRefusedError` when the file as a whole is refused. That may be after
    batches were yielded (a file that is too big shows it late), so an import is one transaction.
    """

    def __init__(self, chunks: AsyncIterable[bytes] | Iterable[bytes], sheet: Sheet) -> None:
        self._sheet = sheet
        self._batches = self._read(chunks)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[NewLead]:
        return await anext(self._batches)

    async def aclose(self) -> None:
        """Stop reading before the end."""
        await self._batches.aclose()

    @property
    def report(self) -> ListReport:
        """What was found so far."""
        return self._sheet.report()

    async def _read(
        self, chunks: AsyncIterable[bytes] | Iterable[bytes]
    ) -> AsyncGenerator[list[NewLead], None]:
        batch: list[NewLead] = []
        async with aclosing(_pieces(chunks)) as pieces:
            async for piece in pieces:
                self._sheet.feed(piece)
                for count, row in enumerate(self._sheet.drain()):
                    if count % _ROWS_PER_BREATH == 0:
                        await asyncio.sleep(0)  # live calls share this loop
                    if isinstance(row, GoodRow):
                        batch.append(row.lead)
                    if len(batch) == BATCH_SIZE:
                        yield batch
                        batch = []
        if batch:
            yield batch


def read_list(
    chunks: AsyncIterable[bytes] | Iterable[bytes],
    *,
    country: str,
    allowed_countries: Collection[str] | None = None,
    columns: Columns = GUESSED,
) -> ListReader:
    """Read a CSV file of leads for a campaign of `country` (ISO 3166 alpha-2).

    Only numbers of `allowed_countries` become leads, by default only the campaign's own. Raises
    `ValueError` for a country that has no numbers; faults of the file come while iterating.
    """
    numbers = NumberReader(PhoneRules(country, allowed_countries), country)
    return ListReader(chunks, Sheet(numbers, columns))


async def _pieces(
    chunks: AsyncIterable[bytes] | Iterable[bytes],
) -> AsyncGenerator[bytes, None]:
    """The bytes in pieces of bounded size, then one empty piece for the end."""
    if isinstance(chunks, AsyncIterable):
        async for chunk in chunks:
            for piece in _cut(chunk):
                yield piece
    else:
        for chunk in chunks:
            for piece in _cut(chunk):
                yield piece
    yield b""


def _cut(chunk: bytes) -> Iterator[bytes]:
    return (chunk[at : at + _PIECE_BYTES] for at in range(0, len(chunk), _PIECE_BYTES))
