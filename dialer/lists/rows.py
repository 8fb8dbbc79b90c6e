"""Bytes of a CSV file into rows that know their line: incremental, and memory stays flat.

Lines are cut first and read as CSV after, so a row that cannot be read costs only its own line: a
quote that is never closed cannot swallow the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from dialer.lists.refusals import RowFault

MAX_ROW_BYTES = 64 * 1024
#: a quoted field may run over this many lines; beyond, its quote is taken for not closed
MAX_ROW_LINES = 20

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line without its end; `number` counts from 1."""

    number: int
    text: str
    too_long: bool = False


class Lines:
    """Cuts bytes into lines and decodes each: UTF-8, else Windows-1252.

    A file of unknown encoding cannot be judged before its end, and a stream is not read twice. So
    the choice is made line by line: text in Windows-1252 with an accent is next to never valid
    UTF-8, and one damaged line does not spoil the rest.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False
        self.count = 0
        self.utf8_lines = 0  # beyond ASCII
        self.other_lines = 0
        #: the first line that is not UTF-8; 0: none
        self.first_other_line = 0

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that are complete now."""
        pieces = (self._rest + chunk).splitlines(keepends=True)
        # A carriage return at the very end may be the first half of a line end.
        self._rest = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        for piece in pieces:
            yield self._line(piece)
        if len(self._rest) > MAX_ROW_BYTES + 1:
            self._skipping = True
            self._rest = self._rest[-1:]

    def finish(self) -> Iterator[Line]:
        """The last line, when it has no end."""
        if self._rest:
            yield self._line(self._rest)
        self._rest = b""

    @property
    def encoding(self) -> str:
        """What the lines were so far: utf-8, windows-1252, or mixed."""
        if not self.other_lines:
            return "utf-8"
        return "mixed" if self.utf8_lines else "windows-1252"

    def _line(self, piece: bytes) -> Line:
        self.count += 1
        body = piece.rstrip(b"\r\n")
        if self._skipping or len(body) > MAX_ROW_BYTES:
            self._skipping = False
            return Line(self.count, "", too_long=True)
        if self.count == 1:
            body = body.removeprefix(_BYTE_ORDER_MARK)
        return Line(self.count, self._decoded(body))

    def _decoded(self, body: bytes) -> str:
        if body.isascii():
            return body.decode("ascii")
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            self.other_lines += 1
            self.first_other_line = self.first_other_line or self.count
            try:
                return body.decode("windows-1252")
            except UnicodeDecodeError:
                # Five bytes mean nothing there; Latin-1 makes control characters of them, and
                # for those the row is refused.
                return body.decode("latin-1")
        self.utf8_lines += 1
        return text


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its fields as they are in the file, or why there are none."""

    line: int
    lines: tuple[Line, ...]
    fields: tuple[str, ...] = ()
    fault: RowFault | None = None


class Rows:
    """Reads rows from lines, looking ahead no further than one row may reach."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.ended = False
        self._ahead: deque[Line] = deque()

    def feed(self, chunk: bytes) -> None:
        """Take more of the file; drain the rows before giving more."""
        self._ahead.extend(self.lines.feed(chunk))

    def finish(self) -> None:
        """The file has no more bytes."""
        self._ahead.extend(self.lines.finish())
        self.ended = True

    def look(self, delimiter: str) -> Row | None:
        """The next row, left where it is; None when it takes more bytes, or none are left."""
        if not self._ahead or (len(self._ahead) < MAX_ROW_LINES and not self.ended):
            return None
        head = self._ahead[0]
        if head.too_long:
            return Row(head.number, (head,), fault=RowFault.ROW_TOO_LONG)
        if '"' not in head.text:
            return Row(head.number, (head,), tuple(head.text.split(delimiter)))
        return self._quoted(head, delimiter)

    def take(self, row: Row) -> None:
        """Step over a row that `look` returned."""
        for _ in row.lines:
            self._ahead.popleft()

    def _quoted(self, head: Line, delimiter: str) -> Row:
        reachable = takewhile(lambda line: not line.too_long, islice(self._ahead, MAX_ROW_LINES))
        texts = (line.text + "\n" for line in reachable)
        reader = csv.reader(texts, delimiter=delimiter, strict=True)
        try:
            fields = tuple(next(reader))
        except csv.Error:
            return Row(head.number, (head,), fault=RowFault.BROKEN_QUOTES)
        lines = tuple(islice(self._ahead, reader.line_num))
        if sum(len(line.text) for line in lines) > MAX_ROW_BYTES:
            return Row(head.number, lines, fault=RowFault.ROW_TOO_LONG)
        return Row(head.number, lines, fields)


def parse_line(line: Line, delimiter: str) -> tuple[str, ...]:
    """The fields a line would have as a row of its own; none when it cannot be one."""
    try:
        return tuple(next(csv.reader([line.text], delimiter=delimiter, strict=True), ()))
    except csv.Error:
        return ()
