"""YAML documents read safely and held to a model, every fault told with its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from documents.faults import (
    DocumentRefusedError,
    Fault,
    Misfit,
    MisfitError,
    Place,
    place_text,
    reason_of,
)
from documents.yaml_tree import Node, grow_as_far

MAX_BYTES = 1_000_000

ModelT = TypeVar("ModelT", bound=BaseModel)


def read_document(source: Path | str, model: type[ModelT], *, file: str = "") -> ModelT:
    """A `Path` is read, a `str` is the text itself; raises `DocumentRefusedError`.

    `file` is the name faults are told with; without it the path's own name.
    """
    return Document.read(source, file=file).as_model(model)


class Document:
    """A YAML document whose parts know their lines, for who has more to check than a model can."""

    def __init__(self, file: str, root: Node) -> None:
        self.file = file
        self._root = root

    @classmethod
    def read(cls, source: Path | str, *, file: str = "") -> Document:
        """As `read_document`, but not yet held to a model."""
        document, faults = cls.read_as_far(source, file=file)
        if document is None or faults:
            raise DocumentRefusedError(faults)
        return document

    @classmethod
    def read_as_far(
        cls, source: Path | str, *, file: str = ""
    ) -> tuple[Document | None, tuple[Fault, ...]]:
        """What can be known of it (None: nothing) and every fault, for who tells all at once."""
        file = file or (source.name if isinstance(source, Path) else "document")
        try:
            text = _text_of(source, file) if isinstance(source, Path) else source
            if len(text) > MAX_BYTES:
                raise _whole_file_refused(file, f"is larger than {MAX_BYTES:,} bytes")
        except DocumentRefusedError as error:
            return None, error.faults
        root, faults = grow_as_far(text, file)
        return None if root is None else cls(file, root), faults

    def plain(self) -> Any:
        """What was written, as nested dicts, lists, texts and None."""
        return self._root.plain()

    def fault(self, misfit: Misfit) -> Fault:
        """The misfit with file and line."""
        return self._fault(misfit.place, misfit.reason)

    def as_model(self, model: type[ModelT]) -> ModelT:
        """The document as the model's instance; raises `DocumentRefusedError`.

        The model is used in pydantic's lax mode: all scalars are texts, and it makes the numbers.
        """
        try:
            return model.model_validate(self._root.plain(), strict=False)
        except ValidationError as error:
            faults = self._faults_of(error)
        raise DocumentRefusedError(faults)

    def refuse(self, misfits: Iterable[Misfit]) -> None:
        """Raise `DocumentRefusedError` when there is any misfit, each with its line."""
        faults = [self.fault(misfit) for misfit in misfits]
        if faults:
            raise DocumentRefusedError(sorted(faults, key=lambda fault: fault.line))

    def _faults_of(self, error: ValidationError) -> list[Fault]:
        faults: list[Fault] = []
        items = error.errors(include_url=False)
        for item in items:
            if item["type"] == "too_short" and any(_is_within(other, item) for other in items):
                continue  # pydantic does not count the entries it refused
            place = _known_place(self._root, item["loc"], missing=item["type"] == "missing")
            cause = item.get("ctx", {}).get("error")
            if isinstance(cause, MisfitError):
                found = [((*place, *misfit.place), misfit.reason) for misfit in cause.misfits]
            else:
                found = [(place, reason_of(item))]
            faults += [self._fault(*each) for each in found]
        return sorted(faults, key=lambda fault: fault.line)

    def _fault(self, place: Place, reason: str) -> Fault:
        node = self._root
        for part in place:
            child = _child(node, part)
            if child is None:
                break
            node = child
        return Fault(self.file, node.line, node.column, place_text(place), reason)


def _text_of(path: Path, file: str) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _whole_file_refused(file, f"cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise _whole_file_refused(file, f"is larger than {MAX_BYTES:,} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        begin = raw.rfind(b"\n", 0, error.start) + 1
        line, column = raw.count(b"\n", 0, error.start) + 1, error.start - begin + 1
        fault = Fault(file, line, column, "", "is not UTF-8 text: save the file as UTF-8")
    raise DocumentRefusedError([fault])


def _whole_file_refused(file: str, reason: str) -> DocumentRefusedError:
    return DocumentRefusedError([Fault(file, 0, 0, "", reason)])


def _is_within(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    depth = len(outer["loc"])
    return len(inner["loc"]) > depth and inner["loc"][:depth] == outer["loc"]


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(part))
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _known_place(node: Node, loc: Place, *, missing: bool) -> Place:
    """The parts of pydantic's `loc` that the document has: between them stand names of unions.

    A union's name may happen to be a name in the document too, so both readings are tried and
    the one that explains more is taken. What is missing counts as there, in a map.
    """
    if not loc:
        return ()
    without = _known_place(node, loc[1:], missing=missing)
    child = _child(node, loc[0])
    if child is not None:
        within: Place = (loc[0], *_known_place(child, loc[1:], missing=missing))
    elif missing and len(loc) == 1 and isinstance(node.value, dict):
        within = loc
    else:
        return without
    return within if len(within) > len(without) else without
