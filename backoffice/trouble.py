"""Why a question got no answer from the operator's system, each kind with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TroubleKind(StrEnum):
    """What was the matter."""

    # it was not asked
    NO_ADDRESS = "no_address"  # LINEA800_BACKOFFICE_URL is not set
    RESTING = "resting"  # the breaker is open
    BUSY = "busy"  # as many as allowed were under way all the time
    WRONG_ARGUMENT = "wrong_argument"
    # it is not well
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    BROKEN = "broken"  # the connection ended early, or was no HTTP
    SERVER_ERROR = "server_error"
    TOO_MANY = "too_many"
    REDIRECTED = "redirected"
    NOT_ALLOWED = "not_allowed"
    NOT_UNDERSTOOD = "not_understood"
    # it lies
    TOO_BIG = "too_big"
    NOT_JSON = "not_json"
    WRONG_VALUE = "wrong_value"
    # we are not well
    OURS = "ours"


_NOT_ASKED = frozenset(
    {
        TroubleKind.NO_ADDRESS,
        TroubleKind.RESTING,
        TroubleKind.BUSY,
        TroubleKind.WRONG_ARGUMENT,
        TroubleKind.OURS,
    }
)
#: it may go better the next time; the others would be the same again
_PASSING = frozenset(
    {
        TroubleKind.UNREACHABLE,
        TroubleKind.SILENT,
        TroubleKind.BROKEN,
        TroubleKind.SERVER_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One try that came to nothing."""

    kind: TroubleKind
    #: a status, or the name of a value: never anything of the customer's
    detail: str = ""
    #: the request left, so it may have had its effect
    left: bool = False

    @property
    def asked(self) -> bool:
        """Whether it says anything about the operator's system."""
        return self.kind not in _NOT_ASKED

    @property
    def passing(self) -> bool:
        """Whether another try makes sense."""
        return self.kind in _PASSING

    def __str__(self) -> str:
        return f"{self.kind} ({self.detail})" if self.detail else str(self.kind)
