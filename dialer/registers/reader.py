"""The file of a register read as it comes: batches of numbers, and what was found.

Nothing of the file is kept but the first refusals, so a million numbers take no more memory than a
thousand. A number that is there twice is told twice; whoever keeps them keeps it once.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date

from dialer.lists.refusals import NumberRefusedError, RefusedRow
from dialer.registers.formats import Adapter, Cell
from dialer.registers.numbers import listed_number
from dialer.registers.refusals import RegisterFault, RegisterRefusedError

BATCH_SIZE = 5000
#: more of the rows than this cannot be read: then it is not the file it was taken for
MOST_REFUSED = 0.01
_TOLD = 1000
#: of a file of which each number counts for itself
_TOLD_ALONE = 10_000
_LONGEST_BLOCK = 60
_PIECE_BYTES = 16 * 1024
#: rows between two breaths of the event loop, about 2 ms
_ROWS_PER_BREATH = 32

#: `300123*`, `300 123 xxxx`, `3001230000-3001239999`, `3001230000 a 3001239999`
_BLOCK = re.compile(
    r"[+0-9 ().-]*[0-9][ -]*(\*+|[xX]+|[?]+|%)"
    r"|\+?[0-9]{7,15} *(-|–|—|\.\.+|a|al|to|hasta) *\+?[0-9]{7,15}",
    re.ASCII,
)
#: how files of other programs begin
_FOREIGN = {
    b"PK\x03\x04": "xlsx, zip",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x1f\x8b": "gzip",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"%PDF": "PDF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterReport:
    """What was found so far; final once the reader is exhausted."""

    #: rows with something in them; good + refused_count
    rows: int
    good: int
    refused_count: int
    #: the first thousand, ten thousand where each number counts for itself
    refused: tuple[RefusedRow, ...]
    #: the day that the file itself says it is of
    dated: date | None
    sha256: str


class RegisterReader:
    """Reads one file. National numbers are read as `country`'s (ISO 3166 alpha-2).

    `whole`: a copy of a register, which counts as a whole or not at all. Else each number counts
    for itself, and a row that is none is refused alone.
    """

    def __init__(self, adapter: Adapter, country: str | None, *, whole: bool = True) -> None:
        self._adapter = adapter
        self._country = country
        self._whole = whole
        self._told = _TOLD if whole else _TOLD_ALONE
        self._hash = hashlib.sha256()
        self._begin = b""
        self._good = 0
        self._refused_count = 0
        self._refused: list[RefusedRow] = []

    @property
    def report(self) -> RegisterReport:
        """What was found so far."""
        return RegisterReport(
            rows=self._good + self._refused_count,
            good=self._good,
            refused_count=self._refused_count,
            refused=tuple(self._refused),
            dated=self._adapter.dated,
            sha256=self._hash.hexdigest(),
        )

    async def batches(self, chunks: AsyncIterable[bytes]) -> AsyncGenerator[list[str], None]:
        """The numbers, E.164 without the plus; raises `RegisterRefusedError`, last of all at the
        end of a file of which too little could be read."""
        batch: list[str] = []
        async with aclosing(_pieces(chunks)) as pieces:
            async for piece in pieces:
                self._take(piece)
                for count, cell in enumerate(self._adapter.drain()):
                    if count % _ROWS_PER_BREATH == 0:
                        await asyncio.sleep(0)  # live calls share this loop
                    number = self._number(cell)
                    if number is not None:
                        batch.append(number)
                    if len(batch) == BATCH_SIZE:
                        yield batch
                        batch = []
        if batch:
            yield batch
        self._must_be_good()

    def _take(self, piece: bytes) -> None:
        self._hash.update(piece)
        if len(self._begin) < 4:
            self._begin = (self._begin + piece)[:4]
            for beginning, kind in _FOREIGN.items():
                if self._begin.startswith(beginning):
                    raise RegisterRefusedError(RegisterFault.NOT_TEXT, detail=kind)
        self._adapter.feed(piece)

    def _number(self, cell: Cell) -> str | None:
        is_block = len(cell.written) <= _LONGEST_BLOCK and _BLOCK.fullmatch(cell.written)
        if is_block and self._whole:
            raise RegisterRefusedError(
                RegisterFault.BLOCKS, line=cell.line, detail=ascii(cell.written[:40])[1:-1]
            )
        refusal = RefusedRow(cell.line, cell.column, cell.fault) if cell.fault else None
        if refusal is None:
            try:
                number = listed_number(cell.written, self._country)
            except NumberRefusedError as error:
                refusal = RefusedRow(cell.line, cell.column, error.fault, error.detail)
            else:
                self._good += 1
                return number
        self._refused_count += 1
        if len(self._refused) < self._told:
            self._refused.append(refusal)
        return None

    def _must_be_good(self) -> None:
        rows = self._good + self._refused_count
        if not rows:
            raise RegisterRefusedError(RegisterFault.EMPTY)
        if self._whole and self._refused_count > rows * MOST_REFUSED:
            told = f"{self._refused_count} / {rows}"
            line = self._refused[0].line
            raise RegisterRefusedError(RegisterFault.TOO_MANY_REFUSED, line=line, detail=told)


async def _pieces(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The bytes in pieces of bounded size, then one empty piece for the end."""
    async for chunk in chunks:
        for at in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[at : at + _PIECE_BYTES]
    yield b""
