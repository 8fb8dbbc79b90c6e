"""Numbers and names from outside become harmless text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami.headers import person_name, phone_digits


@given(st.text(max_size=60))
def test_numbers_and_names_from_outside_are_tame(text: str) -> None:
    digits = phone_digits(text)
    assert len(digits) <= 33
    assert set(digits) <= set("+0123456789")
    assert "+" not in digits[1:]
    name = person_name(text)
    assert len(name) <= 80
    assert not set(name) & set("\r\n\x00\x1b\u202e\u2028")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (r"O\'Neill", "O'Neill"),
        (r"\"Ana\" \?", '"Ana" ?'),
        (r"C:\\new", r"C:\new"),
        (r"a\nb\tc\rd\a", "abcd"),
        ("half\\", "half\\"),
        (r"\x41", r"\x41"),
        ("<unknown>", ""),
        ("x" * 79 + r"\'y", "x" * 79 + "'"),
    ],
)
def test_a_name_is_as_the_caller_says_it_and_not_as_asterisk_writes_it(
    told: str, said: str
) -> None:
    assert person_name(told) == said
