"""Whether a page of ours asks, and no other that the same browser shows. Pure.

A cookie is sent whoever asks. So who changes something by one has to prove where it comes from:
by what the browser says (`Sec-Fetch-Site`, else `Origin`), and by a header that a foreign page
cannot send without asking us first.
"""

from __future__ import annotations

from collections.abc import Mapping

READING = frozenset({"GET", "HEAD"})
HEADER = "x-linea800"


def comes_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that another page asks; programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin")
    return origin is not None and not _is_own(origin, headers.get("host", ""))


def proves_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a page of ours asks, and the page knows our header."""
    says = "sec-fetch-site" in headers or "origin" in headers
    return says and not comes_from_elsewhere(headers) and headers.get(HEADER) == "1"


def _is_own(origin: str, host: str) -> bool:
    # not the scheme: behind a proxy that speaks TLS for us we do not see it
    scheme, _, netloc = origin.partition("://")
    return scheme in ("http", "https") and netloc.lower() == host.lower() != ""
