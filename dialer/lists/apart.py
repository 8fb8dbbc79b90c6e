"""Reads a list in a process of its own, so that understanding numbers costs no live call a moment.

`python -m dialer.lists.apart ORDER` writes batches to its standard output, each after its length.
It reads the file from its beginning every time: what was imported already is passed over, and yet
known when a number comes again. It ends by itself once nobody takes what it writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import struct
import sys
from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from dialer.lists.batches import Batch, read_batch, written_batch, written_fault
from dialer.lists.columns import Columns
from dialer.lists.lead_rows import GoodRow
from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow
from dialer.lists.sheet import MAX_IMPORT_BYTES, Sheet
from dialer.phone_rules import PhoneRules

#: what is decoded at once shares the loop with live calls: about 2 ms
BATCH_ROWS = 1000
_BATCH_BYTES = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_LENGTH = struct.Struct(">I")
_NICE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be read."""

    path: str
    #: ISO 3166 alpha-2
    country: str
    columns: Columns
    #: rows that were read before
    after: int = 0


def batches_of(order: Order) -> Iterator[Batch]:
    """The rows after those read before, in batches; raises `ListRefusedError`."""
    numbers = NumberReader(PhoneRules(order.country), order.country)
    sheet = Sheet(numbers, order.columns, MAX_IMPORT_BYTES)
    good: list[GoodRow] = []
    refused: list[RefusedRow] = []
    size = 0
    with Path(order.path).open("rb") as file:
        more = True
        while more:
            piece = file.read(_PIECE_BYTES)
            more = bool(piece)
            sheet.feed(piece)
            for row in sheet.drain():
                if row is None or sheet.rows <= order.after:
                    continue
                if isinstance(row, GoodRow):
                    good.append(row)
                    size += len(row.text)
                else:
                    refused.append(row)
                    size += len(row.row)
                if len(good) + len(refused) == BATCH_ROWS or size > _BATCH_BYTES:
                    yield Batch(sheet.rows, sheet.bytes_read, tuple(good), tuple(refused))
                    good, refused, size = [], [], 0
    if good or refused:
        yield Batch(sheet.rows, sheet.bytes_read, tuple(good), tuple(refused))


async def read_apart(order: Order) -> AsyncGenerator[Batch, None]:
    """`batches_of`, in a process of its own; close it to end that.

    Raises `ListRefusedError`, also when the process ends before the file does, and `OSError` when
    the machine has no room for one more process.
    """
    starting = asyncio.create_task(_start(order))
    try:
        # a start that is cancelled half-way would leave a pipe open: it goes on, and is ended below
        process = await asyncio.shield(starting)
        while True:
            try:
                written = await _next(process.stdout)
            except asyncio.IncompleteReadError:
                code = await process.wait()
                raise ListRefusedError(ListFault.READER_ENDED, detail=str(code)) from None
            if not written:
                return
            yield await asyncio.to_thread(read_batch, written)
    finally:
        process = await starting
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        # reads what is left too: only at its end is the pipe closed
        await process.communicate()


async def _start(order: Order) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, json.dumps(asdict(order)),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip


async def _next(stream: asyncio.StreamReader | None) -> bytes:
    if stream is None:
        raise RuntimeError("the reader's output was not asked for")
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    return await stream.readexactly(length)


def write_all(order: Order, out: BinaryIO) -> None:
    """Every batch, or the reason why there are no more; then an empty one for the end."""
    try:
        for batch in batches_of(order):
            _write(out, written_batch(batch))
    except ListRefusedError as error:
        _write(out, written_fault(error))
    _write(out, b"")


def _write(out: BinaryIO, written: bytes) -> None:
    out.write(_LENGTH.pack(len(written)) + written)
    out.flush()


def main() -> None:
    """Read what the command line orders."""
    os.nice(_NICE)
    for number in (signal.SIGINT, signal.SIGTERM):
        # sent to every process of the service: it ends this one itself, in order
        signal.signal(number, signal.SIG_IGN)
    plain = json.loads(sys.argv[1])
    columns = plain.pop("columns")
    columns["phones"] = tuple(columns["phones"])
    try:
        write_all(Order(**plain, columns=Columns(**columns)), sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(1)  # nobody reads any more: there is nobody to tell either


if __name__ == "__main__":
    main()
