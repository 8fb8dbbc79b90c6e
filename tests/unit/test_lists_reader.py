"""A list from bytes to leads: what comes through, what is refused, and that memory stays flat."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.lead import NewLead
from dialer.lists import sheet as list_sheet
from dialer.lists.reader import BATCH_SIZE, read_list
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault
from dialer.lists.sheet import MAX_REFUSED_TOLD, ListReport


async def read(
    data: bytes | Iterable[bytes], country: str = "EC", allowed: tuple[str, ...] | None = None
) -> tuple[list[NewLead], ListReport]:
    chunks = [data] if isinstance(data, bytes) else data
    reader = read_list(chunks, country=country, allowed_countries=allowed)
    leads = [lead async for batch in reader for lead in batch]
    return leads, reader.report


def ecuadorian(number: str, name: str, label: str, extra: dict[str, str]) -> NewLead:
    # a country of two zones: a mobile number may be in either
    zone = "America/Guayaquil" if number.startswith("5932") else "EC:*"
    return NewLead(number=number, name=name, extra=extra, zone=zone, label=label)


async def refused(text: str, country: str = "EC") -> tuple[RefusedRow, ...]:
    _, report = await read(text.encode(), country)
    assert report.refused_count == len(report.refused)
    assert report.rows == report.good + report.refused_count
    return report.refused


async def test_a_list_as_spanish_excel_writes_it() -> None:
    text = (
        "\ufeffNombre;Teléfono;Ciudad\r\nAna Muñoz;0999123456;Quito\r\n Luis ;02 234 5678;Loja\r\n"
    )
    leads, report = await read(text.encode())
    assert leads == [
        ecuadorian("593999123456", "Ana Muñoz", "Teléfono", {"Ciudad": "Quito"}),
        ecuadorian("59322345678", "Luis", "Teléfono", {"Ciudad": "Loja"}),
    ]
    assert report == ListReport(
        rows=2,
        good=2,
        refused_count=0,
        left_out_count=0,
        refused=(),
        encoding="utf-8",
        first_line_not_utf8=0,
        delimiter=";",
        phone_columns=("Teléfono",),
        name_column="Nombre",
        extra_columns=("Ciudad",),
        bytes_read=len(text.encode()),
    )


async def test_a_list_in_windows_1252_is_read_and_said_to_be() -> None:
    leads, report = await read("telefono,nombre\n0999123456,Ñandú\n".encode("windows-1252"))
    assert leads[0].name == "Ñandú"
    assert (report.encoding, report.first_line_not_utf8) == ("windows-1252", 2)


async def test_a_list_of_phones_alone() -> None:
    leads, report = await read(b"phone\n0999123456\n")
    assert leads == [ecuadorian("593999123456", "", "phone", {})]
    assert (report.name_column, report.extra_columns) == ("", ())


async def test_refused_rows_name_line_column_and_reason() -> None:
    text = (
        "nombre,telefono,nota\n"
        "Ana,0999123456,ok\n"
        "Luis,911,ok\n"
        "Eva,+19005551234,ok\n"
        "Eva,1800123456,ok\n"
        "Otra,+593 99 912 3456,ok\n"
        "Corta,0999123457\n"
        "Larga,0999123457,ok,y más\n"
        f"Mucha,0999123457,{'x' * 1001}\n"
        "N\x00ul,0999123457,ok\n"
        "Nota,0999123457,a\x1bb\n"
        "Falta,,ok\n"
        'Cita,"0999123457"x,ok\n'
        "Bien,0999123457,ok\n"
    )
    assert await refused(text) == (
        RefusedRow(3, "telefono", RowFault.PHONE_SHORT, "911"),
        RefusedRow(4, "telefono", RowFault.PHONE_COUNTRY, "+1"),
        RefusedRow(5, "telefono", RowFault.PHONE_KIND, "toll free"),
        RefusedRow(6, "telefono", RowFault.DUPLICATE, "2"),
        RefusedRow(7, "", RowFault.TOO_FEW_FIELDS, "2 < 3"),
        RefusedRow(8, "", RowFault.TOO_MANY_FIELDS, "4 > 3"),
        RefusedRow(9, "nota", RowFault.FIELD_TOO_LONG, ""),
        RefusedRow(10, "nombre", RowFault.CONTROL_CHARACTER, "U+0000"),
        RefusedRow(11, "nota", RowFault.CONTROL_CHARACTER, "U+001B"),
        RefusedRow(12, "telefono", RowFault.PHONE_MISSING, ""),
        RefusedRow(13, "", RowFault.BROKEN_QUOTES, ""),
    )


async def test_a_refused_row_is_no_twin_of_a_later_good_one() -> None:
    text = "phone,name\n0999123456,a\x07\n0999123456,b\n"
    assert [row.line for row in await refused(text)] == [2]


async def test_text_that_hides_behind_a_turn_of_direction_is_refused() -> None:
    assert (await refused("phone,name\n0999123456,a\u202eb\n"))[0].detail == "U+202E"


async def test_line_numbers_are_those_of_the_file_also_after_quoted_line_breaks() -> None:
    text = 'phone,name,note\n\n0999123456,Ana,"one\r\ntwo\n\nfour"\n\n911,Eva,x\n'
    leads, report = await read(text.encode())
    assert leads[0].extra == {"note": "one\ntwo\n\nfour"}
    assert [row.line for row in report.refused] == [8]


async def test_a_line_break_in_a_name_is_refused() -> None:
    rows = await refused('phone,name\n0999123456,"Ana\nMaría"\n')
    assert rows == (RefusedRow(2, "name", RowFault.CONTROL_CHARACTER, "U+000A"),)


async def test_an_unclosed_quote_swallows_no_lead() -> None:
    text = 'phone,name,note\n0999123451,Ana,"open\n0999123452,Eva,x\n0999123453,Luis,y"\n'
    leads, report = await read(text.encode())
    assert [lead.name for lead in leads] == ["Eva", "Luis"]
    assert report.refused == (RefusedRow(2, "", RowFault.BROKEN_QUOTES),)


async def test_a_note_with_line_breaks_and_commas_is_no_hidden_lead() -> None:
    text = 'phone,name,note\n0999123451,Ana,"calls:\n911,Eva,x\n1,2,3"\n'
    leads, _ = await read(text.encode())
    assert leads[0].extra["note"] == "calls:\n911,Eva,x\n1,2,3"


async def test_formulas_are_data() -> None:
    leads, _ = await read(b"phone,name,x\n0999123456,=1+1,\"=cmd|'/c calc'!A1\"\n")
    assert (leads[0].name, leads[0].extra) == ("=1+1", {"x": "=cmd|'/c calc'!A1"})


async def test_empty_rows_and_empty_columns_of_a_spreadsheet_are_no_rows() -> None:
    leads, report = await read(b";;;\n\ntelefono;nombre;;\n;;;\n0999123456;Ana;;\n;;;\n\n")
    assert (len(leads), report.rows) == (1, 1)


async def test_a_row_too_long_is_told_and_the_next_is_read() -> None:
    rows = await refused(f"phone,x\n0999123451,{'x' * 70_000}\n0999123452,y\n")
    assert rows == (RefusedRow(2, "", RowFault.ROW_TOO_LONG),)


async def test_other_countries_only_when_allowed() -> None:
    text = b"phone\n0999123456\n+51987654321\n"
    assert len((await read(text))[0]) == 1
    leads, _ = await read(text, allowed=("EC", "PE"))
    assert [lead.number for lead in leads] == ["593999123456", "51987654321"]


async def test_of_a_thousand_rows_the_forty_hostile_ones_are_refused() -> None:
    hostile = ["+19005551234", "+37190012345", "+447012345678", "+55900123456", "+881612345678",
               "+8821600000000", "+9791234567", "+5351234567", "190", "0015551234567"]  # fmt: skip
    honest = [f"09{91000000 + at}" for at in range(960)]
    numbers = [*honest[:500], *(hostile * 4), *honest[500:]]
    leads, report = await read(("phone\n" + "\n".join(numbers)).encode())
    assert (report.good, report.refused_count) == (960, 40)
    assert {lead.number for lead in leads} == {"593" + number[1:] for number in honest}
    assert {row.line for row in report.refused} == set(range(502, 542))


@pytest.mark.parametrize(
    ("data", "fault", "line"),
    [
        (b"", ListFault.EMPTY, 0),
        (b"\n\r\n;;\n", ListFault.EMPTY, 0),
        (b"phone,name\n\n", ListFault.EMPTY, 0),
        (b"\n\n0999123456,Ana\n", ListFault.NO_HEADER, 3),
        (b"nombre,ciudad\nAna,Quito\n", ListFault.NO_PHONE_COLUMN, 1),
        (b"PK\x03\x04...", ListFault.NOT_CSV, 0),
        ("phone\n0999123456\n".encode("utf-16"), ListFault.NOT_CSV, 0),
        ("phone\n0999123456\n".encode("utf-16-le"), ListFault.NO_PHONE_COLUMN, 1),
    ],
)
async def test_a_file_that_is_no_list(data: bytes, fault: ListFault, line: int) -> None:
    with pytest.raises(ListRefusedError) as caught:
        await read(bytes([byte]) for byte in data)
    assert (caught.value.fault, caught.value.line) == (fault, line)


def many(count: int) -> Iterator[bytes]:
    yield b"phone,name\n"
    for at in range(count):
        yield b"099%07d,Ana %d\n" % (at, at)


async def test_good_rows_come_in_batches_and_a_report_grows_beside() -> None:
    reader = read_list(many(2500), country="EC")
    sizes = [len(batch) async for batch in reader]
    assert sizes == [BATCH_SIZE, BATCH_SIZE, 500]
    assert reader.report.good == 2500


async def test_uploads_that_arrive_bit_by_bit_are_read_as_they_come() -> None:
    async def upload() -> AsyncIterator[bytes]:
        for chunk in many(1500):
            yield chunk

    reader = read_list(upload(), country="EC")
    first = await anext(reader)
    assert len(first) == BATCH_SIZE
    assert reader.report.good == BATCH_SIZE
    await reader.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(reader)


async def test_other_tasks_run_while_a_list_is_read() -> None:
    turns = 0

    async def live_call() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(live_call())
    await read([b"".join(many(1000))])
    beside.cancel()
    assert turns >= 1000 / 32


async def test_only_the_first_refused_rows_are_kept_and_all_are_counted() -> None:
    _, report = await read(b"phone\n" + b"911\n" * (MAX_REFUSED_TOLD + 5))
    assert (len(report.refused), report.refused_count) == (MAX_REFUSED_TOLD, MAX_REFUSED_TOLD + 5)


async def test_a_file_too_big_is_refused_when_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_sheet, "MAX_FILE_BYTES", 100)
    with pytest.raises(ListRefusedError) as caught:
        await read(many(10))
    assert caught.value.fault is ListFault.TOO_BIG


async def test_rows_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_sheet, "MAX_ROWS", 10)
    assert len((await read(many(10)))[0]) == 10
    with pytest.raises(ListRefusedError) as caught:
        await read(many(11))
    assert (caught.value.fault, caught.value.line) == (ListFault.TOO_MANY_ROWS, 12)


async def test_a_flood_of_empty_lines_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_sheet, "MAX_LINES", 50)
    with pytest.raises(ListRefusedError) as caught:
        await read(b"phone\n0999123456\n" + b"\n" * 50)
    assert (caught.value.fault, caught.value.line) == (ListFault.TOO_MANY_ROWS, 50)


async def test_memory_does_not_grow_with_the_file() -> None:
    def junk() -> Iterator[bytes]:
        yield b"phone,name\n"
        for _ in range(150):
            yield b'911,"' + b"x" * 60_000 + b'"\n' + b"y" * 70_000 + b"\n"

    await read(many(10))  # phonenumbers loads its tables
    tracemalloc.start()
    try:
        _, report = await read(junk())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.bytes_read > 19_000_000
    assert peak < 6_000_000


async def test_a_country_without_numbers_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ValueError, match="ISO 3166"):
        read_list([b""], country="Ecuador")


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            ["0999123456", "911", '"', '""', ",", "\n", "\r\n", "x", "\x00", "ñ", "0999123457"]
        ),
        max_size=60,
    )
)
def test_whatever_the_file_holds_it_is_read_to_its_end(parts: list[str]) -> None:
    data = ("phone,name\n" + "".join(parts)).encode()
    holds_nothing = set("".join(parts)) <= set('",\r\n')
    try:
        leads, report = asyncio.run(read(data))
    except ListRefusedError:
        assert holds_nothing
        return
    assert report.bytes_read == len(data)
    assert report.good == len(leads) <= 2
    assert report.rows == report.good + report.refused_count


async def several(text: str) -> tuple[list[NewLead], tuple[RefusedRow, ...]]:
    """The leads of a Colombian list, and what is told beside."""
    leads, report = await read(text.encode(), "CO")
    return leads, report.refused


async def test_a_lead_may_have_several_numbers() -> None:
    leads, told = await several(
        "telefono,celular,telefono2\n"
        "3001234567,3001234568,6012345678\n"
        "12,3001234569,\n"
        "3001234570,3001234567,3001234570\n"
    )
    assert [[(phone.number, phone.label) for phone in lead.phones] for lead in leads] == [
        [("573001234567", "telefono"), ("576012345678", "telefono2"), ("573001234568", "celular")],
        [("573001234569", "celular")],
        [("573001234570", "telefono")],
    ]
    assert told == (
        RefusedRow(3, "telefono", RowFault.PHONE_SHORT, "12", kept=True),
        RefusedRow(4, "celular", RowFault.DUPLICATE, "2", kept=True),
    )


async def test_a_row_without_one_good_number_is_refused_for_its_first() -> None:
    leads, told = await several("phone,phone2\n1,x\n,\n,911\n")
    assert leads == []
    assert told == (
        RefusedRow(2, "phone", RowFault.PHONE_SHORT, "1"),
        RefusedRow(4, "phone2", RowFault.PHONE_SHORT, "911"),
    )


async def test_zone_priority_and_score_of_a_row() -> None:
    leads, told = await several(
        "phone,time_zone,priority,score,external_id\n"
        '3001234567,America/Lima,7,"12,5",A-1\n'
        "3001234568,,,,\n"
        "3001234569,Bogota,,,\n"
        "3001234570,MX:*,,,\n"
        "3001234571,,1001,,\n"
        "3001234572,,high,,\n"
        "3001234573,,,1e9,\n"
        '3001234574,,,"1,000",\n'
        "3001234575,,-1000,-1000000.5,\n"
    )
    first, second = leads
    assert (first.zone, first.priority, first.score) == ("America/Lima", 7, 12.5)
    assert first.external_id == "A-1"
    assert (second.zone, second.priority, second.score) == ("America/Bogota", 0, 0.0)
    assert told == (
        RefusedRow(4, "time_zone", RowFault.ZONE_UNKNOWN, "Bogota"),
        RefusedRow(5, "time_zone", RowFault.ZONE_UNKNOWN, "MX:*"),
        RefusedRow(6, "priority", RowFault.PRIORITY_INVALID, "1001"),
        RefusedRow(7, "priority", RowFault.PRIORITY_INVALID, "high"),
        RefusedRow(8, "score", RowFault.SCORE_INVALID, "1e9"),
        RefusedRow(9, "score", RowFault.SCORE_INVALID, "1,000"),
        RefusedRow(10, "score", RowFault.SCORE_INVALID, "-1000000.5"),
    )
