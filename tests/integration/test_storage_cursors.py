"""Cursors: whatever comes back from outside is one of ours, or refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.cursors import decode, encode
from storage.errors import CursorError

NOW = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)


def test_cursor_says_what_it_was_given() -> None:
    for keys in (["pbx1", "1741.5"], ["Ñandú\x00\"'", ""]):
        assert decode(encode(NOW, *keys), 2) == (NOW, keys)
    bogota = timezone(timedelta(hours=-5))
    assert decode(encode(NOW.astimezone(bogota), "a"), 1) == (NOW, ["a"])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "####",
        "ñandú",
        "AAAA",
        "W10",  # []
        "bnVsbA",  # null
        "WzEsMiwzXQ",  # [1,2,3]
        encode(NOW, "pbx1"),
        encode(NOW, "pbx1", "c", "more"),
        encode(NOW.replace(tzinfo=None), "pbx1", "c1"),
        encode(NOW, "pbx1", "c" * 5000),
        encode(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "pbx1", "c1"),
        "W1tbW1tb" * 200,
    ],
)
def test_what_was_never_handed_out_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError, match="cursor"):
        decode(cursor, 2)
