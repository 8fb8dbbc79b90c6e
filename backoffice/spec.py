"""One service of the operator's systems as data: what it is asked, where, how patiently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from backoffice import path_template
from backoffice.pointer import pointer_fault
from documents.faults import Misfit, MisfitError
from ivr.parts import Name
from ivr.services import Service, What

#: what linea800 itself adds to the values of a service that is limited by `at_most_every_seconds`
WAIT_SECONDS = "wait_seconds"
Repeatable = Literal["yes", "by_key", "no"]
ThereName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]

_IN_PATH = frozenset({What.TEXT, What.DIGITS, What.NUMBER, What.DATE})
_WITHOUT_BODY = frozenset({"GET", "DELETE"})


class ServiceSpec(Service):
    """A service as `services.yaml` has it; raises what does not fit together, with its place."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    #: what an argument is called over there; those that are not in the path are sent in the body,
    #: with GET and DELETE in the query
    sent_as: dict[Name, ThereName] = Field(default_factory=dict)
    #: where in the answer's JSON each value is, as a JSON pointer; without one at the top
    values: dict[Name, str] = Field(default_factory=dict)
    #: arguments and values that may be missing, or null
    optional: tuple[Name, ...] = ()
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    #: the most that one try takes
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 1.5
    #: questions under way at once; others wait for their turn, and the wait counts
    at_once: Annotated[int, Field(ge=1, le=200)] = 10
    #: who answers when the operator's system does not: linea800 itself, or nobody
    fallback: Literal["own", "none"] = "none"
    #: may it be asked again when nobody knows whether the first asking had its effect? `by_key`:
    #: yes, because the system does what has the same Idempotency-Key once
    repeatable: Repeatable | None = None
    at_most_every_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None
    #: the arguments that are counted together
    per: tuple[Name, ...] = ()

    @property
    def may_repeat(self) -> bool:
        """Whether an asking of unknown outcome may be asked again."""
        if self.repeatable is None:
            return self.kind == "look_up"
        return self.repeatable != "no"

    @property
    def has_body(self) -> bool:
        """Whether arguments travel in a body rather than in the query."""
        return self.method not in _WITHOUT_BODY

    def as_service(self) -> Service:
        """What a menu has to know of it."""
        gives = dict(self.gives)
        if self.at_most_every_seconds is not None:
            gives[WAIT_SECONDS] = What.NUMBER
        return Service(
            kind=self.kind,
            arguments=self.arguments,
            gives=gives,
            optional=self.optional,
            most_seconds=self.most_seconds,
        )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        misfits = [*self._path_misfits(), *self._name_misfits(), *self._rule_misfits()]
        if misfits:
            raise MisfitError(misfits)
        return self

    def _path_misfits(self) -> Iterator[Misfit]:
        if reason := path_template.fault(self.path):
            yield Misfit(("path",), reason)
        for name in path_template.places(self.path):
            if name not in self.arguments:
                yield Misfit(("path",), f"{{{name}}} is no argument of the service")
            elif self.arguments[name] not in _IN_PATH:
                kind = self.arguments[name]
                yield Misfit(("path",), f"{{{name}}} is {kind}, which cannot be in a path")
            elif name in self.optional:
                yield Misfit(("path",), f"{{{name}}} cannot be optional")

    def _name_misfits(self) -> Iterator[Misfit]:
        in_path = path_template.places(self.path)
        for name in self.sent_as:
            if name not in self.arguments:
                yield Misfit(("sent_as", name), "is no argument of the service")
            elif name in in_path:
                yield Misfit(("sent_as", name), "is in the path, where it has no name")
        sent = [self.sent_as.get(name, name) for name in self.arguments if name not in in_path]
        if len(set(sent)) < len(sent):
            yield Misfit(("sent_as",), "two arguments would be sent under one name")
        for name, pointer in self.values.items():
            if name not in self.gives:
                yield Misfit(("values", name), "is nothing the service gives")
            elif reason := pointer_fault(pointer):
                yield Misfit(("values", name), reason)
        for index, name in enumerate(self.optional):
            if name not in self.arguments and name not in self.gives:
                yield Misfit(("optional", index), "is no argument, and nothing the service gives")
        for index, name in enumerate(self.per):
            if name not in self.arguments or name in self.optional:
                yield Misfit(("per", index), "is no argument that is always there")

    def _rule_misfits(self) -> Iterator[Misfit]:
        if self.kind == "action" and self.method == "GET":
            yield Misfit(("method",), "GET changes nothing: an action needs another method")
        if self.kind == "look_up" and self.method not in ("GET", "POST"):
            yield Misfit(("method",), "a look-up is asked with GET or POST: this method changes")
        if self.timeout_seconds > self.most_seconds:
            yield Misfit(("timeout_seconds",), "one try may not take more than most_seconds")
        if (self.at_most_every_seconds is None) != (not self.per):
            yield Misfit(("per",), "goes together with at_most_every_seconds: give both, or none")
        if self.at_most_every_seconds is not None and self.kind != "action":
            yield Misfit(("at_most_every_seconds",), "is for actions: a look-up cannot be refused")
        if WAIT_SECONDS in self.gives:
            yield Misfit(("gives", WAIT_SECONDS), "is given by linea800 itself: take another name")
