"""How much one client may ask of the API, and how long anything may take."""

from __future__ import annotations

from dataclasses import dataclass

from dialer.lists.sheet import MAX_FILE_BYTES, MAX_IMPORT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The defaults are for production; tests shorten the times."""

    #: the body of any request but a list of leads
    json_bytes: int = 64 * 1024
    list_bytes: int = MAX_FILE_BYTES
    #: a list that is kept on the disk and read in the background
    import_bytes: int = MAX_IMPORT_BYTES
    #: between two pieces of a body
    body_pause_seconds: float = 30.0
    #: lists read at the same time: reading shares the loop with live calls
    imports_at_once: int = 2
    #: between two signs of life of a live stream; the token is looked at again each time
    comment_seconds: float = 15.0
    #: news of so long are told together
    gather_seconds: float = 0.1
    #: a client that takes nothing for so long is let go
    send_seconds: float = 10.0
    streams_per_token: int = 8
    #: wrong tokens that one address may present at once, and how often one more
    failures_at_once: int = 10
    seconds_per_failure: float = 6.0
    #: wrong passwords for one login, from wherever: as many at once, and how often one more
    seconds_per_login_failure: float = 60.0
