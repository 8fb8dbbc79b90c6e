"""What the headers of Asterisk's events say, checked as they are read.

A customer's channel is one of the endpoint `trunk`, an agent's phone is one of an endpoint made of
digits, and the halves of `Local/` channels are noise. Linked ids are never looked at: they change
when a customer meets an agent who is held on the line (lab notes, trap 15).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ami.message import RawMessage
from calls.events import ATTEMPT_PREFIX

#: where calls begin that come in from the carrier
TRUNK_CONTEXT = "from-trunk"
_TRUNK_CHANNEL = "PJSIP/trunk-"
#: the key by which we take a waiting caller out of a queue (context `queue-back`); phones lack it
LEAVE_KEY = "D"
_AGENT_CHANNEL = re.compile(r"^PJSIP/([0-9]{3,6})-")
CHANNEL_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_KEY = re.compile(r"[0-9*#A-D]")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")


#: Asterisk writes names into events as C would: O\'Neill (traps.md)
_ESCAPED = re.compile(r"""\\([abfnrtv\\'"?])""")


class UnfitError(ValueError):
    """A header is missing or is not what it should be; the message is the header's name."""


def is_customers(channel: str) -> bool:
    """Whether the channel of this name is a customer's."""
    return channel.startswith(_TRUNK_CHANNEL)


def agent_of(channel: str) -> str | None:
    """The agent whose phone the channel of this name is; None when it is no agent's phone."""
    match = _AGENT_CHANNEL.match(channel)
    return match.group(1) if match else None


def phone_digits(value: str) -> str:
    """A number from outside as digits (with a leading plus kept), at most 32 characters."""
    kept = "".join(sign for sign in value if sign in "0123456789")[:32]
    return f"+{kept}" if value.startswith("+") and kept else kept


def person_name(value: str) -> str:
    """A name from outside without control and direction characters, at most 80 characters.

    It is as the caller's side says it, Asterisk's own backslashes undone.
    """
    if value == "<unknown>":
        return ""
    said = _ESCAPED.sub(lambda one: "" if one[1].isalpha() else one[1], value)
    return _UNPRINTABLE.sub("", said)[:80].strip()


@dataclass(frozen=True, slots=True)
class AsteriskEvent:
    """One event of Asterisk, with what is needed to understand it."""

    message: RawMessage
    at: datetime
    pbx: str
    #: the call that each agent talks in, as earlier events told
    talking: Mapping[str, str]

    @property
    def of_customer(self) -> bool:
        """Whether it happened to a customer's channel."""
        return is_customers(self.text("Channel"))

    @property
    def phone_of(self) -> str | None:
        """The agent to whose phone it happened; None when it is no agent's phone."""
        return agent_of(self.text("Channel"))

    @property
    def channel_id(self) -> str:
        """The channel's unique id. Raises `UnfitError`."""
        return self._fitting("Uniqueid", CHANNEL_ID)

    def attempt_in(self, header: str) -> str:
        """The attempt that a helper's channel speaks of. Raises `UnfitError`."""
        value = self._fitting(header, CHANNEL_ID)
        if not value.startswith(ATTEMPT_PREFIX):
            raise UnfitError(header)
        return value

    @property
    def received_key(self) -> str | None:
        """The key that somebody pressed; None for keys that we sent."""
        digit = self.text("Digit")
        received = self.text("Direction") == "Received" and _KEY.fullmatch(digit)
        return digit if received else None

    def name(self, header: str) -> str:
        """The name of an agent or a queue. Raises `UnfitError`."""
        return self._fitting(header, NAME)

    def order_id(self, prefix: str) -> str | None:
        """The ActionID of an order of ours that begins like this; None for any other."""
        value = self.text("ActionID")
        ours = value.startswith(prefix) and CHANNEL_ID.fullmatch(value)
        return value if ours else None

    def number(self, header: str) -> int:
        """A whole number, 0 when the header is missing. Raises `UnfitError`."""
        value = self.text(header, "0")
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise UnfitError(header)
        return int(value)

    def text(self, header: str, default: str = "") -> str:
        """The header as it came."""
        return self.message.get(header, default)

    def _fitting(self, header: str, pattern: re.Pattern[str]) -> str:
        value = self.text(header)
        if not pattern.fullmatch(value):
            raise UnfitError(header)
        return value
