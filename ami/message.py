"""What comes out of the link: Asterisk's messages as they came, and the link's ups and downs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from panoramisk.message import Message


class RawMessage:
    """An event, an answer, or an item of a list. Header names are looked up in any case."""

    __slots__ = ("_message",)

    def __init__(self, headers: Mapping[str, str | list[str]]) -> None:
        self._message = headers if isinstance(headers, Message) else Message(headers)

    @classmethod
    def from_text(cls, text: str) -> RawMessage | None:
        """The message in the lines of `text`; None when it is neither event nor answer."""
        message = Message.from_line(text)
        return None if message is None else cls(message)

    def get(self, name: str, default: str = "") -> str:
        """The header's value, the first one when it is repeated, or the default."""
        value: str | list[str] = self._message.get(name, default)
        return value[0] if isinstance(value, list) else value

    def all(self, name: str) -> list[str]:
        """Every value of a repeated header (`ChanVariable`, `Output`), in the order sent."""
        value: str | list[str] | None = self._message.get(name)
        if value is None:
            return []
        return list(value) if isinstance(value, list) else [value]

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
