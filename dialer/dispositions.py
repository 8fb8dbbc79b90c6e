"""What an agent says of a talk, and what becomes of the lead by it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from calls.errors import Linea800Error

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Spoken = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,60}$")]


class DispositionError(Linea800Error):
    """A disposition that this campaign does not have, or that lacks what it needs."""


class Category(StrEnum):
    """What a talk came to, whatever words a campaign has for it."""

    SUCCESS = "success"
    DO_NOT_CALL = "do_not_call"
    CALLBACK = "callback"
    NO_CONTACT = "no_contact"  # talked, but not with the person who was wanted
    NO_SUCCESS = "no_success"


class Disposition(BaseModel):
    """One word for how a talk went, and what it means for the lead and for the figures."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    name_es: Spoken
    name_en: Spoken
    #: a talk with the person who was wanted: counts for the caps on contacts
    contact: bool = True
    success: bool = False
    #: never again by anybody, from this moment on
    do_not_call: bool = False
    #: the agent promises a call and must say when
    callback: bool = False
    #: dialed again after so many minutes; None: this lead is done
    again_minutes: float | None = Field(default=None, ge=1, le=60 * 24 * 60)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Disposition:
        futures = (self.do_not_call, self.callback, self.again_minutes is not None)
        if sum(futures) > 1:
            raise ValueError(
                f"disposition {self.code}: do_not_call, callback and again_minutes exclude "
                "each other"
            )
        return self

    @property
    def category(self) -> Category:
        """The first of the categories, in their order, that it belongs to."""
        if self.success:
            return Category.SUCCESS
        if self.do_not_call:
            return Category.DO_NOT_CALL
        if self.callback:
            return Category.CALLBACK
        return Category.NO_SUCCESS if self.contact else Category.NO_CONTACT

    def name(self, language: str) -> str:
        """As people read it."""
        return self.name_es if language == "es" else self.name_en


#: what an agent says who was given a machine; it overrules whoever listened
SAID_MACHINE = "machine"
#: what a campaign has that names none of its own
USUAL: tuple[Disposition, ...] = (
    Disposition(code="sold", name_es="Vendido", name_en="Sold", success=True),
    Disposition(code="promised", name_es="Promesa de pago", name_en="Promised", success=True),
    Disposition(code="not_interested", name_es="No le interesa", name_en="Not interested"),
    Disposition(
        code="wrong_person", name_es="No es la persona", name_en="Wrong person", contact=False,
        again_minutes=24 * 60,
    ),
    Disposition(
        code=SAID_MACHINE, name_es="Contestador", name_en="Answering machine", contact=False,
        again_minutes=4 * 60,
    ),
    Disposition(
        code="dead_line", name_es="Línea muda", name_en="Dead line", contact=False,
        again_minutes=60,
    ),
    Disposition(code="call_back", name_es="Volver a llamar", name_en="Call back", callback=True),
    Disposition(
        code="do_not_call", name_es="No volver a llamar", name_en="Do not call", do_not_call=True
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterTalk:
    """What becomes of a lead: when it may be dialed again (None: never), and why."""

    disposition: Disposition
    again_at: datetime | None = None
    #: the moment that was promised, and whether only this agent will do ("" anybody)
    promised_at: datetime | None = None
    promised_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkResult:
    """What is written when an agent has said what became of a talk."""

    attempt_id: str
    agent: str
    said_at: datetime
    after: AfterTalk
    #: the lead has had all its attempts: only a promise is kept all the same
    last_attempt: bool = False


def after_talk(
    known: tuple[Disposition, ...],
    code: str,
    ended_at: datetime,
    *,
    promised_at: datetime | None = None,
    promised_agent: str = "",
) -> AfterTalk:
    """What a disposition means; raises `DispositionError`."""
    found = next((one for one in known if one.code == code), None)
    if found is None:
        codes = ", ".join(one.code for one in known)
        raise DispositionError(f"disposition {code!r}: the campaign has {codes}")
    if found.callback and promised_at is None:
        raise DispositionError(f"disposition {code}: say when the call is promised")
    if promised_at is not None:
        if not found.callback:
            raise DispositionError(f"disposition {code}: it promises no call, leave the time out")
        if promised_at <= ended_at:
            raise DispositionError(
                f"disposition {code}: {promised_at.isoformat()} is over, promise a later time"
            )
    again_at = promised_at
    if found.again_minutes is not None:
        again_at = ended_at + timedelta(minutes=found.again_minutes)
    return AfterTalk(
        disposition=found, again_at=again_at, promised_at=promised_at, promised_agent=promised_agent
    )
