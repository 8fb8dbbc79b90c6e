"""Bytes into lines and rows: any cutting gives the same, and nothing is swallowed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lists.refusals import RowFault
from dialer.lists.rows import MAX_ROW_BYTES, MAX_ROW_LINES, Line, Lines, Row, Rows, parse_line


def lines_of(chunks: Iterable[bytes]) -> list[Line]:
    lines = Lines()
    found = [line for chunk in chunks for line in lines.feed(chunk)]
    return [*found, *lines.finish()]


def rows_of(chunks: Iterable[bytes], delimiter: str = ",") -> list[Row]:
    rows = Rows()
    found: list[Row] = []

    def drain() -> None:
        while (row := rows.look(delimiter)) is not None:
            rows.take(row)
            found.append(row)

    for chunk in chunks:
        rows.feed(chunk)
        drain()
    rows.finish()
    drain()
    return found


def told(rows: list[Row]) -> list[tuple[int, tuple[str, ...], RowFault | None]]:
    return [(row.line, row.fields, row.fault) for row in rows]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end_counts_one_line(end: bytes) -> None:
    assert lines_of([end.join([b"a", b"", b"b"])]) == [Line(1, "a"), Line(2, ""), Line(3, "b")]


messy = st.lists(
    st.sampled_from([b"a", b",", b'"', b"\r", b"\n", b"\r\n", "ñ".encode(), b"\xf1", b"\x00"]),
    max_size=60,
).map(b"".join)


@given(messy, st.lists(st.integers(0, 120), max_size=8))
def test_cutting_the_bytes_elsewhere_changes_nothing(data: bytes, cuts: list[int]) -> None:
    marks = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in pairwise(marks)]
    assert lines_of(pieces) == lines_of([data])
    assert told(rows_of(pieces)) == told(rows_of([data]))


@given(messy)
def test_every_line_belongs_to_exactly_one_row(data: bytes) -> None:
    rows = rows_of([data])
    numbers = [line.number for row in rows for line in row.lines]
    assert numbers == [line.number for line in lines_of([data])]
    assert all(row.line == row.lines[0].number for row in rows)


def test_a_quoted_field_may_hold_delimiters_quotes_and_line_breaks() -> None:
    rows = rows_of([b'a,"x, ""y""\r\nz",b\r\nc,d,e'])
    assert told(rows) == [(1, ("a", 'x, "y"\nz', "b"), None), (3, ("c", "d", "e"), None)]


def test_an_unclosed_quote_costs_only_its_own_line() -> None:
    after = b"".join(b"%d,ok\n" % at for at in range(2, 200))
    rows = rows_of([b'1,"lost\n' + after])
    assert told(rows)[0] == (1, (), RowFault.BROKEN_QUOTES)
    assert [row.line for row in rows] == list(range(1, 200))
    assert all(row.fields == (str(row.line), "ok") for row in rows[1:])


def test_an_unclosed_quote_in_the_last_line() -> None:
    assert told(rows_of([b'a,b\nc,"d'])) == [
        (1, ("a", "b"), None),
        (2, (), RowFault.BROKEN_QUOTES),
    ]


def test_text_after_a_closing_quote_is_broken() -> None:
    assert told(rows_of([b'"a"b,c\nd,e\n'])) == [
        (1, (), RowFault.BROKEN_QUOTES),
        (2, ("d", "e"), None),
    ]


def test_a_field_over_too_many_lines_is_an_unclosed_quote() -> None:
    inside = b"x\n" * (MAX_ROW_LINES - 1)
    assert rows_of([b'"' + inside + b'"\n'])[0].fault is None
    assert rows_of([b'"' + inside + b'x\n"\n'])[0].fault is RowFault.BROKEN_QUOTES


def test_the_longest_row_and_one_byte_more() -> None:
    fits, beyond = b"x" * MAX_ROW_BYTES, b"x" * (MAX_ROW_BYTES + 1)
    rows = rows_of([fits + b"\r\n" + beyond + b"\r\nend"])
    assert [(row.line, row.fault) for row in rows] == [
        (1, None),
        (2, RowFault.ROW_TOO_LONG),
        (3, None),
    ]


def test_an_endless_line_is_not_kept() -> None:
    lines = Lines()
    for _ in range(400):
        assert list(lines.feed(b"x" * 10_000)) == []
        assert len(lines._rest) <= MAX_ROW_BYTES + 1 + 10_000
    assert list(lines.feed(b"\r")) == []
    assert list(lines.feed(b"\nnext\n")) == [Line(1, "", too_long=True), Line(2, "next")]


def test_a_quoted_row_of_many_long_lines_is_too_long() -> None:
    rows = rows_of([b'"' + (b"x" * 30_000 + b"\n") * 3 + b'"\nend\n'])
    assert [(row.line, row.fault) for row in rows] == [(1, RowFault.ROW_TOO_LONG), (5, None)]


def test_a_quote_does_not_reach_over_a_line_that_is_too_long() -> None:
    rows = rows_of([b'"a\n' + b"x" * (MAX_ROW_BYTES + 1) + b'\n"\n'])
    assert [row.fault for row in rows] == [
        RowFault.BROKEN_QUOTES,
        RowFault.ROW_TOO_LONG,
        RowFault.BROKEN_QUOTES,
    ]


def test_a_byte_order_mark_is_dropped_only_at_the_beginning() -> None:
    assert lines_of([b"\xef\xbb", b"\xbfa\n\xef\xbb\xbfb"]) == [Line(1, "a"), Line(2, "\ufeffb")]


@pytest.mark.parametrize(
    ("data", "encoding", "first"),
    [
        (b"abc\n", "utf-8", 0),
        ("José\nNuñez\n".encode(), "utf-8", 0),
        ("a\nJosé\nNuñez – x\n".encode("windows-1252"), "windows-1252", 2),
        ("José\n".encode() + "Nuñez\n".encode("latin-1"), "mixed", 2),
    ],
)
def test_the_encoding_is_told_as_it_was_found(data: bytes, encoding: str, first: int) -> None:
    lines = Lines()
    found = [*lines.feed(data), *lines.finish()]
    assert (lines.encoding, lines.first_other_line) == (encoding, first)
    assert not any("\ufffd" in line.text for line in found)


def test_windows_1252_is_read_and_its_five_empty_bytes_become_controls() -> None:
    assert [line.text for line in lines_of([b"Nu\xf1ez \x96 \x80\nx\x81y"])] == [
        "Nuñez – €",
        "x\x81y",
    ]


def test_a_line_alone() -> None:
    assert parse_line(Line(1, 'a;"b;c"'), ";") == ("a", "b;c")
    assert parse_line(Line(1, 'a;"b'), ";") == ()
    assert parse_line(Line(1, ""), ";") == ()
