"""Documents are read as text, held to a model, and refused with line and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.floor import Floor
from documents.faults import DocumentRefusedError, Fault, Misfit, MisfitError, place_text
from documents.yaml_document import MAX_BYTES, Document, read_document


class Dog(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["dog"]
    barks: int


class Fish(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["fish"]
    dog: str  # named as the other kind is: unions put kinds into pydantic's places
    depth: float = Field(default=1.0, gt=0)


Animal = Annotated[Dog | Fish, Field(discriminator="kind")]


class Zoo(BaseModel):
    """A model with everything that makes places hard: a union, maps, lists, cross checks."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(pattern="^[a-z]+$")
    phone: str = "none"
    open: bool = True
    hours: tuple[str, ...] = ()
    owner: str | None = None
    animals: dict[Literal["a", "b"], Animal] = {}

    @model_validator(mode="after")
    def _closed_zoos_have_no_hours(self) -> Self:
        if not self.open and self.hours:
            raise MisfitError(
                Misfit(("hours", place), f"the zoo is closed at {hour}")
                for place, hour in enumerate(self.hours)
            )
        return self


def refused(source: Path | str, model: type[BaseModel] = Zoo, file: str = "z.yaml") -> list[str]:
    with pytest.raises(DocumentRefusedError) as caught:
        read_document(source, model, file=file)
    return str(caught.value).splitlines()


def test_scalars_stay_as_written_and_the_model_makes_of_them_what_it_wants() -> None:
    zoo = read_document(
        "name: no\nphone: 0800\nopen: off\nowner: ~\n"
        "animals: {a: {kind: dog, barks: 12}, b: {kind: fish, dog: '', depth: 1e1}}",
        Zoo,
    )
    assert (zoo.name, zoo.phone, zoo.open, zoo.owner) == ("no", "0800", False, None)
    assert zoo.animals == {
        "a": Dog(kind="dog", barks=12),
        "b": Fish(kind="fish", dog="", depth=10.0),
    }


def test_null_is_nothing_only_when_it_is_not_in_quotes() -> None:
    assert read_document("name: a\nowner:", Zoo).owner is None
    assert read_document('name: a\nowner: ""', Zoo).owner == ""
    assert read_document('name: a\nowner: "null"', Zoo).owner == "null"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "z.yaml: is empty"),
        ("# only words\n", "z.yaml: is empty"),
        ("- a\n- b\n", "z.yaml:1: has to be a map of names and values"),
        ("just text", "z.yaml:1: has to be a map of names and values"),
        ("---\n", "z.yaml:2: has no value: it has to be a map of names and values"),
        ("name: a\n\towner: b\n", "z.yaml:2: a tab: YAML is indented with spaces"),
        ("name: a\nowner: b: c\n", "z.yaml:2: a colon out of place: check the indentation, and"),
        ("name: *\n", 'z.yaml:1: * and & mean something to YAML: put them in quotes: "*"'),
        ("name: 'a\n", "z.yaml:2: the file ends inside a quoted text"),
        ("hours: [a,\n", "z.yaml:2: the file ends before everything is closed"),
        ("name: @a\n", "z.yaml:1: text cannot begin with this character: put it in quotes"),
        ("name: a\nowner: \x07\n", "z.yaml:2: a character that cannot be printed: remove it"),
        ("name: &x a\n", "z.yaml:1: name: carries an anchor (&): leave it out"),
        ("name: a\nowner: *x\n", "z.yaml:2: owner: refers to another part (*): write it out"),
        ("name: !!python/name:os.x a", "z.yaml:1: name: carries a tag (!): leave it out"),
        ("name: a\nopen: on\nname: b", "z.yaml:3: name: is given twice; first in line 1"),
        ("name: a\n---\nname: b", "z.yaml:2: a second document begins here: one file holds one"),
        ("? [a]\n: b\n", "z.yaml:1: a name has to be plain text"),
        ("[" * 100_000, "z.yaml:1: " + "[0]" * 21 + ": is nested deeper than 20 levels"),
        ("a" * (MAX_BYTES + 1), "z.yaml: is larger than 1,000,000 bytes"),
    ],
)
def test_what_is_no_good_yaml_is_refused_in_plain_words(text: str, expected: str) -> None:
    assert refused(text)[0].startswith(expected)


def test_every_fault_is_told_with_its_line_in_the_order_of_the_lines() -> None:
    text = """\
phone: [1]
open: perhaps
hours:
  - monday
  - {}
owner:
animals:
  a:
    kind: dog
    barks: often
    tail: long
  b:
    kind: fish
  c: {kind: cat}
"""
    assert refused(text) == [
        "z.yaml:1: name: is missing",
        "z.yaml:1: phone: has to be text",
        "z.yaml:2: open: has to be true or false",
        "z.yaml:5: hours[1]: has to be text",
        "z.yaml:10: animals.a.barks: has to be a whole number",
        "z.yaml:11: animals.a.tail: is no setting known here",
        "z.yaml:12: animals.b.dog: is missing",
        "z.yaml:14: animals.c: this name has to be one of: 'a' or 'b'",
        "z.yaml:14: animals.c: 'kind' has to be one of: 'dog', 'fish'",
    ]


def test_several_faults_of_the_yaml_itself_are_told_together() -> None:
    assert len(refused("name: &x a\nname: !y b\nowner: *x")) == 4


def test_the_column_points_at_the_name_and_the_reason_does_not_repeat_the_value() -> None:
    with pytest.raises(DocumentRefusedError) as caught:
        read_document("animals:\n  a: {kind: fish, dog: x, depth: -987}\nname: S3cret", Zoo)
    assert caught.value.faults == (
        Fault("document", 2, 27, "animals.a.depth", "has to be more than 0.0"),
        Fault("document", 3, 1, "name", "does not fit the pattern ^[a-z]+$"),
    )


def test_a_model_tells_the_places_of_what_does_not_fit_together() -> None:
    assert refused("name: a\nopen: no\nhours:\n  - dawn\n  - dusk") == [
        "z.yaml:4: hours[0]: the zoo is closed at dawn",
        "z.yaml:5: hours[1]: the zoo is closed at dusk",
    ]


def test_who_has_more_to_check_gets_the_lines_too() -> None:
    document = Document.read("name: a\nhours:\n  - dawn", file="z.yaml")
    document.refuse([])
    with pytest.raises(DocumentRefusedError) as caught:
        document.refuse([Misfit(("hours", 0, "gone"), "late"), Misfit(("name",), "dull")])
    assert str(caught.value) == "z.yaml:1: name: dull\nz.yaml:3: hours[0].gone: late"


def test_places_are_written_as_people_read_them() -> None:
    assert place_text(("agents", 2, "queues", 0)) == "agents[2].queues[0]"


def test_a_long_list_of_faults_is_cut_where_it_is_shown_and_nowhere_else() -> None:
    text = "name: a\n" + "".join(f"x{number}: 1\n" for number in range(60))
    lines = refused(text)
    assert len(lines) == 51
    assert lines[-1] == "and 10 more"


# --- files ------------------------------------------------------------------------------------


def test_a_file_is_read_as_utf_8_with_or_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "z.yaml"
    path.write_bytes("\ufeffname: a\r\nowner: Señora Peña\r\n".encode())
    assert read_document(path, Zoo).owner == "Señora Peña"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("name: a\nowner: Peña".encode("latin-1"), "z.yaml:2: is not UTF-8 text: save the file"),
        ("name: a".encode("utf-16"), "z.yaml:1: is not UTF-8 text: save the file"),
        (b"a" * (MAX_BYTES + 1), "z.yaml: is larger than 1,000,000 bytes"),
        (b"", "z.yaml: is empty"),
    ],
)
def test_files_that_cannot_be_read_are_refused(tmp_path: Path, raw: bytes, expected: str) -> None:
    path = tmp_path / "z.yaml"
    path.write_bytes(raw)
    assert refused(path, file="")[0].startswith(expected)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml", file="") == [
        "none.yaml: cannot be read: No such file or directory"
    ]
    assert refused(tmp_path, file="menus") == ["menus: cannot be read: Is a directory"]


# --- whatever is written ----------------------------------------------------------------------


def faults_of(text: str) -> tuple[Fault, ...]:
    try:
        read_document(text, Zoo)
    except DocumentRefusedError as refusal:
        return refusal.faults
    return ()


@given(st.text(st.sampled_from("nameopurs:-[]{}'\"|>?&*!%@#, \n\t\r~01\\"), max_size=60))
@example("%YAML 1.1\n---\nname: a\n...\n%TAG ! x\n")
@example("name: \ud800")
@example("{" * 5000)
@settings(max_examples=300, deadline=None)
def test_no_text_leads_to_anything_but_a_model_or_a_refusal(text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 2
    assert all(0 <= fault.line <= lines and fault.reason for fault in faults_of(text))


# --- the floor --------------------------------------------------------------------------------

FLOOR = """\
trunk:
  to: {port: 5060}
  caller_number: 0800123456
numbers:
  - {number: 0800, menu: operator}
queues:
  - {name: soporte, wrap_up_seconds: 15}
  - {name: ventas}
fallback_queue: soporte
agents:
  - number: 1001
    name: Ana María
    queues: [soporte]
    secret: 12345678
"""


def test_the_floor_keeps_leading_zeros_and_digits_of_unquoted_numbers() -> None:
    floor = read_document(FLOOR, Floor)
    assert floor.numbers[0].number == "0800"
    assert floor.trunk.caller_number == "0800123456"
    assert floor.agents[0].secret == "12345678"
    assert floor.queues[0].wrap_up_seconds == 15.0


def test_faults_of_the_floor_have_lines_and_tell_no_secret() -> None:
    text = FLOOR.replace("12345678", '"pa ss"').replace("port: 5060", "port: 99999, host: pbx")
    assert refused(text, Floor, "floor.yaml") == [
        "floor.yaml:2: trunk.to.host: 'pbx' does not appear to be an IPv4 or IPv6 address",
        "floor.yaml:2: trunk.to.port: has to be at most 65535",
        "floor.yaml:14: agents[0].secret: does not fit the pattern ^[A-Za-z0-9._~+/=-]{8,80}$",
    ]


def test_what_does_not_fit_together_in_the_floor_is_refused() -> None:
    text = FLOOR.replace("[soporte]", "[soporte, cobranza]")
    (line,) = refused(text, Floor, "floor.yaml")
    assert line.startswith("floor.yaml:")
    assert "no such queue: cobranza" in line
    text = FLOOR.replace("    secret: 12345678\n", "")
    (line,) = refused(text, Floor, "floor.yaml")
    assert "give a phone address or a secret" in line
