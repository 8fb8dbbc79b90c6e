"""`services.yaml`: the services that come along, and the operator's own that win over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backoffice.spec import ServiceSpec
from documents.faults import Misfit, MisfitError
from documents.yaml_document import read_document
from ivr.parts import Name
from ivr.services import BUILT_IN

SHIPPED = Path(__file__).with_name("services.yaml")


class ServiceFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    services: Annotated[dict[Name, ServiceSpec], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _leaves_our_own(self) -> Self:
        reason = "is answered by linea800 itself: take another name"
        misfits = [Misfit(("services", name), reason) for name in self.services if name in BUILT_IN]
        if misfits:
            raise MisfitError(misfits)
        return self


def read_services(own: Path | None = None) -> Mapping[str, ServiceSpec]:
    """The shipped ones; a service of the `own` file takes the place of the one of its name.

    Raises `DocumentRefusedError` with file, line and reason of every fault.
    """
    services = dict(read_document(SHIPPED, ServiceFile).services)
    if own is not None:
        services.update(read_document(own, ServiceFile).services)
    return services
