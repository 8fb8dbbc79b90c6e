"""Files of registers: numbers out of every form, and what is refused with its line and reason."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.phone_rules import PhoneRules
from dialer.registers.formats import RegisterFormat, adapter
from dialer.registers.known import known_registers
from dialer.registers.numbers import listed_number
from dialer.registers.reader import RegisterReader, RegisterReport
from dialer.registers.refusals import RegisterFault, RegisterRefusedError
from dialer.rules.catalog import PresetCatalog

LINES, CSV = RegisterFormat.LINES, RegisterFormat.CSV


async def _cut(text: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def read(
    text: str | bytes, form: RegisterFormat = LINES, country: str = "CO", column: str = "",
    size: int = 7,
) -> tuple[list[str], RegisterReport]:  # fmt: skip
    raw = text.encode() if isinstance(text, str) else text

    async def all_of_it() -> tuple[list[str], RegisterReport]:
        reader = RegisterReader(adapter(form, column), country)
        found = [one async for batch in reader.batches(_cut(raw, size)) for one in batch]
        return found, reader.report

    return asyncio.run(all_of_it())


def refusal(
    text: str | bytes, form: RegisterFormat = LINES, column: str = ""
) -> RegisterRefusedError:
    with pytest.raises(RegisterRefusedError) as caught:
        read(text, form, column=column)
    return caught.value


def test_a_number_per_line_national_or_international() -> None:
    text = "300 123 4567\r\n+57 (601) 234-5678\n\n573001234568\n+593991234567"
    numbers, report = read(text)
    assert numbers == ["573001234567", "576012345678", "573001234568", "593991234567"]
    assert (report.rows, report.good, report.refused_count) == (4, 4, 0)
    assert report.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert report.dated is None


def test_a_heading_and_comments_are_no_numbers_and_a_comment_may_tell_the_day() -> None:
    numbers, report = read('telefono\n# RNE, corte 2026-11-20\n"3001234567"\n')
    assert numbers == ["573001234567"]
    assert report.dated == date(2026, 11, 20)
    assert read("# 2026-13-45\n3001234567\n")[1].dated is None


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Nombre;Teléfono;Fecha", "Ana;3001234567;2026-01-01"),
        ("fecha,NUMERO", '2026-01-01,"300 123 4567"'),
        ("abonado\tcanal", "3001234567\tSMS"),
        ("telefono", "3001234567"),
    ],
)
def test_csv_finds_the_column(header: str, row: str) -> None:
    numbers, report = read(f"# 2026-11-19\n\n{header}\n{row}\n", CSV)
    assert numbers == ["573001234567"]
    assert report.dated == date(2026, 11, 19)


def test_csv_takes_the_column_that_is_named() -> None:
    text = "telefono,otro,desde\n3001234567,3007654321,2026-01-01\n"
    assert read(text, CSV, column="Otro")[0] == ["573007654321"]
    error = refusal(text, CSV, column="fax")
    assert error.fault is RegisterFault.NO_COLUMN
    assert "telefono, otro, desde" in error.sentence("es")


@pytest.mark.parametrize(
    "line",
    [
        "300123*", "300 123 xxxx", "3001230000-3001239999", "3001230000 a 3001239999",
        "3001230000..3001239999", "+573001230000 - +573001239999", "57300123????", "300123%",
    ],
)  # fmt: skip
def test_ranges_and_prefixes_are_refused_with_their_line(line: str) -> None:
    error = refusal(f"3001234567\n{line}\n")
    assert (error.fault, error.line) == (RegisterFault.BLOCKS, 2)
    assert error.sentence("es").startswith("línea 2: el archivo lista rangos o prefijos (")
    assert error.sentence("en").startswith("line 2: the file lists ranges or prefixes (")


@pytest.mark.parametrize("header", ["desde,hasta", "prefijo;numero", "Inicio,Fin,telefono"])
def test_columns_of_ranges_are_refused(header: str) -> None:
    assert refusal(f"{header}\n1,2,3\n", CSV).fault is RegisterFault.BLOCKS


@pytest.mark.parametrize(
    "begin", [b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"%PDF-1.7", b"\xff\xfe3\x00"]
)
@pytest.mark.parametrize("form", RegisterFormat)
def test_what_is_no_text_is_refused(begin: bytes, form: RegisterFormat) -> None:
    assert refusal(begin + b"0" * 50, form).fault is RegisterFault.NOT_TEXT


@pytest.mark.parametrize("text", ["", "\n\n", "# 2026-11-20\n", "telefono\n"])
@pytest.mark.parametrize("form", RegisterFormat)
def test_a_file_without_a_number_never_becomes_a_register(text: str, form: RegisterFormat) -> None:
    assert refusal(text, form).fault in (RegisterFault.EMPTY, RegisterFault.NO_COLUMN)


def test_a_few_rows_that_cannot_be_read_are_told_with_line_and_reason() -> None:
    good = "".join(f"300{number:07}\n" for number in range(500))
    numbers, report = read(good + "quizás\n123\n3001234567.0\n" + "9" * 70_000 + "\n", size=4096)
    assert len(numbers) == report.good == 500
    assert [(row.line, row.fault) for row in report.refused] == [
        (501, RowFault.PHONE_CHARACTERS), (502, RowFault.PHONE_SHORT),
        (503, RowFault.PHONE_QUANTITY), (504, RowFault.ROW_TOO_LONG),
    ]  # fmt: skip
    assert report.refused[1].sentence("es").startswith("línea 502: es un número corto")


def test_a_file_of_which_one_in_a_hundred_cannot_be_read_is_another_file() -> None:
    good = "".join(f"300{number:07}\n" for number in range(100))
    assert read(good + "x\n")[1].refused_count == 1
    error = refusal(good + "x\nx\n")
    assert (error.fault, error.detail) == (RegisterFault.TOO_MANY_REFUSED, "2 / 102")


def test_numbers_are_read_as_those_of_their_country() -> None:
    # a mobile of Buenos Aires, as people write it there
    assert read("011 15 2345-6789\n", country="AR")[0] == ["5491123456789"]
    assert read("55 1234 5678\n+525512345678\n", country="MX")[0] == ["525512345678"] * 2


@given(
    st.sampled_from(["CO", "AR", "MX", "EC", "CL", "ES", "US", "BR", "UY", "PE"]),
    st.text("0123456789", min_size=6, max_size=13),
)
def test_what_would_be_dialed_for_it_is_what_is_listed(country: str, digits: str) -> None:
    try:
        dialed = PhoneRules(country).dialable(digits)
    except NumberRefusedError:
        return
    assert listed_number(digits, country) == dialed
    assert listed_number(f"+{dialed}", None) == dialed
    assert listed_number(dialed, None) == dialed


def test_without_a_country_a_national_number_is_not_taken_for_another() -> None:
    for written in ("3001234567", "12", "", "+", "abc", "+5730012345678901"):
        with pytest.raises(NumberRefusedError):
            listed_number(written, None)


@given(st.binary(max_size=400), st.sampled_from(RegisterFormat), st.integers(1, 50))
def test_any_bytes_are_read_or_refused(raw: bytes, form: RegisterFormat, size: int) -> None:
    try:
        numbers, report = read(raw, form, size=size)
    except RegisterRefusedError:
        return
    assert len(numbers) == report.good > 0
    assert all(number.isascii() and number.isdigit() for number in numbers)


def test_how_the_bytes_come_makes_no_difference() -> None:
    text = "# 2026-11-20\nnumero;nota\n3001234567;á\r\n3001234568;\n"
    whole = read(text, CSV, size=10_000)
    assert all(read(text, CSV, size=size) == whole for size in range(1, 40))


async def test_memory_does_not_grow_with_the_file() -> None:
    async def numbers(count: int) -> int:
        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, count, 1000):
                yield b"".join(b"300%07d\n" % number for number in range(start, start + 1000))

        reader = RegisterReader(adapter(LINES), "CO")
        tracemalloc.start()
        async for _ in reader.batches(chunks()):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert reader.report.good == count
        return peak

    await numbers(1000)  # what is learned of the country stays
    assert await numbers(10_000) < 2_000_000


def _every_fault() -> Iterator[RegisterRefusedError]:
    return (RegisterRefusedError(fault, line=3, detail="x") for fault in RegisterFault)


def test_every_refusal_is_told_in_both_languages() -> None:
    for error in _every_fault():
        assert error.sentence("es") != error.sentence("en") == str(error)


def test_the_registers_there_are_are_those_of_the_presets() -> None:
    known = known_registers(PresetCatalog.read())
    assert known["RNE"].countries == ("CO",)
    assert [(each.preset, each.required, each.max_age_days) for each in known["RNE"].asked_by] == [
        ("co-2300", True, 5.0)
    ]
    assert "No Llame (AAIP)" in known
    assert list(known) == sorted(known)
