"""What becomes of rows whose numbers the campaign has, by mode."""

from __future__ import annotations

from dataclasses import replace

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
        others=tuple(others), priority=3, score=1.5, external_id=f"x{line}",
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


def called(external_id: str, line: int, *numbers: str) -> GoodRow:
    good = row(line, *numbers)
    return replace(good, lead=replace(good.lead, external_id=external_id, name=f"row {line}"))


def test_the_owners_id_tells_before_the_number_does_when_merging() -> None:
    batch = Batch(1, 1, (called("ana", 2, "20", "10"),))
    (merged,) = settled(batch, Mode.MERGE, {"10": 7}, {"ana": 7}).merged
    assert (merged.lead_id, numbers(merged.phones), merged.moved) == (7, ["20"], True)
    # the number is another lead's: it stays there, and Ana is brought up to date without it
    found = settled(batch, Mode.MERGE, {"20": 8, "10": 7}, {"ana": 7})
    (merged,) = found.merged
    assert (merged.lead_id, numbers(merged.phones), merged.moved) == (7, [], False)
    assert found.refused == [RefusedRow(2, "phone0", RowFault.ALREADY_THERE, "+20", kept=True)]
    # who has the number already is called by it or not, as before
    (merged,) = settled(batch, Mode.MERGE, {"20": 7, "10": 7}, {"ana": 7}).merged
    assert (merged.phones, merged.moved) == ((), False)


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.REFUSE])
def test_only_merging_asks_for_the_owners_id(mode: Mode) -> None:
    batch = Batch(2, 1, (called("ana", 2, "20"), called("ana", 3, "21")))
    assert len(settled(batch, mode, {}, {"ana": 7}).fresh) == 2


def test_two_rows_with_one_id_are_one_new_lead_and_the_later_one_counts() -> None:
    batch = Batch(
        4, 1, (called("ana", 2, "10"), called("eva", 3, "30"), called("ana", 4, "11", "10", "30"),
               called("", 5, "50")),
    )  # fmt: skip
    found = settled(batch, Mode.MERGE, {})
    ana, eva, nobody = found.fresh
    assert (ana.row.lead.number, ana.row.lead.name) == ("11", "row 4")
    assert numbers(ana.phones) == numbers(ana.row.lead.phones) == ["11", "10"]
    assert (numbers(eva.phones), numbers(nobody.phones)) == (["30"], ["50"])
    assert found.merged_in_batch == 1
    assert [refused.detail for refused in found.refused] == ["+30"]


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
