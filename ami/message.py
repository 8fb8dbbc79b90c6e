"""What comes out of the link: Asterisk's messages as they came, and the link's ups and downs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


class RawMessage:
    """An event, an answer, or an item of a list. Header names are looked up in any case."""

    __slots__ = ("_headers",)

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._headers: dict[str, str] = {}
        for name, value in fields:
            self._headers.setdefault(name.lower(), value)

    @classmethod
    def from_text(cls, text: str) -> RawMessage | None:
        """The message in the lines of `text`; None when it is neither event nor answer."""
        fields = []
        for line in text.split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                fields.append((name, value.removeprefix(" ")))
        message = cls(fields)
        return message if message.event or message.get("Response") else None

    def get(self, name: str, default: str = "") -> str:
        """The header's value, the first one when it is repeated, or the default."""
        return self._headers.get(name.lower(), default)

    @property
    def event(self) -> str:
        """The event's name; empty for an answer."""
        return self.get("Event")

    @property
    def timestamp(self) -> float | None:
        """Asterisk's own clock in epoch seconds (`timestampevents = yes`), None without one."""
        try:
            return float(self.get("Timestamp"))
        except ValueError:
            return None

    def __repr__(self) -> str:
        return f"<RawMessage {self.event or self.get('Response')} {self.get('Uniqueid')}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginInfo:
    """What Asterisk said of itself when it let us in; `version` is that of the AMI protocol."""

    at: datetime
    uptime_seconds: int
    version: str

    @property
    def booted_at(self) -> datetime:
        """When this Asterisk started, give or take two seconds: it counts in whole ones."""
        return self.at - timedelta(seconds=self.uptime_seconds)


@dataclass(frozen=True, slots=True)
class Up:
    """Logged in, and Asterisk is fully booted."""

    info: LoginInfo


@dataclass(frozen=True, slots=True)
class Down:
    """No link, and why. Told again while down when the reason becomes another one."""

    reason: str


@dataclass(frozen=True, slots=True)
class Event:
    """Asterisk told something."""

    message: RawMessage


Item = Up | Down | Event
