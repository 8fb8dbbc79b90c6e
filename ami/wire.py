"""Writing to Asterisk: what leaves is read over there as exactly one message with these fields.

AMI has no escape for a line end: a value that holds one would start a header, or an action, of
its own. Such values are refused, never repaired, and the refusal does not repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ami.errors import ValueRefusedError

#: Asterisk drops the whole action at a line over 1024 bytes or at more than 128 lines
LINE_BYTES = 1000
LINES = 120

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
_VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}")
_CARRIED_BARE = re.compile(r"[A-Za-z0-9_.:+/@=-]*")
#: C0, DEL, C1, the two Unicode line ends, and halves of surrogate pairs
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def encode(fields: Iterable[tuple[str, str]]) -> bytes:
    """One AMI message in UTF-8; headers may repeat (`Variable`).

    Raises `ValueRefusedError` for what Asterisk would read differently, or not at all.
    """
    lines = [_line(header, value) for header, value in fields]
    if not lines:
        raise ValueRefusedError("a message needs at least one header")
    if len(lines) > LINES:
        raise ValueRefusedError(f"a message of {len(lines)} headers is over the limit of {LINES}")
    return b"\r\n".join([*lines, b"", b""])


def variable(name: str, value: str) -> str:
    """The value of a `Variable` header that sets a channel variable to exactly `value`.

    Asterisk splits there at commas and takes quotes and backslashes for its own.
    Raises `ValueRefusedError` for a name that is a dialplan function, or forbidden characters.
    """
    if not _VARIABLE.fullmatch(name):
        raise ValueRefusedError(f"{name[:40]!r} is not the name of a channel variable")
    _check_characters(f"variable {name}", value)
    return f"{name}={value if _CARRIED_BARE.fullmatch(value) else _quoted(value)}"


def agi_quote(value: str) -> str:
    """`value` as one argument of an AGI command. Raises `ValueRefusedError`."""
    _check_characters("AGI argument", value)
    return _quoted(value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _line(header: str, value: str) -> bytes:
    if not _HEADER.fullmatch(header):
        raise ValueRefusedError(f"{header[:40]!r} is not the name of an AMI header")
    _check_characters(f"header {header}", value)
    if value != value.strip(" "):
        raise ValueRefusedError(f"header {header}: begins or ends with a blank")
    line = f"{header}: {value}".encode()
    if len(line) > LINE_BYTES:
        raise ValueRefusedError(
            f"header {header}: {len(line)} bytes are over the limit of {LINE_BYTES}"
        )
    return line


def _check_characters(where: str, value: str) -> None:
    forbidden = _FORBIDDEN.search(value)
    if forbidden:
        raise ValueRefusedError(f"{where}: holds the character U+{ord(forbidden.group()):04X}")
