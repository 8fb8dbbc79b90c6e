"""What becomes of rows whose numbers the campaign has, by mode."""

from __future__ import annotations

import pytest

from dialer.lead import NewLead, Phone
from dialer.lists.batches import Batch, read_batch, written_batch, written_fault
from dialer.lists.lead_rows import GoodRow
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault
from dialer.lists.settling import Mode, settled


def row(line: int, *numbers: str) -> GoodRow:
    first, *others = (Phone(number, "Z", f"phone{at}") for at, number in enumerate(numbers))
    lead = NewLead(
        number=first.number, name="ñ", extra={"a": "b\n"}, zone="Z", label=first.label,
        others=tuple(others), priority=3, score=1.5, external_id="x",
    )  # fmt: skip
    return GoodRow(line, lead, frozenset({"score"}), text=f"row {line}")


def numbers(phones: tuple[Phone, ...]) -> list[str]:
    return [phone.number for phone in phones]


def test_who_is_new_keeps_the_numbers_that_are_nobodys() -> None:
    found = settled(Batch(1, 1, (row(2, "10", "11", "12", "11"),)), Mode.SKIP, {"12": 7})
    assert [numbers(one.phones) for one in found.fresh] == [["10", "11"]]
    assert found.refused == [RefusedRow(2, "phone2", RowFault.ALREADY_THERE, "+12", kept=True)]
    assert (found.refused_rows, found.already_there) == (0, 0)


@pytest.mark.parametrize(
    ("mode", "counts"), [(Mode.SKIP, (0, 1, 0)), (Mode.MERGE, (1, 0, 0)), (Mode.REFUSE, (0, 0, 1))]
)
def test_who_is_there(mode: Mode, counts: tuple[int, int, int]) -> None:
    found = settled(Batch(1, 1, (row(2, "10", "11"),)), mode, {"10": 7})
    assert found.fresh == []
    assert (len(found.merged), found.already_there, found.refused_rows) == counts
    for merged in found.merged:
        assert (merged.lead_id, numbers(merged.phones)) == (7, ["11"])


def test_two_rows_of_one_lead_are_both_merged_and_a_number_only_once() -> None:
    batch = Batch(2, 1, (row(2, "10", "12"), row(3, "11", "12")))
    found = settled(batch, Mode.MERGE, {"10": 7, "11": 7})
    assert [(one.lead_id, numbers(one.phones)) for one in found.merged] == [(7, ["12"]), (7, [])]
    assert found.refused == []


def test_a_number_that_comes_twice_in_a_batch_is_one_lead() -> None:
    found = settled(Batch(2, 1, (row(2, "10"), row(3, "10"))), Mode.MERGE, {})
    assert (len(found.fresh), found.already_there) == (1, 1)


def test_a_batch_goes_to_another_process_and_back() -> None:
    left_out = RefusedRow(2, "c", RowFault.DUPLICATE, "1", kept=True, row="r")
    good = GoodRow(2, row(2, "10", "11").lead, frozenset({"score"}), (left_out,), "10,ñ")
    refused = RefusedRow(3, "c", RowFault.PHONE_SHORT, "9", row="9;")
    batch = Batch(2, 99, (good,), (refused,))
    again = read_batch(written_batch(batch))
    assert again == batch
    assert (again.refused[0].row, again.good[0].left_out[0].row) == ("9;", "r")


def test_a_fault_of_the_whole_file_goes_there_too() -> None:
    with pytest.raises(ListRefusedError) as caught:
        read_batch(written_fault(ListRefusedError(ListFault.BAD_HEADER, line=3, detail="x")))
    assert (caught.value.fault, caught.value.line) == (ListFault.BAD_HEADER, 3)
